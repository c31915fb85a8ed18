//! How one state of trust follows from another.

use std::sync::Arc;

use strict_jose::UnixTime;

use super::{HALF, Staleness, TrustState, percent_used};
use crate::VerifiedList;
use crate::update::{Fault, UpdateError};

impl TrustState {
    /// The state after an update that brought a list, nothing new, or an error. `known` is the newest list ever
    /// verified here, expired or not.
    pub(crate) fn after(
        self,
        outcome: Result<Option<Arc<VerifiedList>>, Arc<UpdateError>>,
        known: Option<&Arc<VerifiedList>>,
        now: UnixTime,
    ) -> Self {
        match outcome {
            Ok(Some(list)) => self.good(list, now),
            Ok(None) => match known {
                Some(list) if half_used(list, now) => self.stale(Arc::clone(list), Staleness::NotRenewed, now),
                Some(list) => self.good(Arc::clone(list), now),
                None => self,
            },
            Err(why) => self.failed(why, known, now),
        }
    }

    /// The state when only time has passed.
    pub(crate) fn tick(self, now: UnixTime) -> Self {
        match self.list().map(|list| list.expires_at()) {
            Some(end) if now >= end => Self::Expired { since: end },
            _ => self,
        }
    }

    /// A list without anything to trust is visible as such, not as a good one.
    fn good(self, list: Arc<VerifiedList>, now: UnixTime) -> Self {
        if list.anchor_count() > 0 {
            return Self::Fresh(list);
        }
        let since = if let Self::ZeroAnchors { since, .. } = self { since } else { now };
        Self::ZeroAnchors { list, since }
    }

    pub(crate) fn stale(self, list: Arc<VerifiedList>, why: Staleness, now: UnixTime) -> Self {
        if list.anchor_count() == 0 {
            return self.good(list, now);
        }
        let since = if let Self::Stale { since, .. } = self { since } else { now };
        Self::Stale { list, since, why }
    }

    fn failed(self, why: Arc<UpdateError>, known: Option<&Arc<VerifiedList>>, now: UnixTime) -> Self {
        let list = match known {
            Some(list) if now >= list.expires_at() => return Self::Expired { since: list.expires_at() },
            other => other.cloned(),
        };
        match (why.fault(), list) {
            (Fault::Network, list) => self.unreachable(list, why, now),
            (Fault::Operator, None) => self.unreachable(None, why, now),
            (Fault::Documents, list) => self.regressed(list, why, now),
            (Fault::Outdated, Some(list)) => self.stale(list, Staleness::ExpiredAtSource(why), now),
            (Fault::Operator, Some(list)) => self.stale(list, Staleness::Local(why), now),
            // There was never a list here, and the one there is is past its end.
            (Fault::Outdated, None) => Self::Expired { since: why.expired_at().unwrap_or(now) },
        }
    }

    fn unreachable(self, list: Option<Arc<VerifiedList>>, why: Arc<UpdateError>, now: UnixTime) -> Self {
        let since = if let Self::Unreachable { since, .. } = self { since } else { now };
        Self::Unreachable { list, since, why }
    }

    fn regressed(self, list: Option<Arc<VerifiedList>>, why: Arc<UpdateError>, now: UnixTime) -> Self {
        let since = if let Self::Regressed { since, .. } = self { since } else { now };
        Self::Regressed { list, since, why }
    }
}

fn half_used(list: &VerifiedList, now: UnixTime) -> bool {
    percent_used(list.issued_at(), list.expires_at(), now) >= HALF
}
