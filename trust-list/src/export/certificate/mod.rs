//! The certificate of the operator who signs the exported lists.

mod request;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use strict_jose::{PublicJwk, UnixTime};

use crate::CountryCode;
use crate::x509::{OperatorCertificate, X509Problem, operator_certificate, pem};

pub use request::{RequestError, Subject};

/// A certificate and those above it, the signer's first (RFC 7515 §4.1.6).
///
/// It is nobody's trust anchor: readers pin it by its SHA-256, handed over out of band or by a superior list.
#[derive(Clone, Debug)]
pub struct CertificateChain {
    leaf: Vec<u8>,
    above: Vec<Vec<u8>>,
}

/// Who must have signed a list, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit<'f> {
    pub(super) operator_names: &'f [&'f str],
    pub(super) territory: CountryCode,
    pub(super) key: &'f PublicJwk,
    pub(super) at: UnixTime,
}

impl CertificateChain {
    /// Reads the certificates of a PEM file.
    pub fn from_pem(file: &[u8]) -> Result<Self, CertificateProblem> {
        let mut chain = pem::certificates(file)?.into_iter();
        let leaf = chain.next().ok_or(CertificateProblem::None)?;
        Ok(Self { leaf, above: chain.collect() })
    }

    /// Judges the signer's certificate: its profile, its names, its time and its key.
    pub(super) fn require(&self, fit: &Fit<'_>) -> Result<OperatorCertificate, CertificateProblem> {
        let certificate = operator_certificate(&self.leaf, fit.operator_names, fit.territory, fit.at)?;
        if certificate.key() == fit.key { Ok(certificate) } else { Err(CertificateProblem::AnotherKey) }
    }

    /// `x5c`: base64, not base64url.
    pub(super) fn x5c(&self) -> Value {
        let chain = std::iter::once(&self.leaf).chain(&self.above);
        json!(chain.map(|der| STANDARD.encode(der)).collect::<Vec<_>>())
    }
}

/// Why a certificate cannot sign a list.
#[derive(Debug, thiserror::Error)]
pub enum CertificateProblem {
    /// The file has none.
    #[error("the file holds no certificate in PEM")]
    None,
    /// It is not a list signer's of that operator and territory (TS 119 612 cl. 5.7.1, TS 119 602 cl. 6.8).
    #[error(transparent)]
    Profile(#[from] X509Problem),
    /// The private key is not its own.
    #[error("it is for another key than the one given")]
    AnotherKey,
}
