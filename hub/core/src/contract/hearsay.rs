//! What replicas tell each other.

use super::{Backend, Outcome, SECOND, ensure, just_before};
use crate::ports::HEARSAY_TTL;

/// The highest.
pub async fn the_highest_version_told_is_heard_by_all(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    ensure!(here.hearsay.tell(7).await? == 7, "there is nothing else to hear");
    ensure!(there.hearsay.tell(5).await? == 7, "the other replica hears of it");
    ensure!(here.hearsay.tell(7).await? == 7, "a lower one changes nothing");
    ensure!(there.hearsay.tell(9).await? == 9, "a higher one takes its place");
    ensure!(here.hearsay.tell(7).await? == 9, "and is heard");
    Ok(())
}

/// Times to live.
pub async fn a_version_that_nobody_repeats_is_forgotten(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let highest = (1 << 53) - 1;
    ensure!(here.hearsay.tell(highest).await? == highest, "the highest there is");
    backend.pass(just_before(HEARSAY_TTL)).await;
    ensure!(there.hearsay.tell(1).await? == highest, "it is remembered for its time, to the last digit");
    backend.pass(SECOND * 2).await;
    ensure!(there.hearsay.tell(1).await? == 1, "and hearing it did not prolong it");
    Ok(())
}

/// Times to live, the other half.
pub async fn a_version_that_is_repeated_stays(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    for _ in 0..3 {
        ensure!(here.hearsay.tell(3).await? == 3, "it is told again");
        backend.pass(just_before(HEARSAY_TTL)).await;
        ensure!(there.hearsay.tell(2).await? == 3, "and heard");
    }
    Ok(())
}
