//! Pushed authorization requests.

use std::time::Duration;

use async_trait::async_trait;

use super::{Guarded, StoreError};
use crate::handles::{Once, RequestId};
use crate::sealed::Sealed;

/// Pushed authorization requests (RFC 9126), until the login they ask for completes.
#[async_trait]
pub trait PushedRequests: Send + Sync {
    /// Remembers the request under `id` for `ttl`, and `once` each for its own time.
    ///
    /// Atomic: if one of `once` had been seen, nothing is stored. Durability: as the store's configuration says; a
    /// lost request costs the person a fresh start and nothing else.
    async fn put(
        &self,
        id: &RequestId,
        request: Sealed,
        ttl: Duration,
        once: &[Once],
    ) -> Result<Guarded<()>, StoreError>;

    /// A login begins: the request, which is kept for at least `ttl` from now, as long as the login may take.
    ///
    /// As often as asked, as a browser may reload the page (RFC 9126 §4), until its time ends or it is used up: by
    /// [`Self::use_up`], [`Grants::approve`] or [`Grants::deny`]. Whatever goes on for a request that is used up comes to
    /// nothing: [`Logins::put`], [`Grants::approve`] and [`Grants::deny`] look in the same step.
    ///
    /// [`Grants::approve`]: super::Grants::approve
    /// [`Grants::deny`]: super::Grants::deny
    /// [`Logins::put`]: super::Logins::put
    async fn begin(&self, id: &RequestId, ttl: Duration) -> Result<Option<Sealed>, StoreError>;

    /// A login ends without a grant: the request is gone.
    ///
    /// Atomic, and once: `false` if it was used up before or its time is over.
    async fn use_up(&self, id: &RequestId) -> Result<bool, StoreError>;
}
