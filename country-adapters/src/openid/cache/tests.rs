//! The cache against an upstream that answers, fails or hangs.

use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;

use super::*;

const PLACE: &str = "XA/main https://idp.example/jwks";

fn at(seconds: i64) -> Budget {
    Budget::new(UnixTime::new(1_764_000_000 + seconds), Duration::from_secs(10))
}

/// The budget of an operation that has no time left.
fn spent(seconds: i64) -> Budget {
    Budget::new(at(seconds).time(), Duration::ZERO)
}

struct Upstream(AtomicU32);

impl Upstream {
    async fn fetch(&self) -> Result<u32, AdapterError> {
        tokio::task::yield_now().await;
        Ok(self.0.fetch_add(1, Ordering::SeqCst) + 1)
    }

    async fn fail(&self) -> Result<u32, AdapterError> {
        self.fetch().await?;
        Err(Unavailable::Timeout.into())
    }
}

#[tokio::test]
async fn n15_many_requests_at_once_fetch_once() {
    let (cache, upstream) = (FetchCache::default(), Upstream(AtomicU32::new(0)));
    let gets = (0..50).map(|_| cache.get(PLACE, at(0), 60, || upstream.fetch()));
    for value in futures_util::future::join_all(gets).await {
        assert_eq!(*value.unwrap(), 1);
    }
    assert_eq!(upstream.0.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_value_past_its_age_is_fetched_again_and_outlives_one_outage() {
    let (cache, upstream) = (FetchCache::default(), Upstream(AtomicU32::new(0)));
    assert_eq!(*cache.get(PLACE, at(0), 60, || upstream.fetch()).await.unwrap(), 1);
    assert_eq!(*cache.get(PLACE, at(59), 60, || upstream.fetch()).await.unwrap(), 1);
    assert_eq!(*cache.get(PLACE, at(60), 60, || upstream.fail()).await.unwrap(), 1);
    assert_eq!(*cache.get(PLACE, at(65), 60, || upstream.fetch()).await.unwrap(), 3);
    assert!(cache.get(PLACE, at(65 + 120), 60, || upstream.fail()).await.is_err());
}

#[tokio::test]
async fn g20_a_refresh_happens_once_and_then_once_a_minute() {
    let (cache, upstream) = (FetchCache::default(), Upstream(AtomicU32::new(0)));
    let first = cache.get(PLACE, at(0), 3600, || upstream.fetch()).await.unwrap();
    let second = cache.refresh(PLACE, &first, at(1), 60, || upstream.fetch()).await.unwrap().unwrap();
    assert_eq!(*second, 2);
    for _ in 0..1000 {
        assert!(cache.refresh(PLACE, &second, at(60), 60, || upstream.fetch()).await.unwrap().is_none());
    }
    // Someone who still holds the first copy is given the second without a fetch.
    assert_eq!(*cache.refresh(PLACE, &first, at(60), 60, || upstream.fetch()).await.unwrap().unwrap(), 2);
    assert_eq!(*cache.refresh(PLACE, &second, at(61), 60, || upstream.fetch()).await.unwrap().unwrap(), 3);
}

#[tokio::test]
async fn keys_that_were_good_for_a_day_bridge_an_outage_for_an_hour_and_no_longer() {
    const DAY: i64 = 86_400;
    let (cache, upstream) = (FetchCache::default(), Upstream(AtomicU32::new(0)));
    assert_eq!(*cache.get(PLACE, at(0), DAY, || upstream.fetch()).await.unwrap(), 1);
    assert_eq!(*cache.get(PLACE, at(DAY + 3599 - 5), DAY, || upstream.fail()).await.unwrap(), 1);
    assert_eq!(*cache.get(PLACE, at(DAY + 3599), DAY, || upstream.fail()).await.unwrap(), 1);
    assert!(cache.get(PLACE, at(DAY + 3600), DAY, || upstream.fail()).await.is_err());
}

#[tokio::test]
async fn n15_a_failure_is_told_to_everybody_who_waits_and_nobody_fetches_for_a_while() {
    let (cache, upstream) = (FetchCache::default(), Upstream(AtomicU32::new(0)));
    let gets = (0..50).map(|_| cache.get(PLACE, at(0), 60, || upstream.fail()));
    for answer in futures_util::future::join_all(gets).await {
        assert_eq!(answer.unwrap_err(), Unavailable::Timeout.into());
    }
    assert_eq!(upstream.0.load(Ordering::SeqCst), 1);
    assert!(cache.get(PLACE, at(4), 60, || upstream.fetch()).await.is_err());
    assert_eq!(upstream.0.load(Ordering::SeqCst), 1);
    assert_eq!(*cache.get(PLACE, at(5), 60, || upstream.fetch()).await.unwrap(), 2);
}

#[tokio::test]
async fn what_ended_because_its_own_operation_had_no_time_left_is_not_held_against_the_provider() {
    let (cache, upstream) = (FetchCache::default(), Upstream(AtomicU32::new(0)));
    assert!(cache.get(PLACE, spent(0), 60, || upstream.fail()).await.is_err());
    let busy = || async { Err(Unavailable::Busy.into()) };
    assert!(cache.get(PLACE, at(0), 60, busy).await.is_err());
    assert_eq!(*cache.get(PLACE, at(0), 60, || upstream.fetch()).await.unwrap(), 2);
}

#[tokio::test]
async fn n15_nobody_waits_for_anothers_fetch_longer_than_the_own_operation_lasts() {
    let (cache, upstream) = (FetchCache::default(), Upstream(AtomicU32::new(0)));
    let mut hanging = Box::pin(cache.get(PLACE, at(0), 60, pending::<Result<u32, AdapterError>>));
    assert!((&mut hanging).now_or_never().is_none());
    let waiting = cache.get(PLACE, spent(0), 60, || upstream.fetch()).await;
    assert_eq!(waiting.unwrap_err(), Unavailable::Timeout.into());
    let refreshing = cache.refresh(PLACE, &Arc::new(0), spent(0), 60, || upstream.fetch()).await;
    assert_eq!(refreshing.unwrap_err(), Unavailable::Timeout.into());
    // Whoever hangs up gives the turn back.
    drop(hanging);
    assert_eq!(*cache.get(PLACE, at(0), 60, || upstream.fetch()).await.unwrap(), 1);
}

#[tokio::test]
async fn n15_while_one_fetches_a_copy_that_is_stale_but_usable_serves_the_others() {
    let (cache, upstream) = (FetchCache::default(), Upstream(AtomicU32::new(0)));
    assert_eq!(*cache.get(PLACE, at(0), 60, || upstream.fetch()).await.unwrap(), 1);
    let mut hanging = Box::pin(cache.get(PLACE, at(60), 60, pending::<Result<u32, AdapterError>>));
    assert!((&mut hanging).now_or_never().is_none());
    let served = cache.get(PLACE, at(60), 60, || upstream.fetch()).now_or_never();
    assert_eq!(*served.expect("at once").unwrap(), 1);
    assert_eq!(upstream.0.load(Ordering::SeqCst), 1);
}
