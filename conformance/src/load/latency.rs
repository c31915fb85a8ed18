//! Open-loop load: requests go out at a fixed rate whether or not the earlier ones were answered, and each is timed from
//! the moment it was due. A hub that stalls for a second so shows a second, not one slow request.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::operation::{Driver, Operation};

/// Requests a second: a tenth of what one core answers, so that what is seen is the hub and not a queue.
const RATE: u32 = 100;

/// The 99th percentile in milliseconds over `seconds` of load. One request that fails fails the measurement.
pub(super) async fn p99(driver: &Arc<Driver>, operation: Operation, seconds: u32) -> anyhow::Result<f64> {
    let mut ticks = interval(Duration::from_secs(1) / RATE);
    // One that is late is sent late and counts from when it was due.
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut requests = JoinSet::new();
    for _ in 0..RATE * seconds {
        let due = ticks.tick().await;
        let driver = driver.clone();
        requests.spawn(async move {
            driver.once(operation).await?;
            anyhow::Ok((Instant::now() - due).as_secs_f64() * 1e3)
        });
    }
    let mut times = Vec::new();
    while let Some(done) = requests.join_next().await {
        times.push(done??);
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(times.len() * 99 / 100).copied().unwrap_or_default())
}
