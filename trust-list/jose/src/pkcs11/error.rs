//! Why a token gives no key.

use std::path::PathBuf;

use cryptoki::error::Error;

use super::TokenUri;
use crate::jwk::JwkError;

/// Why a token gives no key, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The URI has no `module-path`.
    #[error("which library drives the token? add ?module-path=…, such as /usr/lib/softhsm/libsofthsm2.so for SoftHSM")]
    NoModule,
    /// The library cannot be loaded.
    #[error("cannot load the PKCS#11 library {}: {reason}", path.display())]
    Module {
        /// Its path.
        path: PathBuf,
        /// What the system or the library said.
        reason: String,
    },
    /// No token fits.
    #[error("no token is {uri}; there are: {}. Is it plugged in, and is its label spelled so?", present.join(", "))]
    NoToken {
        /// What was asked for.
        uri: String,
        /// The labels of those there are.
        present: Vec<String>,
    },
    /// Several tokens fit.
    #[error("{count} tokens are {uri}; add serial=… to say which")]
    SeveralTokens {
        /// What was asked for.
        uri: String,
        /// How many.
        count: usize,
    },
    /// The token has no PIN yet.
    #[error("token {0:?} has no user PIN yet; set one with the vendor's tool")]
    NoPinYet(String),
    /// The token is locked.
    #[error("token {0:?} is locked after wrong PINs; its security officer unlocks it with the vendor's tool")]
    Locked(String),
    /// One more wrong PIN would lock the token.
    #[error("token {0:?} has one try left before it locks; log in once with the vendor's tool first")]
    LastTry(String),
    /// The PIN is wrong.
    #[error("wrong PIN for token {0:?}. It was not tried again: a few wrong PINs lock a token")]
    WrongPin(String),
    /// No such key.
    #[error("the token has no private key {0}; `object` is its label, in capitals and small letters as they are")]
    NoKey(String),
    /// Several keys fit.
    #[error("{count} private keys are {uri}; add id=… to say which")]
    SeveralKeys {
        /// What was asked for.
        uri: String,
        /// How many.
        count: usize,
    },
    /// A key that wants the PIN for each signature.
    #[error(
        "key {0} wants its PIN for each signature (CKA_ALWAYS_AUTHENTICATE), which is not supported; use another key"
    )]
    PinEachTime(String),
    /// A new key would have a label that is taken.
    #[error("the token has a key {0} already; give the new one another label")]
    LabelTaken(String),
    /// A new key needs a label.
    #[error("a new key needs a label: object=…")]
    NoLabel,
    /// The public half is not in the token.
    #[error("the token has no public key beside {0}; store it there with the vendor's tool, under the same id")]
    NoPublicKey(String),
    /// A key of a kind that does not sign here.
    #[error("the key is none of P-256, P-384, Ed25519, RSA of 2048 to 8192 bits")]
    KindOfKey,
    /// The public half is malformed.
    #[error("the public key in the token is refused: {0}")]
    PublicKey(#[from] JwkError),
    /// The token cannot do it.
    #[error("the token does not offer {0}; use another kind of key or another token")]
    NoMechanism(&'static str),
    /// A new key could leave the token.
    #[error("the token made a key that could leave it (sensitive, not extractable was asked for); it was destroyed")]
    Extractable,
    /// Anything else that a token says.
    #[error("the token says: {0}")]
    Token(String),
}

impl TokenError {
    /// A token that did not answer as it should.
    #[expect(clippy::needless_pass_by_value, reason = "handed to map_err")]
    pub(super) fn asking(error: Error) -> Self {
        Self::Token(error.to_string())
    }

    pub(super) fn no_key(uri: &TokenUri) -> Self {
        Self::NoPublicKey(uri.to_string())
    }
}
