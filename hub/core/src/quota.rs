//! The quota of each client, counted on this node.
//!
//! A bucket of `burst` requests that fills at `per_minute` (the generic cell rate algorithm of the `governor` crate), one a
//! client, on our monotonic clock. Two nodes allow twice as much: it protects a node and the other clients on it, and is no
//! contract about totals. It is asked after client authentication ([`crate::ports::ClientQuota`]), so a key is always a client
//! of the signed list and nobody uses up another's quota by naming it.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::ports::{ClientQuota, Clock, QuotaExceeded};

/// How much a client may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Requests a minute, sustained.
    pub per_minute: NonZeroU32,
    /// Requests at once, after a pause.
    pub burst: NonZeroU32,
}

/// The quotas of all clients on one node.
pub struct NodeQuota {
    buckets: RateLimiter<String, HashMapStateStore<String>, Monotonic, NoOpMiddleware<Duration>>,
    clock: Monotonic,
    asked: AtomicU32,
}

/// Every so many requests the full buckets are forgotten. What is kept is then at most this many beside the clients whose
/// bucket is not full: about 150 bytes each, 16 MB if all of a hundred thousand clients asked within their last minute.
const SWEEP_EVERY: u32 = 1024;

impl NodeQuota {
    /// Full buckets.
    pub fn new(rate: Rate, clock: Arc<dyn Clock>) -> Self {
        let clock = Monotonic(clock);
        let quota = Quota::per_minute(rate.per_minute).allow_burst(rate.burst);
        let buckets = RateLimiter::new(quota, HashMapStateStore::default(), clock.clone());
        Self { buckets, clock, asked: AtomicU32::new(0) }
    }

    fn sweep_now_and_then(&self) {
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP_EVERY) {
            self.buckets.retain_recent();
        }
    }
}

impl ClientQuota for NodeQuota {
    fn take(&self, client_id: &str) -> Result<(), QuotaExceeded> {
        self.sweep_now_and_then();
        self.buckets.check_key(&client_id.to_owned()).map_err(|not_until| {
            let now = governor::clock::Clock::now(&self.clock);
            QuotaExceeded { retry_after: not_until.wait_time_from(now) }
        })
    }
}

impl fmt::Debug for NodeQuota {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NodeQuota").field("clients", &self.buckets.len()).finish_non_exhaustive()
    }
}

/// Our clock, as the crate wants one: a change of the wall clock neither fills nor empties a bucket (attacks T01).
#[derive(Clone)]
struct Monotonic(Arc<dyn Clock>);

impl governor::clock::Clock for Monotonic {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use strict_jose::UnixTime;

    use super::*;
    use crate::ports::ManualClock;

    const NOW: UnixTime = UnixTime::new(1_800_000_000);

    fn quota(per_minute: u32, burst: u32) -> (NodeQuota, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::at(NOW));
        let rate = Rate { per_minute: per_minute.try_into().unwrap(), burst: burst.try_into().unwrap() };
        (NodeQuota::new(rate, clock.clone()), clock)
    }

    fn passed(quota: &NodeQuota, client: &str, asked: u32) -> u32 {
        (0..asked).map(|_| u32::from(quota.take(client).is_ok())).sum()
    }

    #[test]
    fn b11_a_minute_gives_the_burst_and_the_rate_and_no_more() {
        let (quota, clock) = quota(600, 100);
        let mut all = 0;
        for _ in 0..60 {
            all += passed(&quota, "bank", 167);
            clock.advance(Duration::from_secs(1));
        }
        assert_eq!(all, 100 + 59 * 10, "10,020 asked");
        assert_eq!(passed(&quota, "shop", 100), 100, "another client's bucket is its own");
    }

    #[test]
    fn b11_whoever_waits_as_long_as_it_says_gets_through() {
        let (quota, clock) = quota(30, 1);
        assert_eq!(quota.take("bank"), Ok(()));
        let exceeded = quota.take("bank").unwrap_err();
        assert_eq!(exceeded.retry_after, Duration::from_secs(2));
        assert_eq!(quota.take("bank"), Err(exceeded), "asking in vain does not push it further away");
        clock.advance(exceeded.retry_after);
        assert_eq!(quota.take("bank"), Ok(()));
    }

    #[test]
    fn t01_a_wall_clock_that_jumps_fills_no_bucket_and_empties_none() {
        let (quota, clock) = quota(60, 1);
        assert_eq!(quota.take("bank"), Ok(()));
        clock.set_wall(NOW.plus(3600));
        assert!(quota.take("bank").is_err());
        clock.set_wall(NOW.plus(-3600));
        clock.advance(Duration::from_secs(1));
        assert_eq!(quota.take("bank"), Ok(()));
    }

    #[test]
    fn clients_that_have_gone_quiet_take_no_memory() {
        let (quota, clock) = quota(60, 10);
        for client in 0..5_000 {
            quota.take(&format!("client-{client}")).unwrap();
        }
        clock.advance(Duration::from_secs(11));
        for _ in 0..SWEEP_EVERY {
            let _ = quota.take("bank");
        }
        assert!(quota.buckets.len() <= 1, "{quota:?}");
    }
}
