//! The entries of the national lists: who is registered, with what.
//!
//! | country | entries |
//! |---|---|
//! | XA | its eSignet, its pension fund's system, a bank, a bench system |
//! | XE | its OpenID provider, a bank |
//! | XF | its card issuer, an insurer, the relying parties of independent peers, a bench party |

use serde_json::{Value, json};
use strict_jose::{Algorithm, JwkSet, Kid, SigningKey, UnixTime};
use trust_list::{
    Client, ClientKind, ClientProfile, CountryCode, EntityId, ExchangePolicy, GrantType, Issuer, IssuerKind, Level,
    LocalizedText, Organisation, RegisteredPurpose,
};

use crate::rp::Registration;

/// The hub's client id at every national provider.
pub const HUB_CLIENT_ID: &str = "passerelle-hub";

/// A client of the hub with its private key.
#[derive(Clone)]
pub struct Party {
    /// The entry of the list.
    pub client: Client,
    /// The private key of its assertions.
    pub key: SigningKey,
}

impl Party {
    /// What a [`crate::rp::RelyingParty`] is made from.
    pub fn registration(&self) -> Registration {
        Registration {
            client_id: self.client.client_id.clone(),
            redirect_uri: self.client.redirect_uris.first().cloned().unwrap_or_default(),
            key: self.key.clone(),
        }
    }
}

/// Claims that a national provider here may assert.
const CLAIMS: [&str; 11] = [
    "name",
    "given_name",
    "family_name",
    "birthdate",
    "gender",
    "email",
    "email_verified",
    "phone_number",
    "address",
    "nationalities",
    "picture",
];

/// XA's eSignet. Its keys are not pinned, so the hub reads its key set, with all that is odd in it.
pub fn esignet(country: CountryCode, issuer: &str, since: UnixTime) -> anyhow::Result<Issuer> {
    let profile = json!({
        "dialect": "1.8",
        "discovery_url": format!("{issuer}/.well-known/openid-configuration"),
        "discovery_issuer": issuer,
        "token_issuer": issuer,
        "redirect_issuer": issuer,
        "client_id": HUB_CLIENT_ID,
        "id_token_algs": ["PS256"],
        "userinfo_algs": ["RS256"],
        "userinfo_format": "jws",
        "userinfo_binding": "absent",
        "acr_map": {
            "mosip:idp:acr:static-code": {"level": "low", "methods": ["pin"]},
            "mosip:idp:acr:generated-code": {"level": "substantial", "methods": ["otp"]},
            "mosip:idp:acr:linked-wallet": {"level": "substantial", "methods": ["wallet"]},
            "mosip:idp:acr:biometrics": {"level": "high", "methods": ["bio"]},
        },
        "scopes": ["openid", "profile"],
        "assertion_alg": "PS256",
        "assertion_aud": "issuer",
        "par": "required",
        "dpop": "required",
        "dpop_alg": "PS256",
        "claims_locales": ["fr", "ar"],
        "gender_map": {"Femme": "female", "Homme": "male"},
        "subject_stability": "stable",
        "trust_framework": "xa_esignet",
    });
    let mut entry = Issuer::draft(country, id("esignet")?, IssuerKind::IdentityProvider, since);
    entry.name = LocalizedText::en("e-ID of XA").with("fr", "e-ID de XA");
    entry.adapter = "esignet".into();
    entry.profile = profile;
    entry.issuer_identifiers = vec![issuer.to_owned()];
    entry.hosts = vec![host_of(issuer)];
    entry.max_level = Level::High;
    entry.claims = CLAIMS.map(String::from).into();
    Ok(entry)
}

/// A generic OpenID provider such as XE's.
pub fn oidc(country: CountryCode, issuer: &str, since: UnixTime) -> anyhow::Result<Issuer> {
    let profile = json!({
        "discovery_url": format!("{issuer}/.well-known/openid-configuration"),
        "discovery_issuer": issuer,
        "token_issuer": issuer,
        "redirect_issuer": issuer,
        "client_id": HUB_CLIENT_ID,
        "id_token_algs": ["ES256"],
        "userinfo": "json",
        "acr_map": {
            "bronze": {"level": "low", "methods": ["pwd"]},
            "silver": {"level": "substantial", "methods": ["pwd", "otp"]},
        },
        "scopes": ["openid", "profile", "email", "phone"],
        "client_auth": "private_key_jwt",
        "assertion_alg": "ES256",
        "assertion_aud": "issuer",
        "par": "off",
        "subject_stability": "stable",
        "strip_claims": ["preferred_username"],
        "trust_framework": format!("{}_eid", country.to_lower()),
    });
    let mut entry = Issuer::draft(country, id("eid")?, IssuerKind::IdentityProvider, since);
    entry.name = LocalizedText::en(format!("Digital identity of {country}"));
    entry.adapter = "oidc".into();
    entry.profile = profile;
    entry.issuer_identifiers = vec![issuer.to_owned()];
    entry.hosts = vec![host_of(issuer)];
    entry.max_level = Level::Substantial;
    entry.claims = CLAIMS.map(String::from).into();
    Ok(entry)
}

