//! The port that reaches the network: one reqwest client, built once.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{CONTENT_ENCODING, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Certificate, Client, RequestBuilder, Response, redirect};

use super::request::{HttpPort, Method, OutboundError, OutboundRequest, OutboundResponse};
use super::resolver::{CheckingResolver, Lookup, SystemLookup};
use super::special_use::SpecialUse;

/// How to build the guard.
#[derive(Clone, Debug, Default)]
pub struct OutboundConfig {
    /// Certificates in PEM to trust beside the system's: for a country with its own CA, or a simulator.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// What to do with addresses of special use.
    pub special_use: SpecialUse,
}

pub(super) struct GuardedClient {
    client: Client,
}

impl GuardedClient {
    pub(super) fn new(config: OutboundConfig) -> Result<Self, OutboundError> {
        Self::with_lookup(config, Arc::new(SystemLookup))
    }

    pub(super) fn with_lookup(config: OutboundConfig, lookup: Arc<dyn Lookup>) -> Result<Self, OutboundError> {
        let extra = match config.extra_ca_pem {
            Some(pem) => Certificate::from_pem_bundle(&pem).map_err(|_| OutboundError::Setup)?,
            None => Vec::new(),
        };
        // A rustls client resumes sessions only while it keeps the same configuration: one client for the process.
        let client = Client::builder()
            .tls_backend_rustls()
            .tls_certs_merge(extra)
            .https_only(true)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .user_agent("passerelle")
            .dns_resolver(CheckingResolver { lookup, special_use: config.special_use })
            .connect_timeout(CONNECT_LIMIT)
            .pool_idle_timeout(POOL_IDLE)
            .pool_max_idle_per_host(POOL_PER_HOST)
            .http1_max_headers(MAX_HEADERS)
            .http2_max_header_list_size(MAX_HEADER_BYTES)
            .build()
            .map_err(|_| OutboundError::Setup)?;
        Ok(Self { client })
    }

    fn prepare(&self, request: &OutboundRequest) -> Result<RequestBuilder, OutboundError> {
        let mut headers = HeaderMap::new();
        for (name, value) in &request.headers {
            let mut value = HeaderValue::from_str(value).map_err(|_| OutboundError::Http)?;
            value.set_sensitive(true);
            headers.append(HeaderName::from_static(name), value);
        }
        let builder = match request.method {
            Method::Get => self.client.get(request.url.clone()),
            Method::Post => self.client.post(request.url.clone()).form(&request.form),
        };
        Ok(builder.headers(headers).timeout(request.caps.time_limit))
    }
}

#[async_trait]
impl HttpPort for GuardedClient {
    async fn send(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        let response = self.prepare(&request)?.send().await.map_err(|error| classify(&error))?;
        refuse_compression(response.headers())?;
        let status = response.status().as_u16();
        let headers = readable_headers(response.headers());
        let body = read_capped(response, request.caps.max_bytes).await?;
        Ok(OutboundResponse { status, headers, body })
    }
}

/// Nothing is asked for in Accept-Encoding, so a coding is a protocol error and maybe a bomb (RFC 9110 §12.5.3).
fn refuse_compression(headers: &HeaderMap) -> Result<(), OutboundError> {
    let identity = |value: &HeaderValue| value.as_bytes().eq_ignore_ascii_case(b"identity");
    if headers.get_all(CONTENT_ENCODING).iter().all(identity) { Ok(()) } else { Err(OutboundError::Compressed) }
}

fn readable_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let readable =
        headers.iter().filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    readable.collect()
}

/// Reads chunk by chunk and stops at the cap, whatever Content-Length promised.
async fn read_capped(mut response: Response, max_bytes: usize) -> Result<Vec<u8>, OutboundError> {
    if response.content_length().is_some_and(|length| length > max_bytes as u64) {
        return Err(OutboundError::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| classify(&error))? {
        if body.len() + chunk.len() > max_bytes {
            return Err(OutboundError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn classify(error: &reqwest::Error) -> OutboundError {
    let mut source = error.source();
    while let Some(cause) = source {
        // Our own resolver's verdict, wrapped by the connector.
        if let Some(own) = cause.downcast_ref::<OutboundError>() {
            return *own;
        }
        source = cause.source();
    }
    match error {
        error if error.is_timeout() => OutboundError::Timeout,
        error if error.is_connect() => OutboundError::Connect,
        _ => OutboundError::Http,
    }
}

/// Four round trips (TCP, TLS 1.2, two lost packets) at the 600 ms of a satellite.
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
/// Longer than the pause between two logins of a small country.
const POOL_IDLE: Duration = Duration::from_secs(90);
/// As many as one country may have in flight at an ordinary hour.
const POOL_PER_HOST: usize = 32;
/// An honest answer has about 20.
const MAX_HEADERS: usize = 64;
/// 64 headers of 256 bytes.
const MAX_HEADER_BYTES: u32 = 16 * 1024;
