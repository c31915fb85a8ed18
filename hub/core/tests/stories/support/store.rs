//! The embedded store, with a plug to pull.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use hub_core::handles::{GrantId, LoginHandle, Once, RefreshHandle, RequestId};
use hub_core::ports::{
    Grants, Guarded, Hearsay, Logins, Outage, PushedRequests, Redeemed, RefreshTokens, Refreshed, Replay, StoreError,
    StoreHealth,
};
use hub_core::sealed::Sealed;
use hub_core::store::memory::MemoryStore;

pub(crate) struct PluggedStore {
    inner: Arc<MemoryStore>,
    down: AtomicBool,
    steps: AtomicUsize,
}

impl PluggedStore {
    pub(crate) fn new(inner: Arc<MemoryStore>) -> Self {
        Self { inner, down: AtomicBool::new(false), steps: AtomicUsize::new(0) }
    }

    pub(crate) fn pull_the_plug(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    /// Everything is gone.
    pub(crate) fn forget(&self) {
        self.inner.clear();
    }

    /// The steps, which are round trips on Redis, since the last time.
    pub(crate) fn steps(&self) -> usize {
        self.steps.swap(0, Ordering::SeqCst)
    }

    fn step(&self) -> Result<&MemoryStore, StoreError> {
        self.steps.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable(Outage::NotConnected));
        }
        Ok(&self.inner)
    }
}

#[async_trait]
impl PushedRequests for PluggedStore {
    async fn put(&self, id: &RequestId, s: Sealed, ttl: Duration, once: &[Once]) -> Result<Guarded<()>, StoreError> {
        PushedRequests::put(self.step()?, id, s, ttl, once).await
    }
    async fn begin(&self, id: &RequestId, ttl: Duration) -> Result<Option<Sealed>, StoreError> {
        self.step()?.begin(id, ttl).await
    }
    async fn use_up(&self, id: &RequestId) -> Result<bool, StoreError> {
        self.step()?.use_up(id).await
    }
}

#[async_trait]
impl Logins for PluggedStore {
    async fn put(
        &self,
        handle: &LoginHandle,
        request: &RequestId,
        login: Sealed,
        ttl: Duration,
    ) -> Result<bool, StoreError> {
        Logins::put(self.step()?, handle, request, login, ttl).await
    }
    async fn take(&self, handle: &LoginHandle) -> Result<Option<Sealed>, StoreError> {
        self.step()?.take(handle).await
    }
}

#[async_trait]
impl Grants for PluggedStore {
    async fn open(&self, id: &GrantId, grant: Sealed, ttl: Duration) -> Result<(), StoreError> {
        self.step()?.open(id, grant, ttl).await
    }
    async fn approve(&self, id: &GrantId, request: &RequestId, ttl: Duration) -> Result<Option<Sealed>, StoreError> {
        self.step()?.approve(id, request, ttl).await
    }
    async fn deny(&self, id: &GrantId, request: &RequestId) -> Result<Option<Sealed>, StoreError> {
        self.step()?.deny(id, request).await
    }
    async fn redeem(&self, id: &GrantId, ttl: Duration, once: &[Once]) -> Result<Guarded<Redeemed>, StoreError> {
        self.step()?.redeem(id, ttl, once).await
    }
    async fn read(&self, id: &GrantId, once: &[Once]) -> Result<Guarded<Option<Sealed>>, StoreError> {
        Grants::read(self.step()?, id, once).await
    }
    async fn revoke(&self, id: &GrantId) -> Result<(), StoreError> {
        self.step()?.revoke(id).await
    }
}

#[async_trait]
impl RefreshTokens for PluggedStore {
    async fn issue(
        &self,
        handle: &RefreshHandle,
        grant: &GrantId,
        token: Sealed,
        ttl: Duration,
    ) -> Result<bool, StoreError> {
        self.step()?.issue(handle, grant, token, ttl).await
    }
    async fn present(
        &self,
        handle: &RefreshHandle,
        grant: &GrantId,
        once: &[Once],
    ) -> Result<Guarded<Option<Refreshed>>, StoreError> {
        self.step()?.present(handle, grant, once).await
    }
}

#[async_trait]
impl Replay for PluggedStore {
    async fn first_seen(&self, once: &Once) -> Result<bool, StoreError> {
        self.step()?.first_seen(once).await
    }
}

#[async_trait]
impl Hearsay for PluggedStore {
    async fn tell(&self, version: u64) -> Result<u64, StoreError> {
        self.step()?.tell(version).await
    }
}

#[async_trait]
impl StoreHealth for PluggedStore {
    async fn health(&self) -> Result<(), StoreError> {
        self.step()?.health().await
    }
}