/// XF's cards.
pub fn cards(country: CountryCode, issuer: &str, key: &Value, since: UnixTime) -> anyhow::Result<Issuer> {
    let mut entry = Issuer::draft(country, id("cards")?, IssuerKind::CredentialIssuer, since);
    entry.name = LocalizedText::en(format!("Identity card of {country}"));
    entry.adapter = "claim169".into();
    entry.profile = json!({"iss": [issuer], "level": "low"});
    entry.issuer_identifiers = vec![issuer.to_owned()];
    entry.max_level = Level::Low;
    entry.claims = CLAIMS.map(String::from).into();
    entry.keys = vec![strict_jose::PublicJwk::parse(key)?];
    Ok(entry)
}

/// A relying party for one purpose.
pub struct RelyingPartySpec<'s> {
    /// Client id and entity id.
    pub id: &'s str,
    /// Country.
    pub country: CountryCode,
    /// Name that people know.
    pub name: &'s str,
    /// Redirect URI.
    pub redirect_uri: String,
    /// Purpose.
    pub purpose: &'s str,
    /// What the person is told.
    pub text: LocalizedText,
    /// The least level.
    pub min_level: Level,
}

/// Registers a relying party with a new key.
pub fn relying_party(spec: &RelyingPartySpec<'_>, since: UnixTime) -> anyhow::Result<Party> {
    let key = SigningKey::generate(Algorithm::ES256, Kid::parse(format!("{}-1", spec.id))?)?;
    let keys = JwkSet::from_keys([key.public_jwk().clone()]);
    let mut client = Client::draft(spec.country, id(spec.id)?, ClientKind::RelyingParty, keys, since);
    spec.id.clone_into(&mut client.client_id);
    client.name = LocalizedText::en(spec.name);
    let domain = format!("{}.example", spec.id);
    client.organisation = Organisation::draft(spec.country, LocalizedText::en(format!("{} plc", spec.name)), &domain);
    client.sector = domain;
    client.profile = ClientProfile::Fapi2;
    client.redirect_uris = vec![spec.redirect_uri.clone()];
    client.grant_types = [GrantType::AuthorizationCode, GrantType::RefreshToken].into();
    client.scopes = ["openid", "profile", "email", "phone", "address", "offline_access"].map(String::from).into();
    client.purposes = vec![purpose(spec.purpose, spec.min_level, &spec.text)?];
    Ok(Party { client, key })
}

/// A system of a country that verifies cards and exchanges assertions.
pub struct CountrySystemSpec<'s> {
    /// Client id and entity id.
    pub id: &'s str,
    /// Country.
    pub country: CountryCode,
    /// Name that people know.
    pub name: &'s str,
    /// Purpose.
    pub purpose: &'s str,
    /// The audience it may ask tokens for.
    pub audience: &'s str,
    /// Its client id at the national providers whose assertions it brings.
    pub subject_audiences: Vec<(CountryCode, String)>,
}

/// Registers a country system with a new key.
pub fn country_system(spec: &CountrySystemSpec<'_>, since: UnixTime) -> anyhow::Result<Party> {
    let key = SigningKey::generate(Algorithm::ES256, Kid::parse(format!("{}-1", spec.id))?)?;
    let keys = JwkSet::from_keys([key.public_jwk().clone()]);
    let mut client = Client::draft(spec.country, id(spec.id)?, ClientKind::CountrySystem, keys, since);
    spec.id.clone_into(&mut client.client_id);
    client.name = LocalizedText::en(spec.name);
    client.sector = format!("{}.example", spec.id);
    client.grant_types = [GrantType::ClientCredentials, GrantType::TokenExchange].into();
    client.scopes = ["verify"].map(String::from).into();
    let text = LocalizedText::en("Is the person alive, and who is it?");
    client.purposes = vec![purpose(spec.purpose, Level::Low, &text)?];
    client.exchange = Some(ExchangePolicy {
        audiences: vec![spec.audience.to_owned()],
        subject_audiences: spec.subject_audiences.iter().cloned().collect(),
    });
    Ok(Party { client, key })
}

fn purpose(name: &str, min_level: Level, text: &LocalizedText) -> anyhow::Result<RegisteredPurpose> {
    let claims = ["name", "given_name", "family_name", "birthdate", "gender", "email", "phone_number", "nationalities"];
    Ok(RegisteredPurpose {
        purpose: name.parse()?,
        claims: claims.map(String::from).into(),
        min_level,
        legal_basis: "Test Region Act, article 12".into(),
        text: text.clone(),
        document: None,
    })
}

fn id(text: &str) -> anyhow::Result<EntityId> {
    Ok(text.parse()?)
}

/// `host:port` of a URL.
pub fn host_of(url: &str) -> String {
    url.trim_start_matches("https://").split('/').next().unwrap_or_default().to_owned()
}
