//! Logins at national IdPs.

use super::{Backend, Broken, MINUTE, Outcome, SECOND, ensure, just_before, new, pushed, sealed};
use crate::handles::{GrantId, LoginHandle, RequestId};

/// Taking is once, whoever asks.
pub async fn a_login_is_taken_once(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (handle, other) = (new()?, new()?);
    let request = pushed(&here).await?;
    here.logins.put(&handle, &request, sealed("login"), MINUTE).await?;
    here.logins.put(&other, &request, sealed("other"), MINUTE).await?;
    let taken = there.logins.take(&handle).await?;
    ensure!(taken == Some(sealed("login")), "the login is given out as it was put, got {taken:?}");
    for stores in [&here, &there] {
        ensure!(stores.logins.take(&handle).await?.is_none(), "a login is taken once");
    }
    ensure!(here.logins.take(&other).await? == Some(sealed("other")), "taking one leaves the others");
    ensure!(here.logins.take(&new()?).await?.is_none(), "an unknown login is not found");
    Ok(())
}

/// B05: whatever used the request up, no further login begins.
pub async fn b05_a_login_needs_a_request_that_stands(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (request, grant, early, late, never) = (pushed(&here).await?, new()?, new()?, new()?, new()?);
    ensure!(there.logins.put(&early, &request, sealed("login"), MINUTE).await?, "the request stands");
    here.grants.open(&grant, sealed("grant"), MINUTE).await?;
    here.grants.approve(&grant, &request, MINUTE).await?;
    ensure!(!there.logins.put(&late, &request, sealed("login"), MINUTE).await?, "the request is used up");
    ensure!(there.logins.take(&late).await?.is_none(), "and nothing is stored");
    ensure!(!here.logins.put(&never, &new()?, sealed("login"), MINUTE).await?, "no request, no login");
    ensure!(here.logins.take(&early).await?.is_some(), "who was away before may come back");
    Ok(())
}

/// Nobody stays away for ever.
pub async fn a_login_ends_with_its_time_to_live(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (early, late) = (new()?, new()?);
    let request = pushed(&here).await?;
    for handle in [&early, &late] {
        here.logins.put(handle, &request, sealed("login"), MINUTE).await?;
    }
    backend.pass(just_before(MINUTE)).await;
    ensure!(there.logins.take(&early).await?.is_some(), "a login lives for its time");
    backend.pass(SECOND * 2).await;
    ensure!(there.logins.take(&late).await?.is_none(), "a login ends with its time");
    Ok(())
}

/// Each kind has its own key space.
pub async fn a_handle_of_another_kind_finds_nothing(backend: &dyn Backend) -> Outcome {
    let [stores, _] = backend.replicas();
    let login: LoginHandle = new()?;
    let text = login.to_text();
    let (Some(grant), Some(request)) = (GrantId::parse(&text), RequestId::parse(&text)) else {
        return Err(Broken::NotRun("the text of a handle does not parse"));
    };
    stores.logins.put(&login, &pushed(&stores).await?, sealed("login"), MINUTE).await?;
    ensure!(stores.pushed_requests.begin(&request, MINUTE).await?.is_none(), "a login is no request");
    ensure!(stores.grants.approve(&grant, &request, MINUTE).await?.is_none(), "a login is no grant");
    stores.grants.revoke(&grant).await?;
    ensure!(stores.logins.take(&login).await?.is_some(), "a grant's revocation does not touch a login");
    Ok(())
}
