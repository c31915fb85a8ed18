//! Grants and their stages.

use std::time::Duration;

use async_trait::async_trait;

use super::MemoryStore;
use crate::handles::{GrantId, Once, RequestId};
use crate::ports::{Grants, Guarded, Redeemed, StoreError};
use crate::sealed::Sealed;

/// A grant in one of its stages. "Denied" and "revoked" are not stages: such a grant is gone.
#[derive(Clone)]
pub(super) struct Grant {
    stage: Stage,
    sealed: Sealed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    AwaitingConsent,
    CodeIssued,
    Redeemed,
}

impl Grant {
    /// The contents, if tokens of this grant may live.
    pub(super) fn if_redeemed(&self) -> Option<&Sealed> {
        (self.stage == Stage::Redeemed).then_some(&self.sealed)
    }
}

#[async_trait]
impl Grants for MemoryStore {
    async fn open(&self, id: &GrantId, sealed: Sealed, ttl: Duration) -> Result<(), StoreError> {
        let (key, now) = (id.storage_key(), self.clock.elapsed());
        let mut room = self.reserve(1, now)?;
        let grant = Grant { stage: Stage::AwaitingConsent, sealed };
        self.grants.lock(&key, now).put(&key, grant, ttl, &mut room);
        Ok(())
    }

    async fn approve(&self, id: &GrantId, request: &RequestId, ttl: Duration) -> Result<Option<Sealed>, StoreError> {
        let (key, request_key, now) = (id.storage_key(), request.storage_key(), self.clock.elapsed());
        let mut requests = self.requests.lock(&request_key, now);
        let mut grants = self.grants.lock(&key, now);
        let awaiting = grants.get(&key).filter(|grant| grant.stage == Stage::AwaitingConsent);
        let Some(grant) = awaiting.filter(|_| requests.contains(&request_key)).cloned() else { return Ok(None) };
        grants.change(&key, ttl, |grant| grant.stage = Stage::CodeIssued);
        requests.take(&request_key);
        Ok(Some(grant.sealed))
    }

    async fn deny(&self, id: &GrantId, request: &RequestId) -> Result<Option<Sealed>, StoreError> {
        let (key, request_key, now) = (id.storage_key(), request.storage_key(), self.clock.elapsed());
        let mut requests = self.requests.lock(&request_key, now);
        let mut grants = self.grants.lock(&key, now);
        let awaits = grants.get(&key).is_some_and(|grant| grant.stage == Stage::AwaitingConsent);
        if !awaits || !requests.contains(&request_key) {
            return Ok(None);
        }
        requests.take(&request_key);
        Ok(grants.take(&key).map(|grant| grant.sealed))
    }

    async fn redeem(&self, id: &GrantId, ttl: Duration, once: &[Once]) -> Result<Guarded<Redeemed>, StoreError> {
        let key = id.storage_key();
        self.guarded(once, 0, |now, _| {
            let mut grants = self.grants.lock(&key, now);
            match grants.get(&key).cloned() {
                Some(Grant { stage: Stage::CodeIssued, sealed }) => {
                    grants.change(&key, ttl, |grant| grant.stage = Stage::Redeemed);
                    Redeemed::First(sealed)
                }
                // RFC 6749 §4.1.2: a code used more than once revokes what was issued from it.
                Some(Grant { stage: Stage::Redeemed, .. }) => {
                    grants.take(&key);
                    Redeemed::Again
                }
                Some(Grant { stage: Stage::AwaitingConsent, .. }) | None => Redeemed::Unknown,
            }
        })
    }

    async fn read(&self, id: &GrantId, once: &[Once]) -> Result<Guarded<Option<Sealed>>, StoreError> {
        let key = id.storage_key();
        self.guarded(once, 0, |now, _| self.grants.lock(&key, now).get(&key).and_then(Grant::if_redeemed).cloned())
    }

    async fn revoke(&self, id: &GrantId) -> Result<(), StoreError> {
        let key = id.storage_key();
        self.grants.lock(&key, self.clock.elapsed()).take(&key);
        Ok(())
    }
}
