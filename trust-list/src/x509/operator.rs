//! The certificate of a scheme operator: what a list is signed with.

use std::fmt;

use strict_jose::{PublicJwk, UnixTime, b64, sha256};

use super::certificate::Certificate;
use super::{X509Problem, names, profile, validity};
use crate::CountryCode;

/// A certificate that may sign the list of its organisation and country. Only [`operator_certificate`] makes one.
///
/// It says what the certificate is, not whether to believe it: that takes a pin or a path ([`super::verify_signer`]).
#[derive(Clone)]
pub struct OperatorCertificate {
    der: Vec<u8>,
    organisation: String,
    country: CountryCode,
    key: PublicJwk,
    not_after: UnixTime,
}

/// Judges `der` as the certificate of the operator that calls itself one of `names` and keeps the list of `country`
/// (TS 119 612 §5.7.1, TS 119 602 cl. 6.8): O is one of the names, C the territory.
pub fn operator_certificate(
    der: &[u8],
    names: &[&str],
    country: CountryCode,
    now: UnixTime,
) -> Result<OperatorCertificate, X509Problem> {
    of_country(der, country, now)?.named(names)
}

/// The same without the names, for a reader who learns them from what the certificate signed.
pub(crate) fn of_country(der: &[u8], country: CountryCode, now: UnixTime) -> Result<OperatorCertificate, X509Problem> {
    let certificate = Certificate::read(der)?;
    let key = profile::list_signer(&certificate, now)?;
    let subject = certificate.x509.subject();
    names::country(subject, country)?;
    Ok(OperatorCertificate {
        der: certificate.der.to_vec(),
        organisation: names::organisation(subject),
        country,
        key,
        not_after: validity::time(certificate.x509.validity().not_after),
    })
}

impl OperatorCertificate {
    /// TS 119 612 §5.7.1, TS 119 602 cl. 6.8: O is one of the scheme operator's names, letter for letter.
    pub(crate) fn named(self, names: &[&str]) -> Result<Self, X509Problem> {
        if names.contains(&self.organisation.as_str()) {
            return Ok(self);
        }
        Err(X509Problem::OtherOrganisation { found: self.organisation })
    }

    /// The certificate itself.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// O of its subject: one of the scheme operator's names.
    pub fn organisation(&self) -> &str {
        &self.organisation
    }

    /// C of its subject: the scheme territory.
    pub fn country(&self) -> CountryCode {
        self.country
    }

    /// Its key.
    pub fn key(&self) -> &PublicJwk {
        &self.key
    }

    /// The last second of its validity.
    pub fn not_after(&self) -> UnixTime {
        self.not_after
    }

    /// SHA-256 of the DER in base64url: what `x5t#S256` names (RFC 7515 §4.1.8).
    pub fn thumbprint(&self) -> String {
        b64::encode(sha256(&self.der))
    }
}

impl fmt::Debug for OperatorCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperatorCertificate")
            .field("organisation", &self.organisation)
            .field("country", &self.country)
            .finish_non_exhaustive()
    }
}
