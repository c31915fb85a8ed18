//! The header rules of JAdES baseline B (TS 119 182-1 §5.1, §6.3), each one function.

use serde_json::Value;
use strict_jose::{Algorithm, Header, UnixTime, b64, json, sha256};

use super::LoteProblem;
use crate::document::MAX_CLOCK_SKEW;

const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];

/// What the header says, checked.
#[derive(Debug)]
pub(super) struct Checked {
    pub(super) alg: Algorithm,
    /// SHA-256 of the signer's certificate.
    pub(super) thumbprint: [u8; 32],
    /// The certificates that came along, the signer's first. They are not trusted.
    pub(super) chain: Vec<Vec<u8>>,
}

pub(super) fn check(header: &Header, now: UnixTime) -> Result<Checked, LoteProblem> {
    algorithm(header)?;
    no_key_by_itself(header)?;
    typ(header)?;
    cty(header)?;
    signing_time(header, now)?;
    let thumbprint = reference(header)?;
    let chain = header.x5c().map_err(LoteProblem::Header)?.unwrap_or_default();
    one_certificate(&thumbprint, &chain)?;
    Ok(Checked { alg: header.alg(), thumbprint, chain })
}

/// TS 119 182-1 §5.1.2.
fn algorithm(header: &Header) -> Result<(), LoteProblem> {
    if ALGORITHMS.contains(&header.alg()) { Ok(()) } else { Err(LoteProblem::Algorithm) }
}

/// RFC 8725 §3.10: no key is taken from where the token says.
fn no_key_by_itself(header: &Header) -> Result<(), LoteProblem> {
    match ["jku", "x5u", "jwk"].into_iter().find(|name| header.get(name).is_some()) {
        Some(name) => Err(LoteProblem::KeyInHeader(name)),
        None => Ok(()),
    }
}

/// TS 119 182-1 §5.1.1: may be left out. `JOSE` says only that it is compact (RFC 7515 §4.1.9).
fn typ(header: &Header) -> Result<(), LoteProblem> {
    let known = |typ: &str| ["JAdES", "JOSE"].iter().any(|known| known.eq_ignore_ascii_case(typ));
    if header.typ().is_none_or(known) { Ok(()) } else { Err(LoteProblem::Typ) }
}

/// TS 119 182-1 §5.1.3.
fn cty(header: &Header) -> Result<(), LoteProblem> {
    let spelled_out = |cty: &str| cty.to_ascii_lowercase().starts_with("application/");
    if header.cty().is_some_and(spelled_out) { Err(LoteProblem::ContentType) } else { Ok(()) }
}

/// TS 119 182-1 §5.1.11 and §5.2.1: `iat`, and not `sigT`.
fn signing_time(header: &Header, now: UnixTime) -> Result<(), LoteProblem> {
    if header.get("sigT").is_some() {
        return Err(LoteProblem::ObsoleteSigningTime);
    }
    let iat = header.get("iat").ok_or(LoteProblem::NoSigningTime)?;
    let signed = json::numeric_date(iat).map_err(|_| LoteProblem::SigningTimeForm)?;
    if signed > now.plus(MAX_CLOCK_SKEW) { Err(LoteProblem::SignedInTheFuture) } else { Ok(()) }
}

/// TS 119 182-1 §5.1.7: exactly one reference; this one is read.
fn reference(header: &Header) -> Result<[u8; 32], LoteProblem> {
    let mut present = ["x5t#S256", "x5t#o", "sigX5ts"].into_iter().filter(|name| header.get(name).is_some());
    match (present.next(), present.next()) {
        (None, _) => Err(LoteProblem::NoCertificateReference),
        (Some(_), Some(_)) => Err(LoteProblem::SeveralCertificateReferences),
        (Some("x5t#S256"), None) => thumbprint(header.get("x5t#S256")),
        (Some(other), None) => Err(LoteProblem::CertificateReferenceForm(other)),
    }
}

/// RFC 7515 §4.1.8.
fn thumbprint(value: Option<&Value>) -> Result<[u8; 32], LoteProblem> {
    let bytes = value.and_then(Value::as_str).and_then(|text| b64::decode(text).ok());
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(LoteProblem::ThumbprintForm)
}

/// RFC 7515 §4.1.6: the first certificate of `x5c` is the signer's.
fn one_certificate(thumbprint: &[u8; 32], chain: &[Vec<u8>]) -> Result<(), LoteProblem> {
    match chain.first() {
        Some(first) if sha256(first) != *thumbprint => Err(LoteProblem::OtherCertificateInChain),
        _ => Ok(()),
    }
}
