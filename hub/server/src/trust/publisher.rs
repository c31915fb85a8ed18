//! A web server as the source of the signed documents, behind the outbound guard. A folder is
//! `trust_list::publish::DirectoryPublisher`; several sources are `trust_list::Mirrors`.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use country_adapters::Outbound;
use country_adapters::outbound::{Caps, OutboundError, OutboundRequest, OutboundResponse};
use trust_list::{FetchError, Publisher};
use url::Url;

use super::apart::FETCH_LIMIT;

/// A publisher on the web. Only its own host is ever called.
pub struct WebPublisher {
    base: Url,
    hosts: Vec<String>,
    outbound: Outbound,
    /// The status document as it came last, with its ETag.
    kept: Mutex<Option<Kept>>,
}

#[derive(Clone)]
struct Kept {
    etag: String,
    body: Vec<u8>,
}

/// The one document that changes under its name.
const STATUS: &str = "status.json";

impl WebPublisher {
    /// The publisher at `base`, which ends in a slash.
    pub fn new(base: Url, outbound: Outbound) -> Self {
        let host = base.host_str().unwrap_or_default();
        let hosts = vec![base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))];
        Self { base, hosts, outbound, kept: Mutex::default() }
    }

    fn kept(&self, path: &str) -> Option<Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone().filter(|_| path == STATUS)
    }

    /// RFC 9110 §8.8.3: the next request asks whether it is still this one.
    fn keep(&self, path: &str, answer: &OutboundResponse) {
        if path == STATUS {
            let kept = answer.header("etag").map(|etag| Kept { etag: etag.to_owned(), body: answer.body.clone() });
            *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        }
    }
}

#[async_trait]
impl Publisher for WebPublisher {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        let unreachable = |reason: String| FetchError::Unreachable { path: path.to_owned(), reason };
        let url = self.base.join(path).map_err(|_| FetchError::NotADocument { path: path.to_owned() })?;
        let mut request = OutboundRequest::get(url, Caps { max_bytes, time_limit: FETCH_LIMIT });
        let kept = self.kept(path);
        if let Some(kept) = &kept {
            request = request.with_header("if-none-match", kept.etag.clone());
        }
        match (self.outbound.send(&self.hosts, request).await, kept) {
            (Ok(answer), _) if answer.status == 200 => {
                self.keep(path, &answer);
                Ok(Some(answer.body))
            }
            // RFC 9110 §15.4.5: it is what we have. How old that may be, its own end says.
            (Ok(answer), Some(kept)) if answer.status == 304 => Ok(Some(kept.body)),
            (Ok(answer), _) if answer.status == 404 => Ok(None),
            (Ok(answer), _) => Err(unreachable(format!("HTTP status {}", answer.status))),
            (Err(OutboundError::TooLarge), _) => Err(FetchError::TooLarge { path: path.to_owned(), max_bytes }),
            (Err(error), _) => Err(unreachable(error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use country_adapters::outbound::HttpPort;

    use super::*;

    /// Serves one status document under one ETag, and says how it was asked.
    struct Server {
        etag: Option<&'static str>,
        asked: Mutex<Vec<Vec<(&'static str, String)>>>,
    }

    #[async_trait]
    impl HttpPort for Server {
        async fn send(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
            let known = request.headers.iter().any(|(_, value)| Some(value.as_str()) == self.etag);
            self.asked.lock().unwrap().push(request.headers);
            let headers = self.etag.map(|etag| ("etag".to_owned(), etag.to_owned())).into_iter().collect();
            let (status, body) = if known { (304, Vec::new()) } else { (200, b"the status".to_vec()) };
            Ok(OutboundResponse { status, headers, body })
        }
    }

    fn publisher(etag: Option<&'static str>) -> (Arc<Server>, WebPublisher) {
        let server = Arc::new(Server { etag, asked: Mutex::default() });
        let base = Url::parse("https://trust.example/lists/").unwrap();
        (server.clone(), WebPublisher::new(base, Outbound::over(server)))
    }

    #[tokio::test]
    async fn a_status_that_did_not_change_is_not_sent_again_and_is_no_error() {
        let (server, publisher) = publisher(Some("\"v7\""));
        for _ in 0..3 {
            assert_eq!(publisher.fetch(STATUS, 100).await, Ok(Some(b"the status".to_vec())));
        }
        let asked = server.asked.lock().unwrap().clone();
        assert_eq!(asked[0], []);
        assert_eq!(asked[2], [("if-none-match", "\"v7\"".to_owned())]);
    }

    #[tokio::test]
    async fn documents_that_never_change_are_asked_for_without_conditions() {
        let (server, publisher) = publisher(Some("\"v7\""));
        for _ in 0..2 {
            publisher.fetch("root/2.json", 100).await.unwrap();
        }
        assert!(server.asked.lock().unwrap().iter().all(Vec::is_empty));
    }

    #[tokio::test]
    async fn a_server_without_etags_sends_the_whole_each_time() {
        let (server, publisher) = publisher(None);
        for _ in 0..2 {
            publisher.fetch(STATUS, 100).await.unwrap();
        }
        assert!(server.asked.lock().unwrap().iter().all(Vec::is_empty));
    }
}
