//! Why nothing was exported.

use strict_jose::{Kid, SignError};

use super::{BundleProblem, CertificateProblem};
use crate::CountryCode;
use crate::document::{ListName, SuspensionTarget};

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The region has no such member.
    #[error("{0} is not in the regional list")]
    NoSuchMember(CountryCode),
    /// The member's list is not part of the verified region.
    #[error("there is no usable {0} list in the verified region; `trustctl verify` says why")]
    NotUsable(ListName),
    /// The document is not the one that was verified.
    #[error("the {0} document is not the one that was verified: its SHA-256 differs; fetch the documents again")]
    NotTheVerified(ListName),
    /// The list still grants what the region no longer trusts. A reader of the list alone would trust it.
    #[error(
        "the {list} list says that {what} is granted, and it is not trusted now ({why}): enter that in the next list \
         (`trustctl propose`), or reinstate it, then export again"
    )]
    Contradicted {
        /// Which list.
        list: ListName,
        /// What it grants.
        what: SuspensionTarget,
        /// What the verified region says of it.
        why: String,
    },
    /// The certificate cannot sign for this list.
    #[error("the certificate does not fit: {0}")]
    Certificate(#[from] CertificateProblem),
    /// Nothing was signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The list cannot be written as JSON, which cannot happen to one that was read.
    #[error("JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A reader would find two keys of that name.
    #[error("two issuers of {country} name a key {kid}: export each alone (`--service`)")]
    KidTwice {
        /// The member.
        country: CountryCode,
        /// The name.
        kid: Kid,
    },
    /// Devices would refuse the bundle.
    #[error("devices would refuse the bundle: {0}")]
    Bundle(#[from] BundleProblem),
    /// The page cannot be rendered.
    #[error("the page cannot be rendered: {0}")]
    Page(#[from] askama::Error),
}
