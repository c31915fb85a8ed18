//! Errors: whose fault it is, then what; one map without a wildcard to the wire.
//!
//! - JSON endpoints answer with an [`OAuthError`]: [`OAuthError::wire`] gives status, code, text, retry and challenge.
//! - Once the relying party's redirect URI is known, a browser endpoint sends the same error there, with `state` and `iss`.
//! - Before that, a browser endpoint shows a [`PageError`](crate::PageError) and redirects nowhere.
//!
//! To add one: 1. a variant under whose fault it is, 2. the compiler asks for its place in the map, 3. a test that
//! provokes it.

mod adapter;
mod code;
mod fault;
mod policy;

use std::borrow::Cow;

use strict_jose::{Algorithm, RandomError, SignError};

pub use code::ErrorCode;
pub use fault::{
    AuthenticationFault, ClientFault, CountryFault, GrantFault, HubFault, PersonFault, ProofFault, RequestFault,
    TokenFault,
};

use crate::client_auth::ALGORITHMS;
use crate::ports::{QuotaExceeded, StoreError};
use crate::sealed::SealError;

/// Why an endpoint gives no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OAuthError {
    /// The relying party or country system asked wrongly.
    #[error("client: {0}")]
    Client(ClientFault),
    /// The person ended it.
    #[error("person: {0}")]
    Person(#[from] PersonFault),
    /// The home country cannot or may not do it.
    #[error("country: {0}")]
    Country(#[from] CountryFault),
    /// Ours.
    #[error("hub: {0}")]
    Hub(#[from] HubFault),
}

/// An error as the peer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// The HTTP status of a JSON answer.
    pub status: u16,
    /// `error`.
    pub code: ErrorCode,
    /// `error_description`: fixed words, printable ASCII without quote and backslash (RFC 6749 §5.2).
    pub description: Cow<'static, str>,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// `WWW-Authenticate`.
    pub challenge: Option<Challenge>,
}

/// A `WWW-Authenticate` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// RFC 6749 §5.2: the client used an Authorization header at an endpoint that takes none.
    Basic,
    /// RFC 6750 §3: no token was shown, so no error is named.
    Bearer,
    /// RFC 6750 §3.1: a token was shown and is refused.
    BearerError(ErrorCode),
    /// RFC 9449 §7.1: the proof that came with a bound token is refused.
    DpopError(ErrorCode),
}

impl Challenge {
    /// The header's value.
    pub fn header(self) -> String {
        match self {
            Self::Basic => "Basic realm=\"passerelle\"".into(),
            // RFC 9449 §7.2: both schemes are served.
            Self::Bearer => format!("Bearer, DPoP algs=\"{}\"", dpop_algorithms()),
            Self::BearerError(code) => format!("Bearer error=\"{code}\""),
            Self::DpopError(code) => format!("DPoP error=\"{code}\", algs=\"{}\"", dpop_algorithms()),
        }
    }
}

fn dpop_algorithms() -> String {
    ALGORITHMS.map(Algorithm::as_str).join(" ")
}

/// The store answers again within this time after a failover (attacks S01, F6: at most 30 s; most are shorter).
const RETRY_AFTER: u64 = 5;

impl OAuthError {
    /// The one map from faults to the wire.
    pub fn wire(&self) -> Wire {
        match self {
            Self::Client(fault) => client_wire(*fault),
            Self::Person(fault) => person_wire(*fault),
            Self::Country(fault) => country_wire(*fault),
            Self::Hub(fault) => hub_wire(*fault),
        }
    }

    /// `error`.
    pub fn code(&self) -> ErrorCode {
        self.wire().code
    }

    /// The JSON body of RFC 6749 §5.2.
    pub fn body(&self) -> serde_json::Value {
        let wire = self.wire();
        serde_json::json!({ "error": wire.code.as_str(), "error_description": wire.description })
    }
}

