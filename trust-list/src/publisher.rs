//! The port to where the documents come from.

mod mirrors;

pub use mirrors::Mirrors;

use async_trait::async_trait;

/// Where the signed documents are fetched: a web server, a mirror, a directory, memory.
///
/// `path` is relative and has one of these forms, with numbers in decimal and `CC` a country code:
/// `root/2.json`, `status.json`, `lists/regional.7.json`, `lists/CC.3.json`, `lists/CC.3.from-2.delta`,
/// `log/checkpoint`, `log/tile/0/000.p/7` (`DocumentPath` reads them). A publisher is
/// not trusted: whatever it answers is verified, so a mirror will do; [`Mirrors`] are several.
///
/// To add one: 1. answer `Ok(None)` when and only when the document does not exist (404), 2. stop reading at
/// `max_bytes` and answer [`FetchError::TooLarge`], decompress nothing, 3. bound the total time, because a fetch that
/// never ends keeps the list from being refreshed.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// The document at `path`, if there is one.
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError>;

    /// The same, of the first mirror whose document fits; where none fits, whatever there is.
    async fn fetch_fitting(&self, path: &str, max_bytes: usize, _fits: Fits<'_>) -> Fetched {
        self.fetch(path, max_bytes).await
    }

    /// What each mirror has: for documents that change, where one may have what another withholds.
    async fn fetch_each(&self, path: &str, max_bytes: usize) -> Vec<Fetched> {
        vec![self.fetch(path, max_bytes).await]
    }

    /// Is told how the status document of the mirror of that place in [`Publisher::fetch_each`] compares.
    fn judged(&self, _place: usize, _verdict: &Verdict) {}
}

/// A document, if there is one.
pub type Fetched = Result<Option<Vec<u8>>, FetchError>;

/// Whether a document is the one that is wanted.
pub type Fits<'f> = &'f (dyn Fn(&[u8]) -> bool + Send + Sync);

/// How the status document of one mirror compares with those of the others and with what was seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// None is newer.
    Newest {
        /// Its version.
        version: u64,
    },
    /// Good, and another mirror has a newer one: this one withholds it, or has not got it yet.
    Behind {
        /// Its version.
        version: u64,
        /// That of the newest.
        newest: u64,
    },
    /// Refused: older than what was seen before, badly signed, expired; or there is none.
    Refused {
        /// A fixed word ([`crate::UpdateError::code`]).
        code: &'static str,
        /// Why, in a sentence.
        why: String,
    },
}

impl Verdict {
    /// A fixed word for logs and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Newest { .. } => "newest",
            Self::Behind { .. } => "behind",
            Self::Refused { code, .. } => code,
        }
    }
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
