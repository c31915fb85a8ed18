//! What is wrong with revocation.

/// Why a certificate is not known to be good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlProblem {
    /// Not exactly one list in DER with what RFC 5280 §5 prescribes.
    #[error("it is not a revocation list that can be used: {0}")]
    Malformed(String),
    /// RFC 5280 §5.2: a critical extension that is not understood.
    #[error("the revocation list has the critical extension {0}, which is not understood")]
    UnknownCriticalExtension(String),
    /// RFC 5280 §5.2.4 and §5.2.5: parts of a whole that is not here.
    #[error("the revocation list is a delta, indirect or for some reasons only")]
    Partial,
    /// RFC 5280 §5.1.1.2.
    #[error("the revocation list is signed with an algorithm that is not accepted")]
    Algorithm,
    /// RFC 5280 §6.3.3 (g): signed by the issuer of the certificate.
    #[error("the revocation list is not signed by the issuer it names")]
    Signature,
    /// RFC 5280 §6.3.3 (f): cRLSign.
    #[error("the issuer's key usage lacks cRLSign")]
    NotForRevocationLists,
    /// RFC 5280 §5.1.2.4.
    #[error("the revocation list is issued in the future")]
    FromTheFuture,
    /// RFC 5280 §6.3.3: its serial number is in a list.
    #[error("it is revoked")]
    Revoked,
    /// Nobody vouches that it is not revoked.
    #[error("no revocation list covers it; get its issuer's current one and give it with --crl")]
    Missing,
    /// RFC 5280 §5.1.2.5: nextUpdate is past, so a newer one exists and is not here.
    #[error("the revocation list that covers it is out of date; get its issuer's current one")]
    Stale,
    /// RFC 5280 §4.2.1.13: one of several distribution points is not covered.
    #[error("the revocation list of the distribution point {0} is not here")]
    PointMissing(String),
    /// RFC 5280 §4.2.1.13: indirect lists and relative names cannot be judged here.
    #[error("one of its distribution points is of a form that cannot be judged here")]
    PointForm,
}
