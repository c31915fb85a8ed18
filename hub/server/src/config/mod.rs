//! The configuration: one TOML file, overridden by environment variables, validated before anything starts.
//!
//! - `PASSERELLE__SECTION__KEY` overrides `key` in `[section]`; `PASSERELLE__ISSUER` overrides the key at the top.
//! - Secrets never stand in the file: `*_file` and `*_directory` keys name where they lie. Relative paths start at the
//!   file's own folder.
//! - An unknown key is an error, so a misspelt limit cannot silently keep its default.
//!
//! To add a key: 1. a field in [`sections`], with its default; 2. a check in [`validate`], naming the key's path; 3. a
//! line in `deploy/example/hub.toml`.

mod problem;
mod sections;
mod validate;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use problem::{ConfigError, Problem};
#[cfg(feature = "test-profile")]
pub use sections::Sandbox;
#[cfg(test)]
pub(crate) use sections::default_refresh_seconds;
pub use sections::{Audit, Config, Keys, Lifetimes, Limits, Listen, Management, Store, Trust, Upstream};
#[cfg(test)]
pub(crate) use validate::REFRESH_SECONDS;

const ENVIRONMENT_PREFIX: &str = "PASSERELLE";
const ENVIRONMENT_SEPARATOR: &str = "__";

impl Config {
    /// Reads `file`, lays the process environment over it, resolves relative paths and validates.
    pub fn load(file: &Path) -> Result<Self, ConfigError> {
        Self::load_with(file, None)
    }

    /// As [`Config::load`], with the environment given (tests).
    pub fn load_with(file: &Path, environment: Option<HashMap<String, String>>) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(file)
            .map_err(|source| ConfigError::Unreadable { file: file.to_owned(), source })?;
        let mut config = parse(&text, environment)?;
        config.resolve_paths(&folder_of(file));
        let problems = config.validate();
        if problems.is_empty() { Ok(config) } else { Err(ConfigError::Invalid(problems)) }
    }
}

fn parse(text: &str, environment: Option<HashMap<String, String>>) -> Result<Config, ConfigError> {
    let variables = config::Environment::with_prefix(ENVIRONMENT_PREFIX)
        .prefix_separator(ENVIRONMENT_SEPARATOR)
        .separator(ENVIRONMENT_SEPARATOR)
        .try_parsing(true)
        .source(environment);
    config::Config::builder()
        .add_source(config::File::from_str(text, config::FileFormat::Toml))
        .add_source(variables)
        .build()
        .and_then(config::Config::try_deserialize)
        .map_err(|source| ConfigError::Malformed { what: source.to_string() })
}

fn folder_of(file: &Path) -> PathBuf {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
