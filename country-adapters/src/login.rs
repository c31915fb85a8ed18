//! What goes into a login and comes out of it.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use strict_jose::UnixTime;
use trust_list::{CountryCode, EntityId, Level};
use url::Url;

use crate::{kits, openid};

/// What the caller wants from a login.
#[derive(Clone, Debug)]
pub struct LoginRequest {
    /// The `state` for the national provider, made by the caller: unguessable, used once.
    pub state: String,
    /// The redirect URI registered at this country, one for each country (RFC 9700 §4.4.2.2).
    pub redirect_uri: String,
    /// The level the result has to reach.
    pub level: Level,
    /// How many seconds ago the person may have authenticated (OpenID Connect Core §3.1.2.1).
    pub max_age: Option<u64>,
    /// The claims that may be asked for, by the hub's names. The list's allow-list narrows them further.
    pub claims: BTreeSet<String>,
    /// The person's languages, best first, as BCP 47 tags.
    pub ui_locales: Vec<String>,
}

/// A login that has been started.
#[derive(Debug)]
pub struct Begun {
    /// Where to send the person.
    pub redirect_to: Url,
    /// What to keep, sealed, until the person comes back.
    pub pending: Pending,
}

/// What an adapter has to remember while the person is away: opaque to the caller, who seals it.
///
/// It holds secrets (nonce, PKCE verifier). It is serialisable so that it can be sealed, never to be stored as it is.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    pub(crate) adapter: String,
    pub(crate) country: CountryCode,
    pub(crate) issuer: EntityId,
    pub(crate) nonce: String,
    pub(crate) code_verifier: String,
    pub(crate) redirect_uri: String,
    pub(crate) level: Level,
    /// The person must not have authenticated before this.
    pub(crate) authenticated_since: Option<UnixTime>,
}

impl Pending {
    /// The country the person was sent to.
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// The provider the person was sent to, by its id in the country's list.
    pub fn issuer(&self) -> &EntityId {
        &self.issuer
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("adapter", &self.adapter)
            .field("country", &self.country)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

/// The provider's answer as it came in the redirect. The caller has already matched `state`.
///
/// `error_description` is not here: text of a foreign provider is neither shown nor logged.
#[derive(Clone, Default)]
pub struct AuthorizationResponse {
    /// The authorization code.
    pub code: Option<String>,
    /// Who says it answered (RFC 9207).
    pub iss: Option<String>,
    /// The error code.
    pub error: Option<String>,
}

impl fmt::Debug for AuthorizationResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationResponse")
            .field("code", &self.code.as_ref().map(|_| "redacted"))
            .field("iss", &self.iss)
            .field("error", &self.error)
            .finish()
    }
}

/// An assertion or credential that somebody presents.
#[derive(Clone, Copy)]
pub enum Presented<'a> {
    /// An ID token that a national provider issued to one of its own clients.
    IdToken {
        /// The compact JWS.
        jwt: &'a str,
        /// The presenter's client id at that provider: the only audience that will do.
        expected_audience: &'a str,
        /// How old the token may be, in seconds.
        max_age_secs: i64,
    },
    /// The text of a Claim 169 QR code.
    Claim169 {
        /// Base45 text.
        qr: &'a str,
    },
}

impl Presented<'_> {
    /// Who it says has issued it, before anyone vouches for that: to find the list entry to check it against, and
    /// for nothing else.
    pub fn claimed_issuer(&self) -> Option<String> {
        match self {
            Self::IdToken { jwt, .. } => openid::exchange::claimed_issuer(jwt),
            Self::Claim169 { qr } => kits::claim169::claimed_issuer(qr),
        }
    }
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IdToken { .. } => "Presented::IdToken(redacted)",
            Self::Claim169 { .. } => "Presented::Claim169(redacted)",
        })
    }
}
