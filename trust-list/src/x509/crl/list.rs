//! One revocation list.

use strict_jose::UnixTime;
use webpki::OwnedCertRevocationList;
use x509_parser::asn1_rs::FromDer as _;
use x509_parser::extensions::{IssuingDistributionPoint, ParsedExtension};
use x509_parser::oid_registry::{
    OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER, OID_X509_EXT_CRL_NUMBER, OID_X509_EXT_DELTA_CRL_INDICATOR,
    OID_X509_EXT_ISSUER_DISTRIBUTION_POINT,
};
use x509_parser::revocation_list::CertificateRevocationList;

use super::CrlProblem;
use crate::document::MAX_CLOCK_SKEW;
use crate::x509::certificate::Certificate;
use crate::x509::extensions::{self, Extensions};
use crate::x509::{algorithms, validity};

/// A revocation list with everything RFC 5280 §5 asks for, not verified yet.
pub(super) struct RevocationList<'d> {
    crl: CertificateRevocationList<'d>,
    next_update: UnixTime,
}

impl<'d> RevocationList<'d> {
    pub(super) fn read(der: &'d [u8]) -> Result<Self, CrlProblem> {
        // webpki reads every entry and wants version 2, nextUpdate and extensions; x509-parser would pass over entries it
        // cannot read.
        OwnedCertRevocationList::from_der(der).map_err(of_webpki)?;
        let malformed = |why: &dyn std::fmt::Display| CrlProblem::Malformed(why.to_string());
        let (_, crl) = CertificateRevocationList::from_der(der).map_err(|error| malformed(&error))?;
        extensions::distinct(crl.extensions()).map_err(|problem| malformed(&problem))?;
        extensions::well_formed(crl.extensions()).map_err(|problem| malformed(&problem))?;
        let next_update = crl.next_update().ok_or_else(|| malformed(&"it has no nextUpdate"))?;
        let list = Self { next_update: validity::time(next_update), crl };
        list.whole()?;
        list.numbered()?;
        Ok(list)
    }

    /// RFC 5280 §5.2.4 and §5.2.5.
    fn whole(&self) -> Result<(), CrlProblem> {
        let delta = self.crl.tbs_cert_list.find_extension(&OID_X509_EXT_DELTA_CRL_INDICATOR).is_some();
        let partial = self.distribution_point().is_some_and(|point| {
            point.indirect_crl || point.only_contains_attribute_certs || point.only_some_reasons.is_some()
        });
        if delta || partial { Err(CrlProblem::Partial) } else { Ok(()) }
    }

    /// RFC 5280 §5.2.3: numbered, and the number is not critical.
    fn numbered(&self) -> Result<(), CrlProblem> {
        match self.crl.tbs_cert_list.find_extension(&OID_X509_EXT_CRL_NUMBER) {
            Some(number) if !number.critical => Ok(()),
            Some(_) => Err(CrlProblem::Malformed("its number is critical".to_owned())),
            None => Err(CrlProblem::Malformed("it has no number".to_owned())),
        }
    }

    /// Whether it speaks for `issuer`: the name, and the key where both say which (RFC 5280 §5.2.1).
    pub(super) fn is_of(&self, issuer: &Certificate<'_>) -> bool {
        let key = Extensions::read(issuer).ok().and_then(|extensions| extensions.subject_key_identifier());
        let other_key = matches!((self.authority_key(), key), (Some(named), Some(own)) if named != own);
        self.crl.issuer().as_raw() == issuer.x509.subject().as_raw() && !other_key
    }

    fn authority_key(&self) -> Option<&[u8]> {
        match self.crl.tbs_cert_list.find_extension(&OID_X509_EXT_AUTHORITY_KEY_IDENTIFIER)?.parsed_extension() {
            ParsedExtension::AuthorityKeyIdentifier(found) => found.key_identifier.as_ref().map(|key| key.0),
            _ => None,
        }
    }

    /// RFC 5280 §6.3.3 (f) and (g): the issuer may sign it, and did.
    pub(super) fn verify(&self, issuer: &Certificate<'_>, now: UnixTime) -> Result<(), CrlProblem> {
        let usage = Extensions::read(issuer).ok().and_then(|extensions| extensions.key_usage());
        if !usage.is_some_and(x509_parser::extensions::KeyUsage::crl_sign) {
            return Err(CrlProblem::NotForRevocationLists);
        }
        algorithms::check(&self.crl.signature_algorithm, &self.crl.tbs_cert_list.signature)
            .map_err(|_| CrlProblem::Algorithm)?;
        self.crl.verify_signature(issuer.x509.public_key()).map_err(|_| CrlProblem::Signature)?;
        if validity::time(self.crl.last_update()) > now.plus(MAX_CLOCK_SKEW) {
            return Err(CrlProblem::FromTheFuture);
        }
        Ok(())
    }

    /// RFC 5280 §6.3.3 (i) and (j). An old list still knows what was revoked when it was made.
    pub(super) fn must_not_name(&self, certificate: &Certificate<'_>) -> Result<(), CrlProblem> {
        let serial = certificate.x509.raw_serial();
        let named = self.crl.iter_revoked_certificates().any(|revoked| revoked.raw_serial() == serial);
        if named { Err(CrlProblem::Revoked) } else { Ok(()) }
    }

    /// RFC 5280 §5.1.2.5.
    pub(super) fn is_current(&self, now: UnixTime) -> bool {
        now < self.next_update
    }

    /// RFC 5280 §5.2.5.
    pub(super) fn distribution_point(&self) -> Option<&IssuingDistributionPoint<'_>> {
        match self.crl.tbs_cert_list.find_extension(&OID_X509_EXT_ISSUER_DISTRIBUTION_POINT)?.parsed_extension() {
            ParsedExtension::IssuingDistributionPoint(found) => Some(found),
            _ => None,
        }
    }
}

fn of_webpki(error: webpki::Error) -> CrlProblem {
    use webpki::Error as E;
    match error {
        E::UnsupportedCriticalExtension => CrlProblem::UnknownCriticalExtension("of an unknown kind".to_owned()),
        E::UnsupportedDeltaCrl | E::UnsupportedIndirectCrl | E::UnsupportedRevocationReasonsPartitioning => {
            CrlProblem::Partial
        }
        other => CrlProblem::Malformed(other.to_string()),
    }
}
