//! What is wrong with one certificate.

use crate::CountryCode;

/// Why a certificate is refused, whoever issued it. One variant per rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum X509Problem {
    /// Not exactly one DER certificate (X.690 §10): trailing bytes, indefinite lengths, two certificates.
    #[error("it is not one certificate in DER: {0}")]
    NotOneCertificate(String),
    /// RFC 5280 §4.1.2.1: extensions need version 3.
    #[error("it is not a version 3 certificate")]
    Version,
    /// RFC 5280 §4.1.2.2: positive, at most 20 octets.
    #[error("its serial number is not positive or is longer than 20 octets")]
    Serial,
    /// RFC 5280 §4.1.1.2: the two signature algorithm fields are the same.
    #[error("it names two different signature algorithms")]
    SignatureAlgorithmMismatch,
    /// SHA-1, MD5, DSA and curves other than P-256 and P-384 are not used.
    #[error("it is signed with an algorithm that is not accepted ({0})")]
    SignatureAlgorithm(String),
    /// RSA below 2048 bits, P-192, explicit curve parameters and so on.
    #[error("its key is not accepted: {0}")]
    Key(String),
    /// RFC 5280 §4.1.2.4: the issuer is named.
    #[error("it names no issuer")]
    NoIssuer,
    /// RFC 5280 §4.1.2.6: an authority has a name.
    #[error("it is an authority without a name")]
    NoSubject,
    /// RFC 5280 §4.1.2.8: unique identifiers are not used.
    #[error("it carries unique identifiers")]
    UniqueIdentifier,
    /// RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050.
    #[error("its validity is written in the wrong time type")]
    TimeForm,
    /// RFC 5280 §4.1.2.5.
    #[error("it ends before it begins")]
    EndsBeforeItBegins,
    /// RFC 5280 §4.1.2.5.
    #[error("it is not valid yet")]
    NotYetValid,
    /// RFC 5280 §4.1.2.5.
    #[error("it is no longer valid")]
    Expired,
    /// RFC 5280 §4.2: each extension at most once.
    #[error("extension {0} appears twice")]
    DuplicateExtension(String),
    /// RFC 5280 §4.2: what is critical must be understood.
    #[error("the critical extension {0} is not understood")]
    UnknownCriticalExtension(String),
    /// RFC 5280 §4.2: an extension has the form its definition gives it.
    #[error("extension {0} is malformed")]
    MalformedExtension(String),
    /// RFC 5280 §4.2.1.1, §4.2.1.2, §4.2.2.1: these are never critical.
    #[error("extension {0} is critical and must not be")]
    MustNotBeCritical(String),
    /// RFC 5280 §4.2.1.9, §4.2.1.10: these are always critical in an authority.
    #[error("extension {0} is not critical and must be")]
    MustBeCritical(String),
    /// TS 119 612 §5.7.1 for signers, RFC 5280 §4.2.1.9 for authorities: the basic constraints are there.
    #[error("it has no basic constraints")]
    NoBasicConstraints,
    /// TS 119 612 §5.7.1: an authority does not sign lists itself.
    #[error("it is an authority's certificate, and authorities do not sign lists themselves")]
    AuthorityAsSigner,
    /// RFC 5280 §4.2.1.9: only an authority issues certificates.
    #[error("it is not an authority's certificate")]
    NotAnAuthority,
    /// RFC 5280 §4.2.1.9: a path length is for authorities.
    #[error("it limits the length of paths and is not an authority's certificate")]
    PathLengthWithoutAuthority,
    /// RFC 5280 §4.2.1.3.
    #[error("it does not say what its key is used for")]
    NoKeyUsage,
    /// TS 119 612 §5.7.1: digitalSignature, contentCommitment or both, and nothing else.
    #[error("its key usage is not exactly digitalSignature and/or contentCommitment")]
    KeyUsageNotForSigning,
    /// RFC 5280 §4.2.1.9: keyCertSign goes with an authority.
    #[error("its key usage lacks keyCertSign")]
    KeyUsageNotForCertificates,
    /// TS 119 612 §5.7.1: the extended key usage is there.
    #[error("it has no extended key usage; a list signer's is tslSigning (0.4.0.2231.3.0)")]
    NoExtendedKeyUsage,
    /// A key for any use is not one for lists.
    #[error("its extended key usage is anyExtendedKeyUsage; a list signer's is tslSigning (0.4.0.2231.3.0)")]
    AnyExtendedKeyUsage,
    /// TS 119 612 §5.7.1: tslSigning and nothing beside it.
    #[error("its extended key usage is not the one for this use, or not that one alone")]
    WrongExtendedKeyUsage,
    /// RFC 5280 §4.2.1.2; TS 119 612 §5.7.1.
    #[error("it has no subject key identifier")]
    NoSubjectKeyIdentifier,
    /// RFC 5280 §4.2.1.1: issued by another, so that other's key is named.
    #[error("it has no authority key identifier")]
    NoAuthorityKeyIdentifier,
    /// RFC 5280 §4.2.1.10: only authorities constrain names.
    #[error("it constrains names and is not an authority's certificate")]
    NameConstraintsInSigner,
    /// Constraints other than those on DNS names and addresses cannot be judged here, so they are not passed over.
    #[error("it constrains names of the form {0}, which cannot be judged here")]
    NameConstraintForm(&'static str),
    /// RFC 5280 §4.2.1.10: constraints that constrain something.
    #[error("its name constraints are empty")]
    EmptyNameConstraints,
    /// RFC 5280 §4.2.1.10: a DNS name in a constraint is a name, without a period in front.
    #[error("its name constraints have a DNS name that is none")]
    MalformedNameConstraint,
    /// RFC 5280 §4.2.1.6: a name of the alternative names is of no valid form.
    #[error("its subject alternative names are empty or malformed")]
    AlternativeNames,
    /// RFC 5280 §4.2.1.6: critical where they are all the subject there is, and only there.
    #[error("its subject alternative names are critical beside a subject, or not critical without one")]
    CriticalAlternativeNames,
    /// RFC 5280 §4.2.1.1: a root is signed with its own key.
    #[error("it is a root and names another key than its own as its issuer's")]
    OtherAuthorityKey,
    /// TS 119 612 §5.7.1: O is one of the scheme operator's names.
    #[error("its organisation is {found:?}, which is none of the scheme operator's names")]
    OtherOrganisation {
        /// In the certificate; empty if there is not exactly one.
        found: String,
    },
    /// TS 119 612 §5.7.1: C is the scheme territory. Another country's authority has no place in this namespace.
    #[error("its country is {found:?}, not {expected}")]
    OtherCountry {
        /// In the certificate; empty if there is not exactly one.
        found: String,
        /// The territory of the list.
        expected: CountryCode,
    },
}
