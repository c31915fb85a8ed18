use super::*;
use crate::contract::Backend;
use crate::handles::{GrantId, LoginHandle, Once, RequestId};
use crate::ports::{Grants as _, Logins, ManualClock, PushedRequests, Replay as _, StoreHealth as _, Stores};
use async_trait::async_trait;
use strict_jose::UnixTime;

crate::contract_suite!(EmbeddedBackend::new());

struct EmbeddedBackend {
    store: Arc<MemoryStore>,
    clock: Arc<ManualClock>,
}

impl EmbeddedBackend {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(UnixTime::new(1_800_000_000)));
        Self { store: Arc::new(MemoryStore::new(clock.clone(), DEFAULT_MAX_ENTRIES)), clock }
    }
}

#[async_trait]
impl Backend for EmbeddedBackend {
    fn replicas(&self) -> [Stores; 2] {
        [Stores::on(self.store.clone()), Stores::on(self.store.clone())]
    }

    async fn pass(&self, by: Duration) {
        self.clock.advance(by);
    }
}

const MINUTE: Duration = Duration::from_mins(1);

fn small(max_entries: usize) -> (MemoryStore, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(UnixTime::new(1_800_000_000)));
    (MemoryStore::new(clock.clone(), max_entries), clock)
}

fn login() -> Sealed {
    Sealed::from_bytes(vec![7; 700])
}

/// A request that stands, in a store of `max_entries` things besides.
async fn with_request(max_entries: usize) -> (MemoryStore, Arc<ManualClock>, RequestId) {
    let (store, clock) = small(max_entries.saturating_add(1));
    let request = RequestId::random().unwrap();
    let _ = PushedRequests::put(&store, &request, login(), MINUTE * 60, &[]).await.unwrap();
    (store, clock, request)
}

async fn away(
    store: &MemoryStore,
    handle: &LoginHandle,
    request: &RequestId,
    ttl: Duration,
) -> Result<bool, StoreError> {
    Logins::put(store, handle, request, login(), ttl).await
}

#[tokio::test]
async fn t01_t03_setting_the_wall_clock_makes_nothing_usable_again_and_ends_nothing() {
    let (store, clock, request) = with_request(10).await;
    let once = Once::client_assertion("client", "jti", MINUTE * 5);
    let (gone, kept) = (LoginHandle::random().unwrap(), LoginHandle::random().unwrap());
    assert!(store.first_seen(&once).await.unwrap());
    for handle in [&gone, &kept] {
        assert!(away(&store, handle, &request, MINUTE).await.unwrap());
    }
    assert!(store.take(&gone).await.unwrap().is_some());
    for shift in [-120, 3_600, -3_600, -86_400] {
        clock.set_wall(UnixTime::new(1_800_000_000 + shift));
        store.sweep();
        assert!(!store.first_seen(&once).await.unwrap(), "{shift} s");
        assert!(store.take(&gone).await.unwrap().is_none(), "{shift} s");
    }
    assert!(store.take(&kept).await.unwrap().is_some());
}

#[tokio::test]
async fn q08_a_full_store_refuses_more_stores_no_half_and_recovers_as_things_expire() {
    let (store, clock) = small(3);
    let once = |jti: &str| Once::client_assertion("client", jti, MINUTE);
    for jti in ["1", "2"] {
        assert!(store.first_seen(&once(jti)).await.unwrap());
    }
    let id = RequestId::random().unwrap();
    let pushed = PushedRequests::put(&store, &id, login(), MINUTE, &[once("3")]).await;
    assert_eq!(pushed, Err(StoreError::Full));
    assert_eq!(store.len(), 2);
    assert!(store.first_seen(&once("3")).await.unwrap(), "the refused push left no trace of its assertion");
    assert_eq!(store.health().await, Err(StoreError::Full));
    clock.advance(MINUTE + Duration::from_secs(1));
    assert_eq!(store.health().await, Ok(()));
    assert!(store.is_empty());
}

#[tokio::test]
async fn a_flood_on_a_full_store_does_not_sweep_it_for_each_request() {
    let (store, clock, request) = with_request(1).await;
    away(&store, &LoginHandle::random().unwrap(), &request, Duration::from_millis(500)).await.unwrap();
    assert_eq!(store.health().await, Err(StoreError::Full));
    clock.advance(Duration::from_millis(600));
    assert_eq!(store.health().await, Err(StoreError::Full), "swept less than a second ago");
    clock.advance(Duration::from_millis(600));
    assert_eq!(store.health().await, Ok(()));
}

#[tokio::test]
async fn what_expired_is_dropped_as_the_store_is_written_to() {
    let (store, clock, request) = with_request(DEFAULT_MAX_ENTRIES).await;
    for _ in 0..2_000 {
        away(&store, &LoginHandle::random().unwrap(), &request, MINUTE).await.unwrap();
    }
    clock.advance(MINUTE * 2);
    for _ in 0..1_000 {
        away(&store, &LoginHandle::random().unwrap(), &request, MINUTE).await.unwrap();
    }
    assert!(store.len() < 1_100, "{} of 2000 expired and 1000 live things are held", store.len());
}

#[tokio::test]
async fn counting_follows_every_way_out() {
    let (store, _, request) = with_request(10).await;
    let id = GrantId::random().unwrap();
    store.open(&id, login(), MINUTE).await.unwrap();
    store.open(&id, login(), MINUTE).await.unwrap();
    assert_eq!(store.len(), 2, "replacing adds nothing");
    away(&store, &LoginHandle::random().unwrap(), &request, MINUTE).await.unwrap();
    assert_eq!(store.len(), 3);
    store.deny(&id, &request).await.unwrap().unwrap();
    store.revoke(&id).await.unwrap();
    assert_eq!(store.len(), 1, "the grant and its request are gone");
    assert!(!away(&store, &LoginHandle::random().unwrap(), &request, MINUTE).await.unwrap());
    assert_eq!(store.len(), 1, "what was refused takes no room");
    store.clear();
    assert!(store.is_empty());
}

#[test]
fn a_pending_login_costs_below_250_bytes_beyond_its_sealed_bytes() {
    // hashbrown keeps 7/16 to 7/8 of its places full, one control byte each; the allocator adds at most 16 bytes.
    let place = size_of::<([u8; 32], (u64, Sealed))>() + 1;
    let worst = place * 16 / 7 + 16;
    assert!(worst < 250, "{worst} bytes");
}
