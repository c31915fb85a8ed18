//! The keys that sign tokens.

use std::path::Path;

use serde_json::Value;
use strict_jose::{Algorithm, PublicJwk, SigningKey};

use super::{KeyError, files};

pub(super) struct Signing {
    pub(super) active: SigningKey,
    pub(super) published: Vec<PublicJwk>,
}

/// One active key, and those published beside it.
pub(super) fn load(directory: &Path) -> Result<Signing, KeyError> {
    let files = files::jwk_files(directory)?;
    let (active, others): (Vec<_>, Vec<_>) = files.iter().partition(|file| files::name(file).ends_with(".active.jwk"));
    let [file] = active.as_slice() else {
        return Err(KeyError::NotOneActive { directory: directory.to_owned(), count: active.len() });
    };
    let published = others.into_iter().map(|file| read_public(file)).collect::<Result<_, _>>()?;
    Ok(Signing { active: read_active(file)?, published })
}

// FAPI 2.0 Security Profile §5.4.1: PS256, ES256 or EdDSA; the hub signs with ES256 alone.
fn read_active(file: &Path) -> Result<SigningKey, KeyError> {
    let unusable = |reason: String| KeyError::NotAJwk { file: file.to_owned(), reason };
    let key = SigningKey::from_jwk(&files::read_jwk(file)?).map_err(|error| unusable(error.to_string()))?;
    if key.alg() == Algorithm::ES256 { Ok(key) } else { Err(unusable("it is not an ES256 key".to_owned())) }
}

fn read_public(file: &Path) -> Result<PublicJwk, KeyError> {
    let value: Value = files::read_jwk(file)?;
    let key = if value.get("d").is_some() {
        SigningKey::from_jwk(&value).map(|key| key.public_jwk().clone())
    } else {
        PublicJwk::parse(&value)
    };
    key.map_err(|error| KeyError::NotAJwk { file: file.to_owned(), reason: error.to_string() })
}
