//! A path from a list signer to a pinned authority.

use std::cell::RefCell;
use std::time::Duration;

use rustls_pki_types::{CertificateDer, TrustAnchor};
use strict_jose::UnixTime;
use webpki::{EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter, VerifiedPath, anchor_from_trusted_cert};

use super::certificate::Certificate;
use super::crl::{CrlProblem, RevocationLists};
use super::extensions::Extensions;
use super::operator::OperatorCertificate;
use super::{X509Problem, algorithms, names, operator, profile};
use crate::CountryCode;

/// The authorities that are pinned for one country's list, as DER.
#[derive(Clone, Debug, Default)]
pub struct Authorities(Vec<Vec<u8>>);

impl Authorities {
    /// Pins these certificates.
    pub fn new(certificates: Vec<Vec<u8>>) -> Self {
        Self(certificates)
    }
}

/// What came along to show that a certificate is good. Nothing of it is trusted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'e> {
    /// Certificates of authorities between the signer's and the pinned ones, as DER.
    pub chain: &'e [Vec<u8>],
    /// Revocation lists, as DER.
    pub revocation_lists: &'e [Vec<u8>],
}

/// A list signer's certificate with a path to a pinned authority, none of it revoked. Only [`verify_signer`] makes one.
#[derive(Clone, Debug)]
pub struct VerifiedCertificate {
    certificate: OperatorCertificate,
}

impl VerifiedCertificate {
    pub(crate) fn named(self, names: &[&str]) -> Result<Self, PathProblem> {
        let der = self.certificate.der().to_vec();
        let certificate = self.certificate.named(names).map_err(|problem| of_leaf(&der, problem))?;
        Ok(Self { certificate })
    }

    /// The certificate.
    pub fn certificate(&self) -> &OperatorCertificate {
        &self.certificate
    }
}

/// Verifies `der` as the certificate of a list's operator (see [`operator_certificate`](super::operator_certificate))
/// that pinned authorities of the same country vouch for, as of `now` (RFC 5280 §6.1).
pub fn verify_signer(
    der: &[u8],
    names: &[&str],
    country: CountryCode,
    authorities: &Authorities,
    evidence: &Evidence<'_>,
    now: UnixTime,
) -> Result<VerifiedCertificate, PathProblem> {
    verify_of_country(der, country, authorities, evidence, now)?.named(names)
}

/// The same without the names, for a reader who learns them from what the certificate signed.
pub(crate) fn verify_of_country(
    der: &[u8],
    country: CountryCode,
    authorities: &Authorities,
    evidence: &Evidence<'_>,
    now: UnixTime,
) -> Result<VerifiedCertificate, PathProblem> {
    let certificate = operator::of_country(der, country, now).map_err(|problem| of_leaf(der, problem))?;
    let crls = RevocationLists::read(evidence.revocation_lists)?;
    let accept = |authority: &Certificate<'_>| names::country(authority.x509.subject(), country);
    let check = PathCheck { accept: &accept, revocation: Some(&crls), now };
    build(der, authorities, evidence.chain, &check)?;
    Ok(VerifiedCertificate { certificate })
}

fn of_leaf(der: &[u8], problem: X509Problem) -> PathProblem {
    let subject = Certificate::read(der).map_or_else(|_| "the signer".to_owned(), |read| read.subject());
    PathProblem::Certificate { subject, problem }
}

/// What a path must be, beyond what webpki checks.
pub(super) struct PathCheck<'c> {
    /// The rule about each authority of the path, the pinned one included.
    pub(super) accept: &'c dyn Fn(&Certificate<'_>) -> Result<(), X509Problem>,
    /// Where every certificate of the path is looked up.
    pub(super) revocation: Option<&'c RevocationLists<'c>>,
    pub(super) now: UnixTime,
}

/// Builds a path that webpki and `check` both accept. Another path is tried when `check` refuses one.
pub(super) fn build(
    der: &[u8],
    authorities: &Authorities,
    chain: &[Vec<u8>],
    check: &PathCheck<'_>,
) -> Result<(), PathProblem> {
    let leaf_der = CertificateDer::from(der);
    let leaf = EndEntityCert::try_from(&leaf_der).map_err(PathProblem::from)?;
    let pinned: Vec<CertificateDer<'_>> = authorities.0.iter().map(|der| der.as_slice().into()).collect();
    let anchors = pinned.iter().map(anchor_from_trusted_cert).collect::<Result<Vec<_>, _>>()?;
    if anchors.is_empty() {
        return Err(PathProblem::NoAuthorities);
    }
    let chain: Vec<CertificateDer<'_>> = chain.iter().map(|der| der.as_slice().into()).collect();
    let refusal = RefCell::new(None);
    let judge = |path: &VerifiedPath<'_>| {
        check.path(der, path, &pinned, &anchors).map_err(|problem| {
            *refusal.borrow_mut() = Some(problem);
            webpki::Error::CertDistrusted
        })
    };
    let seconds = u64::try_from(check.now.seconds()).unwrap_or_default();
    let time = rustls_pki_types::UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    match leaf.verify_for_usage(&algorithms::VERIFIABLE, &anchors, &chain, time, ProfileDecides, None, Some(&judge)) {
        Ok(_) => Ok(()),
        Err(error) => Err(refusal.into_inner().unwrap_or_else(|| error.into())),
    }
}

/// The extended key usage is a matter of the profile: webpki would ask every authority for the signer's.
struct ProfileDecides;

impl ExtendedKeyUsageValidator for ProfileDecides {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        for purpose in purposes {
            purpose?;
        }
        Ok(())
    }
}

