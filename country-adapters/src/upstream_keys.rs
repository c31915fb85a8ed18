//! The hub's own keys towards national identity providers.

use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};
use strict_jose::jwe::Decrypter;
use strict_jose::{Algorithm, JwkError, Kid, SigningKey};

use crate::error::Misconfigured;

/// The hub's own keys towards national identity providers, parsed once.
///
/// They are not the keys that sign the hub's tokens: a provider never sees a signature that could be one of those.
#[derive(Default)]
pub struct UpstreamKeys {
    assertion: Vec<SigningKey>,
    dpop: Vec<SigningKey>,
    decryption: Vec<(Kid, Decrypter)>,
}

/// The form of a key file: three lists of private JWKs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    assertion: Vec<Value>,
    #[serde(default)]
    dpop: Vec<Value>,
    #[serde(default)]
    decryption: Vec<Value>,
}

impl UpstreamKeys {
    /// No keys yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// New keys for everything the kits can use: ES256 and PS256 for assertions and for DPoP, RSA for decryption.
    pub fn generate() -> Result<Self, UpstreamKeyError> {
        let enc = Kid::parse("upstream-enc").map_err(JwkError::from)?;
        Ok(Self::new()
            .with_assertion_key(SigningKey::generate(Algorithm::ES256, None)?)
            .with_assertion_key(SigningKey::generate(Algorithm::PS256, None)?)
            .with_dpop_key(SigningKey::generate(Algorithm::ES256, None)?)
            .with_dpop_key(SigningKey::generate(Algorithm::PS256, None)?)
            .with_decryption_key(enc.clone(), Decrypter::generate(enc)?))
    }

    /// Reads the key file that [`UpstreamKeys::to_key_file`] writes: `{"assertion":[..],"dpop":[..],"decryption":[..]}`,
    /// private JWKs in each. Keys for decryption must have a `kid`.
    pub fn from_key_file(file: &Value) -> Result<Self, UpstreamKeyError> {
        let file = KeyFile::deserialize(file).map_err(|_| UpstreamKeyError::Form)?;
        let signing = |keys: &[Value]| keys.iter().map(SigningKey::from_jwk).collect::<Result<Vec<_>, _>>();
        let named = |jwk| Decrypter::from_jwk(jwk).map(|key| (key.kid().clone(), key));
        let decryption = file.decryption.iter().map(named).collect::<Result<_, _>>()?;
        Ok(Self { assertion: signing(&file.assertion)?, dpop: signing(&file.dpop)?, decryption })
    }

    /// The private keys as a key file. Write it where only the hub can read it.
    pub fn to_key_file(&self) -> Value {
        let private = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
        let signing = |keys: &[SigningKey]| keys.iter().map(|k| private(&k.to_private_jwk())).collect::<Vec<_>>();
        let decryption: Vec<_> = self.decryption.iter().map(|(_, k)| private(&k.to_private_jwk())).collect();
        json!({"assertion": signing(&self.assertion), "dpop": signing(&self.dpop), "decryption": decryption})
    }

    /// Adds a key for client assertions (`private_key_jwt`).
    #[must_use]
    pub fn with_assertion_key(mut self, key: SigningKey) -> Self {
        self.assertion.push(key);
        self
    }

    /// Adds a key for DPoP proofs.
    #[must_use]
    pub fn with_dpop_key(mut self, key: SigningKey) -> Self {
        self.dpop.push(key);
        self
    }

    /// Adds a key for encrypted userinfo under the name that the provider knows it by. Several may be live at once,
    /// and one key may have several names (MOSIP names it after its certificate).
    #[must_use]
    pub fn with_decryption_key(mut self, kid: Kid, key: Decrypter) -> Self {
        self.decryption.push((kid, key));
        self
    }

    /// The public keys that a provider needs to know: what to register there.
    pub fn public_jwks(&self) -> Value {
        let signing = self.assertion.iter().map(|key| key.public_jwk().to_value());
        let decryption = self.decryption.iter().map(|(_, key)| key.public_jwk().to_value());
        json!({"keys": signing.chain(decryption).collect::<Vec<_>>()})
    }

    pub(crate) fn assertion_key(&self, alg: Algorithm) -> Result<&SigningKey, Misconfigured> {
        self.assertion.iter().find(|key| key.alg() == alg).ok_or(Misconfigured::NoClientKey)
    }

    pub(crate) fn dpop_key(&self, alg: Algorithm) -> Result<&SigningKey, Misconfigured> {
        self.dpop.iter().find(|key| key.alg() == alg).ok_or(Misconfigured::NoClientKey)
    }

    /// The key that a JWE names; without a name, the only key there is.
    pub(crate) fn decryption_key(&self, kid: Option<&Kid>) -> Option<&Decrypter> {
        match (kid, self.decryption.as_slice()) {
            (Some(kid), keys) => keys.iter().find(|(own, _)| own == kid).map(|(_, key)| key),
            (None, [(_, only)]) => Some(only),
            (None, _) => None,
        }
    }
}

impl fmt::Debug for UpstreamKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamKeys")
            .field("assertion", &self.assertion)
            .field("dpop", &self.dpop)
            .field("decryption", &self.decryption.iter().map(|(kid, _)| kid).collect::<Vec<_>>())
            .finish()
    }
}

/// Why keys cannot be read or made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpstreamKeyError {
    /// The file has not the form of a key file.
    #[error("an upstream key file has the lists assertion, dpop and decryption of private JWKs")]
    Form,
    /// A key is refused.
    #[error(transparent)]
    Jwk(#[from] JwkError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_reads_back_to_the_same_keys() {
        let keys = UpstreamKeys::generate().unwrap();
        let again = UpstreamKeys::from_key_file(&keys.to_key_file()).unwrap();
        assert_eq!(again.public_jwks(), keys.public_jwks());
        assert_eq!(keys.public_jwks()["keys"].as_array().unwrap().len(), 3);
        assert!(again.dpop_key(Algorithm::PS256).is_ok());
        assert!(again.decryption_key(None).is_some());
    }

    #[test]
    fn neither_the_public_set_nor_debug_shows_a_private_part() {
        let keys = UpstreamKeys::generate().unwrap();
        assert!(!keys.public_jwks().to_string().contains("\"d\""));
        let secret = keys.to_key_file()["assertion"][0]["d"].as_str().unwrap().to_owned();
        assert!(!format!("{keys:?}").contains(&secret));
    }

    #[test]
    fn a_file_of_another_form_is_refused() {
        for file in [json!([]), json!({"keys": []}), json!({"assertion": [], "extra": []})] {
            assert_eq!(UpstreamKeys::from_key_file(&file).unwrap_err(), UpstreamKeyError::Form);
        }
        assert!(UpstreamKeys::from_key_file(&json!({"assertion": [{"kty": "oct", "k": "AA"}]})).is_err());
    }
}
