//! A request, its caps, its answer, and the port that carries it.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use url::Url;

/// Carries a request that the guard has let through.
#[async_trait]
pub trait HttpPort: Send + Sync {
    /// Sends `request` and reads the answer within its caps. Follows no redirect and decompresses nothing. An answer
    /// of any status is an `Ok`.
    async fn send(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError>;
}

/// The methods that the kits use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET
    Get,
    /// POST with a form
    Post,
}

/// One request.
#[derive(Clone)]
pub struct OutboundRequest {
    /// The method.
    pub method: Method,
    /// The destination.
    pub url: Url,
    /// Header fields.
    pub headers: Vec<(&'static str, String)>,
    /// The fields of an `application/x-www-form-urlencoded` body.
    pub form: Vec<(String, String)>,
    /// How large and how slow the answer may be.
    pub caps: Caps,
}

impl OutboundRequest {
    /// A GET.
    pub fn get(url: Url, caps: Caps) -> Self {
        Self { method: Method::Get, url, headers: Vec::new(), form: Vec::new(), caps }
    }

    /// A POST of a form.
    pub fn post(url: Url, form: Vec<(String, String)>, caps: Caps) -> Self {
        Self { method: Method::Post, url, headers: Vec::new(), form, caps }
    }

    /// With one header field more.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

// Headers and forms carry tokens and assertions.
impl fmt::Debug for OutboundRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundRequest")
            .field("method", &self.method)
            .field("url", &self.url.as_str())
            .finish_non_exhaustive()
    }
}

/// How large and how slow an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caps {
    /// The most bytes of body.
    pub max_bytes: usize,
    /// From the first byte sent to the last one read.
    pub time_limit: Duration,
}

const KIB: usize = 1024;
const FIVE_SECONDS: Duration = Duration::from_secs(5);

impl Caps {
    /// Metadata: some 60 fields of 100 bytes are 6 KiB; ten times that.
    pub const DISCOVERY: Self = Self { max_bytes: 64 * KIB, time_limit: FIVE_SECONDS };
    /// Keys: 100 RSA keys of 2 KiB with their certificates are 200 KiB.
    pub const JWKS: Self = Self { max_bytes: 256 * KIB, time_limit: FIVE_SECONDS };
    /// A request URI: less than 1 KiB.
    pub const PAR: Self = Self { max_bytes: 16 * KIB, time_limit: FIVE_SECONDS };
    /// Tokens: three of 16 KiB. Ten seconds, since a code cannot be redeemed again.
    pub const TOKEN: Self = Self { max_bytes: 64 * KIB, time_limit: Duration::from_secs(10) };
    /// Userinfo: a portrait of tens of KiB, base64 twice (JWE in JWS) is 1.8 times that.
    pub const USERINFO: Self = Self { max_bytes: 512 * KIB, time_limit: FIVE_SECONDS };
}

/// An answer.
#[derive(Clone)]
pub struct OutboundResponse {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, as it came.
    pub body: Vec<u8>,
}

impl OutboundResponse {
    /// The value of a header field that is there exactly once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str());
        match (values.next(), values.next()) {
            (Some(value), None) => Some(value),
            _ => None,
        }
    }

    /// The media type in lower case, without parameters.
    pub fn media_type(&self) -> Option<String> {
        let essence = self.header("content-type")?.split(';').next()?;
        Some(essence.trim().to_ascii_lowercase())
    }
}

impl fmt::Debug for OutboundResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundResponse")
            .field("status", &self.status)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum OutboundError {
    /// The URL is not https, or has credentials in it.
    #[error("the URL is not a plain https URL")]
    NotHttps,
    /// The host is not one of those allowed.
    #[error("the host is not in the allow-list")]
    HostNotAllowed,
    /// The host is, or resolves to, an address of special use (RFC 6890).
    #[error("the host has a special-use address")]
    ForbiddenAddress,
    /// The name cannot be resolved.
    #[error("the host cannot be resolved")]
    Resolve,
    /// No connection, or no TLS.
    #[error("no connection")]
    Connect,
    /// Not in time.
    #[error("not in time")]
    Timeout,
    /// A body past the cap.
    #[error("the answer is too large")]
    TooLarge,
    /// A compressed body.
    #[error("the answer is compressed")]
    Compressed,
    /// The answer breaks HTTP.
    #[error("the answer is not HTTP")]
    Http,
    /// The country's circuit is open.
    #[error("the circuit is open")]
    CircuitOpen,
    /// Too many requests to this country wait for an answer.
    #[error("too many requests in flight")]
    Busy,
    /// The client cannot be built: the extra CA or the system's trust store.
    #[error("the HTTP client cannot be built")]
    Setup,
}
