//! Refresh tokens.

use super::{Backend, Broken, MINUTE, Outcome, SECOND, assertion, ensure, just_before, new, pushed, sealed};
use crate::handles::{GrantId, RefreshHandle, ReplayKind};
use crate::ports::{Guarded, Refreshed, Stores};

/// Not rotated: a client that lost an answer asks again.
pub async fn a_refresh_token_may_be_presented_again(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (handle, grant) = issued(&here).await?;
    for stores in [&here, &there, &here] {
        let got = stores.refresh_tokens.present(&handle, &grant, &[assertion()?]).await?;
        let both = Refreshed { token: sealed("token"), grant: sealed("grant") };
        ensure!(got == Guarded::Fresh(Some(both)), "the token and its grant are given out, got {got:?}");
    }
    Ok(())
}

/// No token without a grant behind it.
pub async fn a_refresh_token_needs_a_redeemed_grant(backend: &dyn Backend) -> Outcome {
    let [stores, _] = backend.replicas();
    let (handle, grant, request) = (new()?, new()?, pushed(&stores).await?);
    ensure!(!issue(&stores, &handle, &grant).await?, "there is no grant");
    stores.grants.open(&grant, sealed("grant"), MINUTE).await?;
    ensure!(!issue(&stores, &handle, &grant).await?, "the grant awaits consent");
    stores.grants.approve(&grant, &request, MINUTE).await?;
    ensure!(!issue(&stores, &handle, &grant).await?, "the code is not redeemed");
    let _ = stores.grants.redeem(&grant, MINUTE, &[]).await?;
    ensure!(!lives(&stores, &handle, &grant).await?, "nothing was issued so far");
    ensure!(issue(&stores, &handle, &grant).await?, "a redeemed grant has refresh tokens");
    ensure!(lives(&stores, &handle, &grant).await?, "and they live");
    Ok(())
}

/// C13, as it is without rotation: revoking the grant ends the family.
pub async fn c13_a_refresh_token_dies_with_its_grant(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (handle, grant) = issued(&here).await?;
    there.grants.revoke(&grant).await?;
    ensure!(!lives(&here, &handle, &grant).await?, "a refresh token dies with its grant");
    let (handle, grant) = issued(&here).await?;
    let _ = there.grants.redeem(&grant, MINUTE, &[]).await?;
    ensure!(!lives(&here, &handle, &grant).await?, "a code used twice ends the refresh token too");
    Ok(())
}

/// The pair is bound.
pub async fn a_refresh_token_belongs_to_its_grant_only(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (one, one_grant) = issued(&here).await?;
    let (other, other_grant) = issued(&here).await?;
    ensure!(!lives(&there, &one, &other_grant).await?, "a token does not go with another's grant");
    ensure!(!lives(&there, &other, &one_grant).await?, "nor the other way round");
    ensure!(!lives(&there, &new()?, &one_grant).await?, "an unknown token is unknown");
    ensure!(lives(&there, &one, &one_grant).await?, "each lives with its own");
    Ok(())
}

/// Times to live.
pub async fn a_refresh_token_prolongs_its_grant_and_ends(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (handle, grant) = issued(&here).await?;
    backend.pass(just_before(MINUTE * 10)).await;
    ensure!(lives(&there, &handle, &grant).await?, "token and grant live for the token's time");
    backend.pass(SECOND * 2).await;
    ensure!(!lives(&there, &handle, &grant).await?, "and end with it");

    let (long, short, grant) = (new()?, new()?, redeemed(&here).await?);
    ensure!(here.refresh_tokens.issue(&long, &grant, sealed("token"), MINUTE * 10).await?, "a long one");
    ensure!(here.refresh_tokens.issue(&short, &grant, sealed("token"), MINUTE).await?, "and a short one");
    backend.pass(MINUTE * 5).await;
    ensure!(lives(&there, &long, &grant).await?, "a shorter token does not shorten its grant");
    ensure!(!lives(&there, &short, &grant).await?, "it ends alone");
    Ok(())
}

/// D05.
pub async fn d05_a_replayed_assertion_presents_nothing(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (handle, grant) = issued(&here).await?;
    let once = [assertion()?];
    let first = here.refresh_tokens.present(&handle, &grant, &once).await?;
    ensure!(matches!(first, Guarded::Fresh(Some(_))), "a new assertion presents, got {first:?}");
    let second = there.refresh_tokens.present(&handle, &grant, &once).await?;
    ensure!(second == Guarded::Replayed(ReplayKind::ClientAssertion), "a replayed one does not, got {second:?}");
    Ok(())
}

async fn redeemed(stores: &Stores) -> Result<GrantId, Broken> {
    let (id, request) = (new()?, pushed(stores).await?);
    stores.grants.open(&id, sealed("grant"), MINUTE).await?;
    stores.grants.approve(&id, &request, MINUTE).await?;
    let _ = stores.grants.redeem(&id, MINUTE, &[]).await?;
    Ok(id)
}

async fn issued(stores: &Stores) -> Result<(RefreshHandle, GrantId), Broken> {
    let (handle, grant) = (new()?, redeemed(stores).await?);
    ensure!(issue(stores, &handle, &grant).await?, "a redeemed grant has refresh tokens");
    Ok((handle, grant))
}

async fn issue(stores: &Stores, handle: &RefreshHandle, grant: &GrantId) -> Result<bool, Broken> {
    Ok(stores.refresh_tokens.issue(handle, grant, sealed("token"), MINUTE * 10).await?)
}

async fn lives(stores: &Stores, handle: &RefreshHandle, grant: &GrantId) -> Result<bool, Broken> {
    Ok(matches!(stores.refresh_tokens.present(handle, grant, &[]).await?, Guarded::Fresh(Some(_))))
}
