//! Key files: read with care for who else could, written for one reader.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use hub_core::PairwiseSecret;
use hub_core::sealed::SealingKey;
use serde_json::Value;
use strict_jose::b64;
use zeroize::Zeroizing;

use super::KeyError;

/// The permission bits of everybody who is neither owner nor group.
const OTHERS: u32 = 0o007;

/// The text of a secret file.
pub(super) fn read_secret(file: &Path) -> Result<String, KeyError> {
    check_mode(file)?;
    fs::read_to_string(file).map_err(|source| KeyError::Unreadable { path: file.to_owned(), source })
}

/// Whether a secret file is closed to others.
pub(crate) fn check_mode(file: &Path) -> Result<(), KeyError> {
    let unreadable = |source| KeyError::Unreadable { path: file.to_owned(), source };
    let mode = fs::metadata(file).map_err(unreadable)?.permissions().mode() & 0o777;
    // Group may read: systemd credentials and Kubernetes secrets come that way. Others may not.
    let open = mode & OTHERS != 0;
    if open { Err(KeyError::TooOpen { file: file.to_owned(), mode }) } else { Ok(()) }
}

/// A JWK file.
pub(super) fn read_jwk(file: &Path) -> Result<Value, KeyError> {
    serde_json::from_str(&read_secret(file)?)
        .map_err(|_| KeyError::NotAJwk { file: file.to_owned(), reason: "it is not JSON".to_owned() })
}

/// The files in `directory` whose names end in `.jwk`, by name.
pub(super) fn jwk_files(directory: &Path) -> Result<Vec<PathBuf>, KeyError> {
    let unreadable = |source| KeyError::Unreadable { path: directory.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "jwk") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The file's name as text.
pub(super) fn name(file: &Path) -> &str {
    file.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

pub(super) fn sealing(file: &Path) -> Result<Vec<SealingKey>, KeyError> {
    let text = read_secret(file)?;
    let keys = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(SealingKey::from_base64url);
    keys.collect::<Option<Vec<_>>>().ok_or_else(|| KeyError::NotASecret { file: file.to_owned() })
}

/// `version:secret`, where the secret is 32 bytes in base64url.
pub(super) fn pairwise(file: &Path) -> Result<PairwiseSecret, KeyError> {
    let text = Zeroizing::new(read_secret(file)?);
    let parsed = || {
        let (version, secret) = text.trim().split_once(':')?;
        let secret = Zeroizing::new(<[u8; 32]>::try_from(b64::decode(secret).ok()?).ok()?);
        Some(PairwiseSecret::new(version.parse().ok()?, &secret))
    };
    parsed().ok_or_else(|| KeyError::NotASecret { file: file.to_owned() })
}

/// Makes a folder that only its owner sees.
pub(super) fn make_folder(path: &Path) -> Result<(), KeyError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(path).map_err(|source| KeyError::Unwritable { path: path.to_owned(), source })
}

/// Writes a new file that only its owner reads; never over another.
pub(super) fn write_secret(path: &Path, content: &str) -> Result<(), KeyError> {
    write_new(path, content, 0o600)
}

/// Writes a new file for everybody.
pub(super) fn write_public(path: &Path, content: &str) -> Result<(), KeyError> {
    write_new(path, content, 0o644)
}

fn write_new(path: &Path, content: &str, mode: u32) -> Result<(), KeyError> {
    let unwritable = |source| KeyError::Unwritable { path: path.to_owned(), source };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(unwritable)?;
    writeln!(file, "{content}").and_then(|()| file.sync_all()).map_err(unwritable)
}
