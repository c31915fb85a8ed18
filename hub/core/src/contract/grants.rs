//! Grants.

use super::{Backend, Broken, MINUTE, Outcome, SECOND, assertion, ensure, just_before, new, pushed, sealed};
use crate::handles::{GrantId, ReplayKind};
use crate::ports::{Guarded, Redeemed, Stores};

/// The life of a grant.
pub async fn a_grant_goes_through_its_stages_in_order(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (id, request) = (new()?, pushed(&here).await?);
    here.grants.open(&id, sealed("grant"), MINUTE).await?;
    let approved = there.grants.approve(&id, &request, MINUTE).await?;
    ensure!(approved == Some(sealed("grant")), "the approval gives the grant out, got {approved:?}");
    let redeemed = here.grants.redeem(&id, MINUTE, &[assertion()?]).await?;
    ensure!(
        redeemed == Guarded::Fresh(Redeemed::First(sealed("grant"))),
        "the code gives the grant out, got {redeemed:?}"
    );
    for stores in [&here, &there, &here] {
        let read = stores.grants.read(&id, &[]).await?;
        ensure!(read == Guarded::Fresh(Some(sealed("grant"))), "a redeemed grant may be read again, got {read:?}");
    }
    Ok(())
}

/// What does not fit the stage is refused and leaves it.
pub async fn a_step_out_of_order_changes_nothing(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (id, request) = (new()?, pushed(&here).await?);
    here.grants.open(&id, sealed("grant"), MINUTE).await?;
    ensure!(!is_readable(&there, &id).await?, "a grant that awaits consent backs no token");
    let redeemed = there.grants.redeem(&id, MINUTE, &[]).await?;
    ensure!(redeemed == Guarded::Fresh(Redeemed::Unknown), "no code was issued, got {redeemed:?}");
    ensure!(here.grants.approve(&id, &request, MINUTE).await?.is_some(), "it still awaits consent");
    ensure!(there.grants.approve(&id, &request, MINUTE).await?.is_none(), "consent is given once");
    ensure!(there.grants.deny(&id, &request).await?.is_none(), "consent that was given is not refused");
    ensure!(!is_readable(&there, &id).await?, "a code that was issued backs no token");
    let redeemed = there.grants.redeem(&id, MINUTE, &[]).await?;
    ensure!(matches!(redeemed, Guarded::Fresh(Redeemed::First(_))), "the code is still good, got {redeemed:?}");
    ensure!(here.grants.approve(&id, &request, MINUTE).await?.is_none(), "a redeemed grant is not approved");
    ensure!(here.grants.deny(&id, &request).await?.is_none(), "a redeemed grant is not refused");
    ensure!(is_readable(&here, &id).await?, "a redeemed grant backs its tokens");
    let unknown = here.grants.redeem(&new()?, MINUTE, &[]).await?;
    ensure!(unknown == Guarded::Fresh(Redeemed::Unknown), "an unknown grant is unknown, got {unknown:?}");
    Ok(())
}

/// A refusal ends it.
pub async fn a_refused_grant_is_gone(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (id, request) = (new()?, pushed(&here).await?);
    here.grants.open(&id, sealed("grant"), MINUTE).await?;
    let denied = there.grants.deny(&id, &request).await?;
    ensure!(denied == Some(sealed("grant")), "the refusal gives the grant out, got {denied:?}");
    ensure!(here.grants.deny(&id, &request).await?.is_none(), "a grant is refused once");
    ensure!(here.grants.approve(&id, &request, MINUTE).await?.is_none(), "a refused grant is not approved");
    let redeemed = here.grants.redeem(&id, MINUTE, &[]).await?;
    ensure!(redeemed == Guarded::Fresh(Redeemed::Unknown), "a refused grant has no code, got {redeemed:?}");
    Ok(())
}

/// C01.
pub async fn c01_a_code_used_twice_revokes_its_grant(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let id = redeemed(&here).await?;
    ensure!(is_readable(&there, &id).await?, "a redeemed grant backs its tokens");
    let again = there.grants.redeem(&id, MINUTE, &[assertion()?]).await?;
    ensure!(again == Guarded::Fresh(Redeemed::Again), "the second use is told apart, got {again:?}");
    ensure!(!is_readable(&here, &id).await?, "the second use revokes what came from the first");
    let third = here.grants.redeem(&id, MINUTE, &[assertion()?]).await?;
    ensure!(third == Guarded::Fresh(Redeemed::Unknown), "a revoked grant is gone, got {third:?}");
    Ok(())
}

