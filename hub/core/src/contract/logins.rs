//! Logins at national IdPs.

use super::{Backend, Broken, MINUTE, Outcome, SECOND, ensure, just_before, new, sealed};
use crate::handles::{GrantId, LoginHandle, RequestId};

/// Taking is once, whoever asks.
pub async fn a_login_is_taken_once(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (handle, other) = (new()?, new()?);
    here.logins.put(&handle, sealed("login"), MINUTE).await?;
    here.logins.put(&other, sealed("other"), MINUTE).await?;
    let taken = there.logins.take(&handle).await?;
    ensure!(taken == Some(sealed("login")), "the login is given out as it was put, got {taken:?}");
    for stores in [&here, &there] {
        ensure!(stores.logins.take(&handle).await?.is_none(), "a login is taken once");
    }
    ensure!(here.logins.take(&other).await? == Some(sealed("other")), "taking one leaves the others");
    ensure!(here.logins.take(&new()?).await?.is_none(), "an unknown login is not found");
    Ok(())
}

/// Nobody stays away for ever.
pub async fn a_login_ends_with_its_time_to_live(backend: &dyn Backend) -> Outcome {
    let [here, there] = backend.replicas();
    let (early, late) = (new()?, new()?);
    for handle in [&early, &late] {
        here.logins.put(handle, sealed("login"), MINUTE).await?;
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
    stores.logins.put(&login, sealed("login"), MINUTE).await?;
    ensure!(stores.pushed_requests.read(&request).await?.is_none(), "a login is no request");
    ensure!(stores.grants.approve(&grant, &request, MINUTE).await?.is_none(), "a login is no grant");
    stores.grants.revoke(&grant).await?;
    ensure!(stores.logins.take(&login).await?.is_some(), "a grant's revocation does not touch a login");
    Ok(())
}
