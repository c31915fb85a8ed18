//! Time.

use std::fmt;
use std::sync::Mutex;
use std::time::Duration;

use strict_jose::UnixTime;

/// What time it is. The hub's edge reads the system's clock; nothing else does.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The time on the wall: for `iat`, `exp` and everything else that a peer sees. May jump.
    fn now(&self) -> UnixTime;

    /// The time since some fixed moment: for times to live. Never goes back, whatever happens to the wall clock.
    fn elapsed(&self) -> Duration;
}

/// A clock for tests: stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock {
    times: Mutex<(UnixTime, Duration)>,
}

impl ManualClock {
    /// A clock that stands at `now`.
    pub fn at(now: UnixTime) -> Self {
        Self { times: Mutex::new((now, Duration::ZERO)) }
    }

    /// Time passes.
    pub fn advance(&self, by: Duration) {
        let mut times = self.times.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        times.0 = times.0.plus(i64::try_from(by.as_secs()).unwrap_or(i64::MAX));
        times.1 = times.1.saturating_add(by);
    }

    /// Somebody sets the wall clock; no time passes.
    pub fn set_wall(&self, now: UnixTime) {
        self.times.lock().unwrap_or_else(std::sync::PoisonError::into_inner).0 = now;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> UnixTime {
        self.times.lock().unwrap_or_else(std::sync::PoisonError::into_inner).0
    }

    fn elapsed(&self) -> Duration {
        self.times.lock().unwrap_or_else(std::sync::PoisonError::into_inner).1
    }
}
