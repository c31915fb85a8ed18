//! What the replicas of one hub tell each other about the trust lists.

use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;

/// How long a version is remembered that no replica repeats: a number that nobody can verify is gone after this.
pub const HEARSAY_TTL: Duration = Duration::from_mins(1);

/// Which version of the status document a replica has heard of: a hint to look, and nothing else.
///
/// Nobody believes it. A replica that hears of a newer version fetches and verifies for itself; who writes nonsense here
/// makes it look more often than it would, or leaves it to its own regular looks.
#[async_trait]
pub trait Hearsay: Send + Sync {
    /// Tells the other replicas that this one has verified `version`, and hears the highest that any of them told within
    /// [`HEARSAY_TTL`]: `version` itself, if none told a higher one.
    async fn tell(&self, version: u64) -> Result<u64, StoreError>;
}
