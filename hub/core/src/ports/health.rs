//! Whether the store works.

use async_trait::async_trait;

use super::StoreError;

/// Whether the store works, for readiness.
#[async_trait]
pub trait StoreHealth: Send + Sync {
    /// Writes and reads something of no meaning: a store that is reachable but may not write is not healthy.
    async fn health(&self) -> Result<(), StoreError>;
}