/// C02.
pub async fn c02_a_code_ends_with_its_time_to_live(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (id, request) = (new()?, pushed(&here).await?);
    here.grants.open(&id, sealed("grant"), MINUTE * 10).await?;
    here.grants.approve(&id, &request, MINUTE).await?;
    backend.pass(MINUTE + SECOND).await;
    let redeemed = there.grants.redeem(&id, MINUTE, &[]).await?;
    ensure!(redeemed == Guarded::Fresh(Redeemed::Unknown), "a code lives for its time only, got {redeemed:?}");
    Ok(())
}

/// C22.
pub async fn c22_a_revoked_grant_is_gone_from_every_stage(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (awaiting, issued, request) = (new()?, new()?, pushed(&here).await?);
    here.grants.open(&awaiting, sealed("grant"), MINUTE).await?;
    here.grants.open(&issued, sealed("grant"), MINUTE).await?;
    here.grants.approve(&issued, &request, MINUTE).await?;
    let redeemed = redeemed(&here).await?;
    for id in [&awaiting, &issued, &redeemed] {
        there.grants.revoke(id).await?;
        there.grants.revoke(id).await?;
    }
    ensure!(here.grants.approve(&awaiting, &request, MINUTE).await?.is_none(), "gone while awaiting consent");
    let code = here.grants.redeem(&issued, MINUTE, &[]).await?;
    ensure!(code == Guarded::Fresh(Redeemed::Unknown), "gone while its code was out, got {code:?}");
    ensure!(!is_readable(&here, &redeemed).await?, "gone while its tokens were out");
    Ok(())
}

/// D05.
pub async fn d05_a_replayed_assertion_leaves_the_code_alone(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (id, request) = (new()?, pushed(&here).await?);
    let seen = assertion()?;
    here.grants.open(&id, sealed("grant"), MINUTE).await?;
    here.grants.approve(&id, &request, MINUTE).await?;
    ensure!(here.replay.first_seen(&seen).await?, "the first sighting is the first");
    let replayed = there.grants.redeem(&id, MINUTE, &[seen]).await?;
    ensure!(replayed == Guarded::Replayed(ReplayKind::ClientAssertion), "it had been seen, got {replayed:?}");
    let fresh = assertion()?;
    let first = there.grants.redeem(&id, MINUTE, &[fresh]).await?;
    ensure!(matches!(first, Guarded::Fresh(Redeemed::First(_))), "the code is still good, got {first:?}");
    let replayed = here.grants.redeem(&id, MINUTE, &[fresh]).await?;
    ensure!(replayed == Guarded::Replayed(ReplayKind::ClientAssertion), "it is remembered now, got {replayed:?}");
    ensure!(is_readable(&here, &id).await?, "a replayed assertion does not count as a second use of the code");
    Ok(())
}

/// The time to live changes with the stage.
pub async fn a_redeemed_grant_lives_as_long_as_its_tokens(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (id, request) = (new()?, pushed(&here).await?);
    here.grants.open(&id, sealed("grant"), MINUTE).await?;
    here.grants.approve(&id, &request, MINUTE).await?;
    let _ = here.grants.redeem(&id, MINUTE * 5, &[]).await?;
    backend.pass(just_before(MINUTE * 5)).await;
    ensure!(is_readable(&there, &id).await?, "it lives for the time given at redemption");
    backend.pass(SECOND * 2).await;
    ensure!(!is_readable(&there, &id).await?, "it ends with that time");
    Ok(())
}

/// DPoP proofs at userinfo.
pub async fn a_proof_is_checked_with_the_reading(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let id = redeemed(&here).await?;
    let proof = assertion()?;
    let read = here.grants.read(&id, &[proof]).await?;
    ensure!(read == Guarded::Fresh(Some(sealed("grant"))), "a new proof reads, got {read:?}");
    let read = there.grants.read(&id, &[proof]).await?;
    ensure!(read == Guarded::Replayed(ReplayKind::ClientAssertion), "a replayed proof does not, got {read:?}");
    Ok(())
}

async fn redeemed(stores: &Stores) -> Result<GrantId, Broken> {
    let (id, request) = (new()?, pushed(stores).await?);
    stores.grants.open(&id, sealed("grant"), MINUTE).await?;
    stores.grants.approve(&id, &request, MINUTE).await?;
    let _ = stores.grants.redeem(&id, MINUTE, &[assertion()?]).await?;
    Ok(id)
}

async fn is_readable(stores: &Stores, id: &GrantId) -> Result<bool, Broken> {
    Ok(matches!(stores.grants.read(id, &[]).await?, Guarded::Fresh(Some(_))))
}
