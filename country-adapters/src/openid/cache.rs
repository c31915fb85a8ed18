//! What was fetched from a provider, kept for a while, fetched by one request at a time.
//!
//! ```text
//! fresh --max age--> stale, but usable --MAX_STALE--> gone
//! ```
//!
//! A fresh copy is taken. While it is stale but usable, one request fetches and the others take the stale copy. Without
//! a usable one, they wait for the one that fetches, each as long as its own operation lasts. After a failure nobody
//! fetches for [`FAILURE_PAUSE`].

#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use moka::sync::Cache;
use strict_jose::UnixTime;
use tokio::sync::MutexGuard;

use crate::error::{AdapterError, Unavailable};
use crate::outbound::Budget;

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
    last_failure: Option<(UnixTime, AdapterError)>,
}

struct Copy<T> {
    value: Arc<T>,
    fetched_at: UnixTime,
}

impl<T> Kept<T> {
    fn younger_than(&self, age: i64, now: UnixTime) -> Option<Arc<T>> {
        let copy = self.copy.as_ref()?;
        (now.since(copy.fetched_at) < age).then(|| Arc::clone(&copy.value))
    }

    /// A copy that is past `max_age`, but not by much.
    fn usable(&self, max_age: i64, now: UnixTime) -> Option<Arc<T>> {
        self.younger_than(max_age.saturating_add(max_age.min(MAX_STALE)), now)
    }

    /// What can be answered without a fetch, because one has just succeeded or just failed.
    fn settled(&self, max_age: i64, now: UnixTime) -> Option<Result<Arc<T>, AdapterError>> {
        let fresh = || self.younger_than(max_age, now).map(Ok);
        let failed = || {
            let (at, error) = self.last_failure.as_ref()?;
            (now.since(*at) < FAILURE_PAUSE).then(|| self.in_spite_of(error.clone(), max_age, now))
        };
        fresh().or_else(failed)
    }

    /// An outage is bridged with a stale copy; a mistake in the configuration is shown.
    fn in_spite_of(&self, error: AdapterError, max_age: i64, now: UnixTime) -> Result<Arc<T>, AdapterError> {
        match error {
            AdapterError::Unavailable(_) => self.usable(max_age, now).ok_or(error),
            _ => Err(error),
        }
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        let kept = Kept { copy: None, last_refresh: None, last_failure: None };
        Self { kept: Mutex::new(kept), one_at_a_time: tokio::sync::Mutex::default() }
    }
}

impl<T> Slot<T> {
    fn with<R>(&self, act: impl FnOnce(&mut Kept<T>) -> R) -> R {
        act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The right to fetch, waited for no longer than the operation lasts.
    async fn turn(&self, budget: Budget) -> Result<MutexGuard<'_, ()>, Unavailable> {
        tokio::time::timeout(budget.left(), self.one_at_a_time.lock()).await.map_err(|_elapsed| Unavailable::Timeout)
    }

    /// Remembers how a fetch ended.
    fn ended(&self, fetched: Result<T, AdapterError>, budget: Budget) -> Result<Arc<T>, AdapterError> {
        let now = budget.time();
        self.with(|kept| match fetched {
            Ok(value) => {
                let value = Arc::new(value);
                kept.copy = Some(Copy { value: Arc::clone(&value), fetched_at: now });
                kept.last_failure = None;
                Ok(value)
            }
            Err(error) => {
                if is_about_the_place(&error, budget) {
                    kept.last_failure = Some((now, error.clone()));
                }
                Err(error)
            }
        })
    }
}

/// A fetch that was not made, or cut short because its own operation had used up its time elsewhere, says nothing to
/// others.
fn is_about_the_place(error: &AdapterError, budget: Budget) -> bool {
    let not_made = matches!(error, AdapterError::Unavailable(Unavailable::CircuitOpen | Unavailable::Busy));
    !not_made && !budget.left().is_zero()
}

impl<T: Send + Sync + 'static> Default for FetchCache<T> {
    fn default() -> Self {
        Self(Cache::new(MAX_PLACES))
    }
}

impl<T: Send + Sync + 'static> FetchCache<T> {
    /// The value at `place`, at most `max_age` seconds old. When fetching fails, an older one is good for as long
    /// again, up to [`MAX_STALE`]: a provider whose metadata cannot be read for a moment can still be logged in at.
    pub(crate) async fn get<F, Fut>(
        &self,
        place: &str,
        budget: Budget,
        max_age: i64,
        fetch: F,
    ) -> Result<Arc<T>, AdapterError>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, AdapterError>>,
    {
        let slot = self.slot(place);
        let settled = || slot.with(|kept| kept.settled(max_age, budget.time()));
        if let Some(answer) = settled() {
            return answer;
        }
        let usable = slot.with(|kept| kept.usable(max_age, budget.time()));
        let _turn = match (slot.one_at_a_time.try_lock(), usable) {
            (Ok(turn), _) => turn,
            (Err(_), Some(stale)) => return Ok(stale),
            (Err(_), None) => slot.turn(budget).await?,
        };
        // Whoever had the turn before may have fetched it, or failed to.
        if let Some(answer) = settled() {
            return answer;
        }
        let fetched = slot.ended(fetch().await, budget);
        fetched.or_else(|error| slot.with(|kept| kept.in_spite_of(error, max_age, budget.time())))
    }

    /// A newer value than `known`, or `None` if it was refreshed less than `pause` seconds ago: whoever makes up
    /// names does not make us fetch.
    pub(crate) async fn refresh<F, Fut>(
        &self,
        place: &str,
        known: &Arc<T>,
        budget: Budget,
        pause: i64,
        fetch: F,
    ) -> Result<Option<Arc<T>>, AdapterError>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<T, AdapterError>>,
    {
        let slot = self.slot(place);
        let _turn = slot.turn(budget).await?;
        let now = budget.time();
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
        if too_soon { Ok(None) } else { slot.ended(fetch().await, budget).map(Some) }
    }

    fn slot(&self, place: &str) -> Arc<Slot<T>> {
        self.0.get_with_by_ref(place, Arc::default)
    }
}

/// The places come from a signed list; this is for lists that change often.
const MAX_PLACES: u64 = 256;
/// How long past its age a copy bridges an outage, in seconds: a key that a provider withdrew is believed for at most an
/// hour longer.
const MAX_STALE: i64 = 3600;
/// How long after a failure the next fetch may follow, in seconds: as long as a fetch may take, so an outage costs one
/// waiting request at a time.
const FAILURE_PAUSE: i64 = 5;
