//! The time of a simulated region: the machine's, or one that a test moves by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use strict_jose::UnixTime;

/// A clock shared by every party of a region, the hub included. Clones move together.
#[derive(Clone, Debug)]
pub struct Clock {
    base: Base,
    moved: Arc<AtomicI64>,
}

#[derive(Clone, Debug)]
enum Base {
    /// It runs with the machine's clock.
    Machine { started: Instant },
    /// It stands still until it is moved.
    Standing { at: i64 },
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self { base: Base::Machine { started: Instant::now() }, moved: Arc::default() }
    }

    /// A clock that stands at `seconds` since 1970.
    pub fn standing(seconds: i64) -> Self {
        Self { base: Base::Standing { at: seconds }, moved: Arc::default() }
    }

    /// A clock that stands at the machine's time of now.
    pub fn standing_now() -> Self {
        Self::standing(machine_seconds())
    }

    /// Seconds since 1970.
    pub fn seconds(&self) -> i64 {
        let base = match self.base {
            Base::Machine { .. } => machine_seconds(),
            Base::Standing { at } => at,
        };
        base + self.moved.load(Ordering::SeqCst)
    }

    /// The same, typed.
    pub fn now(&self) -> UnixTime {
        UnixTime::new(self.seconds())
    }

    /// Time passes.
    pub fn advance(&self, seconds: i64) {
        self.moved.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl hub_core::ports::Clock for Clock {
    fn now(&self) -> UnixTime {
        self.now()
    }

    fn elapsed(&self) -> Duration {
        let moved = Duration::from_secs(u64::try_from(self.moved.load(Ordering::SeqCst)).unwrap_or(0));
        match self.base {
            Base::Machine { started } => started.elapsed() + moved,
            Base::Standing { .. } => moved,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the simulators read the machine's clock")]
fn machine_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
