//! Handles: names of stored things that nobody can guess, one type and one key space for each kind.
//!
//! A [`Handle`] is 256 random bits. Passing a login's handle where a grant's belongs does not compile, and would find
//! nothing: each kind is stored under a [`StorageKey`] in its own [`KeySpace`]. A store sees the SHA-256 of the
//! handle, never the handle: reading the store gives nobody a `request_uri` or a `state`.
//!
//! To add a kind: 1. a [`KeySpace`] with a letter of its own; 2. a unit struct in [`kind`]; 3. a type alias here.

mod once;
mod storage_key;

use std::fmt;
use std::marker::PhantomData;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strict_jose::{RandomError, b64, ct_eq, random_bytes};

pub(crate) use once::jti;
pub use once::{Once, ReplayKind};
pub use storage_key::{KeySpace, StorageKey};

/// Names a pushed authorization request: the random part of its `request_uri` (RFC 9126 §2.2).
pub type RequestId = Handle<kind::Request>;
/// Names a login at a national IdP: the `state` we send there (RFC 6749 §10.12).
pub type LoginHandle = Handle<kind::Login>;
/// Names a grant, from the consent page to the end of its tokens. Travels only inside sealed handles.
pub type GrantId = Handle<kind::Grant>;
/// Names what a refresh token stands for. Travels only inside the sealed refresh token.
pub type RefreshHandle = Handle<kind::Refresh>;
/// Names a transaction in the audit log, for a dispute: shown to the person and the relying party, opens nothing.
pub type TransactionId = Handle<kind::Transaction>;

/// 256 random bits that name one thing of kind `K`. Compares in constant time, does not show itself in logs.
pub struct Handle<K> {
    bytes: [u8; 32],
    kind: PhantomData<fn() -> K>,
}

impl<K: HandleKind> Handle<K> {
    /// A new handle.
    pub fn random() -> Result<Self, RandomError> {
        Ok(Self::from_bytes(random_bytes()?))
    }

    /// Reads the 43 base64url characters of a handle. Anything else names nothing.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != TEXT_LEN {
            return None;
        }
        let bytes = b64::decode(text).ok()?;
        <[u8; 32]>::try_from(bytes).ok().map(Self::from_bytes)
    }

    /// The handle in base64url: for the one place that hands it out, and as the name its value is sealed under.
    pub fn to_text(&self) -> String {
        b64::encode(self.bytes)
    }

    /// Where a store keeps what this handle names.
    pub fn storage_key(&self) -> StorageKey {
        StorageKey::new(K::SPACE, &[&self.bytes])
    }

    fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { bytes, kind: PhantomData }
    }
}

impl RequestId {
    /// The `request_uri` of this pushed request.
    pub fn to_request_uri(&self) -> String {
        format!("{REQUEST_URI_PREFIX}{}", self.to_text())
    }

    /// Reads a `request_uri` of ours. Any other URI is not looked at: nothing is ever fetched (RFC 9126 §4).
    pub fn from_request_uri(uri: &str) -> Option<Self> {
        Self::parse(uri.strip_prefix(REQUEST_URI_PREFIX)?)
    }
}

impl<K> Clone for Handle<K> {
    fn clone(&self) -> Self {
        Self { bytes: self.bytes, kind: PhantomData }
    }
}

impl<K> PartialEq for Handle<K> {
    fn eq(&self, other: &Self) -> bool {
        ct_eq(self.bytes, other.bytes)
    }
}

impl<K> Eq for Handle<K> {}

impl<K: HandleKind> fmt::Debug for Handle<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({:?}, redacted)", K::SPACE)
    }
}

impl<K: HandleKind> Serialize for Handle<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

impl<'de, K: HandleKind> Deserialize<'de> for Handle<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| D::Error::custom("not a handle"))
    }
}

/// A kind of handle.
pub trait HandleKind {
    /// Where things of this kind are stored.
    const SPACE: KeySpace;
}

/// The kinds of handle, as types.
pub mod kind {
    use super::{HandleKind, KeySpace};

    macro_rules! kinds {
        ($($(#[$doc:meta])* $name:ident = $space:ident;)*) => {$(
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $name {}
            impl HandleKind for $name {
                const SPACE: KeySpace = KeySpace::$space;
            }
        )*};
    }

    kinds! {
        /// A pushed authorization request.
        Request = Request;
        /// A login at a national IdP.
        Login = Login;
        /// A grant.
        Grant = Grant;
        /// A refresh token.
        Refresh = Refresh;
        /// A transaction; never stored.
        Transaction = Transaction;
    }
}

/// RFC 9126 §2.2 suggests this form.
const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// 32 bytes in base64url without padding.
const TEXT_LEN: usize = 43;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_read_back_from_its_text_and_from_json() {
        let id = GrantId::random().unwrap();
        assert_eq!(GrantId::parse(&id.to_text()), Some(id.clone()));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{}\"", id.to_text()));
        assert_eq!(serde_json::from_str::<GrantId>(&json).unwrap(), id);
        assert_ne!(GrantId::random().unwrap(), id);
    }

    #[test]
    fn b08_what_is_not_a_request_uri_of_ours_names_nothing() {
        let id = RequestId::random().unwrap();
        let uri = id.to_request_uri();
        assert_eq!(RequestId::from_request_uri(&uri), Some(id.clone()));
        let cut = &uri[..uri.len() - 1];
        let random = id.to_text();
        for other in [
            "",
            "https://attacker.example/request",
            "file:///etc/passwd",
            cut,
            &format!("{uri}A"),
            &format!("{uri} "),
            &format!("{uri}="),
            &format!("{}{}", REQUEST_URI_PREFIX, "A".repeat(1 << 20)),
            &format!("{}{}", REQUEST_URI_PREFIX.to_uppercase(), random),
            &format!("{REQUEST_URI_PREFIX}{}B", "A".repeat(42)),
            &format!("{REQUEST_URI_PREFIX}{}é", "A".repeat(41)),
            &random,
        ] {
            assert_eq!(RequestId::from_request_uri(other), None, "{other:.80}");
        }
    }

    #[test]
    fn handles_of_two_kinds_with_one_text_are_stored_apart() {
        let text = GrantId::random().unwrap().to_text();
        let keys = [
            GrantId::parse(&text).unwrap().storage_key(),
            LoginHandle::parse(&text).unwrap().storage_key(),
            RequestId::parse(&text).unwrap().storage_key(),
            RefreshHandle::parse(&text).unwrap().storage_key(),
        ];
        for (index, key) in keys.iter().enumerate() {
            assert!(keys[index + 1..].iter().all(|other| other != key && other.digest() != key.digest()));
            assert!(!key.to_string().contains(&text), "a store does not see the handle");
        }
    }

    #[test]
    fn r02_handles_do_not_show_themselves_in_logs() {
        let id = LoginHandle::random().unwrap();
        let shown = format!("{id:?}");
        assert_eq!(shown, "Handle(Login, redacted)");
        assert!(!shown.contains(&id.to_text()));
    }
}
