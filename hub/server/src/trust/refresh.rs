//! The refresher: one turn after the other on a thread of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hub_core::audit::{AuditEvent, AuditKind, AuditLog, ListVersion};
use hub_core::ports::Clock;
use strict_jose::UnixTime;
use tokio::runtime::Handle;
use trust_list::{Alarm, HighWater, HighWaterError, Publisher, TrustClient, TrustState, UpdateError};

use super::apart;
use super::{Request, Trust};

/// A turn that takes longer is cut off. A suspension that a turn just missed bites after this turn, a pause and the next
/// turn: 20 + 15 + 20 seconds with the ordinary pause, within the minute.
pub const TURN_LIMIT: Duration = Duration::from_secs(20);

/// After a failure the next try comes after this long, then twice as long, up to the ordinary pause.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// What a refresher works with. It is kept, so that the watchdog can start another.
#[derive(Clone)]
pub struct Setup {
    /// The pinned root.
    pub root: Vec<u8>,
    /// Where the highest versions are kept.
    pub state_directory: PathBuf,
    /// Where the documents are: the publisher and its mirrors.
    pub publishers: Vec<Arc<dyn Publisher>>,
    /// Where a change of the lists in force is recorded.
    pub audit: Arc<dyn AuditLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// When a fetch is given up on.
    pub fetch_limit: Duration,
    /// The pause between two turns.
    pub interval: Duration,
    /// Whether lists with invented countries are accepted.
    pub test_countries: bool,
}

impl Setup {
    /// A client with what the disk remembers. Fails for what an operator must mend: the root, the folder.
    /// On a thread for blocking work: it reads the disk and verifies what it finds there.
    pub async fn open(&self) -> Result<TrustClient, UpdateError> {
        let (setup, runtime) = (self.clone(), Handle::current());
        let opening = tokio::task::spawn_blocking(move || {
            let high_water = HighWater::open(&setup.state_directory)?;
            runtime.block_on(TrustClient::start(setup.root.clone(), high_water, setup.clock.now()))
        });
        opening.await.unwrap_or_else(|broken| {
            let (action, path) = ("opening", self.state_directory.clone());
            Err(HighWaterError::Io { action, path, reason: broken.to_string() }.into())
        })
    }
}

/// Starts a refresher with `client`; it may write as long as it is of the newest generation.
pub fn start(setup: Setup, client: TrustClient, trust: Arc<Trust>) -> std::io::Result<JoinHandle<()>> {
    let generation = trust.next_generation();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name(format!("trust-{generation}")).spawn(move || {
        step_back();
        runtime.block_on(run(setup, client, &trust, generation));
        // Not waiting for fetches that hang.
        runtime.shutdown_background();
    })
}

/// Requests go first where the two compete for a core. Not by much: at this value the refresher still gets a quarter of a core
/// that somebody else would use whole, so a list of a hundred thousand entries is taken up within its turn.
const NICE: i32 = 5;

/// On Linux a thread has a priority of its own. Where the system refuses, the refresher is as urgent as everybody.
fn step_back() {
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICE);
}

async fn run(setup: Setup, mut client: TrustClient, trust: &Trust, generation: u64) {
    // What the disk remembers is in force at once, without the network.
    let mut retired = Retired::default();
    retired.keep(publish(&setup, trust, generation, client.state()).await);
    let publisher = apart::all(&setup.publishers, setup.fetch_limit);
    let mut failures = 0;
    let mut request: Option<Request> = None;
    while trust.is_current(generation) {
        trust.beat();
        let began = tokio::time::Instant::now();
        let refreshed = tokio::time::timeout(TURN_LIMIT, client.refresh(&publisher, setup.clock.now())).await;
        if let Ok(state) = refreshed {
            failures = if state.why().is_some() { failures + 1 } else { 0 };
            retired.keep(publish(&setup, trust, generation, state).await);
            trust.turn_completed(generation);
        } else {
            failures += 1;
            tracing::error!("a refresh of the trust lists was cut off");
        }
        trust.beat();
        if let Some(request) = request.take() {
            request.answer();
        }
        request = trust.next_request(pause(setup.interval, failures), began).await;
    }
}

