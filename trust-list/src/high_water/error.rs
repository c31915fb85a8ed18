//! Why the state of a client cannot be kept.

use std::path::{Path, PathBuf};

/// What must be kept cannot be read or written. Without it old documents could come back, so nothing new is used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HighWaterError {
    /// The file system refuses.
    #[error("{action} {}: {reason}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// Another process uses the directory.
    #[error("{} is in use by another process; give each replica its own directory", .0.display())]
    InUse(PathBuf),
    /// The file of marks is damaged.
    #[error(
        "{} is damaged: {reason}; a copy from a backup would forget what was seen since; remove the directory if a rollback to older documents is acceptable",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl HighWaterError {
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { action, path, reason: error.to_string() }
    }
}
