//! Things that may be seen once.

use async_trait::async_trait;

use super::StoreError;
use crate::handles::Once;

/// Remembers what was seen, where no other step of the same request could do so in passing.
#[async_trait]
pub trait Replay: Send + Sync {
    /// Whether this is the first time; remembers it for its time to live.
    ///
    /// Atomic: of any number of callers one gets `true`. A further sighting does not prolong the memory.
    async fn first_seen(&self, once: &Once) -> Result<bool, StoreError>;
}
