//! What is audited: facts about a transaction between two states, never about a person.
//!
//! An [`AuditEvent`] has no field that could hold a subject (not even a pairwise one), a name, a number, a date of
//! birth, an address on the network or free text. Result codes are fixed texts of ours, claim *names* are checked. A
//! token is signed only after [`AuditLog::record`] returned its receipt.
//!
//! To add a kind of event: 1. a variant of [`AuditKind`]; 2. its label in the serialisation test of the log;
//! 3. record it in the one flow that sees it.

mod collected;

use std::collections::BTreeSet;
use std::fmt;

use async_trait::async_trait;
use serde::Serialize;
use strict_jose::UnixTime;
use trust_list::{CountryCode, Level, Purpose};

pub use collected::CollectedAuditLog;

use crate::handles::TransactionId;
use crate::policy::registered_name;

/// The hub's audit log.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Appends the event. Returns only after it is durable: a crash of the machine right after does not lose it.
    ///
    /// After an error the event counts as not recorded, and what depends on it must not happen. Events that are
    /// recorded have consecutive indices, without gap or duplicate.
    async fn record(&self, event: AuditEvent) -> Result<AuditReceipt, AuditError>;

    /// Whether the log can record now, for readiness. Tries to recover a log that could not.
    async fn health(&self) -> Result<(), AuditError>;
}

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditEvent {
    /// When.
    pub at: UnixTime,
    /// What happened.
    #[serde(flatten)]
    pub kind: AuditKind,
    /// How it ended: [`AuditEvent::OK`], or the error code the peer was given.
    pub result: &'static str,
    /// The transaction it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<TransactionId>,
    /// The country whose identity was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub home_country: Option<CountryCode>,
    /// The client that asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<AuditedClient>,
    /// What for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The level of assurance asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_asked: Option<Level>,
    /// The level of assurance given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_given: Option<Level>,
    /// Whom an exchanged token is for, in the words of the trust list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// Names of the claims that were released, or refused.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimName>,
    /// The trust list that was in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<ListVersion>,
}

impl AuditEvent {
    /// The result of what went well.
    pub const OK: &'static str = "ok";

    /// An event with nothing but what, when and how it ended; set the other fields as far as they are known.
    pub fn new(at: UnixTime, kind: AuditKind, result: &'static str) -> Self {
        Self {
            at,
            kind,
            result,
            transaction: None,
            home_country: None,
            client: None,
            purpose: None,
            level_asked: None,
            level_given: None,
            audience: None,
            claims: Vec::new(),
            list: None,
        }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AuditKind {
    /// A login ended without a token: refused by the person, the national IdP or policy.
    LoginRefused,
    /// The person agreed to a release and a code was issued.
    ConsentGiven,
    /// The person refused the release.
    ConsentRefused,
    /// Tokens are about to be issued for an authorization code.
    TokenIssued,
    /// A token is about to be issued for a refresh token.
    TokenRefreshed,
    /// A token is about to be issued for another token.
    TokenExchanged,
    /// A token is about to be issued to a client for itself.
    ClientTokenIssued,
    /// Attributes are about to be given at the userinfo endpoint.
    UserinfoReleased,
    /// A credential was checked for a country system.
    CredentialVerified,
    /// A grant was revoked on request.
    GrantRevoked,
    /// An authorization code came a second time; its grant was revoked.
    CodeReused,
    /// A refresh token came that was revoked or belongs to another.
    RefreshReused,
    /// A client asked for more than its purpose allows.
    Overreach,
    /// The person's document is past its end, and the purpose demands one that is not.
    DocumentExpired,
    /// The person's document is reported lost or stolen, and the purpose demands a valid one.
    DocumentLost,
    /// The person's document was taken back, and the purpose demands a valid one.
    DocumentRevoked,
    /// Nobody says whether the person's document is valid, and the purpose demands it.
    DocumentUnknown,
    /// A national IdP's assertion broke a rule.
    AssertionRefused,
    /// A national IdP's answer came where another's was awaited.
    MixUp,
    /// Another trust list is in force.
    TrustListChanged,
    /// The hub started.
    Started,
    /// The hub stops.
    Stopped,
    /// The log was opened with an unfinished end, which was cut off.
    Recovered {
        /// How many bytes were cut off.
        cut_bytes: u64,
    },
    /// The wall clock went back.
    ClockWentBack {
        /// By how many seconds.
        seconds: i64,
    },
}

/// The client of an audited transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditedClient {
    /// Its registered `client_id`. Only of a client that the trust list knows: an unknown one is not recorded.
    pub client_id: String,
    /// Its country.
    pub country: CountryCode,
    /// Its sector, for which subjects are pairwise.
    pub sector: String,
}

/// The trust list that was in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListVersion {
    /// Its sequence number.
    pub sequence: u64,
    /// Its digest, SHA-256 in base64url.
    pub digest: String,
}

