//! The highest version of each document, and the suspension orders that hold.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use strict_jose::{Thumbprint, UnixTime};
use tile_log::{Hash, KeyName, SignedCheckpoint, TreeHead};

use crate::document::{ListName, SuspensionOrder};
use crate::quorum::Signers;
use crate::verified::SuspensionSigner;

/// Everything seen so far that must not be seen older.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Marks {
    pub(crate) status: Option<Mark>,
    pub(crate) lists: BTreeMap<ListName, Mark>,
    /// Suspension orders not lifted so far: the online key cannot make us forget one by leaving it out.
    pub(crate) orders: Vec<KeptOrder>,
    /// The last status document whose lists all came and were good.
    pub(crate) good: Option<Good>,
    /// The longest tree of each log, by its origin. Marks from before there were logs have none.
    #[serde(default)]
    pub(crate) logs: BTreeMap<String, LogMark>,
}

/// The longest tree of a log that was verified, and the checkpoint that says so: evidence, should another be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LogMark {
    size: u64,
    #[serde(with = "root_hash")]
    root: Hash,
    checkpoint: String,
}

impl LogMark {
    pub(crate) fn of(checkpoint: &SignedCheckpoint) -> Self {
        let TreeHead { size, root } = checkpoint.tree();
        Self { size, root, checkpoint: checkpoint.note().to_string() }
    }

    pub(crate) fn tree(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root }
    }
}

/// A hash in base64, as checkpoints have it.
mod root_hash {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use tile_log::Hash;

    pub(super) fn serialize<S: Serializer>(hash: &Hash, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(hash)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Hash, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A suspension order that was verified, with the keys that could sign it then. They are not asked for again: what
/// becomes of a key lifts no order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptOrder {
    pub(crate) order: SuspensionOrder,
    pub(crate) signers: Vec<SuspensionSigner>,
}

/// A status document that led to a snapshot. It names every list by its hash, so this is the whole snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Good {
    pub(crate) version: u64,
    pub(crate) sha256: String,
}

/// The highest version of one document, and the keys that signed it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) version: u64,
    pub(crate) sha256: String,
    pub(crate) issued: UnixTime,
    pub(crate) signed_by: BTreeSet<Thumbprint>,
}

/// How an offered document contradicts what was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Regression {
    /// It is older.
    #[error("number {offered} is lower than {seen}, which was seen before")]
    Rollback {
        /// What is offered.
        offered: u64,
        /// The highest seen.
        seen: u64,
    },
    /// Two documents carry one number.
    #[error("number {0} was seen before with other content")]
    Equivocation(u64),
    /// Its number is further ahead than time allows.
    #[error("number {offered} is too far ahead of {seen}")]
    Jump {
        /// What is offered.
        offered: u64,
        /// The highest seen.
        seen: u64,
    },
}

impl Regression {
    /// A fixed word for logs, metrics and audit.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Rollback { .. } => "rollback",
            Self::Equivocation(_) => "equivocation",
            Self::Jump { .. } => "jump",
        }
    }
}

/// A publisher that signs once a second for as long as we did not look, and 1,000 times more, is busy; one that goes
/// further wants to leave us with a number nobody can follow (TUF: fast-forward).
const SLACK: u64 = 1_000;

impl Mark {
    /// Compares an offered version with this one.
    pub(crate) fn judge(&self, offered: u64, sha256: &str, now: UnixTime) -> Result<(), Regression> {
        if offered < self.version {
            return Err(Regression::Rollback { offered, seen: self.version });
        }
        if offered == self.version && sha256 != self.sha256 {
            return Err(Regression::Equivocation(offered));
        }
        let elapsed = u64::try_from(now.since(self.issued)).unwrap_or(0);
        if offered > self.version.saturating_add(SLACK).saturating_add(elapsed) {
            return Err(Regression::Jump { offered, seen: self.version });
        }
        Ok(())
    }

    /// TUF §5.3.11: when the keys that signed it were taken away, it binds nobody. That is how a region recovers after
    /// stolen keys set a huge number.
    ///
    /// Off-spec: TUF drops the mark with any key of the role. Here it stays while those of its signers that are left
    /// still make a quorum, or the rotation of one key would let every older list come back.
    pub(crate) fn binds(&self, signers: &Signers) -> bool {
        signers.still_trust(&self.signed_by)
    }
}

/// The mark, if it still binds.
pub(crate) fn binding<'m>(mark: Option<&'m Mark>, signers: &Signers) -> Option<&'m Mark> {
    mark.filter(|mark| mark.binds(signers))
}

impl Marks {
    /// The mark of the status document, if it still binds.
    pub(crate) fn status(&self, signers: &Signers) -> Option<&Mark> {
        binding(self.status.as_ref(), signers)
    }

    /// Whether that status document is the last one that led to a snapshot.
    pub(crate) fn is_good(&self, version: u64, sha256: &str) -> bool {
        self.good.as_ref().is_some_and(|good| good.version == version && good.sha256 == sha256)
    }

    /// The mark of a log. It binds whatever becomes of keys: a log goes on under its origin, or another begins.
    pub(crate) fn log(&self, origin: &KeyName) -> Option<&LogMark> {
        self.logs.get(origin.as_str())
    }

    /// The mark of a list, if it still binds.
    pub(crate) fn list(&self, name: ListName, signers: &Signers) -> Option<&Mark> {
        binding(self.lists.get(&name), signers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(version: u64) -> Mark {
        Mark { version, sha256: "a".to_owned(), issued: UnixTime::new(1_000), signed_by: BTreeSet::new() }
    }

    #[test]
    fn marks_from_before_there_were_logs_are_read() {
        let old = r#"{"status":null,"lists":{},"orders":[],"good":{"version":7,"sha256":"a"}}"#;
        let marks: Marks = serde_json::from_str(old).unwrap();
        assert!(marks.is_good(7, "a") && marks.logs.is_empty());
    }

    #[test]
    fn h01_a_lower_version_is_a_rollback() {
        assert_eq!(mark(7).judge(6, "b", UnixTime::new(1_000)), Err(Regression::Rollback { offered: 6, seen: 7 }));
    }

    #[test]
    fn h02_the_same_version_with_other_content_is_equivocation() {
        assert_eq!(mark(7).judge(7, "b", UnixTime::new(1_000)), Err(Regression::Equivocation(7)));
        assert_eq!(mark(7).judge(7, "a", UnixTime::new(1_000)), Ok(()));
    }

    #[test]
    fn h11_a_version_may_rise_as_fast_as_time_passes_and_no_faster() {
        let judge = |offered, now| mark(7).judge(offered, "b", UnixTime::new(now));
        assert_eq!(judge(1_007, 1_000), Ok(()));
        assert_eq!(judge(1_008, 1_000), Err(Regression::Jump { offered: 1_008, seen: 7 }));
        assert_eq!(judge(1_008, 1_001), Ok(()));
        assert_eq!(judge(u64::MAX, 2_000_000_000), Err(Regression::Jump { offered: u64::MAX, seen: 7 }));
        // A clock that went back allows no less than the slack.
        assert_eq!(judge(1_007, 0), Ok(()));
    }
}
