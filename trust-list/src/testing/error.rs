//! Why a test region cannot be made, or its list is not verified.

use strict_jose::JwkError;

use crate::document::NotADocument;
use crate::publish::PublishError;
use crate::{CountryCode, CountryCodeError, FetchError, UpdateError};

/// Why the region cannot be made, or its list is not verified.
#[derive(Debug, thiserror::Error)]
pub enum TestRegionError {
    /// A document cannot be made.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The list is refused.
    #[error(transparent)]
    Update(#[from] UpdateError),
    /// A key cannot be made.
    #[error(transparent)]
    Key(#[from] JwkError),
    /// A key of the log or of a witness cannot be made.
    #[error(transparent)]
    LogKey(#[from] tile_log::KeyError),
    /// The log cannot be written.
    #[error(transparent)]
    Log(#[from] tile_log::LogError),
    /// A witness does not cosign.
    #[error(transparent)]
    Witness(#[from] tile_log::witness::WitnessError),
    /// Not a country.
    #[error(transparent)]
    Country(#[from] CountryCodeError),
    /// Not a document.
    #[error(transparent)]
    Path(#[from] NotADocument),
    /// A fetch from memory failed.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// No such key.
    #[error("no key for {0}")]
    NoKey(CountryCode),
    /// The update did not finish at once, or found nothing.
    #[error("the update did not finish")]
    Pending,
}
