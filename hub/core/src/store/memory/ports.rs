//! The ports that need no stages.

use std::time::Duration;

use async_trait::async_trait;

use super::MemoryStore;
use crate::handles::{LoginHandle, Once, RequestId};
use crate::ports::{Guarded, Logins, PushedRequests, Replay, StoreError, StoreHealth};
use crate::sealed::Sealed;

#[async_trait]
impl PushedRequests for MemoryStore {
    async fn put(
        &self,
        id: &RequestId,
        request: Sealed,
        ttl: Duration,
        once: &[Once],
    ) -> Result<Guarded<()>, StoreError> {
        let key = id.storage_key();
        self.guarded(once, 1, |now, room| self.requests.lock(&key, now).put(&key, request, ttl, room))
    }

    async fn read(&self, id: &RequestId) -> Result<Option<Sealed>, StoreError> {
        let key = id.storage_key();
        Ok(self.requests.lock(&key, self.clock.elapsed()).get(&key).cloned())
    }
}

#[async_trait]
impl Logins for MemoryStore {
    async fn put(&self, handle: &LoginHandle, login: Sealed, ttl: Duration) -> Result<(), StoreError> {
        let (key, now) = (handle.storage_key(), self.clock.elapsed());
        let mut room = self.reserve(1, now)?;
        self.logins.lock(&key, now).put(&key, login, ttl, &mut room);
        Ok(())
    }

    async fn take(&self, handle: &LoginHandle) -> Result<Option<Sealed>, StoreError> {
        let key = handle.storage_key();
        Ok(self.logins.lock(&key, self.clock.elapsed()).take(&key))
    }
}

#[async_trait]
impl Replay for MemoryStore {
    async fn first_seen(&self, once: &Once) -> Result<bool, StoreError> {
        let outcome = self.guarded(std::slice::from_ref(once), 0, |_, _| ())?;
        Ok(matches!(outcome, Guarded::Fresh(())))
    }
}

#[async_trait]
impl StoreHealth for MemoryStore {
    async fn health(&self) -> Result<(), StoreError> {
        self.reserve(1, self.clock.elapsed()).map(drop)
    }
}
