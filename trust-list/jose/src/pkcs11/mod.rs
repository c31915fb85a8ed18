//! Keys that stay in their token: PKCS#11 (Cryptoki) 2.40 and later.
//!
//! 1. A [`TokenUri`] (RFC 7512) says which module, which token, which key.
//! 2. `module` loads the vendor's library and finds the one token that fits; a PIN opens it, tried once.
//! 3. `public_key` reads the public half; the private half has no way out.
//! 4. [`TokenKey`] signs by whichever of its mechanisms the token offers, in the form that JOSE wants.
//! 5. [`TokenKey::generate`] makes a key inside, sensitive and not extractable, and checks that the token says so too.
//!
//! It is a [`DocumentSigner`], so whatever signs documents takes it like a key from a file. Each signature is verified
//! with the public half before it is used: a token is a machine of somebody else's.

mod error;
mod generate;
mod mechanism;
mod module;
mod public_key;
mod uri;

use std::fmt;

use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
pub use secrecy::{ExposeSecret, SecretString};

use crate::algorithm::Algorithm;
use crate::jwk::PublicJwk;
use crate::signer::{DocumentSigner, SignError};
use crate::verifier::Verifier;

pub use error::TokenError;
pub use uri::{TokenUri, TokenUriError};

use mechanism::Plan;
use module::LoggedIn;

/// A private key in a token, ready to sign: its session is open and its PIN was right.
pub struct TokenKey {
    session: Session,
    key: ObjectHandle,
    plan: Plan,
    verifier: Verifier,
}

impl TokenKey {
    /// Opens the one key that `uri` names. `pin` is asked for the PIN of the token with that label, once: a wrong PIN is
    /// not tried again, since a few of them lock a token for good. It is not asked if the token has a keypad of its own.
    pub fn open<E: From<TokenError>>(
        uri: &TokenUri,
        pin: impl FnOnce(&str) -> Result<SecretString, E>,
    ) -> Result<Self, E> {
        Ok(Self::find(module::log_in(uri, pin)?, uri)?)
    }

    fn find(token: LoggedIn, uri: &TokenUri) -> Result<Self, TokenError> {
        let key = the_one(&token.session, uri, ObjectClass::PRIVATE_KEY)?;
        pin_lasts(&token.session, uri, key)?;
        let public = public_key::beside(&token.session, uri, key)?;
        Self::of(token, key, &public)
    }

    fn of(token: LoggedIn, key: ObjectHandle, public: &PublicJwk) -> Result<Self, TokenError> {
        let verifier = verifier(public)?;
        let plan = Plan::choose(verifier.alg(), &token.mechanisms)?;
        Ok(Self { session: token.session, key, plan, verifier })
    }

    /// The public half, named by its thumbprint.
    pub fn public_jwk(&self) -> &PublicJwk {
        self.verifier.key()
    }
}

impl DocumentSigner for TokenKey {
    fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    fn sign(&self, signing_input: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self.plan.sign(&self.session, self.key, signing_input);
        let signature = signature.map_err(|error| SignError::Token(error.to_string()))?;
        self.verifier.verify(signing_input, &signature).map_err(|_| SignError::NotVerified)?;
        Ok(signature)
    }
}

/// The algorithm follows from the kind of key; RSA keys sign with PS256 here and nothing else.
fn verifier(public: &PublicJwk) -> Result<Verifier, TokenError> {
    let algorithms = [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA, Algorithm::PS256];
    algorithms.into_iter().find_map(|alg| Verifier::new(public, alg).ok()).ok_or(TokenError::KindOfKey)
}

/// The object of a class that `uri` names, if it is one only.
fn the_one(session: &Session, uri: &TokenUri, class: ObjectClass) -> Result<ObjectHandle, TokenError> {
    let found = session.find_objects(&wanted(uri, class)).map_err(TokenError::asking)?;
    match found[..] {
        [one] => Ok(one),
        [] => Err(TokenError::NoKey(uri.to_string())),
        _ => Err(TokenError::SeveralKeys { uri: uri.to_string(), count: found.len() }),
    }
}

/// PKCS#11 §4.9: a key that wants its PIN anew for each signature (PIV's slot 9c). We have the PIN once, and keep none.
fn pin_lasts(session: &Session, uri: &TokenUri, key: ObjectHandle) -> Result<(), TokenError> {
    let said = session.get_attributes(key, &[AttributeType::AlwaysAuthenticate]).map_err(TokenError::asking)?;
    if said.contains(&Attribute::AlwaysAuthenticate(true)) {
        Err(TokenError::PinEachTime(uri.to_string()))
    } else {
        Ok(())
    }
}

fn wanted(uri: &TokenUri, class: ObjectClass) -> Vec<Attribute> {
    let label = uri.object().map(|label| Attribute::Label(label.as_bytes().to_vec()));
    let id = uri.id().map(|id| Attribute::Id(id.to_vec()));
    [Attribute::Class(class)].into_iter().chain(label).chain(id).collect()
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey").field("verifier", &self.verifier).finish_non_exhaustive()
    }
}
