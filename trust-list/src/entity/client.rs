//! Relying parties and country systems: the OAuth clients of the hub.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use strict_jose::{JwkSet, UnixTime};

use super::status::status_at;
use super::{DocumentDemand, Organisation, ServiceStatus, StatusHistory, StatusPeriod};
use crate::{CountryCode, EntityId, Level, LocalizedText, Purpose};

/// What kind of client it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientKind {
    /// It sends persons to log in.
    RelyingParty,
    /// A system of a member state that asks without the person's browser.
    CountrySystem,
}

impl ClientKind {
    /// The word for the kind.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RelyingParty => "relying-party",
            Self::CountrySystem => "country-system",
        }
    }
}

/// The security profile a client is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientProfile {
    /// FAPI 2.0 Security Profile.
    Fapi2,
    /// FAPI 2.0 with signed requests and responses.
    Fapi2Ms,
    /// OpenID Connect Core.
    Basic,
}

/// A grant type a client may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum GrantType {
    /// RFC 6749 §4.1.
    #[serde(rename = "authorization_code")]
    AuthorizationCode,
    /// RFC 6749 §6.
    #[serde(rename = "refresh_token")]
    RefreshToken,
    /// RFC 6749 §4.4.
    #[serde(rename = "client_credentials")]
    ClientCredentials,
    /// RFC 8693.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:token-exchange")]
    TokenExchange,
}

impl GrantType {
    /// The value of `grant_type` on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
        }
    }
}

/// What a client may ask for one purpose, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisteredPurpose {
    /// The purpose.
    pub purpose: Purpose,
    /// The claims it may have at most.
    pub claims: BTreeSet<String>,
    /// The level below which it must not accept a person.
    pub min_level: Level,
    /// The law or contract it relies on.
    pub legal_basis: String,
    /// What the person is told.
    pub text: LocalizedText,
    /// The states of the person's document it accepts; any, where nothing is demanded. A hub from before this field does
    /// not know the demand, and does not make it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentDemand>,
}

/// RFC 8693: what a client may exchange.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangePolicy {
    /// The audiences it may ask tokens for.
    pub audiences: Vec<String>,
    /// Its client id at each country's identity provider: the audience a presented assertion must have.
    pub subject_audiences: BTreeMap<CountryCode, String>,
}

/// A relying party or a country system: an entry of a national list.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// Its OAuth client identifier, unique in the region.
    pub client_id: String,
    /// Its country, which is the country of the list.
    pub country: CountryCode,
    /// Its name inside the national list.
    pub entity: EntityId,
    /// What it is.
    pub kind: ClientKind,
    /// The name people know it by.
    pub name: LocalizedText,
    /// Who answers for it; its legal name is shown beside `name`.
    pub organisation: Organisation,
    /// OpenID Connect Core §8.1: clients of one sector see the same pairwise `sub`.
    pub sector: String,
    /// The security profile it is held to.
    pub profile: ClientProfile,
    /// Its redirect URIs, compared byte for byte.
    pub redirect_uris: Vec<String>,
    /// Its keys for `private_key_jwt`.
    pub keys: JwkSet,
    /// The grants it may use.
    pub grant_types: BTreeSet<GrantType>,
    /// The scopes it may ask for.
    pub scopes: BTreeSet<String>,
    /// Its purposes.
    pub purposes: Vec<RegisteredPurpose>,
    /// What it may exchange, if anything.
    pub exchange: Option<ExchangePolicy>,
    /// Its status now.
    pub status: ServiceStatus,
    /// Since when.
    pub status_since: UnixTime,
    /// The periods before, newest first.
    pub history: StatusHistory,
}

impl Client {
    /// A granted `fapi2` client with nothing filled in but its names and keys: set the public fields you need.
    pub fn draft(country: CountryCode, entity: EntityId, kind: ClientKind, keys: JwkSet, since: UnixTime) -> Self {
        let name = LocalizedText::en(format!("{entity} of {country}"));
        let organisation = Organisation::draft(country, name.clone(), &format!("{}.example", country.to_lower()));
        let sector = format!("{entity}.{}.example", country.to_lower());
        Self {
            client_id: format!("https://{sector}"),
            country,
            entity,
            kind,
            name,
            organisation,
            sector,
            profile: ClientProfile::Fapi2,
            redirect_uris: Vec::new(),
            keys,
            grant_types: BTreeSet::new(),
            scopes: BTreeSet::new(),
            purposes: Vec::new(),
            exchange: None,
            status: ServiceStatus::Granted,
            status_since: since,
            history: Vec::new(),
        }
    }

    /// What it registered for `purpose`.
    pub fn purpose(&self, purpose: &Purpose) -> Option<&RegisteredPurpose> {
        self.purposes.iter().find(|registered| registered.purpose == *purpose)
    }

    /// Its status at `at`; `None` before it was first listed.
    pub fn status_at(&self, at: UnixTime) -> Option<ServiceStatus> {
        status_at(self.status_period(), &self.history, at)
    }

    /// Whether it is withdrawn for good.
    pub(crate) fn is_withdrawn(&self, at: UnixTime) -> bool {
        self.status_period().is_the_end(at)
    }

    pub(crate) fn status_period(&self) -> StatusPeriod {
        StatusPeriod { status: self.status, since: self.status_since }
    }
}
