//! The time of a simulated region: the machine's, or one that a test moves by hand.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};
use std::time::{SystemTime, UNIX_EPOCH};

/// A clock shared by every simulated party. Clones of a manual clock move together.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock, with a shared offset in seconds (zero unless a test moves it).
    System(Arc<AtomicI64>),
    /// A clock that stands still until it is moved.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self::System(Arc::new(AtomicI64::new(0)))
    }

    /// A clock that stands at `seconds` since 1970.
    pub fn manual(seconds: i64) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(seconds)))
    }

    /// Seconds since 1970.
    pub fn seconds(&self) -> i64 {
        match self {
            Self::System(offset) => machine_seconds() + offset.load(Ordering::SeqCst),
            Self::Manual(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Moves the clock forward, or back with a negative number.
    pub fn advance(&self, seconds: i64) {
        match self {
            Self::System(cell) | Self::Manual(cell) => cell.fetch_add(seconds, Ordering::SeqCst),
        };
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the simulators read the machine's clock")]
fn machine_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
