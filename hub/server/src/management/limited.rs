//! Counts the requests that a client's quota refuses. Which client it was stands in the log, not in a label.

use std::sync::Arc;

use hub_core::ports::{ClientQuota, QuotaExceeded};

use super::Metrics;

/// A quota, counted.
pub struct Limited<Q> {
    quota: Q,
    metrics: Arc<Metrics>,
}

impl<Q: ClientQuota> Limited<Q> {
    /// Counts what `quota` refuses.
    pub fn new(quota: Q, metrics: Arc<Metrics>) -> Self {
        Self { quota, metrics }
    }
}

impl<Q: ClientQuota> ClientQuota for Limited<Q> {
    fn take(&self, client_id: &str) -> Result<(), QuotaExceeded> {
        self.quota.take(client_id).inspect_err(|_| {
            self.metrics.quota_refusals.inc();
            tracing::info!(client_id, "a client asks too often");
        })
    }
}
