//! Authorities, signers and revocation lists to be judged.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SerialNumber,
};
use strict_jose::UnixTime;
use time::OffsetDateTime;
use trust_list::CountryCode;
use trust_list::x509::{
    Authorities, Evidence, OperatorCertificate, PathProblem, VerifiedCertificate, X509Problem, operator_certificate,
    verify_signer,
};

pub(crate) const NOW: UnixTime = UnixTime::new(1_800_000_000);
pub(crate) const DAY: i64 = 24 * 3_600;
pub(crate) const OPERATOR: &str = "Trust authority of XA";

pub(crate) fn cc(code: &str) -> CountryCode {
    code.parse().unwrap()
}

pub(crate) fn at(time: UnixTime) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(time.seconds()).unwrap()
}

pub(crate) fn tsl_signing() -> ExtendedKeyUsagePurpose {
    ExtendedKeyUsagePurpose::Other(vec![0, 4, 0, 2231, 3, 0])
}

pub(crate) fn subject(organisation: &str, country: &str, name: &str) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CountryName, country);
    subject.push(DnType::OrganizationName, organisation);
    subject.push(DnType::CommonName, name);
    subject
}

fn params(name: &str, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = subject(OPERATOR, "XA", name);
    params.not_before = at(NOW.minus(DAY));
    params.not_after = at(NOW.plus(days * DAY));
    params
}

/// A list signer of XA, as it should be.
pub(crate) fn signer() -> CertificateParams {
    let mut params = params("List signer 2027", 365);
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![tsl_signing()];
    params.use_authority_key_identifier_extension = true;
    params
}

/// An authority of XA, as it should be.
pub(crate) fn authority(name: &str) -> CertificateParams {
    let mut params = params(name, 3_650);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.use_authority_key_identifier_extension = true;
    params
}

/// Somebody who issues certificates, rightly or not.
pub(crate) struct Ca {
    pub(crate) params: CertificateParams,
    pub(crate) key: KeyPair,
    pub(crate) der: Vec<u8>,
}

impl Ca {
    /// Self-signed.
    pub(crate) fn root(params: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { params, key, der }
    }

    /// The root of XA.
    pub(crate) fn of_xa() -> Self {
        Self::root(authority("National root of XA"))
    }

    /// Issued by this one.
    pub(crate) fn below(&self, params: CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        let der = self.issue_to(&params, &key);
        Self { params, key, der }
    }

    /// A certificate for a new key.
    pub(crate) fn issue(&self, params: &CertificateParams) -> Vec<u8> {
        self.issue_to(params, &KeyPair::generate().unwrap())
    }

    pub(crate) fn issue_to(&self, params: &CertificateParams, key: &KeyPair) -> Vec<u8> {
        params.signed_by(key, &self.issuer()).unwrap().der().to_vec()
    }

    fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }

    /// Its revocation list with these serial numbers.
    pub(crate) fn crl(&self, revoked: &[u64]) -> Vec<u8> {
        self.crl_of(&crl_params(revoked))
    }

    pub(crate) fn crl_of(&self, params: &CertificateRevocationListParams) -> Vec<u8> {
        params.signed_by(&self.issuer()).unwrap().der().to_vec()
    }
}

/// A current revocation list of everything.
pub(crate) fn crl_params(revoked: &[u64]) -> CertificateRevocationListParams {
    let entry = |serial: &u64| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: at(NOW.minus(10)),
        reason_code: None,
        invalidity_date: None,
    };
    CertificateRevocationListParams {
        this_update: at(NOW.minus(3_600)),
        next_update: at(NOW.plus(DAY)),
        crl_number: SerialNumber::from(7_u64),
        issuing_distribution_point: None,
        revoked_certs: revoked.iter().map(entry).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    }
}

/// What the profile says of a certificate for XA's list.
pub(crate) fn judge(der: &[u8]) -> Result<OperatorCertificate, X509Problem> {
    operator_certificate(der, &["Autorité de confiance", OPERATOR], cc("XA"), NOW)
}

/// The one rule that a signer changed by `change` breaks.
pub(crate) fn problem_of(change: impl FnOnce(&mut CertificateParams)) -> X509Problem {
    let mut params = signer();
    change(&mut params);
    judge(&Ca::of_xa().issue(&params)).unwrap_err()
}

/// What the whole check says of a certificate for XA's list.
pub(crate) fn verify(
    der: &[u8],
    pinned: &[&Ca],
    chain: &[&[u8]],
    crls: &[Vec<u8>],
) -> Result<VerifiedCertificate, PathProblem> {
    let authorities = Authorities::new(pinned.iter().map(|ca| ca.der.clone()).collect());
    let chain: Vec<Vec<u8>> = chain.iter().map(|der| der.to_vec()).collect();
    let evidence = Evidence { chain: &chain, revocation_lists: crls };
    verify_signer(der, &[OPERATOR], cc("XA"), &authorities, &evidence, NOW)
}
