//! What others read: the verified lists in forms that are not ours.
//!
//! Every export begins with a [`VerifiedList`], so nothing leaves that a hub would not use itself.
//!
//! 1. [`SignedList`]: a list as compact JAdES baseline B (ETSI TS 119 602, TS 119 182-1), for any reader of LoTE;
//!    signed with the operator's certificate ([`CertificateChain`]). `schemas/` has the JSON schemas it is valid under.
//! 2. [`jwks`]: the keys of a member's granted issuers as a JWK set (RFC 7517).
//! 3. [`Bundle`]: one small signed file with which a country's devices check credentials for weeks without a network.
//! 4. [`csv`]: one [`Table`] at a time (RFC 4180), for spreadsheets.
//! 5. [`report`]: the whole region on one HTML page.
//!
//! To add one: 1. a file here with a function of the verified list, 2. its error in [`ExportError`] if it can fail,
//! 3. a command in `bin/trustctl/export/`, 4. an independent reader of the format in `conformance/peers`.

mod bundle;
mod certificate;
mod csv;
mod document;
mod error;
mod jwks;
mod lote;
mod report;

pub use bundle::{Bundle, BundleDraft, BundleProblem, MAX_BUNDLE_BYTES, Pinned, Seen};
pub use certificate::{CertificateChain, CertificateProblem, RequestError, Subject};
pub use csv::{Table, csv};
pub use document::ListDocument;
pub use error::ExportError;
pub use jwks::jwks;
pub use lote::SignedList;
pub use report::report;

#[cfg(doc)]
use crate::VerifiedList;
