//! The root: who may sign what.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strict_jose::{JwkError, Limits, PublicJwk, SignedDocument, Thumbprint, UnixTime, json};

use super::log::{LogDescription, LogDescriptionProblem, TrustedLog};
use super::{Typ, rfc3339};
use crate::CountryCode;
use crate::quorum::{Quorum, QuorumNotMet, Signers};

/// A task that keys are trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Signs the next root.
    Root,
    /// Signs the regional list, and suspension orders.
    Regional,
    /// Signs the status document, online.
    Status,
}

/// The quorum of each role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleQuorums {
    /// For the next root.
    pub root: Quorum,
    /// For the regional list.
    pub regional: Quorum,
    /// For the status document.
    pub status: Quorum,
}

/// A key of the root. It has no name: its RFC 7638 thumbprint is computed, so nobody can give one key two names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RootKey {
    /// The country it belongs to.
    pub country: CountryCode,
    /// Who holds it.
    pub holder: String,
    /// The key.
    #[serde(rename = "jwk")]
    pub key: PublicJwk,
    /// What it may sign.
    pub roles: BTreeSet<Role>,
}

/// The root document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RootDocument {
    /// Its number; each root follows the one before it.
    pub version: u64,
    /// The code of the region: the territory of the regional list.
    pub region: CountryCode,
    /// Where the region publishes, without a slash at the end. `<distribution>/lists/regional.json` is the regional
    /// list's DistributionPoint.
    pub distribution: String,
    /// When it was issued.
    #[serde(with = "rfc3339")]
    pub issued: UnixTime,
    /// When it must have been replaced.
    #[serde(with = "rfc3339")]
    pub expires: UnixTime,
    /// The longest life of a status document, in seconds. Who steals the online key can stretch the truth this far.
    pub status_life: i64,
    /// The keys.
    pub keys: Vec<RootKey>,
    /// How many of them must sign what.
    pub roles: RoleQuorums,
    /// The log in which every list must be, and its witnesses. Only a root switches it on or off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogDescription>,
}

/// A root whose form and rules were checked; [`crate::update`] also checks who signed it.
#[derive(Clone, Debug)]
pub struct Root {
    document: RootDocument,
    sign_roots: Signers,
    sign_lists: Signers,
    sign_status: Signers,
    log: Option<TrustedLog>,
}

/// A root of sixty holders with RSA keys and sixty RSA-4096 signatures is 200 KiB; TUF implementations cap at 1 MiB.
pub(crate) const LIMITS: Limits = Limits { max_bytes: 1024 * 1024, max_depth: 8 };

impl Root {
    /// Reads a root. Who signed it is still to check.
    pub fn read(signed: &SignedDocument) -> Result<Self, RootProblem> {
        let document: RootDocument =
            json::parse_as(signed.payload(), &LIMITS).map_err(|error| RootProblem::WrongForm(error.to_string()))?;
        Self::new(document)
    }

    /// Checks the rules that a root must keep, whoever signs it.
    pub fn new(document: RootDocument) -> Result<Self, RootProblem> {
        no_key_twice(&document.keys)?;
        online_keys_apart(&document.keys)?;
        dates_in_order(&document)?;
        let signers = |role, quorum| {
            let keys = document.keys.iter().filter(move |key| key.roles.contains(&role));
            quorum_possible(role, quorum, keys.clone())?;
            Ok::<_, RootProblem>(Signers::new(keys.map(|key| (&key.key, key.country)), quorum)?)
        };
        let sign_roots = signers(Role::Root, document.roles.root)?;
        let sign_lists = signers(Role::Regional, document.roles.regional)?;
        let sign_status = signers(Role::Status, document.roles.status)?;
        let log = document.log.as_ref().map(TrustedLog::new).transpose()?;
        Ok(Self { document, sign_roots, sign_lists, sign_status, log })
    }

    /// What it says.
    pub fn document(&self) -> &RootDocument {
        &self.document
    }

    /// Its number.
    pub fn version(&self) -> u64 {
        self.document.version
    }

    /// The keys of a role with its quorum.
    pub fn signers(&self, role: Role) -> &Signers {
        match role {
            Role::Root => &self.sign_roots,
            Role::Regional => &self.sign_lists,
            Role::Status => &self.sign_status,
        }
    }

    /// The log in which every list must be.
    pub(crate) fn log(&self) -> Option<&TrustedLog> {
        self.log.as_ref()
    }

    /// The regional list's DistributionPoint.
    pub fn regional_location(&self) -> String {
        format!("{}/lists/regional.json", self.document.distribution)
    }

