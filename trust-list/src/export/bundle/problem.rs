//! Why a bundle is refused.

use strict_jose::{DeflateError, JwkError, UnixTime};

use crate::document::ListProblem;
use crate::quorum::QuorumNotMet;
use crate::{Conflict, CountryCode};

/// Why a bundle is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BundleProblem {
    /// Not a signed document.
    #[error("it is not a signed document: {0}")]
    NotSigned(String),
    /// The pinned signers cannot sign.
    #[error("a pinned key cannot be a signer's: {0}")]
    PinnedKey(#[from] JwkError),
    /// Too few of the pinned signers signed it.
    #[error("by the keys this device knows: {0}")]
    Quorum(#[from] QuorumNotMet),
    /// The content is not compressed as it must be, or too large.
    #[error("its content {0}")]
    Deflate(#[from] DeflateError),
    /// Not strict JSON, or not a bundle.
    #[error("it is not of the form of a bundle: {0}")]
    WrongForm(String),
    /// Of a form that this program does not know.
    #[error("it is of format {0}, which this program does not know: bring it up to date")]
    WrongFormat(u64),
    /// Of another region.
    #[error("it is for region {0}")]
    WrongRegion(CountryCode),
    /// For the devices of another country.
    #[error("it is for the devices of {0}")]
    WrongRecogniser(CountryCode),
    /// Made in the future: the device's clock is behind.
    #[error("it was made in the future, at {}: set the clock of this device", at.to_rfc3339())]
    IssuedInFuture {
        /// When.
        at: UnixTime,
    },
    /// It lives longer than a bundle may, or not at all.
    #[error("it must live at least a second and at most {max}")]
    LivesTooLong {
        /// The most, in seconds.
        max: i64,
    },
    /// Its end is past.
    #[error("it ended at {}: fetch a new one", at.to_rfc3339())]
    Expired {
        /// When.
        at: UnixTime,
    },
    /// Older than one that was accepted before.
    #[error("it is older than one this device has seen: {found} after {seen}")]
    Rollback {
        /// Its number.
        found: u64,
        /// The number seen.
        seen: u64,
    },
    /// Made from the same documents at the same time as one seen before, and not the same.
    #[error("it contradicts another of the same number and time")]
    Equivocation,
    /// Its entries contradict one another.
    #[error("its entries contradict one another: {0}")]
    Entries(#[from] ListProblem),
    /// Two countries claim one identifier.
    #[error("its entries contradict one another: {0}")]
    Conflict(#[from] Conflict),
    /// The country is not a member now.
    #[error("{0} is not a member that is trusted now")]
    NoSuchRecogniser(CountryCode),
}
