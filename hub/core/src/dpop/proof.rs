//! The rules of a proof (RFC 9449 §4.3), one function each.

use strict_jose::{Claims, Header, PublicJwk, TimePolicy, UnixTime, b64, ct_eq, sha256};
use url::Url;

use crate::client_auth::ALGORITHMS;
use crate::error::ProofFault;
use crate::handles;

/// RFC 9449 §4.3 items 4 to 7: the type of a proof, a strong asymmetric algorithm, and a public key of its own.
pub(super) fn own_key(header: &Header) -> Result<PublicJwk, ProofFault> {
    header.require_typ("dpop+jwt").map_err(|_| ProofFault::Malformed)?;
    if !ALGORITHMS.contains(&header.alg()) {
        return Err(ProofFault::Key);
    }
    // `PublicJwk` refuses secrets and weak keys.
    let jwk = header.jwk().ok_or(ProofFault::Key)?;
    PublicJwk::parse(jwk).map_err(|_| ProofFault::Key)
}

/// RFC 9449 §4.3 item 8: `htm` is the method of this request.
pub(super) fn method_is(claims: &Claims, method: &str) -> Result<(), ProofFault> {
    claims.expect_str("htm", method).map_err(|_| ProofFault::Method)
}

/// RFC 9449 §4.3 item 9: `htu` is this endpoint, without query and fragment; compared after the normalisation of
/// RFC 3986 §6.2.2 and §6.2.3, which `url` does as it reads.
pub(super) fn url_is(claims: &Claims, endpoint: &str) -> Result<(), ProofFault> {
    let htu = claims.required_str("htu").map_err(|_| ProofFault::Url)?;
    let mut htu = Url::parse(htu).map_err(|_| ProofFault::Url)?;
    htu.set_query(None);
    htu.set_fragment(None);
    let same = Url::parse(endpoint).is_ok_and(|endpoint| endpoint == htu);
    if same { Ok(()) } else { Err(ProofFault::Url) }
}

/// RFC 9449 §4.3 item 11 and §11.1: made just now.
pub(super) fn times_fit(claims: &Claims, now: UnixTime) -> Result<(), ProofFault> {
    claims.check_times(now, &TimePolicy::PROOF).map_err(|_| ProofFault::Time)
}

/// RFC 9449 §4.3 item 12: with an access token, `ath` is its hash.
pub(super) fn access_token_is(claims: &Claims, token: Option<&str>) -> Result<(), ProofFault> {
    let Some(token) = token else { return Ok(()) };
    let ath = claims.required_str("ath").map_err(|_| ProofFault::AccessToken)?;
    if ct_eq(ath, b64::encode(sha256(token))) { Ok(()) } else { Err(ProofFault::AccessToken) }
}

/// RFC 9449 §4.2: `jti`, by which a second use is known.
pub(super) fn identifier(claims: &Claims) -> Result<&str, ProofFault> {
    handles::jti(claims).ok_or(ProofFault::Identifier)
}
