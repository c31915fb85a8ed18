//! Certificates and revocation lists as files hold them: PEM (RFC 7468) or DER.

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};

use super::X509Problem;

/// The certificate in a file. A file with two holds no one certificate.
pub fn certificate(file: &[u8]) -> Result<Vec<u8>, X509Problem> {
    let mut certificates = certificates(file)?.into_iter();
    match (certificates.next(), certificates.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(X509Problem::NotOneCertificate("there is none".to_owned())),
        (Some(_), Some(_)) => Err(X509Problem::NotOneCertificate("there are several".to_owned())),
    }
}

/// The certificates in a file, in its order.
pub fn certificates(file: &[u8]) -> Result<Vec<Vec<u8>>, X509Problem> {
    if !is_pem(file) {
        return Ok(vec![file.to_vec()]);
    }
    CertificateDer::pem_slice_iter(file)
        .map(|found| found.map(|der| der.to_vec()).map_err(|error| X509Problem::NotOneCertificate(error.to_string())))
        .collect()
}

/// The revocation lists in a file.
pub fn revocation_lists(file: &[u8]) -> Result<Vec<Vec<u8>>, super::crl::CrlProblem> {
    if !is_pem(file) {
        return Ok(vec![file.to_vec()]);
    }
    CertificateRevocationListDer::pem_slice_iter(file)
        .map(|found| {
            found.map(|der| der.to_vec()).map_err(|error| super::crl::CrlProblem::Malformed(error.to_string()))
        })
        .collect()
}

/// DER begins with a SEQUENCE whose length does not fit in one octet, which no text does.
fn is_pem(file: &[u8]) -> bool {
    !matches!(file, [0x30, 0x80..=0xff, ..])
}
