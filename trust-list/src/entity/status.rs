//! The status of a service or a member, with its dated history.

use std::fmt;

use serde::{Deserialize, Serialize};
use strict_jose::UnixTime;

use crate::publish::PublishError;

/// What its own list says of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ServiceStatus {
    /// It may be used.
    Granted,
    /// It may not be used for now.
    Suspended,
    /// It may not be used any more.
    Withdrawn,
}

impl ServiceStatus {
    /// The word for the status.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Suspended => "suspended",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// What is withdrawn stays so, and a change is one.
    pub(crate) fn require_change(self, next: Self, name: &dyn fmt::Display) -> Result<(), PublishError> {
        match self {
            Self::Withdrawn => Err(PublishError::Withdrawn(name.to_string())),
            same if same == next => Err(PublishError::SameStatus(name.to_string())),
            Self::Granted | Self::Suspended => Ok(()),
        }
    }
}

/// A status and the first second it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusPeriod {
    /// The status.
    pub status: ServiceStatus,
    /// The first second it holds.
    #[serde(with = "crate::document::rfc3339")]
    pub since: UnixTime,
}

impl StatusPeriod {
    /// Whether this, the newest period of an entry, ends it. There is no later one that could revive it.
    pub(crate) fn is_the_end(&self, at: UnixTime) -> bool {
        self.status == ServiceStatus::Withdrawn && self.since <= at
    }
}

/// Earlier periods, newest first, all before the current one (TS 119 602 ServiceHistory).
pub type StatusHistory = Vec<StatusPeriod>;

/// The status at `at`, given the current period and the earlier ones; `None` before the first.
pub(crate) fn status_at(current: StatusPeriod, history: &[StatusPeriod], at: UnixTime) -> Option<ServiceStatus> {
    std::iter::once(&current).chain(history).find(|period| period.since <= at).map(|period| period.status)
}

/// Whether the periods are dated newest first, none twice.
pub(crate) fn is_newest_first(current: StatusPeriod, history: &[StatusPeriod]) -> bool {
    std::iter::once(&current).chain(history).is_sorted_by(|newer, older| newer.since > older.since)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(status: ServiceStatus, since: i64) -> StatusPeriod {
        StatusPeriod { status, since: UnixTime::new(since) }
    }

    #[test]
    fn the_status_is_that_of_the_period_the_time_falls_in() {
        let current = period(ServiceStatus::Withdrawn, 300);
        let history = [period(ServiceStatus::Suspended, 200), period(ServiceStatus::Granted, 100)];
        let at = |t| status_at(current, &history, UnixTime::new(t));
        assert_eq!(at(99), None);
        assert_eq!(at(100), Some(ServiceStatus::Granted));
        assert_eq!(at(200), Some(ServiceStatus::Suspended));
        assert_eq!(at(i64::MAX), Some(ServiceStatus::Withdrawn));
    }

    #[test]
    fn a_history_out_of_order_is_noticed() {
        let granted = |since| period(ServiceStatus::Granted, since);
        assert!(is_newest_first(granted(3), &[granted(2), granted(1)]));
        assert!(!is_newest_first(granted(3), &[granted(1), granted(2)]));
        assert!(!is_newest_first(granted(3), &[granted(3)]));
        assert!(!is_newest_first(granted(3), &[granted(4)]));
    }
}