impl PathCheck<'_> {
    fn path(
        &self,
        leaf: &[u8],
        path: &VerifiedPath<'_>,
        pinned: &[CertificateDer<'_>],
        anchors: &[TrustAnchor<'_>],
    ) -> Result<(), PathProblem> {
        let between: Vec<CertificateDer<'_>> = path.intermediate_certificates().map(webpki::Cert::der).collect();
        let anchor = anchors.iter().zip(pinned).find(|(anchor, _)| *anchor == path.anchor());
        let anchor = anchor.map(|(_, der)| der.as_ref()).ok_or(PathProblem::NoAuthorities)?;
        let ders = std::iter::once(leaf).chain(between.iter().map(AsRef::as_ref)).chain([anchor]);
        let read = |der| Certificate::read(der).map_err(|problem| of_leaf(der, problem));
        let path = ders.map(read).collect::<Result<Vec<_>, _>>()?;
        self.authorities(&path)?;
        if let Some(root) = path.last() {
            profile::pinned(root).map_err(|problem| PathProblem::Certificate { subject: root.subject(), problem })?;
        }
        for (certificate, issuer) in path.iter().zip(path.iter().skip(1)) {
            self.link(certificate, issuer)?;
        }
        Ok(())
    }

    /// The rules about each authority, from the signer's upwards.
    fn authorities(&self, path: &[Certificate<'_>]) -> Result<(), PathProblem> {
        let mut below = 0;
        for authority in path.iter().skip(1) {
            let of_this = |problem| PathProblem::Certificate { subject: authority.subject(), problem };
            profile::authority(authority, self.now).map_err(of_this)?;
            (self.accept)(authority).map_err(of_this)?;
            path_length(authority, below)?;
            // RFC 5280 §6.1.4 (l): a certificate issued to oneself does not count.
            below += u32::from(!authority.is_self_issued());
        }
        Ok(())
    }

    /// The rules about a certificate and the one above it.
    fn link(&self, certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> Result<(), PathProblem> {
        let of_this = |problem| PathProblem::Certificate { subject: certificate.subject(), problem };
        let own = Extensions::read(certificate).map_err(of_this)?;
        let above = Extensions::read(issuer).map_err(of_this)?;
        // RFC 5280 §4.2.1.1: the key it names is the issuer's.
        if let (Some(named), Some(key)) = (own.authority_key_identifier(), above.subject_key_identifier())
            && named != key
        {
            return Err(PathProblem::OtherAuthorityKey { subject: certificate.subject() });
        }
        let Some(lists) = self.revocation else { return Ok(()) };
        lists
            .look_up(certificate, issuer, self.now)
            .map_err(|problem| PathProblem::Revocation { subject: certificate.subject(), problem })
    }
}

/// RFC 5280 §4.2.1.9: how many authorities may follow below. webpki asks those in between, this also the pinned one.
fn path_length(authority: &Certificate<'_>, below: u32) -> Result<(), PathProblem> {
    let extensions = Extensions::read(authority)
        .map_err(|problem| PathProblem::Certificate { subject: authority.subject(), problem })?;
    match extensions.basic_constraints().and_then(|(found, _)| found.path_len_constraint) {
        Some(most) if below > most => Err(PathProblem::TooLong),
        _ => Ok(()),
    }
}

/// Why there is no good path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathProblem {
    /// Nothing is pinned, so nothing can be trusted.
    #[error("no authority is pinned")]
    NoAuthorities,
    /// A certificate of the path breaks a rule.
    #[error("certificate {subject:?}: {problem}")]
    Certificate {
        /// Whose.
        subject: String,
        /// Which rule.
        problem: X509Problem,
    },
    /// A certificate is revoked, or nobody can tell.
    #[error("certificate {subject:?}: {problem}")]
    Revocation {
        /// Whose.
        subject: String,
        /// Why.
        problem: CrlProblem,
    },
    /// A revocation list cannot be used.
    #[error("a revocation list: {0}")]
    RevocationList(#[from] CrlProblem),
    /// RFC 5280 §6.1.1 (d): no chain of names leads to a pinned authority.
    #[error("no path leads to a pinned authority")]
    UnknownIssuer,
    /// RFC 5280 §6.1.3 (a)(1): a signature is not by the key of the issuer of that name.
    #[error("a signature of the path is not by the issuer it names")]
    Signature,
    /// RFC 5280 §4.2.1.9.
    #[error("the path is longer than one of its authorities allows")]
    TooLong,
    /// RFC 5280 §4.2.1.1.
    #[error("certificate {subject:?} was issued with another key of its issuer")]
    OtherAuthorityKey {
        /// Whose.
        subject: String,
    },
    /// RFC 5280 §4.2.1.10.
    #[error("a name is outside what an authority of the path may vouch for")]
    NameConstraint,
    /// More work than an honest path takes.
    #[error("the path takes more work to verify than an honest one")]
    TooComplex,
    /// Another rule of path building.
    #[error("the path is not accepted: {0}")]
    Path(String),
}

impl From<webpki::Error> for PathProblem {
    fn from(error: webpki::Error) -> Self {
        use webpki::Error as E;
        match error {
            E::UnknownIssuer => Self::UnknownIssuer,
            E::InvalidSignatureForPublicKey => Self::Signature,
            E::PathLenConstraintViolated => Self::TooLong,
            E::NameConstraintViolation => Self::NameConstraint,
            E::MaximumNameConstraintComparisonsExceeded
            | E::MaximumPathBuildCallsExceeded
            | E::MaximumPathDepthExceeded
            | E::MaximumSignatureChecksExceeded => Self::TooComplex,
            other => Self::Path(other.to_string()),
        }
    }
}
