//! What was fetched from a provider, kept for a while, fetched by one request at a time.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use moka::sync::Cache;
use strict_jose::UnixTime;

use crate::error::AdapterError;

/// Fetched values by place: the issuer and the URL.
pub(crate) struct FetchCache<T>(Cache<String, Arc<Slot<T>>>);

/// One value and the turnstile in front of fetching it again.
struct Slot<T> {
    kept: Mutex<Kept<T>>,
    one_at_a_time: tokio::sync::Mutex<()>,
}

struct Kept<T> {
    copy: Option<Copy<T>>,
    last_refresh: Option<UnixTime>,
}

struct Copy<T> {
    value: Arc<T>,
    fetched_at: UnixTime,
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Self { kept: Mutex::new(Kept { copy: None, last_refresh: None }), one_at_a_time: tokio::sync::Mutex::default() }
    }
}

impl<T> Slot<T> {
    fn with<R>(&self, act: impl FnOnce(&mut Kept<T>) -> R) -> R {
        act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn younger_than(&self, max_age: i64, now: UnixTime) -> Option<Arc<T>> {
        self.with(|kept| {
            let copy = kept.copy.as_ref()?;
            (now.since(copy.fetched_at) < max_age).then(|| Arc::clone(&copy.value))
        })
    }

    fn keep(&self, value: T, now: UnixTime) -> Arc<T> {
        let value = Arc::new(value);
        self.with(|kept| kept.copy = Some(Copy { value: Arc::clone(&value), fetched_at: now }));
        value
    }
}

impl<T: Send + Sync + 'static> Default for FetchCache<T> {
    fn default() -> Self {
        Self(Cache::new(MAX_PLACES))
    }
}

impl<T: Send + Sync + 'static> FetchCache<T> {
    /// The value at `place`, at most `max_age` seconds old. When fetching fails, an older one is good for as long
    /// again: a provider whose metadata cannot be read for a moment can still be logged in at.
    pub(crate) async fn get<F, Fut>(
        &self,
        place: &str,
        now: UnixTime,
        max_age: i64,
        fetch: F,
    ) -> Result<Arc<T>, AdapterError>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, AdapterError>>,
    {
        let slot = self.slot(place);
        if let Some(value) = slot.younger_than(max_age, now) {
            return Ok(value);
        }
        let _turn = slot.one_at_a_time.lock().await;
        // Whoever had the turn before may have fetched it.
        if let Some(value) = slot.younger_than(max_age, now) {
            return Ok(value);
        }
        match fetch().await {
            Ok(value) => Ok(slot.keep(value, now)),
            Err(AdapterError::Unavailable(why)) => {
                slot.younger_than(max_age.saturating_mul(2), now).ok_or(AdapterError::Unavailable(why))
            }
            Err(error) => Err(error),
        }
    }

    /// A newer value than `known`, or `None` if it was refreshed less than `pause` seconds ago: whoever makes up
    /// names does not make us fetch.
    pub(crate) async fn refresh<F, Fut>(
        &self,
        place: &str,
        known: &Arc<T>,
        now: UnixTime,
        pause: i64,
        fetch: F,
    ) -> Result<Option<Arc<T>>, AdapterError>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, AdapterError>>,
    {
        let slot = self.slot(place);
        let _turn = slot.one_at_a_time.lock().await;
        let newer = slot.with(|kept| kept.copy.as_ref().map(|copy| Arc::clone(&copy.value)));
        if let Some(newer) = newer.filter(|value| !Arc::ptr_eq(value, known)) {
            return Ok(Some(newer));
        }
        let too_soon = slot.with(|kept| {
            let too_soon = kept.last_refresh.is_some_and(|last| now.since(last) < pause);
            if !too_soon {
                kept.last_refresh = Some(now);
            }
            too_soon
        });
        if too_soon { Ok(None) } else { Ok(Some(slot.keep(fetch().await?, now))) }
    }

    fn slot(&self, place: &str) -> Arc<Slot<T>> {
        self.0.get_with_by_ref(place, Arc::default)
    }
}

/// The places come from a signed list; this is for lists that change often.
const MAX_PLACES: u64 = 256;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::error::Unavailable;

    const PLACE: &str = "XA/main https://idp.example/jwks";

    fn at(seconds: i64) -> UnixTime {
        UnixTime::new(1_764_000_000 + seconds)
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
        assert_eq!(*cache.get(PLACE, at(61), 60, || upstream.fetch()).await.unwrap(), 3);
        assert!(cache.get(PLACE, at(61 + 120), 60, || upstream.fail()).await.is_err());
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
}
