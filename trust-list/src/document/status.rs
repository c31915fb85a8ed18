//! The status document: what is current, and what is suspended.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use strict_jose::{Limits, UnixTime, json};

use super::{ListName, MAX_CLOCK_SKEW, Root, rfc3339};
use crate::quorum::QuorumNotMet;
use crate::{CountryCode, Regression};

/// The status document. It lives for minutes: plays TUF's snapshot and timestamp together.
///
/// It is signed by an online key, which therefore can only say "this is still current" or stop everything. It carries
/// suspension orders and cannot make them; nothing in it admits anybody.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Status {
    /// Its number.
    pub version: u64,
    /// The code of the region.
    pub region: CountryCode,
    /// The newest root when it was signed.
    pub root_version: u64,
    /// When it was issued.
    #[serde(with = "rfc3339")]
    pub issued: UnixTime,
    /// When it must have been replaced.
    #[serde(with = "rfc3339")]
    pub expires: UnixTime,
    /// The current lists, each once.
    pub lists: Vec<ListEntry>,
    /// Suspension orders, each a signed document of its own, as it was signed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<Box<RawValue>>,
}

/// The one current document of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    /// Which list.
    pub name: ListName,
    /// Its sequence number.
    pub sequence: u64,
    /// The length of the signed document in bytes.
    pub length: usize,
    /// Its SHA-256 in base64url.
    pub sha256: String,
    /// Where the log has it, if there is a log. Only a hint where to look: what is found there is verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_index: Option<u64>,
}

/// A hundred lists at 170 bytes and a hundred orders at 4 KiB are 417 KiB, 556 KiB in base64url: 1 MiB.
pub(crate) const LIMITS: Limits = Limits { max_bytes: 1024 * 1024, max_depth: 8 };

impl Status {
    /// Reads an authenticated payload.
    pub fn read(payload: &[u8]) -> Result<Self, StatusProblem> {
        let status: Self =
            json::parse_as(payload, &LIMITS).map_err(|error| StatusProblem::WrongForm(error.to_string()))?;
        let mut names = BTreeSet::new();
        match status.lists.iter().find(|entry| !names.insert(entry.name)) {
            Some(entry) => Err(StatusProblem::DuplicateList(entry.name)),
            None => Ok(status),
        }
    }

    /// The entry of that list.
    pub fn list(&self, name: ListName) -> Option<&ListEntry> {
        self.lists.iter().find(|entry| entry.name == name)
    }

    /// It belongs to the region and root that are trusted.
    pub(crate) fn require_root(&self, root: &Root) -> Result<(), StatusProblem> {
        if self.region != root.document().region {
            return Err(StatusProblem::WrongRegion(self.region));
        }
        // Whoever signed it knew a newer root than the publisher gave us.
        if self.root_version > root.version() {
            return Err(StatusProblem::RootWithheld { named: self.root_version, trusted: root.version() });
        }
        Ok(())
    }

    /// TUF §5.4.4, with a bound on its life and on clocks that run ahead.
    pub(crate) fn require_times(&self, root: &Root, now: UnixTime) -> Result<(), StatusProblem> {
        if self.issued > now.plus(MAX_CLOCK_SKEW) {
            return Err(StatusProblem::IssuedInFuture);
        }
        if !(1..=root.document().status_life).contains(&self.expires.since(self.issued)) {
            return Err(StatusProblem::LivesTooLong { max: root.document().status_life });
        }
        if now < self.expires { Ok(()) } else { Err(StatusProblem::Expired { at: self.expires }) }
    }
}

/// Why a status document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusProblem {
    /// Not a signed document.
    #[error("not a signed document: {0}")]
    NotSigned(String),
    /// Too few of its signers signed it.
    #[error("{0}")]
    Quorum(#[from] QuorumNotMet),
    /// Not strict JSON, or not a status document.
    #[error("not a status document: {0}")]
    WrongForm(String),
    /// A list has two entries.
    #[error("list {0:?} has two entries")]
    DuplicateList(ListName),
    /// Of another region.
    #[error("it is for region {0}")]
    WrongRegion(CountryCode),
    /// It names a root that the publisher does not give.
    #[error("it was signed under root {named}, and the publisher gives none after {trusted}")]
    RootWithheld {
        /// The root it names.
        named: u64,
        /// The newest we have.
        trusted: u64,
    },
    /// It contradicts the highest one seen before.
    #[error("{0}")]
    Regressed(Regression),
    /// It names a list that contradicts the highest one seen before.
    #[error("list {name}: {regression}")]
    ListRegressed {
        /// Which list.
        name: ListName,
        /// How.
        regression: Regression,
    },
    /// Issued in the future.
    #[error("it is issued in the future")]
    IssuedInFuture,
    /// It lives longer than the root lets it, or not at all.
    #[error("it must live at least a second and at most {max}")]
    LivesTooLong {
        /// What the root says.
        max: i64,
    },
    /// It was to be replaced by now.
    #[error("it expired at {}", at.to_rfc3339())]
    Expired {
        /// When.
        at: UnixTime,
    },
}
