//! The hub as its metadata describe it, and its answers as they come.

use anyhow::Context as _;
use serde_json::Value;
use url::Url;

use crate::json::{self, at};

/// The hub's addresses, from discovery.
#[derive(Clone, Debug)]
pub struct Hub {
    /// Issuer.
    pub issuer: String,
    /// The whole discovery document.
    pub metadata: Value,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: reqwest::header::HeaderMap,
    /// Body as text.
    pub body: String,
}

impl Hub {
    /// Reads the hub's metadata.
    pub async fn discover(http: &reqwest::Client, issuer: &str) -> anyhow::Result<Self> {
        let url = format!("{issuer}/.well-known/openid-configuration");
        let metadata: Value = http.get(&url).send().await?.error_for_status()?.json().await?;
        anyhow::ensure!(at(&metadata, "issuer") == issuer, "{url} is about another issuer");
        Ok(Self { issuer: issuer.to_owned(), metadata })
    }

    /// Does the hub bind tokens to a key (RFC 9449 §5.1)?
    pub fn binds_tokens(&self) -> bool {
        self.metadata.get("dpop_signing_alg_values_supported").is_some()
    }

    /// The URL as the hub itself names it: one replica behind a balancer may be reached at an address of its own.
    pub(super) fn named(&self, url: &str) -> anyhow::Result<String> {
        let origin = |url: &str| Ok::<_, url::ParseError>(Url::parse(url)?.origin().ascii_serialization());
        Ok(url.replacen(&origin(url)?, &origin(&self.issuer)?, 1))
    }

    /// An endpoint by its name in the metadata.
    pub fn endpoint(&self, name: &str) -> anyhow::Result<&str> {
        self.metadata.get(name).and_then(Value::as_str).with_context(|| format!("the metadata have no {name}"))
    }
}

impl Answer {
    /// The body as JSON, or null.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// `error` of an OAuth error answer, or "".
    pub fn error(&self) -> String {
        json::text(&self.json(), "error").to_owned()
    }

    /// The DPoP nonce it hands out.
    pub(super) fn nonce(&self) -> Option<String> {
        Some(self.headers.get("dpop-nonce")?.to_str().ok()?.to_owned())
    }
}

pub(super) async fn received(request: reqwest::RequestBuilder) -> anyhow::Result<Answer> {
    let answer = request.send().await?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Ok(Answer { status, headers, body: answer.text().await? })
}
