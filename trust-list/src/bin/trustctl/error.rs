//! Why a command stopped, and with which exit code.

use std::path::Path;

use trust_list::export::ExportError;
use trust_list::publish::PublishError;
use trust_list::{HighWaterError, UpdateError};

/// Whose fault it is decides the exit code.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The documents or signatures are not good enough.
    #[error("refused: {0}")]
    Refused(String),
    /// The command line does not make sense.
    #[error("{0}; see trustctl --help")]
    Usage(String),
    /// A file cannot be read or written.
    #[error("{0}")]
    Io(String),
}

impl CliError {
    pub(crate) const fn code(&self) -> u8 {
        match self {
            Self::Refused(_) => 1,
            Self::Usage(_) => 2,
            Self::Io(_) => 3,
        }
    }

    pub(crate) fn io(action: &str, path: &Path, error: impl std::fmt::Display) -> Self {
        Self::Io(format!("{action} {}: {error}", path.display()))
    }

    /// What a file contains is not what it should.
    pub(crate) fn content(path: &Path, error: impl std::fmt::Display) -> Self {
        Self::Refused(format!("{}: {error}", path.display()))
    }
}

impl From<PublishError> for CliError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Io { .. } | PublishError::Write(_) => Self::Io(error.to_string()),
            PublishError::NoSuchEntry(_) => Self::Usage(error.to_string()),
            other => Self::Refused(other.to_string()),
        }
    }
}

impl From<ExportError> for CliError {
    fn from(error: ExportError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<HighWaterError> for CliError {
    fn from(error: HighWaterError) -> Self {
        Self::Io(error.to_string())
    }
}

impl From<UpdateError> for CliError {
    fn from(error: UpdateError) -> Self {
        match error {
            UpdateError::HighWater(error) => error.into(),
            other => Self::Refused(other.to_string()),
        }
    }
}
