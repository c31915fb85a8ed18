//! DPoP proofs, by eSignet's rules (RFC 9449 with a narrower set of algorithms).

use actix_web::HttpRequest;
use serde_json::Value;

use super::Esignet;
use crate::jose::{self, Parsed};
use crate::sim::http;

/// Seconds a proof's `iat` may be off.
const SKEW: i64 = 10;

/// A proof whose signature, method, address, time and single use are checked. The nonce is not: it belongs to the
/// transaction.
pub(super) struct Proof {
    pub(super) jkt: String,
    pub(super) nonce: String,
}

/// Checks the one DPoP header of a request to `url`; at userinfo the proof must also hash the access token.
pub(super) fn proof(
    provider: &Esignet,
    request: &HttpRequest,
    url: &str,
    access_token: Option<&str>,
) -> anyhow::Result<Proof> {
    let compact = http::header(request, "DPoP").ok_or_else(|| anyhow::anyhow!("one DPoP header"))?;
    let proof = Parsed::new(compact)?;
    anyhow::ensure!(proof.header_str("typ") == "dpop+jwt", "typ");
    let jwk = proof.header.get("jwk").unwrap_or(&Value::Null);
    anyhow::ensure!(jwk.get("d").is_none(), "the proof carries a private key");
    // The challenge says ES256 and PS256, but only RSA is accepted.
    proof.verify(jwk, &["RS256", "PS256"])?;
    anyhow::ensure!(proof.claim_str("htm") == request.method().as_str(), "htm");
    anyhow::ensure!(proof.claim_str("htu") == url, "htu is not the address of the discovery document");
    let off = proof.claim_i64("iat").map_or(i64::MAX, |iat| (provider.clock.seconds() - iat).abs());
    anyhow::ensure!(off <= SKEW, "iat");
    let jti = proof.claim_str("jti");
    anyhow::ensure!(!jti.is_empty() && provider.clients.first_use("dpop", jti), "jti missing or used");
    if let Some(token) = access_token {
        anyhow::ensure!(proof.claim_str("ath") == jose::sha256_b64(token.as_bytes()), "ath");
    }
    Ok(Proof { jkt: jose::thumbprint(jwk), nonce: proof.claim_str("nonce").to_owned() })
}
