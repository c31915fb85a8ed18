//! The races must catch a store that reads first and then acts on what it read.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use strict_jose::UnixTime;

use super::{Backend, Broken, races};
use crate::handles::{LoginHandle, Once, RequestId, StorageKey};
use crate::ports::{Logins, ManualClock, Replay, StoreError, Stores};
use crate::sealed::Sealed;
use crate::store::memory::MemoryStore;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_reads_and_then_deletes_is_caught() {
    let broken = races::one_of_eight_takes_a_login(&ReadsFirst::default()).await;
    assert!(matches!(broken, Err(Broken::Rule(_))), "{broken:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_looks_and_then_remembers_is_caught() {
    let broken = races::one_of_eight_sees_a_thing_first(&ReadsFirst::default()).await;
    assert!(matches!(broken, Err(Broken::Rule(_))), "{broken:?}");
}

/// Two steps where one is due.
#[derive(Clone, Default)]
struct ReadsFirst {
    logins: Arc<Mutex<HashMap<StorageKey, Sealed>>>,
    seen: Arc<Mutex<HashSet<StorageKey>>>,
}

#[async_trait]
impl Logins for ReadsFirst {
    async fn put(&self, handle: &LoginHandle, _: &RequestId, login: Sealed, _: Duration) -> Result<bool, StoreError> {
        self.logins.lock().unwrap().insert(handle.storage_key(), login);
        Ok(true)
    }

    async fn take(&self, handle: &LoginHandle) -> Result<Option<Sealed>, StoreError> {
        let read = self.logins.lock().unwrap().get(&handle.storage_key()).cloned();
        tokio::task::yield_now().await;
        self.logins.lock().unwrap().remove(&handle.storage_key());
        Ok(read)
    }
}

#[async_trait]
impl Replay for ReadsFirst {
    async fn first_seen(&self, once: &Once) -> Result<bool, StoreError> {
        let first = !self.seen.lock().unwrap().contains(once.storage_key());
        tokio::task::yield_now().await;
        self.seen.lock().unwrap().insert(*once.storage_key());
        Ok(first)
    }
}

#[async_trait]
impl Backend for ReadsFirst {
    fn replicas(&self) -> [Stores; 2] {
        let clock = Arc::new(ManualClock::at(UnixTime::new(0)));
        let sound = Stores::on(Arc::new(MemoryStore::new(clock, 10)));
        let stores = Stores { logins: Arc::new(self.clone()), replay: Arc::new(self.clone()), ..sound };
        [stores.clone(), stores]
    }

    async fn pass(&self, _by: Duration) {}
}
