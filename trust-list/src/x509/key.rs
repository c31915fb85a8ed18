//! The key in a certificate, as the key that `strict_jose` checks and uses.

use serde_json::{Value, json};
use strict_jose::{PublicJwk, b64};
use x509_parser::oid_registry::{
    OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_NIST_EC_P384, OID_PKCS1_RSAENCRYPTION, OID_SIG_ED25519,
};
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::X509Problem;

/// RFC 5280 §4.1.2.7. Sizes, points and exponents are checked where every key is: [`PublicJwk::parse`].
pub(crate) fn read(info: &SubjectPublicKeyInfo<'_>) -> Result<PublicJwk, X509Problem> {
    let algorithm = &info.algorithm.algorithm;
    let members = if *algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY {
        ec(info)
    } else if *algorithm == OID_PKCS1_RSAENCRYPTION {
        rsa(info)
    } else if *algorithm == OID_SIG_ED25519 {
        ed25519(info)
    } else {
        Err(refused("it is not an RSA, P-256, P-384 or Ed25519 key"))
    };
    PublicJwk::parse(&members?).map_err(|error| X509Problem::Key(error.to_string()))
}

fn refused(why: &str) -> X509Problem {
    X509Problem::Key(why.to_owned())
}

/// RFC 5480 §2.1.1: the curve is named; parameters spelled out could be anybody's curve.
fn ec(info: &SubjectPublicKeyInfo<'_>) -> Result<Value, X509Problem> {
    let named = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
    let curve = match named {
        Some(curve) if curve == OID_EC_P256 => "P-256",
        Some(curve) if curve == OID_NIST_EC_P384 => "P-384",
        _ => return Err(refused("its curve is not P-256 or P-384, by name")),
    };
    // RFC 5480 §2.2: uncompressed, as everybody writes points.
    let point = info.subject_public_key.data.strip_prefix(&[4]).ok_or_else(|| refused("its point is compressed"))?;
    let (x, y) = point.split_at(point.len() / 2);
    Ok(json!({ "kty": "EC", "crv": curve, "x": b64::encode(x), "y": b64::encode(y) }))
}

/// RFC 3279 §2.3.1: the parameters are NULL.
fn rsa(info: &SubjectPublicKeyInfo<'_>) -> Result<Value, X509Problem> {
    let null = info.algorithm.parameters.as_ref().is_some_and(|any| any.as_null().is_ok());
    match info.parsed() {
        // Only whole octets: nobody makes other sizes on purpose.
        Ok(PublicKey::RSA(key)) if null && unsigned(key.modulus).first().is_some_and(|first| *first >= 0x80) => Ok(
            json!({ "kty": "RSA", "n": b64::encode(unsigned(key.modulus)), "e": b64::encode(unsigned(key.exponent)) }),
        ),
        _ => Err(refused("its RSA key is malformed")),
    }
}

/// An INTEGER has a zero octet in front where its first bit would mean a sign.
fn unsigned(integer: &[u8]) -> &[u8] {
    integer.strip_prefix(&[0]).unwrap_or(integer)
}

/// RFC 8410 §3: no parameters.
fn ed25519(info: &SubjectPublicKeyInfo<'_>) -> Result<Value, X509Problem> {
    if info.algorithm.parameters.is_some() {
        return Err(refused("its Ed25519 key has parameters"));
    }
    Ok(json!({ "kty": "OKP", "crv": "Ed25519", "x": b64::encode(&info.subject_public_key.data) }))
}
