//! The part of a profile that every OpenID provider has.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use strict_jose::{Algorithm, Kid};
use url::Url;

use super::acr::AcrMap;
use crate::SubjectStability;
use crate::error::ProfileError;
use crate::kits::normalise::{DateFormat, GenderMap};

/// The part of a profile that every OpenID provider has.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderSettings {
    /// Where the metadata is. Not derived from an issuer: some providers publish it elsewhere.
    pub(crate) discovery_url: Url,
    /// What the metadata calls the provider.
    pub(crate) discovery_issuer: String,
    /// What its tokens call it.
    pub(crate) token_issuer: String,
    /// What `iss` in the redirect calls it (RFC 9207). Without it, an answer has to say so only where the metadata
    /// promises it.
    #[serde(default)]
    pub(crate) redirect_issuer: Option<String>,
    /// Our name there.
    pub(crate) client_id: String,
    /// What may sign an ID token. Never taken from metadata or from a key.
    pub(crate) id_token_algs: Vec<Algorithm>,
    /// What `acr` values mean.
    pub(crate) acr_map: AcrMap,
    /// What to ask for; `openid` is always among it.
    #[serde(default)]
    pub(crate) scopes: Vec<String>,
    /// How we authenticate.
    #[serde(default)]
    pub(crate) client_auth: ClientAuth,
    /// What signs our assertions.
    pub(crate) assertion_alg: Algorithm,
    /// For whom our assertions are.
    pub(crate) assertion_aud: AssertionAudience,
    /// Whether requests are pushed (RFC 9126).
    #[serde(default)]
    pub(crate) par: Demand,
    /// Whether a person keeps an identifier.
    #[serde(default = "stable")]
    pub(crate) subject_stability: SubjectStability,
    /// Under what the provider vouches.
    pub(crate) trust_framework: String,
    /// For how long fetched keys are good, in seconds.
    #[serde(default = "one_hour")]
    pub(crate) jwks_max_age: i64,
    /// The only kids that count; empty for any.
    #[serde(default)]
    pub(crate) jwks_pin: Vec<Kid>,
    /// The provider's claim names to ours, where they differ.
    #[serde(default)]
    pub(crate) claim_map: BTreeMap<String, String>,
    /// Claims of the provider to throw away unread.
    #[serde(default)]
    pub(crate) strip_claims: BTreeSet<String>,
    /// How dates are written there.
    #[serde(default)]
    pub(crate) date_format: DateFormat,
    /// The provider's words for gender to ours.
    #[serde(default)]
    pub(crate) gender_map: GenderMap,
}

impl ProviderSettings {
    /// The names of the fields, to tell them from a kit's own.
    pub(crate) const FIELDS: [&'static str; 20] = [
        "discovery_url",
        "discovery_issuer",
        "token_issuer",
        "redirect_issuer",
        "client_id",
        "id_token_algs",
        "acr_map",
        "scopes",
        "client_auth",
        "assertion_alg",
        "assertion_aud",
        "par",
        "subject_stability",
        "trust_framework",
        "jwks_max_age",
        "jwks_pin",
        "claim_map",
        "strip_claims",
        "date_format",
        "gender_map",
    ];

    /// What types cannot say.
    pub(crate) fn check(&self) -> Result<(), ProfileError> {
        check_url("discovery_url", self.discovery_url.as_str())?;
        check_url("discovery_issuer", &self.discovery_issuer)?;
        check_url("token_issuer", &self.token_issuer)?;
        if let Some(issuer) = &self.redirect_issuer {
            check_url("redirect_issuer", issuer)?;
        }
        not_empty("client_id", self.client_id.is_empty())?;
        not_empty("trust_framework", self.trust_framework.is_empty())?;
        not_empty("id_token_algs", self.id_token_algs.is_empty())?;
        not_empty("acr_map", self.acr_map.is_empty())?;
        if !(MIN_KEY_AGE..=MAX_KEY_AGE).contains(&self.jwks_max_age) {
            return Err(ProfileError::Contradiction("jwks_max_age is between a minute and a day"));
        }
        Ok(())
    }
}

/// OpenID Connect Core §2: an issuer is an https URL without query or fragment. The same holds for where we fetch.
pub(crate) fn check_url(field: &'static str, text: &str) -> Result<(), ProfileError> {
    let url = Url::parse(text).map_err(|_| ProfileError::NotHttps(field))?;
    let plain = url.scheme() == "https"
        && url.host().is_some()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if plain { Ok(()) } else { Err(ProfileError::NotHttps(field)) }
}

pub(crate) fn not_empty(field: &'static str, is_empty: bool) -> Result<(), ProfileError> {
    if is_empty { Err(ProfileError::Empty(field)) } else { Ok(()) }
}

/// How we authenticate at the provider: with a signed assertion (OpenID Connect Core §9). No other method is offered:
/// a shared secret would have to be in the hub's files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum ClientAuth {
    #[default]
    #[serde(rename = "private_key_jwt")]
    PrivateKeyJwt,
}

/// For whom our client assertions are (RFC 7523 §3 item 3). Always one string: providers disagree on which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum AssertionAudience {
    /// The issuer of the metadata.
    #[serde(rename = "issuer")]
    Issuer,
    /// The token endpoint, at every endpoint.
    #[serde(rename = "token_endpoint", alias = "token")]
    TokenEndpoint,
    /// The endpoint that is called.
    #[serde(rename = "called_endpoint", alias = "par")]
    CalledEndpoint,
}

/// Whether something is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Demand {
    /// Never.
    #[default]
    Off,
    /// If the provider offers it.
    Optional,
    /// Always, or nothing is done at all.
    Required,
}

fn stable() -> SubjectStability {
    SubjectStability::Stable
}

fn one_hour() -> i64 {
    3600
}

const MIN_KEY_AGE: i64 = 60;
const MAX_KEY_AGE: i64 = 86_400;
