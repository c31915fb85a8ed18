//! DPoP proofs (RFC 9449), ours towards a provider.

use serde_json::{Map, Value, json};
use strict_jose::{SigningKey, b64, random_token, sha256};
use url::Url;

use super::Provider;
use crate::error::{AdapterError, Misconfigured, Unavailable};
use crate::outbound::{Method, OutboundRequest, OutboundResponse};

/// The key and the provider's nonce of one login.
pub(crate) struct Dpop<'k> {
    key: &'k SigningKey,
    nonce: Option<String>,
}

impl<'k> Dpop<'k> {
    pub(crate) fn new(key: &'k SigningKey) -> Self {
        Self { key, nonce: None }
    }

    /// The thumbprint that a bound token has to name (RFC 9449 §6.1).
    pub(crate) fn thumbprint(&self) -> &str {
        self.key.public_jwk().thumbprint().as_str()
    }

    /// RFC 9449 §4.2: one proof for one request.
    fn proof(
        &self,
        provider: &Provider<'_>,
        method: Method,
        url: &Url,
        access_token: Option<&str>,
    ) -> Result<String, AdapterError> {
        let mut claims = Map::new();
        claims.insert("jti".to_owned(), random_token().map_err(|_| Misconfigured::Random)?.into());
        claims.insert("htm".to_owned(), htm(method).into());
        // The URL as the metadata writes it; without query and fragment.
        claims.insert("htu".to_owned(), htu(url).into());
        claims.insert("iat".to_owned(), provider.peer.time().seconds().into());
        if let Some(nonce) = &self.nonce {
            claims.insert("nonce".to_owned(), nonce.as_str().into());
        }
        if let Some(token) = access_token {
            claims.insert("ath".to_owned(), b64::encode(sha256(token)).into());
        }
        let jwk = self.key.public_jwk().to_value();
        let header = Map::from_iter([("typ".to_owned(), "dpop+jwt".into()), ("jwk".to_owned(), bare(&jwk))]);
        let payload = Value::Object(claims).to_string();
        self.key.sign_compact_with(header, payload.as_bytes()).map_err(|_| Misconfigured::NoClientKey.into())
    }

    /// Keeps the nonce of an answer for the next proof (RFC 9449 §8.2).
    fn remember(&mut self, response: &OutboundResponse) {
        if let Some(nonce) = response.header("dpop-nonce").filter(|nonce| nonce.len() <= MAX_NONCE) {
            self.nonce = Some(nonce.to_owned());
        }
    }
}

impl Provider<'_> {
    /// Sends a request with a proof, and once more with a new proof if the provider wants its nonce in it. `build`
    /// makes the request anew each time: an assertion in it is used once. Without DPoP it is sent as it is.
    pub(crate) async fn send_proved(
        &self,
        dpop: Option<&mut Dpop<'_>>,
        access_token: Option<&str>,
        build: impl Fn() -> Result<OutboundRequest, AdapterError>,
    ) -> Result<OutboundResponse, AdapterError> {
        let Some(dpop) = dpop else { return Ok(self.peer.send(build()?).await?) };
        for _ in 0..2 {
            let request = build()?;
            let proof = dpop.proof(self, request.method, &request.url, access_token)?;
            let response = self.peer.send(request.with_header("dpop", proof)).await?;
            dpop.remember(&response);
            if !wants_nonce(&response) {
                return Ok(response);
            }
        }
        Err(Unavailable::DpopNonce.into())
    }
}

/// RFC 9449 §8: at the token endpoint an error code, §9: at a resource a challenge. eSignet leaves the scheme out of
/// its challenges, so the code alone is looked for.
fn wants_nonce(response: &OutboundResponse) -> bool {
    match response.status {
        400 | 401 => {
            super::answer::error_code(response).is_some_and(|code| code == USE_NONCE)
                || response.header("www-authenticate").is_some_and(|challenge| challenge.contains(USE_NONCE))
        }
        _ => false,
    }
}

/// RFC 9449 §4.2: the public key and nothing else, so that the provider does not see our names for keys.
fn bare(jwk: &Value) -> Value {
    let wanted = ["kty", "crv", "x", "y", "n", "e"];
    let members = wanted.iter().filter_map(|name| Some(((*name).to_owned(), jwk.get(name)?.clone())));
    json!(members.collect::<Map<_, _>>())
}

fn htm(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
    }
}

fn htu(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

const USE_NONCE: &str = "use_dpop_nonce";
/// A nonce goes back in a header; honest ones have about 40 characters.
const MAX_NONCE: usize = 512;
