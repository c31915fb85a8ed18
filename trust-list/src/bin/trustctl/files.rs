//! Reading and writing the files of a ceremony.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use serde::de::DeserializeOwned;
use strict_jose::pkcs11::TokenUri;
use strict_jose::{Limits, PublicJwk, SigningKey, json};
use trust_list::publish::Proposal;

use crate::error::CliError;
use crate::signer::{Signer, token_uri};

/// A file as it is.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|error| CliError::io("cannot read", path, error))
}

/// One at a time changes published documents: two would give one number to two documents, or write back what the other
/// has just replaced. The lock ends with the file that is answered.
pub(crate) fn lock(dir: &Path) -> Result<File, CliError> {
    let path = dir.join(".publishing");
    let lock = File::create(&path).map_err(|error| CliError::io("cannot make", &path, error))?;
    lock.try_lock().map_err(|_| CliError::Io(format!("another publisher is at work in {}", dir.display())))?;
    Ok(lock)
}

/// A JSON file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, CliError> {
    json::parse_as(&read(path)?, &Limits::BULK_LIST).map_err(|error| CliError::content(path, error))
}

/// A proposal or published document.
pub(crate) fn read_proposal(path: &Path) -> Result<Proposal, CliError> {
    Proposal::parse(&read(path)?).map_err(|error| CliError::content(path, error))
}

/// A public key; the public half of a private one is as good.
pub(crate) fn read_public_key(path: &Path) -> Result<PublicJwk, CliError> {
    let value: serde_json::Value = read_json(path)?;
    if value.get("d").is_some() {
        let key = SigningKey::from_jwk(&value).map_err(|error| CliError::content(path, error))?;
        return Ok(key.public_jwk().clone());
    }
    PublicJwk::parse(&value).map_err(|error| CliError::content(path, error))
}

/// What signs: a private key in a file, or a `pkcs11:` URI in its place.
pub(crate) fn read_private_key(path: &Path) -> Result<Signer, CliError> {
    if let Some(uri) = path.to_str().filter(|text| TokenUri::is_meant_by(text)) {
        return Signer::in_token(&token_uri(uri)?);
    }
    owner_only(path, "others can read this private key; chmod 600 it, and make a new one if somebody may have")?;
    let key = SigningKey::from_jwk(&read_json(path)?).map_err(|error| CliError::content(path, error))?;
    Ok(Signer::File(key))
}

/// A secret that others can read is no longer one.
pub(crate) fn owner_only(path: &Path, advice: &str) -> Result<(), CliError> {
    let mode = fs::metadata(path).map_err(|error| CliError::io("cannot read", path, error))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(CliError::content(path, advice));
    }
    Ok(())
}

/// Writes a private key into a new file that only its owner can read.
pub(crate) fn write_private(path: &Path, content: &str) -> Result<(), CliError> {
    write_new(path, content, 0o600)
}

/// Writes a new file; an existing one stays.
pub(crate) fn write_new(path: &Path, content: &str, mode: u32) -> Result<(), CliError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .map_err(|error| CliError::io("cannot make", path, error))?;
    writeln!(file, "{content}")
        .and_then(|()| file.sync_all())
        .map_err(|error| CliError::io("cannot write", path, error))
}

/// Writes a file whole: who reads it at the same time sees the old content or the new.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), CliError> {
    let aside = path.with_extension("tmp");
    let written = File::create(&aside).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()
    });
    written.map_err(|error| CliError::io("cannot write", &aside, error))?;
    fs::rename(&aside, path).map_err(|error| CliError::io("cannot write", path, error))
}
