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

    /// The request, as often as asked, until `ttl` ends or [`Grants::approve`] or [`Grants::deny`] uses it up.
    ///
    /// Reading changes nothing: a browser may reload the page (RFC 9126 §4).
    ///
    /// [`Grants::approve`]: super::Grants::approve
    /// [`Grants::deny`]: super::Grants::deny
    async fn read(&self, id: &RequestId) -> Result<Option<Sealed>, StoreError>;
}
