//! The keys towards national identity providers.

use std::path::{Path, PathBuf};

use country_adapters::UpstreamKeys;
use strict_jose::jwe::Decrypter;
use strict_jose::{JwkError, SigningKey};

use super::{KeyError, files};

/// Every key of the folder, by the first word of its file's name.
pub(super) fn load(directory: &Path) -> Result<UpstreamKeys, KeyError> {
    let files = files::jwk_files(directory)?;
    let mut keys = UpstreamKeys::new();
    for file in of_kind(&files, "assertion", directory)? {
        keys = keys.with_assertion_key(read(file, SigningKey::from_jwk)?);
    }
    for file in of_kind(&files, "dpop", directory)? {
        keys = keys.with_dpop_key(read(file, SigningKey::from_jwk)?);
    }
    for file in of_kind(&files, "decryption", directory)? {
        let key = read(file, Decrypter::from_jwk)?;
        keys = keys.with_decryption_key(key.kid().clone(), key);
    }
    Ok(keys)
}

fn of_kind<'f>(files: &'f [PathBuf], kind: &'static str, directory: &Path) -> Result<Vec<&'f PathBuf>, KeyError> {
    let is_kind = |file: &&PathBuf| files::name(file).split('-').next() == Some(kind);
    let found: Vec<_> = files.iter().filter(is_kind).collect();
    if found.is_empty() { Err(KeyError::NoKeys { directory: directory.to_owned(), kind }) } else { Ok(found) }
}

fn read<K>(file: &Path, parse: fn(&serde_json::Value) -> Result<K, JwkError>) -> Result<K, KeyError> {
    parse(&files::read_jwk(file)?)
        .map_err(|error| KeyError::NotAJwk { file: file.to_owned(), reason: error.to_string() })
}
