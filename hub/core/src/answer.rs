//! What the JSON endpoints take from the head of a request, and what they answer when all went well.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};
use trust_list::{CountryCode, Level};

use crate::policy::DocumentProblem;

/// What stands in the head of a request about who sends it.
///
/// A client certificate (RFC 8705) slots in here.
#[derive(Clone, Copy, Default)]
pub struct RequestHead<'r> {
    /// The `Authorization` header, if there is exactly one.
    pub authorization: Option<&'r str>,
    /// The method, as it stands in the request: a proof names it.
    pub method: &'r str,
    /// The `DPoP` header.
    pub dpop: ProofHeader<'r>,
}

/// The `DPoP` header (RFC 9449 §4.1).
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum ProofHeader<'r> {
    /// There is none.
    #[default]
    Absent,
    /// The proof.
    One(&'r str),
    /// It stands there more than once (§4.3 item 1), or is not text.
    Unreadable,
}

impl fmt::Debug for RequestHead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestHead")
            .field("authorization", &self.authorization.map(|_| "redacted"))
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

/// RFC 9126 §2.2: the answer to a pushed request; status 201.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct PushedRequestAnswer {
    /// What the browser brings to `/authorize`.
    pub request_uri: String,
    /// For how many seconds.
    pub expires_in: u64,
}

/// RFC 6749 §5.1: the answer of the token endpoint; status 200, `Cache-Control: no-store`.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct TokenAnswer {
    /// An RFC 9068 access token.
    pub access_token: String,
    /// How it is to be used.
    pub token_type: TokenType,
    /// For how many seconds.
    pub expires_in: u64,
    /// OpenID Connect Core §3.1.3.3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Only if `offline_access` was asked for and the client may use it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// What was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// RFC 8693 §2.2.1: what an exchange gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<&'static str>,
}

/// RFC 6749 §7.1: how an access token is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TokenType {
    /// RFC 6750: whoever holds it may use it.
    Bearer,
    /// RFC 9449 §5: good together with a proof by the key it is bound to.
    #[serde(rename = "DPoP")]
    Dpop,
}

/// OpenID Connect Core §5.3.2: the answer of the userinfo endpoint, a JSON object.
#[derive(Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct UserinfoAnswer(pub Map<String, Value>);

/// The answer to a credential that a country system presented; status 200 whether it is good or not.
#[derive(Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum CredentialAnswer {
    /// Every check passed.
    Verified(Box<VerifiedCredential>),
    /// A check failed, or policy does not allow it.
    Refused(RefusedCredential),
}

/// A credential that passed every check.
#[derive(Clone, PartialEq, Serialize)]
pub struct VerifiedCredential {
    /// Always `true`.
    pub verified: bool,
    /// The transaction, for a dispute.
    pub transaction: String,
    /// The country that vouches.
    pub country: CountryCode,
    /// Its service, by its id in the national list.
    pub issuer: String,
    /// The trust framework it vouches under.
    pub trust_framework: String,
    /// How well the person is identified by it.
    pub level: Level,
    /// `alive`, `deceased` or `unknown`; `unknown` unless the purpose allows to ask.
    pub person_status: String,
    /// `valid`, `expired`, `extended`, `lost`, `revoked` or `unknown`; `unknown` unless the purpose allows to ask.
    pub document_status: String,
    /// Whether anybody was asked if the credential was revoked. `false` is never to be shown as good.
    pub status_checked: bool,
    /// The person, as this client's sector knows them.
    pub sub: String,
    /// The claims the purpose allows.
    pub claims: Map<String, Value>,
    /// The version of the trust list that was in force.
    pub list_sequence: u64,
}

/// A credential that is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedCredential {
    /// Always `false`.
    pub verified: bool,
    /// The transaction, for a dispute.
    pub transaction: String,
    /// Why.
    pub reason: CredentialRefusal,
}

/// Why a credential is not accepted.
///
/// To add one: 1. a variant, 2. its place in the map from adapter errors in `verify.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialRefusal {
    /// The country or its service is unknown, suspended, withdrawn or not recognised for this purpose.
    NotRecognised,
    /// The credential does not reach the level that the purpose needs.
    LevelNotReached,
    /// It cannot be read.
    Malformed,
    /// Nobody in the trust list signed it, or it was changed.
    NotAuthentic,
    /// Its time is over, or it has no end though it must.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// The purpose demands a valid document, and this is none or nobody says so.
    Document(DocumentProblem),
    /// The country's credentials cannot be presented here.
    Unsupported,
    /// The country does not answer.
    Unavailable,
}

impl CredentialRefusal {
    /// The name of the reason, as it stands in the answer.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotRecognised => "not_recognised",
            Self::LevelNotReached => "level_not_reached",
            Self::Malformed => "malformed",
            Self::NotAuthentic => "not_authentic",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Document(problem) => problem.as_str(),
            Self::Unsupported => "unsupported",
            Self::Unavailable => "unavailable",
        }
    }
}

impl Serialize for CredentialRefusal {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

// What these carry opens doors or is about a person: none of it prints.
macro_rules! opaque {
    ($($name:ident),+) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(redacted)"))
            }
        })+
    };
}

opaque!(PushedRequestAnswer, TokenAnswer, UserinfoAnswer, CredentialAnswer, VerifiedCredential);
