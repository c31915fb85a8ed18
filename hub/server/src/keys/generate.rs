//! `hub keys generate`: a complete set of new keys.

use std::path::{Path, PathBuf};

use serde_json::json;
use strict_jose::jwe::Decrypter;
use strict_jose::{Algorithm, JwkSet, Kid, SigningKey, random_token};

use super::{KeyError, files};

/// What was written.
#[derive(Debug)]
pub struct Generated {
    /// The keys, in the layout that [`super`] describes.
    pub directory: PathBuf,
    /// The public halves to register at national identity providers.
    pub upstream_jwks: PathBuf,
}

/// Writes a signing key, a sealing key, a pairwise secret and the keys towards national identity providers into
/// `directory`, readable by their owner only. Never over keys that are there.
pub fn generate(directory: &Path) -> Result<Generated, KeyError> {
    let signing = directory.join("signing");
    let upstream = directory.join("upstream");
    if signing.exists() || upstream.exists() {
        return Err(KeyError::AlreadyThere { path: directory.to_owned() });
    }
    files::make_folder(&signing)?;
    files::make_folder(&upstream)?;
    let key = SigningKey::generate(Algorithm::ES256, None)?;
    files::write_secret(&signing.join(format!("{}.active.jwk", key.kid().as_str())), &key.to_private_jwk())?;
    files::write_secret(&directory.join("sealing.key"), &random_token()?)?;
    files::write_secret(&directory.join("pairwise.secret"), &format!("1:{}", random_token()?))?;
    let upstream_jwks = generate_upstream(&upstream)?;
    Ok(Generated { directory: directory.to_owned(), upstream_jwks })
}

fn generate_upstream(directory: &Path) -> Result<PathBuf, KeyError> {
    let mut published = Vec::new();
    for kind in ["assertion", "dpop"] {
        for alg in [Algorithm::ES256, Algorithm::PS256] {
            let key = SigningKey::generate(alg, None)?;
            let file = directory.join(format!("{kind}-{}.jwk", alg.as_str().to_ascii_lowercase()));
            files::write_secret(&file, &key.to_private_jwk())?;
            // RFC 9449 §4.2: a DPoP key travels in each proof and is registered nowhere.
            if kind == "assertion" {
                published.push(key.public_jwk().clone());
            }
        }
    }
    let decryption = Decrypter::generate(Kid::parse(random_token()?).map_err(|_| strict_jose::RandomError)?)?;
    files::write_secret(&directory.join("decryption-rsa.jwk"), &decryption.to_private_jwk())?;
    published.push(decryption.public_jwk().clone());
    let jwks = directory.join("jwks.json");
    files::write_public(&jwks, &json!(JwkSet::from_keys(published).to_value()).to_string())?;
    Ok(jwks)
}
