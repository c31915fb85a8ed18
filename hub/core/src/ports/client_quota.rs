//! How often a client may ask.

use std::time::Duration;

/// Counts what authenticated clients ask for. Each client has a quota of its own: none can use up another's.
///
/// It answers at once and never fails; whether several replicas count together is the backend's affair.
pub trait ClientQuota: Send + Sync {
    /// Takes one request from the client's quota, or says that there is none left. A request that is refused costs
    /// nothing, so waiting as long as it says always helps.
    fn take(&self, client_id: &str) -> Result<(), QuotaExceeded>;
}

/// The client has asked too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the client's quota is used up for {retry_after:?}")]
pub struct QuotaExceeded {
    /// When it may ask again.
    pub retry_after: Duration,
}
