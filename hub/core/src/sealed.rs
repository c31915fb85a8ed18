//! What the hub writes outside its own memory: authenticated encryption bound to a purpose and a name.
//!
//! A store holds [`Sealed`] bytes and a time to live. Whoever reads the store learns nothing about a person, and
//! whoever writes to it cannot forge a login: a value opens only under the key it was sealed with, for the purpose it
//! was sealed for and under the name it was stored under. Everything else is "no such thing", one error for all.
//!
//! Small values that a browser or a relying party carries for us (a form field, an authorization code) are
//! [`SealedHandle`]s: sealed the same way, written as url-safe text, each kind with its own purpose.
//!
//! To add a kind of sealed value: 1. add a [`SealPurpose`] with its own label; 2. for a carried value implement
//! [`SealedHandle`]; 3. seal and open it in the one flow that owns it.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use strict_jose::b64;
use zeroize::{Zeroize as _, Zeroizing};

/// What a sealed value is for. A value sealed for one purpose never opens for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealPurpose {
    /// A pushed authorization request (RFC 9126), stored under its `RequestId`.
    PushedRequest,
    /// A login at a national IdP, stored under its `LoginHandle`.
    Login,
    /// A grant: the release, from consent to the end of its tokens, stored under its `GrantId`.
    Grant,
    /// What a refresh token stands for, stored under its `RefreshHandle`.
    RefreshToken,
    /// The hidden field of the country picker.
    PickerForm,
    /// The hidden field of the consent page.
    ConsentForm,
    /// The cookie that ties a login to the browser that began it.
    BrowserBinding,
    /// An authorization code (RFC 6749 §4.1.2).
    AuthorizationCode,
    /// The `jti` of an access token: which grant it belongs to.
    AccessTokenId,
    /// A refresh token as the client holds it.
    RefreshTokenText,
    /// A nonce for DPoP proofs (RFC 9449 §8).
    DpopNonce,
}

impl SealPurpose {
    /// The label that goes into the authenticated data. Labels contain no zero byte and never change.
    const fn label(self) -> &'static str {
        match self {
            Self::PushedRequest => "pushed-request",
            Self::Login => "login",
            Self::Grant => "grant",
            Self::RefreshToken => "refresh-token",
            Self::PickerForm => "picker-form",
            Self::ConsentForm => "consent-form",
            Self::BrowserBinding => "browser-binding",
            Self::AuthorizationCode => "authorization-code",
            Self::AccessTokenId => "access-token-id",
            Self::RefreshTokenText => "refresh-token-text",
            Self::DpopNonce => "dpop-nonce",
        }
    }
}

/// A small value that others carry for us as text. Its purpose is part of its type, so one kind cannot be opened as
/// another.
pub trait SealedHandle: Serialize + DeserializeOwned {
    /// The purpose of this kind of handle, and of no other.
    const PURPOSE: SealPurpose;
}

/// Sealed bytes, for a store: `key id (1) || nonce (12) || ciphertext || tag (16)`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Box<[u8]>);

/// What sealing adds to the plaintext: key id, nonce and tag.
pub const SEALED_OVERHEAD: usize = KEY_ID_LEN + NONCE_LEN + TAG_LEN;

