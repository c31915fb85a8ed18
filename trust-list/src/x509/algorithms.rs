//! The algorithms certificates and revocation lists may be signed with.

use rustls_pki_types::SignatureVerificationAlgorithm;
use webpki::aws_lc_rs as algorithm;
use x509_parser::oid_registry::{
    OID_NIST_HASH_SHA256, OID_NIST_HASH_SHA384, OID_NIST_HASH_SHA512, OID_PKCS1_RSASSAPSS, OID_PKCS1_SHA256WITHRSA,
    OID_PKCS1_SHA384WITHRSA, OID_PKCS1_SHA512WITHRSA, OID_SIG_ECDSA_WITH_SHA256, OID_SIG_ECDSA_WITH_SHA384,
    OID_SIG_ED25519, Oid,
};
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::AlgorithmIdentifier;

use super::X509Problem;

/// What webpki verifies signatures with: RSA from 2048 bits with SHA-2, ECDSA on P-256 and P-384, Ed25519.
pub(super) const VERIFIABLE: [&dyn SignatureVerificationAlgorithm; 11] = [
    algorithm::ECDSA_P256_SHA256,
    algorithm::ECDSA_P256_SHA384,
    algorithm::ECDSA_P384_SHA256,
    algorithm::ECDSA_P384_SHA384,
    algorithm::ED25519,
    algorithm::RSA_PKCS1_2048_8192_SHA256,
    algorithm::RSA_PKCS1_2048_8192_SHA384,
    algorithm::RSA_PKCS1_2048_8192_SHA512,
    algorithm::RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    algorithm::RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    algorithm::RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
];

const BY_NAME: [Oid<'static>; 6] = [
    OID_SIG_ECDSA_WITH_SHA256,
    OID_SIG_ECDSA_WITH_SHA384,
    OID_SIG_ED25519,
    OID_PKCS1_SHA256WITHRSA,
    OID_PKCS1_SHA384WITHRSA,
    OID_PKCS1_SHA512WITHRSA,
];

const PSS_HASHES: [Oid<'static>; 3] = [OID_NIST_HASH_SHA256, OID_NIST_HASH_SHA384, OID_NIST_HASH_SHA512];

/// RFC 5280 §4.1.1.2 and §5.1.1.2: the two fields agree, and the algorithm is one of ours. Also where no signature is
/// verified, as with a pinned certificate: a certificate made with SHA-1 today was not made with care.
pub(super) fn check(outer: &AlgorithmIdentifier<'_>, inner: &AlgorithmIdentifier<'_>) -> Result<(), X509Problem> {
    if outer != inner {
        return Err(X509Problem::SignatureAlgorithmMismatch);
    }
    if BY_NAME.contains(&outer.algorithm) || is_modern_pss(outer) {
        return Ok(());
    }
    Err(X509Problem::SignatureAlgorithm(outer.algorithm.to_id_string()))
}

/// RFC 4055 §3.1: without parameters the hash is SHA-1.
fn is_modern_pss(algorithm: &AlgorithmIdentifier<'_>) -> bool {
    let parameters = algorithm.parameters.as_ref().and_then(|any| RsaSsaPssParams::try_from(any).ok());
    algorithm.algorithm == OID_PKCS1_RSASSAPSS
        && parameters.is_some_and(|parameters| PSS_HASHES.contains(parameters.hash_algorithm_oid()))
}
