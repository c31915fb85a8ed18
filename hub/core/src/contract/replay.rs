//! Things that may be seen once.

use super::{Backend, MINUTE, Outcome, SECOND, assertion, ensure, just_before};
use crate::handles::Once;

/// Once.
pub async fn a_thing_is_new_once(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let one = assertion()?;
    ensure!(here.replay.first_seen(&one).await?, "the first sighting is the first");
    for stores in [&here, &there] {
        ensure!(!stores.replay.first_seen(&one).await?, "the next is not");
    }
    Ok(())
}

/// Times to live; a further sighting does not prolong the memory.
pub async fn a_thing_is_forgotten_when_its_time_ends(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let one = assertion()?;
    ensure!(here.replay.first_seen(&one).await?, "the first sighting is the first");
    backend.pass(just_before(MINUTE)).await;
    ensure!(!there.replay.first_seen(&one).await?, "it is remembered for its time");
    backend.pass(SECOND * 2).await;
    ensure!(there.replay.first_seen(&one).await?, "and forgotten after, however often it was seen");
    Ok(())
}

/// Names.
pub async fn things_with_other_names_or_kinds_do_not_collide(backend: &dyn Backend) -> Outcome {
    let [stores, _] = backend.replicas();
    for once in [
        Once::client_assertion("ab", "c", MINUTE),
        Once::client_assertion("a", "bc", MINUTE),
        Once::client_assertion("", "abc", MINUTE),
        Once::request_object("ab", "c", MINUTE),
        Once::dpop_proof("a", "b", "c", MINUTE),
        Once::dpop_proof("a", "", "bc", MINUTE),
        Once::upstream_assertion("abc", MINUTE),
    ] {
        ensure!(stores.replay.first_seen(&once).await?, "{once:?} is another thing");
    }
    Ok(())
}
