//! The watchdog: a refresher that died is replaced, and one that is stuck is reported and replaced as soon as it lets
//! go of its folder. Without it a hub would serve its last list until that expires, and then nobody would know why.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use trust_list::{TrustClient, UpdateError};

use super::Trust;
use super::refresh::{self, Setup, TURN_LIMIT};
use crate::management::Metrics;

/// How often the watchdog looks.
const LOOK: Duration = Duration::from_secs(5);

/// When a refresher is given up on.
#[derive(Clone, Copy)]
struct Patience {
    look: Duration,
    silence: Duration,
}

/// Starts a refresher with `client` and watches it until `trust` is stopped; the task ends with the refresher.
pub fn start(
    setup: Setup,
    client: TrustClient,
    trust: Arc<Trust>,
    metrics: Arc<Metrics>,
) -> std::io::Result<tokio::task::JoinHandle<()>> {
    // A turn, a pause, and room: a healthy refresher beats twice in that time.
    let patience = Patience { look: LOOK, silence: TURN_LIMIT + setup.interval + LOOK };
    let refresher = refresh::start(setup.clone(), client, trust.clone())?;
    Ok(tokio::spawn(watch(refresher, patience, setup, trust, metrics)))
}

async fn watch(
    mut refresher: JoinHandle<()>,
    patience: Patience,
    setup: Setup,
    trust: Arc<Trust>,
    metrics: Arc<Metrics>,
) {
    while !trust.is_stopped() {
        let _ = tokio::time::timeout(patience.look, trust.stop_signal.notified()).await;
        if trust.is_stopped() || (!refresher.is_finished() && trust.since_beat() < patience.silence) {
            continue;
        }
        metrics.refresher_restarts.inc();
        tracing::error!(died = refresher.is_finished(), "the refresher of the trust lists is replaced");
        match replace(&setup, &trust).await {
            Ok(next) => refresher = next,
            Err(error) => tracing::error!(%error, "there is no new refresher; the next attempt follows"),
        }
    }
    // Its folder is free for the next hub when the thread is over. One that hangs is left behind.
    let _ = tokio::time::timeout(LOOK, tokio::task::spawn_blocking(|| refresher.join())).await;
}

async fn replace(setup: &Setup, trust: &Arc<Trust>) -> Result<JoinHandle<()>, ReplaceError> {
    let client = setup.open().await?;
    Ok(refresh::start(setup.clone(), client, trust.clone())?)
}

#[derive(Debug, thiserror::Error)]
enum ReplaceError {
    #[error(transparent)]
    State(#[from] UpdateError),
    #[error(transparent)]
    Thread(#[from] std::io::Error),
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::mpsc;

    use async_trait::async_trait;
    use hub_core::audit::CollectedAuditLog;
    use hub_core::ports::ManualClock;
    use strict_jose::UnixTime;
    use trust_list::publish::MemoryPublisher;
    use trust_list::testing::TestRegion;
    use trust_list::{FetchError, Publisher, TrustState};

    use super::*;

    const NOW: UnixTime = UnixTime::new(1_800_000_000);
    const IMPATIENT: Patience = Patience { look: Duration::from_millis(5), silence: Duration::from_millis(200) };

    /// Does something bad at the first fetch.
    struct Once<F> {
        done: AtomicBool,
        bad: F,
        inner: MemoryPublisher,
    }

    #[async_trait]
    impl<F: Fn() + Send + Sync> Publisher for Once<F> {
        async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
            if !self.done.swap(true, Ordering::SeqCst) {
                (self.bad)();
            }
            self.inner.fetch(path, max_bytes).await
        }
    }

    fn setup(folder: &tempfile::TempDir, bad: impl Fn() + Send + Sync + 'static) -> Setup {
        let mut region = TestRegion::new(NOW).unwrap();
        region.add_issuer(&TestRegion::issuer("XA".parse().unwrap(), "idp".parse().unwrap(), NOW)).unwrap();
        Setup {
            root: region.pinned_root().to_vec(),
            state_directory: folder.path().join("trust"),
            publishers: vec![Arc::new(Once { done: AtomicBool::new(false), bad, inner: region.publisher() })],
            clock: Arc::new(ManualClock::at(NOW)),
            audit: Arc::new(CollectedAuditLog::default()),
            fetch_limit: Duration::from_millis(50),
            interval: Duration::from_mins(1),
            test_countries: true,
        }
    }

    #[tokio::test]
    async fn a_refresher_that_died_is_replaced_and_the_next_one_takes_over() {
        let folder = tempfile::tempdir().unwrap();
        let setup = setup(&folder, || ());
        let (trust, metrics) = (Arc::new(Trust::new()), Arc::new(Metrics::new()));
        // One that is already over: a thread that ran into a bug.
        let dead = std::thread::spawn(|| ());
        tokio::spawn(watch(dead, IMPATIENT, setup, trust.clone(), metrics.clone()));
        trust.refresh_now().await;
        assert_eq!(trust.state().name(), "fresh");
        assert!(metrics.refresher_restarts.get() >= 1);
        trust.stop();
    }

    #[tokio::test]
    async fn one_that_was_given_up_on_cannot_write_any_more() {
        let trust = Trust::new();
        let (old, new) = (trust.next_generation(), trust.next_generation());
        trust.publish(old, TrustState::Expired { since: NOW });
        assert_eq!(trust.state().name(), "not-configured");
        trust.publish(new, TrustState::Expired { since: NOW });
        assert_eq!(trust.state().name(), "expired");
    }

    #[tokio::test]
    async fn h13_a_publisher_that_hangs_or_breaks_costs_one_turn() {
        let (release, wait) = mpsc::channel::<()>();
        let wait = std::sync::Mutex::new(wait);
        let hangs = move || {
            let _ = wait.lock().unwrap().recv();
        };
        for bad in [Box::new(hangs) as Box<dyn Fn() + Send + Sync>, Box::new(|| panic!("a bug in a client"))] {
            let folder = tempfile::tempdir().unwrap();
            let setup = setup(&folder, bad);
            let trust = Arc::new(Trust::new());
            let client = setup.open().await.unwrap();
            refresh::start(setup, client, trust.clone()).unwrap();
            trust.refresh_now().await;
            assert_eq!(trust.state().name(), "fresh");
            trust.stop();
        }
        drop(release);
    }
}