impl Sealed {
    /// Bytes that came back from a store. They prove nothing until a [`Sealer`] opens them.
    pub fn from_bytes(bytes: impl Into<Box<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// Seals and opens. Built once at start; holds the current key and the previous ones that may still open.
///
/// A key serves 2^32 seals at most (NIST SP 800-38D §8.3, random 96-bit nonces). At 1,000 logins a second, six seals
/// each, that is eight days: rotate the sealing key at least weekly under such a load, yearly under 1/50 of it.
pub struct Sealer {
    current: AeadKey,
    previous: Vec<AeadKey>,
}

impl Sealer {
    /// Seals with `current`; opens what `current` or one of `previous` sealed.
    pub fn new(current: &SealingKey, previous: &[SealingKey]) -> Result<Self, SealError> {
        let previous = previous.iter().map(AeadKey::new).collect::<Result<_, _>>()?;
        Ok(Self { current: AeadKey::new(current)?, previous })
    }

    /// Seals `value` for `purpose`, to be stored under `name`.
    pub fn seal<T: Serialize>(&self, purpose: SealPurpose, name: &str, value: &T) -> Result<Sealed, SealError> {
        let plaintext = Zeroizing::new(serde_json::to_vec(value).map_err(|_| SealError::NotSerializable)?);
        self.current.seal(&authenticated_data(purpose, name), &plaintext)
    }

    /// Opens what was sealed for `purpose` under `name`.
    pub fn open<T: DeserializeOwned>(&self, purpose: SealPurpose, name: &str, sealed: &Sealed) -> Result<T, NotOpened> {
        let aad = authenticated_data(purpose, name);
        let keys = std::iter::once(&self.current).chain(&self.previous);
        let plaintext = keys.into_iter().find_map(|key| key.open(&aad, sealed.as_bytes())).ok_or(NotOpened)?;
        serde_json::from_slice(&plaintext).map_err(|_| NotOpened)
    }

    /// Seals a handle as base64url text.
    pub fn seal_handle<H: SealedHandle>(&self, handle: &H) -> Result<String, SealError> {
        Ok(b64::encode(self.seal(H::PURPOSE, "", handle)?.as_bytes()))
    }

    /// Opens the text of a handle of kind `H`. Malformed, cut, altered, of another kind or of a key long gone: all
    /// are one error, as if the handle had never been made.
    pub fn open_handle<H: SealedHandle>(&self, text: &str) -> Result<H, NotOpened> {
        if text.len() > MAX_HANDLE_TEXT {
            return Err(NotOpened);
        }
        let bytes = b64::decode(text).map_err(|_| NotOpened)?;
        self.open(H::PURPOSE, "", &Sealed::from_bytes(bytes))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({} keys)", 1 + self.previous.len())
    }
}

/// A 256-bit sealing key. All replicas of a hub share it.
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// A new random key.
    pub fn generate() -> Result<Self, SealError> {
        Ok(Self(Zeroizing::new(strict_jose::random_bytes().map_err(|_| SealError::NoRandomness)?)))
    }

    /// A key from its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A key from a configuration: 32 bytes in base64url. `None` if it is anything else.
    pub fn from_base64url(text: &str) -> Option<Self> {
        let mut bytes = b64::decode(text.trim()).ok()?;
        let key = <[u8; 32]>::try_from(bytes.as_slice()).ok().map(Self::from_bytes);
        bytes.zeroize();
        key
    }

    /// The key in base64url, to be written to a secret file and nowhere else.
    pub fn to_base64url(&self) -> Zeroizing<String> {
        Zeroizing::new(b64::encode(*self.0))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey(redacted)")
    }
}

/// Sealing failed: our own fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The value does not serialise as JSON.
    #[error("the value to seal does not serialise")]
    NotSerializable,
    /// The system gives no randomness.
    #[error("the system's random source failed")]
    NoRandomness,
    /// aws-lc refused a key or an encryption.
    #[error("the cipher refused")]
    Cipher,
}

/// A sealed value did not open: altered, of another purpose, name or key, or never ours. Nothing more is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no such sealed value")]
pub struct NotOpened;

/// One prepared AES-256-GCM key with its id.
struct AeadKey {
    id: u8,
    key: RandomizedNonceKey,
}

impl AeadKey {
    fn new(key: &SealingKey) -> Result<Self, SealError> {
        // The id is computed from the key, so it cannot be configured wrongly. Two keys may share it: `open` tries
        // every key whose id fits, and the tag decides.
        let [id, ..] = strict_jose::sha256([b"passerelle sealing key id\0".as_slice(), key.0.as_slice()].concat());
        let key = RandomizedNonceKey::new(&AES_256_GCM, key.0.as_slice()).map_err(|_| SealError::Cipher)?;
        Ok(Self { id, key })
    }

    fn seal(&self, aad: &[u8], plaintext: &[u8]) -> Result<Sealed, SealError> {
        let mut out = Vec::with_capacity(plaintext.len() + SEALED_OVERHEAD);
        out.push(self.id);
        let mut buffer = Vec::with_capacity(plaintext.len() + TAG_LEN);
        buffer.extend_from_slice(plaintext);
        let nonce = self.key.seal_in_place_append_tag(Aad::from(aad), &mut buffer).map_err(|_| SealError::Cipher)?;
        out.extend_from_slice(nonce.as_ref());
        out.extend_from_slice(&buffer);
        Ok(Sealed::from_bytes(out))
    }

    fn open(&self, aad: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (id, rest) = sealed.split_first()?;
        if *id != self.id {
            return None;
        }
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LEN>()?;
        let mut buffer = Zeroizing::new(ciphertext.to_vec());
        let opened =
            self.key.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(aad), &mut buffer).ok()?.len();
        buffer.truncate(opened);
        Some(buffer)
    }
}

/// Purpose and name, told apart by a zero byte that no label contains.
fn authenticated_data(purpose: SealPurpose, name: &str) -> Vec<u8> {
    [purpose.label().as_bytes(), &[0], name.as_bytes()].concat()
}

const KEY_ID_LEN: usize = 1;
const TAG_LEN: usize = 16;
/// The longest handle text looked at: a picker form with a whole authorization request (RFC 9126 body limit 16 KiB
/// here) in base64url is below 24 KiB.
const MAX_HANDLE_TEXT: usize = 24 * 1024;

#[cfg(test)]
mod tests;
