//! The time of a simulated region: the machine's, or one that a test moves by hand.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use strict_jose::UnixTime;

/// A clock shared by every party of a region, the hub included. Clones move together.
#[derive(Clone, Debug)]
pub struct Clock {
    base: Base,
    /// Seconds that passed because a test said so.
    passed: Arc<AtomicI64>,
    /// Seconds that the wall clock was set by, while no time passed.
    set: Arc<AtomicI64>,
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
        Self::new(Base::Machine { started: Instant::now() })
    }

    /// A clock that stands at `seconds` since 1970.
    pub fn standing(seconds: i64) -> Self {
        Self::new(Base::Standing { at: seconds })
    }

    fn new(base: Base) -> Self {
        Self { base, passed: Arc::default(), set: Arc::default() }
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
        base + self.passed.load(Ordering::SeqCst) + self.set.load(Ordering::SeqCst)
    }

    /// The same, typed.
    pub fn now(&self) -> UnixTime {
        UnixTime::new(self.seconds())
    }

    /// Time passes.
    pub fn advance(&self, seconds: u32) {
        self.passed.fetch_add(seconds.into(), Ordering::SeqCst);
    }

    /// Somebody sets the wall clock forward, or back with a negative number; no time passes.
    pub fn set_by(&self, seconds: i64) {
        self.set.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl hub_core::ports::Clock for Clock {
    fn now(&self) -> UnixTime {
        self.now()
    }

    fn elapsed(&self) -> Duration {
        let passed = Duration::from_secs(u64::try_from(self.passed.load(Ordering::SeqCst)).unwrap_or(0));
        match self.base {
            Base::Machine { started } => started.elapsed() + passed,
            Base::Standing { .. } => passed,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the simulators read the machine's clock")]
fn machine_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
