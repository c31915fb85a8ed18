//! The bound on how much the store holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

/// How many things the store holds and may hold.
pub(super) struct Room {
    used: AtomicUsize,
    limit: usize,
    next_sweep: AtomicU64,
}

impl Room {
    pub(super) fn new(limit: usize) -> Self {
        Self { used: AtomicUsize::new(0), limit, next_sweep: AtomicU64::new(0) }
    }

    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// Room for `count` things, given back on drop as far as it was not used.
    pub(super) fn reserve(self: &Arc<Self>, count: usize) -> Option<Reservation> {
        let grown = |used: usize| used.checked_add(count).filter(|used| *used <= self.limit);
        self.used.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).ok()?;
        Some(Reservation { room: self.clone(), left: count })
    }

    pub(super) fn release(&self, count: usize) {
        self.used.fetch_sub(count, Ordering::Relaxed);
    }

    /// Whether a full store may be swept now: a flood of requests to a full store must not sweep it for each.
    pub(super) fn may_sweep(&self, now: Duration) -> bool {
        let now = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        let due = |next: u64| (next <= now).then(|| now.saturating_add(FULL_SWEEP_EVERY_MS));
        self.next_sweep.fetch_update(Ordering::Relaxed, Ordering::Relaxed, due).is_ok()
    }
}

/// Reserved room.
pub(super) struct Reservation {
    room: Arc<Room>,
    left: usize,
}

impl Reservation {
    /// One thing more is held.
    pub(super) fn use_one(&mut self) {
        self.left = self.left.saturating_sub(1);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.room.release(self.left);
    }
}

/// Sweeping a million entries takes about 20 ms: once a second is 2 % of one core.
const FULL_SWEEP_EVERY_MS: u64 = 1_000;
