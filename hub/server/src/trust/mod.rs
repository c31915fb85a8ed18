//! The trust lists in a running hub: refreshed on a thread of their own, swapped whole, watched.
//!
//! 1. [`Trust`] holds the state that requests read. Reading never waits.
//! 2. [`refresh`] runs on its own thread, so verifying a list of a hundred thousand entries delays no request.
//! 3. [`watchdog`] notices a refresher that is stuck or died and starts another.
//! 4. [`hearsay`] tells the other replicas how new the lists are here, and listens.
//! 5. [`publisher`] fetches over guarded HTTPS; `trust_list` itself reads folders. [`watched`] says which one answered,
//!    [`apart`] keeps one that hangs from hanging the others.

pub mod apart;
pub mod hearsay;
pub mod publisher;
pub mod refresh;
pub mod watchdog;
pub mod watched;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use tokio::sync::{Notify, mpsc, oneshot};
use trust_list::TrustState;

/// The state of trust, as requests see it.
pub struct Trust {
    state: ArcSwap<TrustState>,
    /// Which refresher may write. One that was given up on and wakes up again finds another number here.
    generation: AtomicU64,
    stopped: AtomicBool,
    stop_signal: Notify,
    beat: Mutex<Instant>,
    /// When the last turn came to its end, whatever it found; at first, when this began.
    turn: Mutex<Instant>,
    /// Somebody wishes a turn; any number of wishes are one.
    wish: Notify,
    /// A turn has published its state.
    changed: Notify,
    requests: mpsc::Sender<Request>,
    inbox: tokio::sync::Mutex<mpsc::Receiver<Request>>,
}

/// Somebody waits for a refresh that begins after this was sent.
#[derive(Debug)]
struct Request(oneshot::Sender<()>);

impl Request {
    fn answer(self) {
        // Whoever asked may have stopped waiting.
        let _ = self.0.send(());
    }
}

/// Between the beginnings of two turns that were wished for: a turn that finds nothing new fetches one small document.
pub const SHORTEST_TURN: Duration = Duration::from_secs(1);

/// More people at once do not press a button.
const REQUESTS: usize = 16;

impl Trust {
    /// Nothing is trusted yet.
    pub fn new() -> Self {
        let (requests, inbox) = mpsc::channel(REQUESTS);
        Self {
            state: ArcSwap::from_pointee(TrustState::NotConfigured),
            generation: AtomicU64::new(0),
            stopped: AtomicBool::new(false),
            stop_signal: Notify::new(),
            beat: Mutex::new(Instant::now()),
            turn: Mutex::new(Instant::now()),
            wish: Notify::new(),
            changed: Notify::new(),
            requests,
            inbox: tokio::sync::Mutex::new(inbox),
        }
    }

    /// The state now.
    pub fn state(&self) -> Arc<TrustState> {
        self.state.load_full()
    }

    /// Refreshes now instead of at the next turn, and waits until that is done or the hub stops.
    pub async fn refresh_now(&self) {
        let (done, wait) = oneshot::channel();
        if self.requests.send(Request(done)).await.is_ok() {
            let _ = wait.await;
        }
    }

    /// Refreshes soon instead of at the next turn, and does not wait. Anybody may ask as often as they like: all wishes
    /// until a turn begins are one, and turns begin at least [`SHORTEST_TURN`] apart.
    pub fn look_now(&self) {
        self.wish.notify_one();
    }

    /// No refresher goes on after its current turn.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Wakes one that sleeps; the queue is only full when it is awake.
        let _ = self.requests.try_send(Request(oneshot::channel().0));
        self.stop_signal.notify_one();
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    fn next_generation(&self) -> u64 {
        self.beat();
        self.generation.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn is_current(&self, generation: u64) -> bool {
        !self.is_stopped() && self.generation.load(Ordering::SeqCst) == generation
    }

    /// Publishes what a refresh found, unless its refresher was given up on; and what was in force before.
    fn publish(&self, generation: u64, state: TrustState) -> Option<Arc<TrustState>> {
        if !self.is_current(generation) {
            return None;
        }
        let before = self.state.swap(Arc::new(state));
        self.changed.notify_one();
        Some(before)
    }

    fn beat(&self) {
        *self.beat.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// How long ago the last turn came to its end.
    pub fn turn_age(&self) -> Duration {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    fn turn_completed(&self, generation: u64) {
        if self.is_current(generation) {
            *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        }
    }

    fn since_beat(&self) -> Duration {
        self.beat.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// Waits for somebody to ask for a refresh, at most for `pause`. The last turn began at `began`.
    async fn next_request(&self, pause: Duration, began: tokio::time::Instant) -> Option<Request> {
        let wished = async {
            self.wish.notified().await;
            tokio::time::sleep_until(began + SHORTEST_TURN).await;
        };
        let asked = async { self.inbox.lock().await.recv().await };
        let next = async {
            tokio::select! { () = wished => None, request = asked => request }
        };
        tokio::time::timeout(pause, next).await.ok().flatten()
    }
}

impl Default for Trust {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(15);

    #[tokio::test(start_paused = true)]
    async fn h17_a_thousand_wishes_are_one_turn_a_second_later_at_most() {
        let trust = Trust::new();
        let began = Instant::now();
        (0..1000).for_each(|_| trust.look_now());
        assert!(trust.next_request(PAUSE, began).await.is_none());
        assert_eq!(began.elapsed(), SHORTEST_TURN, "not sooner after the last turn");
        let next = Instant::now();
        assert!(trust.next_request(PAUSE, next).await.is_none());
        assert_eq!(next.elapsed(), PAUSE, "no wish is left");
    }

    #[tokio::test(start_paused = true)]
    async fn h17_a_wish_while_a_turn_runs_is_another_turn() {
        let trust = Trust::new();
        let began = Instant::now();
        // A turn of five seconds, in the middle of which something newer is published.
        tokio::time::sleep(Duration::from_secs(5)).await;
        trust.look_now();
        let ended = Instant::now();
        assert!(trust.next_request(PAUSE, began).await.is_none());
        assert_eq!(ended.elapsed(), Duration::ZERO, "at once: the last turn began long ago");
    }
}
