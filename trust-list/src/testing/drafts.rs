//! Entries to start from.

use strict_jose::{JwkSet, SigningKey, UnixTime};

use super::TestRegion;
use crate::{Client, ClientKind, CountryCode, EntityId, GrantType, Issuer, IssuerKind, Level};

impl TestRegion {
    /// An identity provider at `https://<id>.<country>.example`, up to level high.
    pub fn issuer(country: CountryCode, id: EntityId, since: UnixTime) -> Issuer {
        let host = format!("{id}.{}.example", country.to_lower());
        Issuer {
            issuer_identifiers: vec![format!("https://{host}")],
            hosts: vec![host],
            max_level: Level::High,
            claims: ["given_name", "family_name", "birthdate"].map(str::to_owned).into(),
            ..Issuer::draft(country, id, IssuerKind::IdentityProvider, since)
        }
    }

    /// A relying party with one key, for the authorization code grant.
    pub fn client(country: CountryCode, id: EntityId, key: &SigningKey, since: UnixTime) -> Client {
        let keys = JwkSet::from_keys([key.public_jwk().clone()]);
        let draft = Client::draft(country, id, ClientKind::RelyingParty, keys, since);
        Client {
            redirect_uris: vec![format!("{}/callback", draft.client_id)],
            grant_types: [GrantType::AuthorizationCode].into(),
            scopes: ["openid", "profile"].map(str::to_owned).into(),
            ..draft
        }
    }
}
