//! The embedded store: all storage ports in this process's memory.
//!
//! For one replica: a demo, a small state, tests. Nothing survives a restart, so every handle of an earlier run is
//! unknown, which is what the ports promise after a failover.
//!
//! One login away at its national IdP costs its sealed bytes and below 200 bytes besides: the digest of its
//! handle (32), when it ends (8), where its bytes are (16), the table's slack and the allocator's header.
//!
//! Locks are taken in one order, things seen once, requests, logins, grants, refresh tokens, so steps that touch
//! several tables cannot wait for each other in a circle.

mod grants;
mod hearsay;
mod ports;
mod refresh_tokens;
mod room;
mod table;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use grants::Grant;
use hearsay::Told;
use refresh_tokens::RefreshToken;
use room::{Reservation, Room};
use table::Table;

use crate::handles::Once;
use crate::ports::{Clock, Guarded, StoreError};
use crate::sealed::Sealed;

/// The embedded store.
pub struct MemoryStore {
    once: Table<()>,
    requests: Table<Sealed>,
    logins: Table<Sealed>,
    grants: Table<Grant>,
    refresh_tokens: Table<RefreshToken>,
    told: Mutex<Told>,
    room: Arc<Room>,
    clock: Arc<dyn Clock>,
}

impl MemoryStore {
    /// A store for at most `max_entries` things of all kinds together; more is [`StoreError::Full`] until some
    /// expire. At about 1.5 KiB each with their sealed bytes, [`DEFAULT_MAX_ENTRIES`] keeps below 1.5 GiB.
    pub fn new(clock: Arc<dyn Clock>, max_entries: usize) -> Self {
        let room = Arc::new(Room::new(max_entries));
        Self {
            once: Table::new(&room),
            requests: Table::new(&room),
            logins: Table::new(&room),
            grants: Table::new(&room),
            refresh_tokens: Table::new(&room),
            told: Mutex::default(),
            room,
            clock,
        }
    }

    /// How many things are held, those included that expired and are not yet swept.
    pub fn len(&self) -> usize {
        self.room.used()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Drops everything that has expired. The store does this by itself, a part at a time, as it is written to;
    /// calling it now and then gives memory back when nobody comes any more.
    pub fn sweep(&self) {
        let now = self.clock.elapsed();
        self.once.sweep(now);
        self.requests.sweep(now);
        self.logins.sweep(now);
        self.grants.sweep(now);
        self.refresh_tokens.sweep(now);
    }

    /// Forgets everything, as a failed store would.
    pub fn clear(&self) {
        self.once.clear();
        self.requests.clear();
        self.logins.clear();
        self.grants.clear();
        self.refresh_tokens.clear();
    }

    /// Takes `step` if all of `once` are new, and remembers them; the step and the memory are one step. `adds` is how
    /// many things the step may add.
    fn guarded<T>(
        &self,
        once: &[Once],
        adds: usize,
        step: impl FnOnce(Duration, &mut Reservation) -> T,
    ) -> Result<Guarded<T>, StoreError> {
        let now = self.clock.elapsed();
        let mut room = self.reserve(adds + once.len(), now)?;
        let mut seen = self.once.lock_all(once.iter().map(Once::storage_key), now);
        if let Some(replayed) = once.iter().find(|one| seen.contains(one.storage_key())) {
            return Ok(Guarded::Replayed(replayed.kind()));
        }
        for one in once {
            seen.put(one.storage_key(), (), one.ttl(), &mut room);
        }
        // The locks on `once` are held until the step is done: nobody sees one without the other.
        Ok(Guarded::Fresh(step(now, &mut room)))
    }

    /// Room for `count` more things, made by sweeping if there is none.
    fn reserve(&self, count: usize, now: Duration) -> Result<Reservation, StoreError> {
        if let Some(reservation) = self.room.reserve(count) {
            return Ok(reservation);
        }
        if self.room.may_sweep(now) {
            self.sweep();
        }
        self.room.reserve(count).ok_or(StoreError::Full)
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} entries)", self.len())
    }
}

/// One million things: ten minutes of 500 logins a second with three entries each, request, login and client assertion.
pub const DEFAULT_MAX_ENTRIES: usize = 1_000_000;

#[cfg(test)]
mod tests;
