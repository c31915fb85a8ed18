//! What keeps a source of documents that hangs from hanging the refresher, or its neighbours.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use trust_list::document::DocumentPath;
use trust_list::{FetchError, Fetched, Mirrors, Publisher, Verdict};

/// One document may take this long: the list of a hundred thousand entries (47 MB) at 4 MB/s. A turn has room for one
/// that hangs: what the status document says still bites.
pub const FETCH_LIMIT: Duration = Duration::from_secs(12);

/// A mirror that did not answer is left alone that long while there are others: shorter than two turns.
const REST: Duration = Duration::from_secs(20);

/// All `publishers` as one, each apart. With `limit` of 12 s and one of several mirrors hanging, a turn takes at most 4
/// (status, all at once; then that mirror rests) + 2 (a delta) + 12 (a list, from one after the other), of its 20 s.
pub fn all(publishers: &[Arc<dyn Publisher>], limit: Duration) -> Mirrors {
    let several = u32::try_from(publishers.len()).unwrap_or(u32::MAX).max(1);
    let limits = Limits {
        list: limit / several,
        other: if several > 1 { limit / 3 } else { limit },
        delta: limit / 6,
        rest: (several > 1).then_some(REST),
    };
    let apart =
        publishers.iter().map(|publisher| Arc::new(Apart::new(publisher.clone(), limits)) as Arc<dyn Publisher>);
    Mirrors::new(apart.collect())
}

/// How long one source may take.
#[derive(Clone, Copy)]
struct Limits {
    list: Duration,
    delta: Duration,
    /// Roots, the status document, the log.
    other: Duration,
    /// How long it is left alone after a silence, where there are others.
    rest: Option<Duration>,
}

/// A publisher on threads of its own: a fetch that blocks, as a folder on a dead network disk does, costs a thread and
/// is given up on.
struct Apart {
    publisher: Arc<dyn Publisher>,
    limits: Limits,
    silent_since: Mutex<Option<Instant>>,
}

impl Apart {
    fn new(publisher: Arc<dyn Publisher>, limits: Limits) -> Self {
        Self { publisher, limits, silent_since: Mutex::default() }
    }

    fn rests(&self) -> bool {
        let since = *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner);
        since.zip(self.limits.rest).is_some_and(|(since, rest)| since.elapsed() < rest)
    }

    fn remember(&self, fetched: &Fetched) {
        let silent = matches!(fetched, Err(FetchError::Unreachable { .. }));
        *self.silent_since.lock().unwrap_or_else(PoisonError::into_inner) = silent.then(Instant::now);
    }

    fn limit(&self, path: &str) -> Duration {
        match path.parse() {
            Ok(DocumentPath::List(..)) => self.limits.list,
            Ok(DocumentPath::Delta(..)) => self.limits.delta,
            Ok(DocumentPath::Root(_) | DocumentPath::Status | DocumentPath::Proof(..) | DocumentPath::Log(_))
            | Err(_) => self.limits.other,
        }
    }

    async fn fetch_in_time(&self, path: &str, max_bytes: usize) -> Fetched {
        let (publisher, runtime, own) = (self.publisher.clone(), tokio::runtime::Handle::current(), path.to_owned());
        let fetch = tokio::task::spawn_blocking(move || runtime.block_on(publisher.fetch(&own, max_bytes)));
        match tokio::time::timeout(self.limit(path), fetch).await {
            Ok(Ok(fetched)) => fetched,
            Ok(Err(_)) => Err(unreachable(path, "the fetch broke off")),
            Err(_) => Err(unreachable(path, "no answer in time")),
        }
    }
}

fn unreachable(path: &str, reason: &str) -> FetchError {
    FetchError::Unreachable { path: path.to_owned(), reason: reason.to_owned() }
}

#[async_trait]
impl Publisher for Apart {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        if self.rests() {
            return Err(unreachable(path, "it did not answer a moment ago"));
        }
        let fetched = self.fetch_in_time(path, max_bytes).await;
        self.remember(&fetched);
        fetched
    }

    fn judged(&self, place: usize, verdict: &Verdict) {
        self.publisher.judged(place, verdict);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use trust_list::testing::TestRegion;
    use trust_list::{HighWater, Updated, update};

    use super::*;

    /// Blocks its thread far beyond every limit here, as a dead network disk does, and counts how often it is asked.
    #[derive(Default)]
    struct Hangs(AtomicU32);

    #[async_trait]
    impl Publisher for Hangs {
        async fn fetch(&self, _path: &str, _max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
            self.0.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_secs(1));
            Ok(None)
        }
    }

    #[tokio::test]
    async fn h13_a_mirror_that_hangs_costs_a_third_of_the_limit_once_and_the_other_is_used() {
        let now = strict_jose::UnixTime::new(1_800_000_000);
        let region = TestRegion::new(now).unwrap();
        let hangs = Arc::new(Hangs::default());
        let mirrors: [Arc<dyn Publisher>; 2] = [hangs.clone(), Arc::new(region.publisher())];
        let publisher = all(&mirrors, Duration::from_millis(300));
        let began = Instant::now();
        for _ in 0..2 {
            let mut memory = HighWater::volatile();
            let updated = update(region.pinned_root(), &publisher, &mut memory, None, now).await.unwrap();
            assert!(matches!(updated, Updated::Changed(_)));
        }
        assert!(began.elapsed() >= Duration::from_millis(100));
        assert_eq!(hangs.0.load(Ordering::SeqCst), 1, "it was asked once and then rested");
    }

    #[tokio::test]
    async fn a_publisher_alone_is_asked_each_time() {
        let hangs = Arc::new(Hangs::default());
        let publisher = all(&[hangs.clone() as Arc<dyn Publisher>], Duration::from_millis(20));
        for _ in 0..2 {
            assert!(publisher.fetch("status.json", 10).await.is_err());
        }
        assert_eq!(hangs.0.load(Ordering::SeqCst), 2);
    }
}
