//! The system's clock: the one place of the hub that reads it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hub_core::ports::Clock;
use strict_jose::UnixTime;

/// The clocks of the machine.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// The monotonic clock starts at zero now.
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else takes as an argument")]
    fn now(&self) -> UnixTime {
        // A clock before 1970 is broken; at 0 every list is not yet valid, so nothing is issued.
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixTime::new(i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX))
    }

    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
