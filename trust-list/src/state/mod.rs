//! The state of trust as a value, with the policy of each state.

mod client;
mod transition;

use std::sync::Arc;

use strict_jose::UnixTime;

use crate::VerifiedList;
use crate::update::UpdateError;

pub use client::TrustClient;

/// Whether there is a list to trust, and how good it is. Never null: "not configured", "old" and "could not load" are
/// different values.
///
/// To add one: 1. a variant, 2. its policy in [`TrustState::in_force`], 3. how it is entered and left in
/// `transition.rs`, 4. a test for each.
#[derive(Clone, Debug, Default)]
pub enum TrustState {
    /// There is no pinned root, or one that cannot be read. Nothing is trusted.
    #[default]
    NotConfigured,
    /// The publisher's newest documents are verified. In force.
    Fresh(Arc<VerifiedList>),
    /// Nobody renews it, or it was not yet compared with the publisher's. In force until it expires.
    Stale {
        /// The last good list.
        list: Arc<VerifiedList>,
        /// Since when.
        since: UnixTime,
        /// Why.
        why: Staleness,
    },
    /// The publisher does not answer. The last good list, if any, is in force until it expires.
    Unreachable {
        /// The last good list.
        list: Option<Arc<VerifiedList>>,
        /// Since when.
        since: UnixTime,
        /// What happened.
        why: Arc<UpdateError>,
    },
    /// The publisher offers what must be refused: older, contradictory or badly signed documents. The last good list,
    /// if any, is in force until it expires.
    Regressed {
        /// The last good list.
        list: Option<Arc<VerifiedList>>,
        /// Since when.
        since: UnixTime,
        /// What was refused.
        why: Arc<UpdateError>,
    },
    /// The newest list is good and has nothing to trust in it. Not in force.
    ZeroAnchors {
        /// The list.
        list: Arc<VerifiedList>,
        /// Since when.
        since: UnixTime,
    },
    /// The last good list is past its end. Nothing is trusted.
    Expired {
        /// Since when.
        since: UnixTime,
    },
}

/// Why a list is not fresh although the publisher does not misbehave.
#[derive(Clone, Debug)]
pub enum Staleness {
    /// It was read from disk at start.
    FromDisk,
    /// Half of its life is over and the publisher has no newer one.
    NotRenewed,
    /// What the publisher has is past its own end.
    ExpiredAtSource(Arc<UpdateError>),
    /// This machine cannot keep what it learns.
    Local(Arc<UpdateError>),
}

/// How much of the life of a list is over, when that is too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// 50 % and more: somebody should look.
    Half,
    /// 80 % and more: somebody must look now.
    Urgent,
}

/// Why no list is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// No root is pinned.
    #[error("no trust list is configured: pin the region's root")]
    NotConfigured,
    /// There has never been a list.
    #[error("no trust list was ever verified")]
    NoList,
    /// The list has nothing to trust in it.
    #[error("the trust list has no issuer that may be trusted")]
    ZeroAnchors,
    /// The list is past its end.
    #[error("the trust list expired at {}", since.to_rfc3339())]
    Expired {
        /// Since when.
        since: UnixTime,
    },
}

/// Percent of a list's life after which an alarm is due.
const HALF: u8 = 50;
const URGENT: u8 = 80;

impl TrustState {
    /// The list that decides now, or why there is none.
    ///
    /// | state | policy |
    /// |---|---|
    /// | Fresh, Stale, Unreachable, Regressed | the last good list, until *its* expiry |
    /// | any of them without a list | none |
    /// | any of them with a list without anchors, ZeroAnchors | none |
    /// | NotConfigured, Expired | none |
    pub fn in_force(&self, now: UnixTime) -> Result<&Arc<VerifiedList>, NotReady> {
        let list = match self {
            Self::NotConfigured => return Err(NotReady::NotConfigured),
            Self::Expired { since } => return Err(NotReady::Expired { since: *since }),
            Self::ZeroAnchors { .. } => return Err(NotReady::ZeroAnchors),
            Self::Fresh(list) | Self::Stale { list, .. } => list,
            Self::Unreachable { list, .. } | Self::Regressed { list, .. } => list.as_ref().ok_or(NotReady::NoList)?,
        };
        if now >= list.expires_at() {
            return Err(NotReady::Expired { since: list.expires_at() });
        }
        if list.anchor_count() == 0 { Err(NotReady::ZeroAnchors) } else { Ok(list) }
    }

    /// The last good list, in force or not: to look at.
    pub fn list(&self) -> Option<&Arc<VerifiedList>> {
        match self {
            Self::NotConfigured | Self::Expired { .. } => None,
            Self::Fresh(list) | Self::Stale { list, .. } | Self::ZeroAnchors { list, .. } => Some(list),
            Self::Unreachable { list, .. } | Self::Regressed { list, .. } => list.as_ref(),
        }
    }

    /// A fixed word for readiness answers, logs and metrics.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotConfigured => "not-configured",
            Self::Fresh(_) => "fresh",
            Self::Stale { .. } => "stale",
            Self::Unreachable { .. } => "unreachable",
            Self::Regressed { .. } => "regressed",
            Self::ZeroAnchors { .. } => "zero-anchors",
            Self::Expired { .. } => "expired",
        }
    }

    /// Why the last refresh brought nothing better, if it did not.
    pub fn why(&self) -> Option<&UpdateError> {
        match self {
            Self::Unreachable { why, .. }
            | Self::Regressed { why, .. }
            | Self::Stale { why: Staleness::ExpiredAtSource(why) | Staleness::Local(why), .. } => Some(why),
            _ => None,
        }
    }

    /// How much of the list's life is over, from 0 to 100; nothing without a list.
    pub fn life_used_percent(&self, now: UnixTime) -> Option<u8> {
        self.list().map(|list| list.life_used_percent(now))
    }

    /// The alarm that is due.
    pub fn alarm(&self, now: UnixTime) -> Option<Alarm> {
        self.list()?.alarm(now)
    }
}

impl VerifiedList {
    /// How much of its life is over, from 0 to 100.
    pub fn life_used_percent(&self, now: UnixTime) -> u8 {
        percent_used(self.issued_at(), self.expires_at(), now)
    }

    /// The alarm that is due.
    pub fn alarm(&self, now: UnixTime) -> Option<Alarm> {
        match self.life_used_percent(now) {
            URGENT.. => Some(Alarm::Urgent),
            HALF..URGENT => Some(Alarm::Half),
            _ => None,
        }
    }
}

impl Alarm {
    /// A fixed word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Half => "half",
            Self::Urgent => "urgent",
        }
    }
}

/// How much of the time from `from` to `to` is over at `now`.
pub(crate) fn percent_used(from: UnixTime, to: UnixTime, now: UnixTime) -> u8 {
    let life = i128::from(to.since(from)).max(1);
    let used = i128::from(now.since(from)) * 100 / life;
    u8::try_from(used.clamp(0, 100)).unwrap_or(100)
}