/// The name of a claim: a registered one, a status or a predicate, without its language. Any other text is recorded as
/// `(other)`: a client could put anything into the names it asks for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ClaimName(String);

impl ClaimName {
    /// The base name of `name` (OpenID Connect Core §5.2), if it is one that a claim has here.
    pub fn new(name: &str) -> Self {
        Self(registered_name(name).unwrap_or("(other)").to_owned())
    }

    /// Those of `names`, each once.
    pub(crate) fn each<'n>(names: impl IntoIterator<Item = &'n str>) -> Vec<Self> {
        names.into_iter().map(Self::new).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ClaimName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Proof that an event is durable.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditReceipt {
    /// Its place in the log, from 0.
    pub index: u64,
    /// The hash of its record, which the next record repeats.
    pub hash: [u8; 32],
}

/// The event was not recorded. To the peer: 503 `temporarily_unavailable`, and no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// The log cannot be written: disk full, read-only, or broken.
    #[error("the audit log cannot be written")]
    NotWritable,
    /// The log did not become durable within the deadline.
    #[error("the audit log is too slow")]
    TooSlow,
    /// The log was closed.
    #[error("the audit log is closed")]
    Closed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_with_what_is_known_and_nothing_else() {
        let at = UnixTime::new(1_800_000_000);
        let event = AuditEvent::new(at, AuditKind::Recovered { cut_bytes: 17 }, AuditEvent::OK);
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(json, r#"{"at":1800000000,"kind":"recovered","cut_bytes":17,"result":"ok"}"#);

        let country: CountryCode = "XA".parse().unwrap();
        let event = AuditEvent {
            home_country: Some(country),
            client: Some(AuditedClient { client_id: "bank".into(), country, sector: "bank.example".into() }),
            level_asked: Some(Level::Substantial),
            claims: vec![ClaimName::new("given_name")],
            list: Some(ListVersion { sequence: 7, digest: "abc".into() }),
            ..AuditEvent::new(at, AuditKind::TokenIssued, AuditEvent::OK)
        };
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(
            json,
            r#"{"at":1800000000,"kind":"token_issued","result":"ok","home_country":"XA","client":{"client_id":"bank","country":"XA","sector":"bank.example"},"level_asked":"substantial","claims":["given_name"],"list":{"sequence":7,"digest":"abc"}}"#
        );
    }

    #[test]
    fn l12_what_was_wrong_with_a_document_is_recorded_by_name() {
        for (kind, name) in [
            (AuditKind::DocumentExpired, "document_expired"),
            (AuditKind::DocumentLost, "document_lost"),
            (AuditKind::DocumentRevoked, "document_revoked"),
            (AuditKind::DocumentUnknown, "document_unknown"),
        ] {
            assert_eq!(serde_json::to_value(kind).unwrap()["kind"], name);
        }
    }

    #[test]
    fn r02_a_text_that_is_no_claim_name_is_not_recorded() {
        for name in ["given_name", "age_over_18", "person_status", "document_status", "birthdate"] {
            assert_eq!(ClaimName::new(name).as_str(), name);
        }
        assert_eq!(ClaimName::new("name#Aminata-Diallo").as_str(), "name");
        assert_eq!(ClaimName::each(["name#fr", "x", "name", "y"]), [ClaimName::new("x"), ClaimName::new("name")]);
        let long = "a".repeat(65);
        for text in ["", "Aminata-Diallo", "born-1990-01-01", "age_over_180", "national_id", "a\nb", "né", &long] {
            assert_eq!(ClaimName::new(text).as_str(), "(other)", "{text:?}");
        }
    }

    #[tokio::test]
    async fn s08_the_log_for_tests_fails_when_told_to() {
        let log = CollectedAuditLog::default();
        let event = || AuditEvent::new(UnixTime::new(1), AuditKind::Started, AuditEvent::OK);
        assert_eq!(log.record(event()).await.unwrap().index, 0);
        log.fail_with(Some(AuditError::NotWritable));
        assert_eq!(log.record(event()).await, Err(AuditError::NotWritable));
        assert_eq!(log.health().await, Err(AuditError::NotWritable));
        log.fail_with(None);
        assert_eq!(log.record(event()).await.unwrap().index, 1);
        assert_eq!(log.events().len(), 2);
    }
}
