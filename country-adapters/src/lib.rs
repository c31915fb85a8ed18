//! From a national identity provider, or a national credential, to a [`VerifiedAssertion`].
//!
//! 1. A country is an entry of the signed trust list. The list gives a `TrustedIssuer`, and nothing in this crate
//!    starts without one: a suspended provider cannot even be named.
//! 2. The entry says which protocol the country speaks (`adapter`) and how (`profile`). [`Registry`] finds the
//!    [`CountryAdapter`] for it; [`kits`] holds one adapter for each protocol, none for a country.
//! 3. A login is [`CountryAdapter::begin`], a redirect, and [`CountryAdapter::complete`]. What has to be remembered
//!    between the two is a [`Pending`], opaque to the caller, who seals it.
//! 4. A token or a card that somebody presents goes through [`CountryAdapter::present`].
//! 5. Outbound HTTP leaves through [`outbound::Outbound`] only: hosts from the signed list, addresses checked, sizes
//!    and times capped, a circuit breaker for each country.
//! 6. Every kit ends in [`VerifiedAssertion`], which nobody outside this crate can make: level capped by the list,
//!    claims cut down to what the list allows, secrets redacted.
//! 7. What a profile cannot express, and only that, is a file under [`countries`].
//!
//! The caller verifies nothing and the kits decide nothing about policy: who may ask for what is the next crate's.

pub mod countries;
pub mod fuzzing;
pub mod kits;
pub mod outbound;

mod adapter;
mod assertion;
mod error;
mod issuer_key;
mod login;
mod openid;
mod profile;
mod registry;
mod upstream_keys;

pub use adapter::{Capabilities, Context, CountryAdapter};
pub use assertion::claims::REGISTERED_CLAIMS;
pub use assertion::{
    CredentialStatus, DocumentStatus, PersonStatus, SubjectStability, UpstreamSubject, VerifiedAssertion,
};
pub use error::{AdapterError, AssertionProblem, Misconfigured, PersonRefusal, ProfileError, Unavailable, Unsupported};
pub use login::{AuthorizationResponse, Begun, LoginRequest, Pending, Presented};
pub use outbound::{HttpPort, Outbound, OutboundConfig, SpecialUse};
pub use registry::Registry;
pub use upstream_keys::{UpstreamKeyError, UpstreamKeys};
