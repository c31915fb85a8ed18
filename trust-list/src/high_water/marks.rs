//! The highest version of each document, and the suspension orders that hold.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use strict_jose::{Thumbprint, UnixTime};

use crate::document::ListName;
use crate::quorum::Signers;

/// Everything seen so far that must not be seen older.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Marks {
    pub(crate) status: Option<Mark>,
    pub(crate) lists: BTreeMap<ListName, Mark>,
    /// Suspension orders not lifted so far, as they were signed: the online key cannot make us forget one by leaving
    /// it out.
    pub(crate) orders: Vec<String>,
}

/// The highest version of one document, and the keys that could sign it then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) version: u64,
    pub(crate) sha256: String,
    pub(crate) issued: UnixTime,
    pub(crate) keys: BTreeSet<Thumbprint>,
}

/// How an offered document stands against what was seen before, when it must be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Regression {
    /// Lower.
    Rollback { seen: u64 },
    /// Equal, with other content.
    Equivocation,
    /// Higher than time allows.
    Jump { seen: u64 },
}

/// A publisher that signs once a second for as long as we did not look, and 1,000 times more, is busy; one that goes
/// further wants to leave us with a number nobody can follow (TUF: fast-forward).
const SLACK: u64 = 1_000;

impl Mark {
    /// Compares an offered version with this one.
    pub(crate) fn judge(&self, offered: u64, sha256: &str, now: UnixTime) -> Result<(), Regression> {
        if offered < self.version {
            return Err(Regression::Rollback { seen: self.version });
        }
        if offered == self.version && sha256 != self.sha256 {
            return Err(Regression::Equivocation);
        }
        let elapsed = u64::try_from(now.since(self.issued)).unwrap_or(0);
        if offered > self.version.saturating_add(SLACK).saturating_add(elapsed) {
            return Err(Regression::Jump { seen: self.version });
        }
        Ok(())
    }

    /// TUF §5.3.11: when a key that could sign then cannot any more, what it signed binds nobody. That is how a
    /// region recovers after a stolen key set a huge number.
    pub(crate) fn binds(&self, signers: &Signers) -> bool {
        self.keys.is_subset(&signers.thumbprints())
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

    /// The mark of a list, if it still binds.
    pub(crate) fn list(&self, name: ListName, signers: &Signers) -> Option<&Mark> {
        binding(self.lists.get(&name), signers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(version: u64) -> Mark {
        Mark { version, sha256: "a".to_owned(), issued: UnixTime::new(1_000), keys: BTreeSet::new() }
    }

    #[test]
    fn h01_a_lower_version_is_a_rollback() {
        assert_eq!(mark(7).judge(6, "b", UnixTime::new(1_000)), Err(Regression::Rollback { seen: 7 }));
    }

    #[test]
    fn h02_the_same_version_with_other_content_is_equivocation() {
        assert_eq!(mark(7).judge(7, "b", UnixTime::new(1_000)), Err(Regression::Equivocation));
        assert_eq!(mark(7).judge(7, "a", UnixTime::new(1_000)), Ok(()));
    }

    #[test]
    fn h11_a_version_may_rise_as_fast_as_time_passes_and_no_faster() {
        let judge = |offered, now| mark(7).judge(offered, "b", UnixTime::new(now));
        assert_eq!(judge(1_007, 1_000), Ok(()));
        assert_eq!(judge(1_008, 1_000), Err(Regression::Jump { seen: 7 }));
        assert_eq!(judge(1_008, 1_001), Ok(()));
        assert_eq!(judge(u64::MAX, 2_000_000_000), Err(Regression::Jump { seen: 7 }));
        // A clock that went back allows no less than the slack.
        assert_eq!(judge(1_007, 0), Ok(()));
    }
}
