//! What the stories are told with.

pub(crate) mod client;
pub(crate) mod national;
pub(crate) mod prover;
pub(crate) mod region;
pub(crate) mod store;
pub(crate) mod world;

pub(crate) use client::{ISSUER, TestClient, VERIFIER, claims_of, header_of};
pub(crate) use national::{National, parameters};
pub(crate) use world::{
    Citizen, START, World, expect_consent, expect_error, expect_page, expect_picker, expect_redirect,
};

/// What is changed, and what the peer reads.
pub(crate) type Case = (&'static str, &'static [(&'static str, &'static str)], &'static str);

/// The `error` of a JSON answer, with its status.
pub(crate) fn failed<T>(result: Result<T, hub_core::OAuthError>) -> (u16, &'static str) {
    let error = result.err().unwrap_or_else(|| panic!("it went well"));
    (error.wire().status, error.code().as_str())
}
