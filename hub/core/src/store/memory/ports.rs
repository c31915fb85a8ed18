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

    async fn begin(&self, id: &RequestId, ttl: Duration) -> Result<Option<Sealed>, StoreError> {
        let key = id.storage_key();
        let mut requests = self.requests.lock(&key, self.clock.elapsed());
        let request = requests.get(&key).cloned();
        if request.is_some() {
            requests.prolong(&key, ttl);
        }
        Ok(request)
    }

    async fn use_up(&self, id: &RequestId) -> Result<bool, StoreError> {
        let key = id.storage_key();
        Ok(self.requests.lock(&key, self.clock.elapsed()).take(&key).is_some())
    }
}

#[async_trait]
impl Logins for MemoryStore {
    async fn put(
        &self,
        handle: &LoginHandle,
        request: &RequestId,
        login: Sealed,
        ttl: Duration,
    ) -> Result<bool, StoreError> {
        let (key, request_key, now) = (handle.storage_key(), request.storage_key(), self.clock.elapsed());
        let mut room = self.reserve(1, now)?;
        let requests = self.requests.lock(&request_key, now);
        if !requests.contains(&request_key) {
            return Ok(false);
        }
        self.logins.lock(&key, now).put(&key, login, ttl, &mut room);
        Ok(true)
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
