//! One kit for each protocol. Only a kit can make a `VerifiedAssertion`.

pub mod claim169;
pub mod esignet;
pub mod oidc;

mod login;
pub(crate) mod normalise;
