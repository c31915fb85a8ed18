//! Why a foreign list is refused: one variant for each reason, so that each has its own answer.

use strict_jose::{HeaderError, JwsError};

use crate::document::ListProblem;
use crate::x509::{PathProblem, X509Problem};

/// Why a list is not used.
#[derive(Debug, thiserror::Error)]
pub enum LoteProblem {
    /// Step 2.
    #[error("it is longer than {max} bytes")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// Step 3: RFC 7515 §7.1, without a byte more.
    #[error("it is not a compact JWS: {0}")]
    NotCompactJws(String),
    /// TS 119 182-1 §5.1.2: asymmetric, and one of ES256, ES384, EdDSA.
    #[error("its alg is not one of ES256, ES384, EdDSA")]
    Algorithm,
    /// RFC 7515 §4.1.11, TS 119 182-1 §5.1.9: `crit` comes only with `sigD` or `b64`, and neither is understood here.
    #[error("its header has {0}, which is not understood")]
    CriticalHeader(&'static str),
    /// A member of the header cannot be read.
    #[error("its header cannot be read: {0}")]
    Header(HeaderError),
    /// TS 119 182-1 §5.1.11: since 2025-07-15 `iat` says when it was signed.
    #[error("its header has no iat")]
    NoSigningTime,
    /// RFC 7519 §4.1.6, as whole seconds.
    #[error("its iat is not a time in whole seconds")]
    SigningTimeForm,
    /// TS 119 182-1 §5.2.1: `sigT` is obsolete and forbidden beside `iat`.
    #[error("its header has the obsolete sigT")]
    ObsoleteSigningTime,
    /// It says it was signed later than now.
    #[error("it is signed in the future")]
    SignedInTheFuture,
    /// TS 119 182-1 §5.1.7: one reference to the certificate.
    #[error("its header has no reference to the signer's certificate")]
    NoCertificateReference,
    /// TS 119 182-1 §5.1.7: exactly one.
    #[error("its header has more than one of x5t#S256, x5t#o, sigX5ts")]
    SeveralCertificateReferences,
    /// `x5t#o` and `sigX5ts` are allowed by the standard and not read here.
    #[error("its header refers to the certificate by {0}; only x5t#S256 is read here")]
    CertificateReferenceForm(&'static str),
    /// RFC 7515 §4.1.8: base64url of a SHA-256.
    #[error("its x5t#S256 is not the base64url of a SHA-256")]
    ThumbprintForm,
    /// RFC 7515 §4.1.6, §4.1.8: both speak of one certificate.
    #[error("its x5t#S256 is not that of the first certificate of x5c")]
    OtherCertificateInChain,
    /// The signer is not learnt from an address or a key in the list.
    #[error("its header has {0}, which would name the signer's key by itself")]
    KeyInHeader(&'static str),
    /// It is another kind of token.
    #[error("its typ is not JAdES")]
    Typ,
    /// RFC 7515 §4.1.10: without "application/".
    #[error("its cty is spelled with application/")]
    ContentType,
    /// Step 4: nobody pinned this certificate.
    #[error("its signer is none of the pinned certificates; the record may be out of date")]
    UnknownSigner,
    /// Step 4: the record pins one certificate twice.
    #[error("its signer is pinned twice; the record is not well kept")]
    SignerPinnedTwice,
    /// Step 4: to find a path, the certificate has to be there.
    #[error("its header has no x5c, without which no path to the pinned authorities can be found")]
    NoChain,
    /// Step 4: TS 119 612 §5.7.1.
    #[error("its signer's certificate: {0}")]
    SignerCertificate(#[from] X509Problem),
    /// Step 4: nobody vouches for the certificate.
    #[error("its signer's certificate: {0}")]
    SignerPath(#[from] PathProblem),
    /// Step 5: the key of the certificate is for another algorithm.
    #[error("its alg does not fit the key of its signer")]
    AlgorithmOfAnotherKey,
    /// Step 5.
    #[error("its signature is not by its signer, or it was changed since")]
    Signature,
    /// Steps 6, 7, 10 and 11: what the standard prescribes for the list.
    #[error("{0}")]
    List(#[from] ListProblem),
    /// Step 9: a lower number than before.
    #[error("its sequence number {found} is below {seen}, which was accepted before: it is an old list")]
    Rollback {
        /// In the list.
        found: u64,
        /// Accepted before.
        seen: u64,
    },
    /// Step 9: another list under the same number.
    #[error("it differs from the list accepted before under the same number {0}: two lists are being shown")]
    Equivocation(u64),
    /// Step 11: TS 119 602 cl. 6.6.3: base64 of DER, no PEM.
    #[error("service {service:?}: a certificate is not DER in base64")]
    ServiceCertificate {
        /// Its name.
        service: String,
    },
    /// Step 11: who publishes a private key has lost it.
    #[error("service {service:?}: a key has a private part")]
    PrivateKey {
        /// Its name.
        service: String,
    },
    /// Step 11: an identity without anything to identify by.
    #[error("service {service:?} has no digital identity")]
    NoIdentity {
        /// Its name.
        service: String,
    },
    /// Step 11: TS 119 602 cl. 6.6.12: newest first, all before the current status.
    #[error("service {service:?}: its history is not newest first")]
    History {
        /// Its name.
        service: String,
    },
    /// Step 11: two answers to one question.
    #[error("service {service:?}: one key has two statuses for one type of service")]
    TwoStatuses {
        /// Its name.
        service: String,
    },
}

impl LoteProblem {
    pub(super) fn of_jws(error: JwsError) -> Self {
        match error {
            JwsError::Signature(_) => Self::Signature,
            JwsError::AlgorithmMismatch => Self::AlgorithmOfAnotherKey,
            JwsError::Header(HeaderError::Alg(_) | HeaderError::AlgMissing) => Self::Algorithm,
            JwsError::Header(HeaderError::Extension(name)) => Self::CriticalHeader(name),
            JwsError::Header(error) => Self::Header(error),
            other => Self::NotCompactJws(other.to_string()),
        }
    }
}
