//! [`VerifiedAssertion`]: what a national provider or credential says about a person, after every check.

pub(crate) mod claims;
mod subject;

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;
use strict_jose::UnixTime;
use trust_list::{CountryCode, EntityId, Level, TrustedIssuer};

pub use subject::UpstreamSubject;

/// What a national provider or credential says about a person, after every check.
///
/// Only a kit makes one, and a kit needs a `TrustedIssuer` for it. It cannot be serialised: it lives in the request
/// that verified it. The level is already capped by the list, and only claims that the list allows are left.
///
/// ```compile_fail,E0624
/// let forge = country_adapters::VerifiedAssertion::new;
/// ```
pub struct VerifiedAssertion {
    country: CountryCode,
    issuer_id: EntityId,
    level: Level,
    checked: Checked,
    claims: BTreeMap<String, Value>,
}

/// What a kit has checked, before the list's limits are applied.
pub(crate) struct Checked {
    pub(crate) subject: UpstreamSubject,
    pub(crate) level: Level,
    pub(crate) methods: Vec<String>,
    pub(crate) auth_time: Option<UnixTime>,
    pub(crate) claims: BTreeMap<String, Value>,
    pub(crate) person_status: PersonStatus,
    pub(crate) document_status: DocumentStatus,
    pub(crate) credential_status: CredentialStatus,
    pub(crate) subject_stability: SubjectStability,
    pub(crate) assertion_digest: [u8; 32],
    pub(crate) trust_framework: String,
    pub(crate) one_time_id: Option<String>,
    pub(crate) expires_at: Option<UnixTime>,
    pub(crate) verified_at: UnixTime,
}

impl VerifiedAssertion {
    /// The only constructor. `issuer` limits what was checked: a level above the notified one is lowered to it, a
    /// claim outside the allow-list is dropped.
    pub(crate) fn new(issuer: &TrustedIssuer<'_>, mut checked: Checked) -> Self {
        let entry = issuer.issuer();
        Self {
            country: issuer.country(),
            issuer_id: entry.id.clone(),
            level: checked.level.min(issuer.ceiling()),
            claims: claims::allowed(std::mem::take(&mut checked.claims), &entry.claims),
            checked,
        }
    }

    /// The id of the issuer in its country's list.
    pub fn issuer_id(&self) -> &EntityId {
        &self.issuer_id
    }

    /// The country that vouches, from the list.
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// The person, by the issuer's own identifier.
    pub fn subject(&self) -> &UpstreamSubject {
        &self.checked.subject
    }

    /// The level of assurance, never above the list's ceiling.
    pub fn level(&self) -> Level {
        self.level
    }

    /// How the person was authenticated, in the profile's words.
    pub fn methods(&self) -> &[String] {
        &self.checked.methods
    }

    /// When the person was authenticated, if the issuer says so.
    pub fn auth_time(&self) -> Option<UnixTime> {
        self.checked.auth_time
    }

    /// The claims by the hub's names, normalised, only those that the list allows.
    pub fn claims(&self) -> &BTreeMap<String, Value> {
        &self.claims
    }

    /// Whether the person lives, if the issuer says so.
    pub fn person_status(&self) -> PersonStatus {
        self.checked.person_status
    }

    /// Whether the person's document is in force, if the issuer says so.
    pub fn document_status(&self) -> DocumentStatus {
        self.checked.document_status
    }

    /// Whether the credential itself was checked for revocation.
    pub fn credential_status(&self) -> CredentialStatus {
        self.checked.credential_status
    }

    /// Whether the person has the same identifier next time.
    pub fn subject_stability(&self) -> SubjectStability {
        self.checked.subject_stability
    }

    /// SHA-256 of what the issuer signed: the compact ID token, with a line feed and the compact userinfo after it
    /// where userinfo is signed too; or the bytes of the credential.
    pub fn assertion_digest(&self) -> [u8; 32] {
        self.checked.assertion_digest
    }

    /// When it was checked.
    pub fn verified_at(&self) -> UnixTime {
        self.checked.verified_at
    }

    /// The trust framework under which the issuer vouches.
    pub fn trust_framework(&self) -> &str {
        &self.checked.trust_framework
    }

    /// A name of this one assertion, for whoever must not take it twice. A card that is shown again and again has
    /// none.
    pub fn one_time_id(&self) -> Option<String> {
        self.checked.one_time_id.clone()
    }

    /// When it ends.
    pub fn expires_at(&self) -> Option<UnixTime> {
        self.checked.expires_at
    }
}

impl fmt::Debug for VerifiedAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedAssertion")
            .field("country", &self.country)
            .field("issuer_id", &self.issuer_id)
            .field("level", &self.level)
            .field("claims", &self.claims.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Whether the person lives. A fact of its own: it follows neither from a document nor from a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PersonStatus {
    /// Alive according to the register.
    Alive,
    /// Dead according to the register.
    Deceased,
    /// The issuer does not say.
    #[default]
    Unknown,
}

impl PersonStatus {
    /// The word for tokens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alive => "alive",
            Self::Deceased => "deceased",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether the person's identity document is in force. An expired card is not a lost identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentStatus {
    /// In force.
    Valid,
    /// Past its end.
    Expired,
    /// Past its printed end, in force by law.
    Extended {
        /// Until when, if the issuer says so.
        until: Option<UnixTime>,
    },
    /// Reported lost or stolen.
    Lost,
    /// Taken back.
    Revoked,
    /// The issuer does not say.
    #[default]
    Unknown,
}

impl DocumentStatus {
    /// What is left of it at `now`: an extension ends.
    #[must_use]
    pub fn at(self, now: UnixTime) -> Self {
        match self {
            Self::Extended { until: Some(until) } if until < now => Self::Expired,
            unchanged => unchanged,
        }
    }

    /// The word for tokens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Expired => "expired",
            Self::Extended { .. } => "extended",
            Self::Lost => "lost",
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether the credential itself was checked for revocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialStatus {
    /// There is no credential: a provider answered just now.
    NotApplicable,
    /// A credential whose status nobody asked for. Never to be shown as good.
    NotChecked,
}

/// Whether the person has the same identifier next time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectStability {
    /// The same for every login.
    Stable,
    /// Another one for every login.
    Transient,
}

impl SubjectStability {
    /// The word for tokens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Transient => "transient",
        }
    }
}
