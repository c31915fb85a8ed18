//! Refresh tokens.

use std::time::Duration;

use async_trait::async_trait;

use super::{Guarded, StoreError};
use crate::handles::{GrantId, Once, RefreshHandle};
use crate::sealed::Sealed;

/// What refresh tokens stand for. Each belongs to a grant and dies with it.
///
/// Refresh tokens are not rotated (FAPI 2.0 Security Profile §5.3.2.1; they are bound to the client, which
/// authenticates with its key), so a client that lost an answer may ask again.
#[async_trait]
pub trait RefreshTokens: Send + Sync {
    /// Remembers the token for `ttl`, and prolongs its grant to live at least as long.
    ///
    /// Atomic: `false`, and nothing is stored, if the grant is not in stage "redeemed".
    async fn issue(
        &self,
        handle: &RefreshHandle,
        grant: &GrantId,
        token: Sealed,
        ttl: Duration,
    ) -> Result<bool, StoreError>;

    /// The token and its grant, if both live and belong together. As often as asked; atomic together with `once`.
    async fn present(
        &self,
        handle: &RefreshHandle,
        grant: &GrantId,
        once: &[Once],
    ) -> Result<Guarded<Option<Refreshed>>, StoreError>;
}

/// A refresh token that lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refreshed {
    /// What the token stands for.
    pub token: Sealed,
    /// Its grant.
    pub grant: Sealed,
}
