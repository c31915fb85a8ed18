//! A web server as the source of the signed documents, behind the outbound guard; and what keeps a source that hangs
//! from hanging the refresher. A folder is `trust_list::publish::DirectoryPublisher`.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use country_adapters::Outbound;
use country_adapters::outbound::{Caps, OutboundError, OutboundRequest};
use trust_list::{FetchError, Publisher};
use url::Url;

/// One document may take this long: the list of a hundred thousand entries (47 MB) at 4 MB/s. A turn has room for one
/// that hangs: what the status document says still bites.
pub const FETCH_LIMIT: Duration = Duration::from_secs(12);

/// A publisher on the web. Only its own host is ever called.
pub struct WebPublisher {
    base: Url,
    hosts: Vec<String>,
    outbound: Outbound,
}

impl WebPublisher {
    /// The publisher at `base`, which ends in a slash.
    pub fn new(base: Url, outbound: Outbound) -> Self {
        let host = base.host_str().unwrap_or_default();
        let hosts = vec![base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))];
        Self { base, hosts, outbound }
    }
}

#[async_trait]
impl Publisher for WebPublisher {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        let unreachable = |reason: String| FetchError::Unreachable { path: path.to_owned(), reason };
        let url = self.base.join(path).map_err(|_| FetchError::NotADocument { path: path.to_owned() })?;
        let caps = Caps { max_bytes, time_limit: FETCH_LIMIT };
        let answer = self.outbound.send(&self.hosts, OutboundRequest::get(url, caps)).await;
        match answer {
            Ok(answer) if answer.status == 200 => Ok(Some(answer.body)),
            Ok(answer) if answer.status == 404 => Ok(None),
            Ok(answer) => Err(unreachable(format!("HTTP status {}", answer.status))),
            Err(OutboundError::TooLarge) => Err(FetchError::TooLarge { path: path.to_owned(), max_bytes }),
            Err(error) => Err(unreachable(error.to_string())),
        }
    }
}

/// A publisher on threads of its own: a fetch that blocks, as a folder on a dead network disk does, costs a thread and
/// is given up on.
pub struct Apart {
    publisher: Arc<dyn Publisher>,
    limit: Duration,
}

impl Apart {
    /// Gives up on a fetch after `limit`.
    pub fn new(publisher: Arc<dyn Publisher>, limit: Duration) -> Self {
        Self { publisher, limit }
    }
}

#[async_trait]
impl Publisher for Apart {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        let (publisher, runtime, own) = (self.publisher.clone(), tokio::runtime::Handle::current(), path.to_owned());
        let fetch = tokio::task::spawn_blocking(move || runtime.block_on(publisher.fetch(&own, max_bytes)));
        let unreachable = |reason: &str| FetchError::Unreachable { path: path.to_owned(), reason: reason.to_owned() };
        match tokio::time::timeout(self.limit, fetch).await {
            Ok(Ok(fetched)) => fetched,
            Ok(Err(_)) => Err(unreachable("the fetch broke off")),
            Err(_) => Err(unreachable("no answer in time")),
        }
    }
}