/// States that are no longer in force and that a request may still hold. The last one who holds a list of a hundred thousand
/// entries frees them all, which takes a tenth of a second: that is to be this thread.
#[derive(Default)]
struct Retired(Vec<Arc<TrustState>>);

impl Retired {
    fn keep(&mut self, before: Option<Arc<TrustState>>) {
        self.0.extend(before);
        self.0.retain(|state| Arc::strong_count(state) > 1);
    }
}

async fn publish(setup: &Setup, trust: &Trust, generation: u64, state: &TrustState) -> Option<Arc<TrustState>> {
    let now = setup.clock.now();
    match state.alarm(now) {
        Some(Alarm::Urgent) => tracing::error!("80 % of the trust lists' life is over and there are no newer ones"),
        Some(Alarm::Half) => tracing::warn!("half of the trust lists' life is over and there are no newer ones"),
        None => {}
    }
    let state = acceptable(setup, state);
    let previous = trust.state();
    let before = trust.publish(generation, state.clone());
    if let Some(event) = change(&previous, &state, now) {
        let why = state.why().map(ToString::to_string);
        if why.is_some() {
            tracing::warn!(state = state.name(), why, "the state of trust changed");
        } else {
            tracing::info!(state = state.name(), "the state of trust changed");
        }
        if let Err(error) = setup.audit.record(event).await {
            tracing::error!(%error, "a change of the trust lists was not recorded");
        }
    }
    before
}

/// The state, unless its lists have invented countries and this hub does not take those.
fn acceptable(setup: &Setup, state: &TrustState) -> TrustState {
    let invented = state.list().is_some_and(|list| list.members().any(|member| member.code().is_test()));
    if !invented || setup.test_countries {
        return state.clone();
    }
    tracing::error!("the trust lists have invented countries (XA to XZ); this hub does not use such lists");
    TrustState::NotConfigured
}

/// The event, if another list or another state holds now. Attacks H01, H02: rollback and equivocation are results of
/// their own.
fn change(before: &TrustState, after: &TrustState, now: UnixTime) -> Option<AuditEvent> {
    let version = |state: &TrustState| state.list().map(|list| (list.sequence(), list.digest().to_owned()));
    let after_version = version(after);
    if before.name() == after.name() && version(before) == after_version {
        return None;
    }
    let result = after.why().map_or(AuditEvent::OK, UpdateError::code);
    let list = after_version.map(|(sequence, digest)| ListVersion { sequence, digest });
    Some(AuditEvent { list, ..AuditEvent::new(now, AuditKind::TrustListChanged, result) })
}

/// Up to a tenth less than the interval, so that replicas do not all ask at once; after failures sooner, doubling.
fn pause(interval: Duration, failures: u32) -> Duration {
    let whole = match failures {
        0 => interval,
        n => FIRST_RETRY.saturating_mul(2_u32.saturating_pow(n - 1)).min(interval),
    };
    let [random] = strict_jose::random_bytes::<1>().unwrap_or([0]);
    whole.saturating_sub(whole * u32::from(random) / (255 * 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h17_a_suspension_that_a_turn_just_missed_bites_within_a_minute() {
        let default = Duration::from_secs(crate::config::default_refresh_seconds());
        assert!(TURN_LIMIT + pause(default, 0) + TURN_LIMIT <= Duration::from_secs(55));
        let longest = Duration::from_secs(crate::config::REFRESH_SECONDS.1);
        assert!(TURN_LIMIT + pause(longest, 0) + TURN_LIMIT <= Duration::from_mins(1));
        assert!(pause(longest, 1_000) <= longest, "failures never make it longer");
    }

    #[test]
    fn h15_retries_come_sooner_and_never_later_than_the_interval() {
        let interval = Duration::from_mins(1);
        for (failures, most) in [(0, 60), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (40, 60)] {
            let most = Duration::from_secs(most);
            let pause = pause(interval, failures);
            assert!(pause <= most && pause >= most * 9 / 10, "{failures}: {pause:?}");
        }
    }
}
