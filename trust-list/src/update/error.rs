//! Why an update brought nothing.

use strict_jose::UnixTime;

use crate::document::{ListProblem, LogProblem, RootProblem, StatusProblem};
use crate::high_water::HighWaterError;
use crate::publisher::FetchError;
use crate::verified::Conflict;

/// Why an update stopped. Whatever was in force before stays in force.
#[derive(Clone, Debug, thiserror::Error)]
pub enum UpdateError {
    /// The pinned root cannot be used.
    #[error("the pinned root cannot be used: {0}; give the file the scheme handed over, unchanged")]
    Pinned(#[source] RootProblem),
    /// The pinned root is not the one that the kept state began with.
    #[error(
        "the pinned root {version} is not the one this state directory knows under that number; \
         pin the right one, or start with an empty directory if the scheme really began anew"
    )]
    PinnedDiffers {
        /// Its version.
        version: u64,
    },
    /// What must be kept cannot be read or written.
    #[error(transparent)]
    HighWater(#[from] HighWaterError),
    /// The publisher does not answer.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The publisher has no status document.
    #[error("the publisher has no status.json")]
    NoStatus,
    /// A root of the chain is refused.
    #[error("root {version}: {problem}")]
    Root {
        /// Which.
        version: u64,
        /// Why.
        #[source]
        problem: RootProblem,
    },
    /// The chain of roots does not end.
    #[error("more than {max} roots since the pinned one; pin a newer root")]
    TooManyRoots {
        /// The limit.
        max: u64,
    },
    /// The newest root is past its end.
    #[error("root {version} expired at {}", at.to_rfc3339())]
    RootExpired {
        /// Which.
        version: u64,
        /// When.
        at: UnixTime,
    },
    /// The status document is refused.
    #[error("status: {0}")]
    Status(#[source] StatusProblem),
    /// The regional list is refused.
    #[error("regional list: {0}")]
    Regional(#[source] ListProblem),
    /// The publisher shows another log than was seen before.
    #[error("{0}; keep this message and the marks of this client, and ask the other member states which log they see")]
    Log(#[source] LogProblem),
    /// Two national lists contradict one another.
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

/// Whose fault a failed update is; the later, the graver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The way to the publisher.
    Network,
    /// Ours: the pinned root, the disk.
    Operator,
    /// The publisher's: its newest documents are past their end.
    Outdated,
    /// The publisher's or an attacker's: its documents must be refused.
    Documents,
}

impl UpdateError {
    /// Whose fault it is.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Pinned(_) | Self::PinnedDiffers { .. } | Self::HighWater(_) => Fault::Operator,
            Self::Fetch(FetchError::TooLarge { .. }) => Fault::Documents,
            Self::Fetch(_) | Self::NoStatus | Self::Regional(ListProblem::Missing | ListProblem::Unreachable(_)) => {
                Fault::Network
            }
            Self::Regional(ListProblem::Log(problem)) if problem.is_network() => Fault::Network,
            Self::RootExpired { .. }
            | Self::Status(StatusProblem::Expired { .. })
            | Self::Regional(ListProblem::Expired) => Fault::Outdated,
            Self::Root { .. }
            | Self::TooManyRoots { .. }
            | Self::Status(_)
            | Self::Regional(_)
            | Self::Log(_)
            | Self::Conflict(_) => Fault::Documents,
        }
    }

    /// When what was offered expired, if that is what is wrong.
    pub(crate) fn expired_at(&self) -> Option<UnixTime> {
        match self {
            Self::RootExpired { at, .. } | Self::Status(StatusProblem::Expired { at }) => Some(*at),
            _ => None,
        }
    }

    /// A fixed word for logs, metrics and audit.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Pinned(_) => "pinned_root",
            Self::PinnedDiffers { .. } => "pinned_root_differs",
            Self::HighWater(_) => "high_water",
            Self::Fetch(_) => "fetch",
            Self::NoStatus => "no_status",
            Self::Root { .. } => "root",
            Self::TooManyRoots { .. } => "too_many_roots",
            Self::RootExpired { .. } => "root_expired",
            Self::Status(StatusProblem::Regressed(regression) | StatusProblem::ListRegressed { regression, .. })
            | Self::Regional(ListProblem::Regressed(regression)) => regression.code(),
            Self::Status(StatusProblem::Expired { .. }) => "status_expired",
            Self::Status(_) => "status",
            Self::Regional(ListProblem::Log(_)) => "log",
            Self::Regional(_) => "regional_list",
            Self::Log(_) => "split_view",
            Self::Conflict(_) => "conflict",
        }
    }
}
