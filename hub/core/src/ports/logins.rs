//! Logins at national IdPs.

use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::handles::{LoginHandle, RequestId};
use crate::sealed::Sealed;

/// People who are away at their national IdP, keyed by the `state` they come back with.
#[async_trait]
pub trait Logins: Send + Sync {
    /// Remembers the login for `ttl`, if its pushed request still stands.
    ///
    /// Atomic: `false`, and nothing is stored, if the request was used up or its time is over. The handle is fresh: no login
    /// is ever put twice.
    async fn put(
        &self,
        handle: &LoginHandle,
        request: &RequestId,
        login: Sealed,
        ttl: Duration,
    ) -> Result<bool, StoreError>;

    /// Takes the login away and gives it to the caller.
    ///
    /// Atomic: of any number of callers one gets it, all others `None`. If the answer is lost on the way, the login
    /// is gone: it counts as used.
    async fn take(&self, handle: &LoginHandle) -> Result<Option<Sealed>, StoreError>;
}