fn client_wire(fault: ClientFault) -> Wire {
    match fault {
        // The same answer whatever failed: no oracle about which clients and keys exist.
        ClientFault::Authentication(fault) => Wire {
            challenge: matches!(fault, AuthenticationFault::HeaderNotServed).then_some(Challenge::Basic),
            ..Wire::of(ErrorCode::InvalidClient, "client authentication failed")
        },
        ClientFault::Request(fault) => Wire { description: fault.to_string().into(), ..Wire::of(fault.code(), "") },
        ClientFault::Grant(fault) => grant_wire(fault),
        ClientFault::Token(fault) => token_wire(fault),
        ClientFault::Quota(exceeded) => quota_wire(exceeded),
        ClientFault::Proof(fault) => Wire { description: fault.to_string().into(), ..Wire::of(fault.code(), "") },
    }
}

fn grant_wire(fault: GrantFault) -> Wire {
    match fault {
        GrantFault::Unknown
        | GrantFault::UsedBefore
        | GrantFault::OtherClient
        | GrantFault::RedirectUri
        | GrantFault::Verifier
        | GrantFault::OtherKey
        | GrantFault::Policy => Wire::of(ErrorCode::InvalidGrant, "the grant is invalid, expired, used or revoked"),
        // RFC 8693 §2.2.2: "the authorization server MUST .. the value of the error parameter MUST be invalid_request".
        GrantFault::SubjectToken | GrantFault::SubjectTokenReplayed => {
            Wire::of(ErrorCode::InvalidRequest, "the subject token is not acceptable")
        }
    }
}

fn token_wire(fault: TokenFault) -> Wire {
    match fault {
        TokenFault::Absent => Wire {
            challenge: Some(Challenge::Bearer),
            ..Wire::of(ErrorCode::InvalidToken, "an access token is required")
        },
        TokenFault::Malformed => Wire::challenged(ErrorCode::InvalidRequest, "the Authorization header cannot be read"),
        TokenFault::Invalid => Wire::challenged(ErrorCode::InvalidToken, "the access token is not valid here"),
        TokenFault::Scope => Wire::challenged(ErrorCode::InsufficientScope, "the access token lacks the scope"),
        // RFC 9449 §7.1 and §9: 401 at a protected resource, whatever is wrong with the proof.
        TokenFault::Proof(fault) => Wire {
            status: ErrorCode::InvalidToken.status(),
            challenge: Some(Challenge::DpopError(fault.code())),
            description: fault.to_string().into(),
            ..Wire::of(fault.code(), "")
        },
    }
}

/// RFC 9126 §2.3: 429 for a client that exceeds the number of requests the server allows. RFC 6585 §4: with `Retry-After`.
fn quota_wire(exceeded: QuotaExceeded) -> Wire {
    // Whole seconds, rounded up: who waits that long gets through.
    let seconds = exceeded.retry_after.as_millis().div_ceil(1000).max(1);
    Wire {
        status: 429,
        retry_after: Some(u64::try_from(seconds).unwrap_or(u64::MAX)),
        ..Wire::of(ErrorCode::TemporarilyUnavailable, "the client asks too often")
    }
}

fn person_wire(fault: PersonFault) -> Wire {
    match fault {
        // One text for all: why a person did not get through is not the relying party's to know.
        PersonFault::Refused
        | PersonFault::TooSlow
        | PersonFault::Locked
        | PersonFault::NotAlive
        | PersonFault::Document(_)
        | PersonFault::SomebodyElse => Wire::of(ErrorCode::AccessDenied, "the login was not completed"),
        PersonFault::LoginRequired => Wire::of(ErrorCode::LoginRequired, "a fresh login is required"),
    }
}

fn country_wire(fault: CountryFault) -> Wire {
    match fault {
        CountryFault::NotAllowed => Wire::of(ErrorCode::AccessDenied, "the country may not be used for this now"),
        CountryFault::LevelNotReached => {
            Wire::of(ErrorCode::UnmetAuthenticationRequirements, "the level of assurance was not reached")
        }
        CountryFault::MixUp | CountryFault::AssertionInvalid | CountryFault::Misconfigured => {
            Wire::of(ErrorCode::ServerError, "the answer of the national identity provider was refused")
        }
        CountryFault::Unavailable => {
            Wire::of(ErrorCode::TemporarilyUnavailable, "the national identity provider does not answer")
        }
    }
}

