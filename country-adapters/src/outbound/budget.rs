//! The time one operation has, and what of it is left.

use std::time::Duration;

use strict_jose::UnixTime;
use tokio::time::Instant;

/// The time one operation has: for its calls, and for waiting on the calls of others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    now: UnixTime,
    begun: Instant,
    limit: Duration,
}

impl Budget {
    /// `limit` from this moment, which the clock calls `now`.
    pub(crate) fn new(now: UnixTime, limit: Duration) -> Self {
        Self { now, begun: Instant::now(), limit }
    }

    /// The time of the operation and what has passed since it began.
    pub(crate) fn time(&self) -> UnixTime {
        self.now.plus(i64::try_from(self.begun.elapsed().as_secs()).unwrap_or(i64::MAX))
    }

    /// What is left; nothing, once it is used up.
    pub(crate) fn left(&self) -> Duration {
        self.limit.saturating_sub(self.begun.elapsed())
    }
}
