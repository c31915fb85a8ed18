//! Refresh tokens, bound to their grants.

use std::time::Duration;

use async_trait::async_trait;

use super::MemoryStore;
use super::grants::Grant;
use crate::handles::{GrantId, Once, RefreshHandle, StorageKey};
use crate::ports::{Guarded, RefreshTokens, Refreshed, StoreError};
use crate::sealed::Sealed;

/// A refresh token and the grant it belongs to.
pub(super) struct RefreshToken {
    grant: StorageKey,
    sealed: Sealed,
}

#[async_trait]
impl RefreshTokens for MemoryStore {
    async fn issue(
        &self,
        handle: &RefreshHandle,
        grant: &GrantId,
        token: Sealed,
        ttl: Duration,
    ) -> Result<bool, StoreError> {
        let (key, grant_key, now) = (handle.storage_key(), grant.storage_key(), self.clock.elapsed());
        let mut room = self.reserve(1, now)?;
        let mut grants = self.grants.lock(&grant_key, now);
        if grants.get(&grant_key).and_then(Grant::if_redeemed).is_none() {
            return Ok(false);
        }
        grants.prolong(&grant_key, ttl);
        let token = RefreshToken { grant: grant_key, sealed: token };
        self.refresh_tokens.lock(&key, now).put(&key, token, ttl, &mut room);
        Ok(true)
    }

    async fn present(
        &self,
        handle: &RefreshHandle,
        grant: &GrantId,
        once: &[Once],
    ) -> Result<Guarded<Option<Refreshed>>, StoreError> {
        let (key, grant_key) = (handle.storage_key(), grant.storage_key());
        self.guarded(once, 0, |now, _| {
            let grants = self.grants.lock(&grant_key, now);
            let tokens = self.refresh_tokens.lock(&key, now);
            let token = tokens.get(&key).filter(|token| token.grant == grant_key)?;
            let grant = grants.get(&grant_key).and_then(Grant::if_redeemed)?;
            Some(Refreshed { token: token.sealed.clone(), grant: grant.clone() })
        })
    }
}