    /// Refuses `signed` unless this root's own quorum signed it.
    pub(crate) fn require_own_quorum(&self, signed: &SignedDocument) -> Result<(), RootProblem> {
        self.sign_roots.require(signed, Typ::Root.as_str()).map(drop).map_err(RootProblem::OwnQuorum)
    }

    /// Refuses `next`, whose bytes are `signed`, unless it follows this root: the next version of the same region,
    /// signed by the quorum of this root and by its own (TUF §5.3.4, §5.3.5).
    pub(crate) fn require_successor(&self, next: &Self, signed: &SignedDocument) -> Result<(), RootProblem> {
        let expected = self.version().saturating_add(1);
        if next.version() != expected {
            return Err(RootProblem::WrongVersion { found: next.version(), expected });
        }
        if next.document.region != self.document.region {
            return Err(RootProblem::WrongRegion(next.document.region));
        }
        self.sign_roots.require(signed, Typ::Root.as_str()).map_err(RootProblem::PredecessorQuorum)?;
        next.require_own_quorum(signed)
    }
}

/// RUSTSEC-2020-0024: one key under two entries would count twice wherever someone counts entries.
fn no_key_twice(keys: &[RootKey]) -> Result<(), RootProblem> {
    let mut seen = BTreeSet::new();
    match keys.iter().find(|key| !seen.insert(key.key.thumbprint())) {
        Some(key) => Err(RootProblem::DuplicateKey(key.key.thumbprint().clone())),
        None => Ok(()),
    }
}

/// TUF §6.1: keys that are online are kept apart, so that who steals one can neither admit nor change the root.
fn online_keys_apart(keys: &[RootKey]) -> Result<(), RootProblem> {
    let mixed = |key: &&RootKey| key.roles.contains(&Role::Status) && key.roles.len() > 1;
    match keys.iter().find(mixed) {
        Some(key) => Err(RootProblem::OnlineKeyHasOtherRole(key.key.thumbprint().clone())),
        None => Ok(()),
    }
}

fn dates_in_order(document: &RootDocument) -> Result<(), RootProblem> {
    let in_order = document.issued < document.expires && document.status_life > 0 && document.version > 0;
    if in_order { Ok(()) } else { Err(RootProblem::Numbers) }
}

/// A threshold of zero lets anybody sign; one that no set of keys can meet locks everybody out.
fn quorum_possible<'k>(
    role: Role,
    quorum: Quorum,
    keys: impl Iterator<Item = &'k RootKey> + Clone,
) -> Result<(), RootProblem> {
    let countries: BTreeSet<_> = keys.clone().map(|key| key.country).collect();
    let possible = (1..=keys.count()).contains(&quorum.threshold) && (1..=countries.len()).contains(&quorum.countries);
    if possible { Ok(()) } else { Err(RootProblem::ImpossibleQuorum(role)) }
}

/// Why a root is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootProblem {
    /// Not a signed document.
    #[error("not a signed document: {0}")]
    NotSigned(String),
    /// Not strict JSON, or not a root.
    #[error("not a root: {0}")]
    WrongForm(String),
    /// A key is in it twice.
    #[error("key {0} is in it twice")]
    DuplicateKey(Thumbprint),
    /// A key for the status document may also sign something else.
    #[error("key {0} signs the status document and must not sign anything else")]
    OnlineKeyHasOtherRole(Thumbprint),
    /// Version, dates or life of the status document make no sense.
    #[error("version and status_life are at least 1, and it expires after it is issued")]
    Numbers,
    /// A quorum is zero, or more than its keys can give.
    #[error("the quorum of role {0:?} is zero, or more than its keys and their countries")]
    ImpossibleQuorum(Role),
    /// A key cannot sign.
    #[error("a key cannot be a signer's: {0}")]
    Key(#[from] JwkError),
    /// What it says of the log makes no sense.
    #[error("its log: {0}")]
    Log(#[from] LogDescriptionProblem),
    /// Not the version that is next.
    #[error("it is version {found}, not {expected}")]
    WrongVersion {
        /// In the document.
        found: u64,
        /// Next.
        expected: u64,
    },
    /// A root of another region.
    #[error("it is for region {0}")]
    WrongRegion(CountryCode),
    /// The quorum of the root before it is not met.
    #[error("by the root before it: {0}")]
    PredecessorQuorum(#[source] QuorumNotMet),
    /// Its own quorum is not met.
    #[error("by its own keys: {0}")]
    OwnQuorum(#[source] QuorumNotMet),
    /// Issued in the future.
    #[error("it is issued in the future")]
    IssuedInFuture,
}
