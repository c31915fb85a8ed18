//! A table of things that expire, in shards with a lock each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::room::{Reservation, Room};
use crate::handles::StorageKey;

/// Things of one kind. A step on one thing holds the lock of its shard, for less than a microsecond; a sweep
/// holds one shard's lock at a time.
pub(super) struct Table<V> {
    shards: Box<[Mutex<Shard<V>>]>,
    room: Arc<Room>,
}

struct Shard<V> {
    entries: HashMap<Digest, Entry<V>>,
    next_sweep: Duration,
}

struct Entry<V> {
    /// Milliseconds on the clock that never goes back.
    ends: u64,
    value: V,
}

/// The digest in a [`StorageKey`]. An attacker may choose what is digested, so the map hashes it again, with a
/// random key.
type Digest = [u8; 32];

impl<V> Table<V> {
    pub(super) fn new(room: &Arc<Room>) -> Self {
        let shard = || Mutex::new(Shard { entries: HashMap::new(), next_sweep: Duration::ZERO });
        Self { shards: (0..SHARDS).map(|_| shard()).collect(), room: room.clone() }
    }

    /// The place of one thing, locked.
    pub(super) fn lock(&self, key: &StorageKey, now: Duration) -> Slots<'_, V> {
        self.lock_all(std::iter::once(key), now)
    }

    /// The places of several things, locked in one order for everybody.
    pub(super) fn lock_all<'k>(&self, keys: impl Iterator<Item = &'k StorageKey>, now: Duration) -> Slots<'_, V> {
        let mut wanted: Vec<usize> = keys.map(shard_of).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let lock = |index: usize| self.shards.get(index).map(|shard| (index, lock_of(shard)));
        Slots { shards: wanted.into_iter().filter_map(lock).collect(), room: &self.room, now }
    }

    /// Drops what has expired.
    pub(super) fn sweep(&self, now: Duration) {
        for shard in &self.shards {
            lock_of(shard).sweep(now, &self.room);
        }
    }

    /// Drops everything.
    pub(super) fn clear(&self) {
        for shard in &self.shards {
            let dropped = std::mem::take(&mut lock_of(shard).entries);
            self.room.release(dropped.len());
        }
    }
}

/// Locked places in a table. What has expired is not there.
pub(super) struct Slots<'t, V> {
    shards: Vec<(usize, MutexGuard<'t, Shard<V>>)>,
    room: &'t Room,
    now: Duration,
}

impl<V> Slots<'_, V> {
    pub(super) fn contains(&self, key: &StorageKey) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn get(&self, key: &StorageKey) -> Option<&V> {
        let now = millis(self.now);
        let (_, shard) = self.shards.iter().find(|(index, _)| *index == shard_of(key))?;
        shard.entries.get(key.digest()).filter(|entry| entry.ends > now).map(|entry| &entry.value)
    }

    pub(super) fn put(&mut self, key: &StorageKey, value: V, ttl: Duration, room: &mut Reservation) {
        let (now, total) = (self.now, self.room);
        let Some(shard) = self.shard(key) else { return };
        shard.sweep_if_due(now, total);
        let entry = Entry { ends: millis(now.saturating_add(ttl)), value };
        if shard.entries.insert(*key.digest(), entry).is_none() {
            room.use_one();
        }
    }

    pub(super) fn take(&mut self, key: &StorageKey) -> Option<V> {
        let (now, total) = (millis(self.now), self.room);
        let entry = self.shard(key)?.entries.remove(key.digest())?;
        total.release(1);
        (entry.ends > now).then_some(entry.value)
    }

    /// Replaces what is there and when it ends; does nothing if nothing is there.
    pub(super) fn change(&mut self, key: &StorageKey, ttl: Duration, change: impl FnOnce(&mut V)) {
        let ends = millis(self.now.saturating_add(ttl));
        if let Some(entry) = self.shard(key).and_then(|shard| shard.entries.get_mut(key.digest())) {
            entry.ends = ends;
            change(&mut entry.value);
        }
    }

    /// Lets what is there live for at least `ttl` from now.
    pub(super) fn prolong(&mut self, key: &StorageKey, ttl: Duration) {
        let ends = millis(self.now.saturating_add(ttl));
        if let Some(entry) = self.shard(key).and_then(|shard| shard.entries.get_mut(key.digest())) {
            entry.ends = entry.ends.max(ends);
        }
    }

    fn shard(&mut self, key: &StorageKey) -> Option<&mut Shard<V>> {
        let wanted = shard_of(key);
        self.shards.iter_mut().find(|(index, _)| *index == wanted).map(|(_, shard)| &mut **shard)
    }
}

impl<V> Shard<V> {
    fn sweep_if_due(&mut self, now: Duration, room: &Room) {
        if now >= self.next_sweep {
            self.sweep(now, room);
        }
    }

    fn sweep(&mut self, now: Duration, room: &Room) {
        let before = self.entries.len();
        self.entries.retain(|_, entry| entry.ends > millis(now));
        room.release(before - self.entries.len());
        // Give memory back after a burst, but keep room for an ordinary swing.
        if self.entries.capacity() > 4 * self.entries.len().max(SMALL) {
            self.entries.shrink_to(2 * self.entries.len());
        }
        self.next_sweep = now.saturating_add(SWEEP_EVERY);
    }
}

/// A panic in a step leaves whole entries behind, as each step changes one entry at a time: the lock stays usable.
fn lock_of<V>(shard: &Mutex<Shard<V>>) -> MutexGuard<'_, Shard<V>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shard_of(key: &StorageKey) -> usize {
    let [first, ..] = key.digest();
    usize::from(*first) % SHARDS
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// With a million entries in one table a shard holds 16,000: growing it holds its lock for about a millisecond.
const SHARDS: usize = 64;
/// How long an expired entry may stay in a shard that is written to.
const SWEEP_EVERY: Duration = Duration::from_secs(5);
/// Tables below this size are not shrunk.
const SMALL: usize = 16;
