//! Which publisher answered, when, and how fresh it was: for metrics and the log.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use hub_core::ports::Clock;
use trust_list::{FetchError, Publisher, Verdict};

use crate::management::Metrics;

/// A publisher under its name in the metrics.
pub struct Watched {
    name: String,
    publisher: Arc<dyn Publisher>,
    metrics: Arc<Metrics>,
    clock: Arc<dyn Clock>,
    last: Mutex<Option<&'static str>>,
}

impl Watched {
    /// `publisher`, counted as `name`: as the configuration has it.
    pub fn new(name: String, publisher: Arc<dyn Publisher>, metrics: Arc<Metrics>, clock: Arc<dyn Clock>) -> Self {
        Self { name, publisher, metrics, clock, last: Mutex::default() }
    }

    fn log(&self, verdict: &Verdict) {
        let publisher = self.name.as_str();
        match verdict {
            Verdict::Newest { version } => tracing::info!(publisher, version, "the publisher has the newest lists"),
            Verdict::Behind { version, newest } => {
                tracing::warn!(publisher, version, newest, "the publisher has older lists than another one");
            }
            Verdict::Refused { code, why } => {
                tracing::warn!(publisher, code, why, "the publisher's status is not used");
            }
        }
    }
}

#[async_trait]
impl Publisher for Watched {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        self.publisher.fetch(path, max_bytes).await
    }

    fn judged(&self, _place: usize, verdict: &Verdict) {
        let before = self.last.lock().unwrap_or_else(PoisonError::into_inner).replace(verdict.code());
        self.metrics.observe_publisher(&self.name, before, verdict, self.clock.now());
        // When something changes, not at every turn.
        if before != Some(verdict.code()) {
            self.log(verdict);
        }
    }
}
