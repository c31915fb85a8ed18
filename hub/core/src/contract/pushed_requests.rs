//! Pushed authorization requests.

use super::{Backend, MINUTE, Outcome, SECOND, assertion, ensure, just_before, new, pushed, sealed};
use crate::handles::ReplayKind;
use crate::ports::Guarded;

/// B05.
pub async fn b05_a_request_is_read_as_often_as_asked_until_its_login_completes(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (id, grant) = (new()?, new()?);
    let put = here.pushed_requests.put(&id, sealed("request"), MINUTE, &[assertion()?]).await?;
    ensure!(put == Guarded::Fresh(()), "a new request is stored, got {put:?}");
    for stores in [&here, &there, &here] {
        let read = stores.pushed_requests.begin(&id, SECOND).await?;
        ensure!(read == Some(sealed("request")), "a request may be read again, got {read:?}");
    }
    here.grants.open(&grant, sealed("grant"), MINUTE).await?;
    there.grants.approve(&grant, &id, MINUTE).await?;
    for stores in [&here, &there] {
        ensure!(stores.pushed_requests.begin(&id, SECOND).await?.is_none(), "an approval uses the request up");
    }
    Ok(())
}

/// B05.
pub async fn b05_a_refusal_uses_the_request_up_too(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (id, grant) = (new()?, new()?);
    let _ = here.pushed_requests.put(&id, sealed("request"), MINUTE, &[]).await?;
    here.grants.open(&grant, sealed("grant"), MINUTE).await?;
    here.grants.deny(&grant, &id).await?;
    ensure!(there.pushed_requests.begin(&id, SECOND).await?.is_none(), "a refusal uses the request up");
    Ok(())
}

/// B05: the end of a login without a grant.
pub async fn b05_a_request_is_used_up_once(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let id = pushed(&here).await?;
    ensure!(there.pushed_requests.use_up(&id).await?, "a request that stands is used up");
    for stores in [&here, &there] {
        ensure!(!stores.pushed_requests.use_up(&id).await?, "a request is used up once");
        ensure!(stores.pushed_requests.begin(&id, MINUTE).await?.is_none(), "and begins nothing any more");
    }
    ensure!(!here.pushed_requests.use_up(&new()?).await?, "an unknown request is not used up");
    Ok(())
}

/// B05: two tabs.
pub async fn b05_of_two_grants_for_one_request_one_is_decided(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    for approves in [true, false] {
        let (id, first, second) = (pushed(&here).await?, new()?, new()?);
        for grant in [&first, &second] {
            here.grants.open(grant, sealed("grant"), MINUTE).await?;
        }
        let decided = if approves {
            there.grants.approve(&first, &id, MINUTE).await?
        } else {
            there.grants.deny(&first, &id).await?
        };
        ensure!(decided.is_some(), "the first decision counts");
        ensure!(here.grants.approve(&second, &id, MINUTE).await?.is_none(), "a used request has no second code");
        ensure!(here.grants.deny(&second, &id).await?.is_none(), "and no second refusal");
    }
    Ok(())
}

/// The record outlives the link, and no further.
pub async fn a_begun_request_is_kept_as_long_as_its_login_may_take(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (id, early, late) = (new()?, new()?, new()?);
    let _ = here.pushed_requests.put(&id, sealed("request"), MINUTE, &[]).await?;
    ensure!(there.pushed_requests.begin(&id, MINUTE * 10).await?.is_some(), "a login begins");
    ensure!(here.pushed_requests.begin(&id, SECOND).await?.is_some(), "a shorter one does not shorten it");
    backend.pass(just_before(MINUTE * 10)).await;
    ensure!(there.logins.put(&early, &id, sealed("login"), MINUTE).await?, "it stands for the login's time");
    backend.pass(SECOND * 2).await;
    ensure!(!there.logins.put(&late, &id, sealed("login"), MINUTE).await?, "and ends with it");
    Ok(())
}

/// B06.
pub async fn b06_a_request_ends_with_its_time_to_live(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let id = new()?;
    let _ = here.pushed_requests.put(&id, sealed("request"), MINUTE, &[]).await?;
    backend.pass(just_before(MINUTE)).await;
    ensure!(there.pushed_requests.begin(&id, SECOND).await?.is_some(), "a request lives for its time");
    backend.pass(SECOND * 2).await;
    ensure!(there.pushed_requests.begin(&id, SECOND).await?.is_none(), "a request ends with its time");
    Ok(())
}

/// D05.
pub async fn d05_a_replayed_assertion_stores_nothing(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (first, second) = (new()?, new()?);
    let once = [assertion()?];
    let _ = here.pushed_requests.put(&first, sealed("first"), MINUTE, &once).await?;
    let put = there.pushed_requests.put(&second, sealed("second"), MINUTE, &once).await?;
    ensure!(put == Guarded::Replayed(ReplayKind::ClientAssertion), "the assertion had been seen, got {put:?}");
    ensure!(
        there.pushed_requests.begin(&second, SECOND).await?.is_none(),
        "nothing is stored with a replayed assertion"
    );
    ensure!(here.pushed_requests.begin(&first, SECOND).await?.is_some(), "a replay does not touch the first request");
    Ok(())
}

/// Either all are remembered or none.
pub async fn one_replayed_thing_leaves_the_others_unseen(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (seen, new_one, another) = (assertion()?, assertion()?, assertion()?);
    ensure!(here.replay.first_seen(&seen).await?, "the first sighting is the first");
    let put = here.pushed_requests.put(&new()?, sealed("request"), MINUTE, &[new_one, seen, another]).await?;
    ensure!(put == Guarded::Replayed(ReplayKind::ClientAssertion), "one had been seen, got {put:?}");
    ensure!(there.replay.first_seen(&new_one).await?, "the one before is not remembered");
    ensure!(there.replay.first_seen(&another).await?, "the one behind is not remembered");
    Ok(())
}
