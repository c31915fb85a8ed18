//! The hub's own keys, read once at start.
//!
//! ```text
//! keys/signing/<kid>.active.jwk     signs ID tokens and access tokens; exactly one
//! keys/signing/<kid>.next.jwk       published, signs nothing yet: leave it so for a day before it becomes active
//! keys/signing/<kid>.old.jwk        published until its last token has expired (a public JWK will do)
//! keys/sealing.key                  base64url, 32 bytes a line: the first line seals, every line opens
//! keys/pairwise.secret              a version, a colon, base64url of 32 bytes
//! keys/upstream/assertion-*.jwk     client assertions towards national identity providers, one for each algorithm
//! keys/upstream/dpop-*.jwk          DPoP proofs towards them
//! keys/upstream/decryption-*.jwk    RSA keys for encrypted userinfo
//! keys/upstream/jwks.json           the public halves, to be registered there
//! ```
//!
//! To rotate a signing key: 1. `hub keys generate` into another folder, copy the new file here as `*.next.jwk`,
//! restart; 2. a day later rename the active one to `*.old.jwk` and the next one to `*.active.jwk`, restart; 3. an hour
//! later delete the old one.

mod files;
mod generate;
mod signing;
mod upstream;

use std::path::{Path, PathBuf};

use country_adapters::UpstreamKeys;
use hub_core::sealed::{SealError, Sealer};
use strict_jose::{JwkError, RandomError};

pub(crate) use files::check_mode;
pub use generate::{Generated, generate};

use crate::config;

/// Everything that was read.
pub struct Loaded {
    /// The broker's keys.
    pub broker: hub_core::Keys,
    /// The keys towards national identity providers.
    pub upstream: UpstreamKeys,
}

/// Reads every key that `config` names.
pub fn load(config: &config::Keys) -> Result<Loaded, KeyError> {
    let signing = signing::load(&config.signing_directory)?;
    let broker = hub_core::Keys {
        signing: signing.active,
        published: signing.published,
        sealer: load_sealer(&config.sealing_key_file)?,
        pairwise: files::pairwise(&config.pairwise_secret_file)?,
    };
    Ok(Loaded { broker, upstream: upstream::load(&config.upstream_directory)? })
}

fn load_sealer(file: &Path) -> Result<Sealer, KeyError> {
    let keys = files::sealing(file)?;
    let (current, previous) = keys.split_first().ok_or_else(|| KeyError::NotASecret { file: file.to_owned() })?;
    Ok(Sealer::new(current, previous)?)
}

/// Why the keys cannot be used. No variant shows a part of a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file or folder is not there or not readable.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// A file or folder cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// The system's word.
        source: std::io::Error,
    },
    /// A key file that others may read.
    #[error("{} can be read by others (mode {mode:o})", file.display())]
    TooOpen {
        /// The file.
        file: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Not a JWK, or not a usable one.
    #[error("{} holds no usable JWK: {reason}", file.display())]
    NotAJwk {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Not 32 bytes in base64url, or without the version where one belongs.
    #[error("{} does not hold a secret of 32 bytes in base64url in its form", file.display())]
    NotASecret {
        /// The file.
        file: PathBuf,
    },
    /// Not exactly one `*.active.jwk`.
    #[error("{} holds {count} files *.active.jwk, not one", directory.display())]
    NotOneActive {
        /// The folder.
        directory: PathBuf,
        /// How many there are.
        count: usize,
    },
    /// There are no keys of this kind.
    #[error("{} holds no {kind}-*.jwk", directory.display())]
    NoKeys {
        /// The folder.
        directory: PathBuf,
        /// Which kind.
        kind: &'static str,
    },
    /// The folder has keys already.
    #[error("{} is there already", path.display())]
    AlreadyThere {
        /// What is there.
        path: PathBuf,
    },
    /// A key cannot be made.
    #[error("cannot make a key: {0}")]
    Generation(#[from] JwkError),
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The sealing keys cannot be used.
    #[error(transparent)]
    Seal(#[from] SealError),
}