fn hub_wire(fault: HubFault) -> Wire {
    match fault {
        HubFault::NotReady | HubFault::Store | HubFault::Audit => {
            Wire::of(ErrorCode::TemporarilyUnavailable, "the hub cannot answer now")
        }
        HubFault::Internal => Wire::of(ErrorCode::ServerError, "the hub failed"),
    }
}

impl Wire {
    fn of(code: ErrorCode, description: &'static str) -> Self {
        let retry_after = (code == ErrorCode::TemporarilyUnavailable).then_some(RETRY_AFTER);
        Self { status: code.status(), code, description: description.into(), retry_after, challenge: None }
    }

    fn challenged(code: ErrorCode, description: &'static str) -> Self {
        Self { challenge: Some(Challenge::BearerError(code)), ..Self::of(code, description) }
    }
}

/// Faults of the client become errors in one step, so that checks can end in `?`.
macro_rules! client_fault {
    ($($fault:ident),+) => {
        $(impl From<$fault> for OAuthError {
            fn from(fault: $fault) -> Self {
                Self::Client(fault.into())
            }
        })+
    };
}

client_fault!(AuthenticationFault, RequestFault, GrantFault, TokenFault, ProofFault, QuotaExceeded);

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        HubFault::Store.into()
    }
}

/// What cannot fail on a healthy machine: randomness, sealing, signing.
macro_rules! internal {
    ($($error:ty),+) => {
        $(impl From<$error> for OAuthError {
            fn from(error: $error) -> Self {
                tracing::error!(%error, "the hub failed");
                HubFault::Internal.into()
            }
        })+
    };
}

internal!(RandomError, SealError, SignError);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_fail_client_authentication_looks_the_same() {
        let wire = |fault: AuthenticationFault| OAuthError::from(fault).wire();
        let expected = wire(AuthenticationFault::Signature);
        assert_eq!((expected.status, expected.code), (401, ErrorCode::InvalidClient));
        for fault in [AuthenticationFault::Client, AuthenticationFault::Key, AuthenticationFault::Replayed] {
            assert_eq!(wire(fault), expected);
        }
    }

    #[test]
    fn descriptions_fit_the_characters_of_rfc_6749() {
        for fault in [RequestFault::Missing("client_id"), RequestFault::Malformed, RequestFault::Scope] {
            let text = OAuthError::from(fault).wire().description;
            assert!(text.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)), "{text}");
        }
    }

    #[test]
    fn a_missing_token_gets_a_challenge_without_an_error() {
        let header = |fault: TokenFault| OAuthError::from(fault).wire().challenge.unwrap().header();
        assert_eq!(header(TokenFault::Absent), "Bearer, DPoP algs=\"ES256 PS256 EdDSA\"");
        assert_eq!(header(TokenFault::Invalid), "Bearer error=\"invalid_token\"");
    }

    #[test]
    fn b11_a_client_that_asks_too_often_is_told_how_many_whole_seconds_to_wait() {
        for (millis, seconds) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (61_500, 62)] {
            let exceeded = QuotaExceeded { retry_after: std::time::Duration::from_millis(millis) };
            let wire = OAuthError::from(exceeded).wire();
            assert_eq!((wire.status, wire.retry_after), (429, Some(seconds)), "{millis}");
            assert_eq!(wire.code, ErrorCode::TemporarilyUnavailable);
        }
    }

    #[test]
    fn what_is_ours_says_when_to_try_again() {
        let wire = OAuthError::from(HubFault::Store).wire();
        assert_eq!((wire.status, wire.retry_after), (503, Some(RETRY_AFTER)));
    }
}
