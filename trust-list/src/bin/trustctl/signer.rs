//! What signs: a key in a file or a key in a token, and where the PIN of a token comes from.

use std::env;
use std::path::Path;

use strict_jose::pkcs11::{SecretString, TokenError, TokenKey, TokenUri};
use strict_jose::{Algorithm, DocumentSigner, PublicJwk, SignError, SigningKey, Verifier};

use crate::error::CliError;
use crate::files;

/// A key that signs.
pub(crate) enum Signer {
    /// A private JWK, read into memory.
    File(SigningKey),
    /// A key that stays in its PKCS#11 token.
    Token(TokenKey),
}

/// The library of tokens, for URIs without `module-path`.
const MODULE: &str = "TRUSTCTL_PKCS11_MODULE";
/// The PIN, for URIs without `pin-source`.
const PIN: &str = "TRUSTCTL_PIN";

impl Signer {
    /// Opens the key that a `pkcs11:` URI names.
    pub(crate) fn in_token(uri: &TokenUri) -> Result<Self, CliError> {
        TokenKey::open(uri, |label| pin(uri, label)).map(Self::Token)
    }

    /// Makes a key in a token.
    pub(crate) fn generate_in_token(uri: &TokenUri, alg: Algorithm) -> Result<Self, CliError> {
        TokenKey::generate(uri, alg, |label| pin(uri, label)).map(Self::Token)
    }

    /// The public half.
    pub(crate) fn public_jwk(&self) -> &PublicJwk {
        self.verifier().key()
    }
}

impl DocumentSigner for Signer {
    fn verifier(&self) -> &Verifier {
        match self {
            Self::File(key) => key.verifier(),
            Self::Token(key) => key.verifier(),
        }
    }

    fn sign(&self, signing_input: &[u8]) -> Result<Vec<u8>, SignError> {
        match self {
            Self::File(key) => key.sign(signing_input),
            Self::Token(key) => key.sign(signing_input),
        }
    }
}

/// A URI of the command line, with the library of the environment if it names none.
pub(crate) fn token_uri(text: &str) -> Result<TokenUri, CliError> {
    let uri: TokenUri = text.parse().map_err(|error| CliError::Usage(format!("{text}: {error}")))?;
    Ok(uri.or_module(env::var_os(MODULE).map(Into::into)))
}

/// The PIN: from the file that the URI names, else from the environment, else typed. Never from the command line, which
/// every user of the machine can read.
fn pin(uri: &TokenUri, label: &str) -> Result<SecretString, CliError> {
    if let Some(path) = uri.pin_source() {
        return pin_in(path);
    }
    if let Ok(pin) = env::var(PIN) {
        return Ok(pin.into());
    }
    let typed = rpassword::prompt_password(format!("PIN of token {label:?}: "));
    typed.map(Into::into).map_err(|error| {
        CliError::Usage(format!(
            "no PIN for token {label:?}: nobody to ask ({error}); add pin-source=FILE to the URI or set {PIN}"
        ))
    })
}

fn pin_in(path: &Path) -> Result<SecretString, CliError> {
    files::owner_only(path, "others can read this PIN; chmod 600 it, and change the PIN if somebody may have")?;
    let text = String::from_utf8(files::read(path)?).map_err(|_| CliError::content(path, "a PIN is UTF-8 text"))?;
    Ok(text.trim_end_matches(['\n', '\r']).into())
}

impl From<TokenError> for CliError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::NoModule | TokenError::NoLabel => Self::Usage(error.to_string()),
            TokenError::Module { .. } => Self::Io(error.to_string()),
            other => Self::Refused(other.to_string()),
        }
    }
}
