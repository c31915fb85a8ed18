//! The port to where the documents come from.

use async_trait::async_trait;

/// Where the signed documents are fetched: a web server, a mirror, a directory, memory.
///
/// `path` is relative and has one of these forms, with numbers in decimal and `CC` a country code:
/// `root/2.json`, `status.json`, `lists/regional.7.json`, `lists/CC.3.json`. A publisher is not trusted: whatever it
/// answers is verified, so a mirror will do.
///
/// To add one: 1. answer `Ok(None)` when and only when the document does not exist (404), 2. stop reading at
/// `max_bytes` and answer [`FetchError::TooLarge`], decompress nothing, 3. bound the total time, because a fetch that
/// never ends keeps the list from being refreshed.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// The document at `path`, if there is one.
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError>;
}

/// Why a document could not be fetched; says nothing about whether it exists.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The document is longer than it may be.
    #[error("{path} is longer than {max_bytes} bytes")]
    TooLarge {
        /// Which document.
        path: String,
        /// What it may have.
        max_bytes: usize,
    },
    /// The publisher did not answer, or not in time, or with an error other than "not found".
    #[error("cannot fetch {path}: {reason}")]
    Unreachable {
        /// Which document.
        path: String,
        /// What the transport said.
        reason: String,
    },
    /// The path is not one of the forms above.
    #[error("{path:?} is not the path of a trust document")]
    NotADocument {
        /// What was asked for.
        path: String,
    },
}
