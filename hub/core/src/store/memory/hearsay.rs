//! What replicas tell each other: one process has one replica, tests have two.

use std::sync::PoisonError;
use std::time::Duration;

use async_trait::async_trait;

use super::MemoryStore;
use crate::ports::{HEARSAY_TTL, Hearsay, StoreError};

/// The highest version told, and when it is forgotten.
#[derive(Default)]
pub(super) struct Told {
    version: u64,
    ends: Duration,
}

#[async_trait]
impl Hearsay for MemoryStore {
    async fn tell(&self, version: u64) -> Result<u64, StoreError> {
        let now = self.clock.elapsed();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if version >= told.version || told.ends <= now {
            *told = Told { version, ends: now + HEARSAY_TTL };
        }
        Ok(told.version)
    }
}
