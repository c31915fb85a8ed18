//! What is wrong with a configuration, where, and what to do about it.

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong, named by the path of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key, e.g. `trust.refresh_seconds`.
    pub path: &'static str,
    /// What is wrong.
    pub what: String,
    /// What the operator can do.
    pub remedy: &'static str,
}

impl Problem {
    /// A problem at `path`.
    pub fn new(path: &'static str, what: impl Into<String>, remedy: &'static str) -> Self {
        Self { path, what: what.into(), remedy }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}\n    what to do: {}", self.path, self.what, self.remedy)
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or not readable.
    #[error("cannot read the configuration {}: {source}\n    what to do: pass the right path with --config, or make the file readable", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// Not TOML, a key of the wrong type, or a key that does not exist.
    #[error(
        "the configuration cannot be understood: {what}\n    what to do: compare with deploy/example/hub.toml; PASSERELLE__* variables count as keys"
    )]
    Malformed {
        /// The parser's word, which names the key.
        what: String,
    },
    /// Well-formed, but some values are wrong.
    #[error("{}", join(.0))]
    Invalid(Vec<Problem>),
}

fn join(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
