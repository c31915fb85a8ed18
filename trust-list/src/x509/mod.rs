//! X.509 for those who sign trust lists: which certificates may, and who vouches for them (RFC 5280, TS 119 612).
//!
//! A tour, in the order a certificate takes:
//!
//! 1. `certificate` reads one DER structure and nothing beside it; two independent parsers must agree that it is one.
//! 2. `fields`, `extensions`, `validity`, `algorithms`, `key` and `names` are the rules every certificate keeps, each one
//!    function with one [`X509Problem`].
//! 3. `profile` says what a list signer ([`operator_certificate`]) and an authority must be beyond that.
//! 4. [`verify_signer`] lets rustls-webpki build a path to a pinned authority, and judges what webpki leaves open: key
//!    usage, the authorities' own certificates, their country.
//! 5. [`crl`] looks every certificate of that path up. No revocation list, an old one, or one that does not cover every
//!    distribution point is a refusal: who signs a trust list is never given the benefit of the doubt.
//!
//! Two values come out, and only these checks make them: an [`OperatorCertificate`] is of the right kind, which says
//! nothing about trust unless its holder is pinned; a [`VerifiedCertificate`] also has a path and is not revoked.
//!
//! To add a rule: 1. a variant in [`X509Problem`], 2. its function with the clause, 3. its line in `profile`, 4. its case
//! in `tests/x509`.

mod algorithms;
mod certificate;
pub mod crl;
mod extensions;
mod fields;
pub(crate) mod key;
mod names;
mod operator;
mod path;
pub mod pem;
mod problem;
mod profile;
#[cfg(feature = "testing")]
pub mod tls_server;
mod validity;

pub(crate) use operator::of_country;
pub use operator::{OperatorCertificate, operator_certificate};
pub(crate) use path::verify_of_country;
pub use path::{Authorities, Evidence, PathProblem, VerifiedCertificate, verify_signer};
pub use problem::X509Problem;

/// Whether it is one certificate in DER, of whatever kind.
pub(crate) fn is_certificate(der: &[u8]) -> bool {
    certificate::Certificate::read(der).is_ok()
}
