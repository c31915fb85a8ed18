//! JOSE parsed strictly; josekit frames JWE, aws-lc-rs signs and verifies.
//!
//! A tour, in the order a token takes:
//!
//! 1. [`Limits`] says how much is read, [`json`] and [`b64`] read it in the one way it can be meant.
//! 2. [`CompactJws::parse`] checks form and [`Header`]; nothing in it is believed yet.
//! 3. The caller picks a key: out of a [`JwkSet`] by [`Kid`], where every [`PublicJwk`] was checked when it was read.
//!    A key and one [`Algorithm`] make a [`Verifier`], built once and kept.
//! 4. [`CompactJws::verify`] gives a [`VerifiedJws`]; only that has [`Claims`].
//! 5. [`Claims`] are typed where they are read, and their rules (issuer, audience, [`UnixTime`]s against a
//!    [`TimePolicy`]) are one function each.
//!
//! Beside it: [`SigningKey`] makes tokens, [`general`] holds documents that several parties sign, [`jwe`] decrypts.
//! Who signs such a document is a [`DocumentSigner`]: a [`SigningKey`], or a key that stays in its token ([`pkcs11`]).
//! [`Verifier`] and [`SigningKey`] are also josekit's `JwsVerifier` and `JwsSigner`.
//!
//! ```
//! use strict_jose::{Algorithm, CompactJws, Kid, Limits, SigningKey, TimePolicy, UnixTime};
//!
//! let key = SigningKey::generate(Algorithm::ES256, Kid::parse("2026-01")?)?;
//! let token = key.sign_compact("JWT", br#"{"iss":"https://idp.example","aud":"hub","iat":100,"exp":160}"#)?;
//!
//! let jws = CompactJws::parse(&token, &Limits::TOKEN)?;
//! jws.header().require_typ("JWT")?;
//! let claims = jws.verify(key.verifier())?.claims()?;
//! claims.expect_issuer("https://idp.example")?;
//! claims.expect_single_audience("hub")?;
//! claims.check_times(UnixTime::new(120), &TimePolicy::UPSTREAM)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod algorithm;
pub mod b64;
pub mod claims;
pub mod deflate;
pub mod fuzzing;
pub mod general;
pub mod header;
pub mod json;
pub mod jwe;
pub mod jwk;
pub mod jwk_set;
pub mod jws;
mod key;
pub mod kid;
pub mod limits;
pub mod pkcs11;
pub mod primitives;
mod private_jwk;
pub mod rules;
mod scan;
pub mod signer;
pub mod time;
pub mod verifier;

pub use algorithm::{Algorithm, UnknownAlgorithm};
pub use claims::{Audience, ClaimError, Claims};
pub use deflate::DeflateError;
pub use general::{DocumentError, Signed, SignedDocument};
pub use header::{Header, HeaderError};
pub use json::JsonError;
pub use jwk::{JwkError, KeyUse, PublicJwk};
pub use jwk_set::{FindKeyError, JwkSet, JwkSetError, Policy};
pub use jws::{CompactJws, JwsError, VerifiedJws};
pub use kid::{Kid, KidError, Thumbprint, ThumbprintError};
pub use limits::Limits;
pub use primitives::{RandomError, ct_eq, random_bytes, random_token, sha256};
pub use rules::{Presence, TimePolicy};
pub use signer::{DocumentSigner, SignError, SigningKey, sign_compact_exactly};
pub use time::{TimeError, UnixTime};
pub use verifier::{SignatureError, Verifier};
