//! Replicas tell each other how new their lists are, so that one that was told to look brings the others along.
//!
//! It is a number, and only a hint: whoever hears a higher one looks and verifies for itself. Without the store, or when
//! somebody writes nonsense there, what remains is everybody's own regular look.

use std::sync::Arc;
use std::time::Duration;

use hub_core::ports::Hearsay;
use tokio::task::JoinHandle;

use super::Trust;

/// How often a replica listens. A suspension that one replica has verified is known to the others after this and a turn.
const LISTEN_EVERY: Duration = Duration::from_secs(2);

/// How often one number makes a replica look: a mirror may lag behind for a moment, and a number may be a lie.
const LOOKS_FOR_ONE_NUMBER: u32 = 5;

/// Tells and listens until `trust` is stopped or the task is aborted.
pub fn start(trust: Arc<Trust>, hearsay: Arc<dyn Hearsay>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut followed = Followed { version: 0, looks: 0 };
        while !trust.is_stopped() {
            let own = trust.state().list().map_or(0, |list| list.sequence());
            // A store that is away is readiness's affair.
            if let Ok(heard) = hearsay.tell(own).await
                && heard > own
                && followed.may_look(heard)
            {
                tracing::info!(own, heard, "another replica knows newer trust lists");
                trust.look_now();
            }
            let _ = tokio::time::timeout(LISTEN_EVERY, trust.changed.notified()).await;
        }
    })
}

/// The number that was followed last, and how often.
struct Followed {
    version: u64,
    looks: u32,
}

impl Followed {
    fn may_look(&mut self, heard: u64) -> bool {
        if heard != self.version {
            *self = Self { version: heard, looks: 0 };
        }
        self.looks += 1;
        self.looks <= LOOKS_FOR_ONE_NUMBER
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use async_trait::async_trait;
    use hub_core::ports::{Outage, StoreError};
    use tokio::time::Instant;

    use super::*;

    /// Says a number to everybody, or fails with 0.
    struct Rumour(AtomicU64);

    #[async_trait]
    impl Hearsay for Rumour {
        async fn tell(&self, _: u64) -> Result<u64, StoreError> {
            match self.0.load(Ordering::SeqCst) {
                0 => Err(StoreError::Unavailable(Outage::NotConnected)),
                version => Ok(version),
            }
        }
    }

    /// Turns that begin before a minute is over.
    async fn turns(trust: &Trust) -> u32 {
        let end = Instant::now() + Duration::from_mins(1);
        let mut turns = 0;
        while trust.next_request(end.saturating_duration_since(Instant::now()), Instant::now()).await.is_none() {
            if Instant::now() >= end {
                return turns;
            }
            turns += 1;
        }
        turns
    }

    #[tokio::test(start_paused = true)]
    async fn h17_a_number_that_nothing_is_behind_makes_a_replica_look_a_few_times_and_no_more() {
        let (trust, rumour) = (Arc::new(Trust::new()), Arc::new(Rumour(AtomicU64::new(0))));
        let task = start(trust.clone(), rumour.clone());
        assert_eq!(turns(&trust).await, 0, "without a store there is nothing to hear");
        rumour.0.store(u64::MAX, Ordering::SeqCst);
        assert_eq!(turns(&trust).await, LOOKS_FOR_ONE_NUMBER);
        assert_eq!(turns(&trust).await, 0);
        rumour.0.store(7, Ordering::SeqCst);
        assert_eq!(turns(&trust).await, LOOKS_FOR_ONE_NUMBER, "another number is another hint");
        task.abort();
    }
}
