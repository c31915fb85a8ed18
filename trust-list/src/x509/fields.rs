//! The rules about the plain fields.

use x509_parser::x509::X509Version;

use super::X509Problem;
use super::certificate::Certificate;

/// RFC 5280 §4.1.2.1.
pub(super) fn version(certificate: &Certificate<'_>) -> Result<(), X509Problem> {
    if certificate.x509.version() == X509Version::V3 { Ok(()) } else { Err(X509Problem::Version) }
}

/// RFC 5280 §4.1.2.2. The octets are those of the INTEGER, so a sign octet counts.
pub(super) fn serial(certificate: &Certificate<'_>) -> Result<(), X509Problem> {
    let octets = certificate.x509.raw_serial();
    let negative = octets.first().is_none_or(|first| first & 0x80 != 0);
    let zero = octets.iter().all(|octet| *octet == 0);
    if negative || zero || octets.len() > 20 { Err(X509Problem::Serial) } else { Ok(()) }
}

/// RFC 5280 §4.1.2.4.
pub(super) fn issuer(certificate: &Certificate<'_>) -> Result<(), X509Problem> {
    if certificate.x509.issuer().iter_rdn().next().is_some() { Ok(()) } else { Err(X509Problem::NoIssuer) }
}

/// RFC 5280 §4.1.2.6.
pub(super) fn subject_of_authority(certificate: &Certificate<'_>) -> Result<(), X509Problem> {
    if certificate.x509.subject().iter_rdn().next().is_some() { Ok(()) } else { Err(X509Problem::NoSubject) }
}

/// RFC 5280 §4.1.2.8.
pub(super) fn unique_identifiers(certificate: &Certificate<'_>) -> Result<(), X509Problem> {
    let tbs = &certificate.x509.tbs_certificate;
    if tbs.issuer_uid.is_none() && tbs.subject_uid.is_none() { Ok(()) } else { Err(X509Problem::UniqueIdentifier) }
}
