//! Handles: names of stored things that nobody can guess, one type and one key space for each kind.
//!
//! A [`Handle`] is 256 random bits. Passing a login's handle where a grant's belongs does not compile, and would find
//! nothing: each kind is stored under a [`StorageKey`] in its own [`KeySpace`]. A store sees the SHA-256 of the
//! handle, never the handle: reading the store gives nobody a `request_uri` or a `state`.
//!
//! To add a kind: 1. a [`KeySpace`] with a letter of its own; 2. a unit struct in [`kind`]; 3. a type alias here.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use strict_jose::{RandomError, b64, ct_eq, random_bytes, sha256};

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

/// Something that may be seen once only, and for how long that is remembered.
///
/// The time to live is the longest time for which a peer could present the thing again and pass every other check:
/// the longest lifetime we accept plus the clock difference we accept. It does not come from our clock minus the
/// thing's `exp`, so setting our clock back opens no gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once {
    kind: ReplayKind,
    key: StorageKey,
    ttl: Duration,
}

impl Once {
    /// A client's assertion (RFC 7523 §3 rule 7): `jti` is unique for each issuer, the client.
    pub fn client_assertion(client_id: &str, jti: &str, ttl: Duration) -> Self {
        Self::new(ReplayKind::ClientAssertion, &[client_id, jti], ttl)
    }

    /// A DPoP proof (RFC 9449 §11.1): `jti` in the context of the key that signed and the URI it was made for.
    pub fn dpop_proof(jwk_thumbprint: &str, htu: &str, jti: &str, ttl: Duration) -> Self {
        Self::new(ReplayKind::DpopProof, &[jwk_thumbprint, htu, jti], ttl)
    }

    /// A request object (RFC 9101), by its `jti` (RFC 7519 §4.1.7).
    pub fn request_object(client_id: &str, jti: &str, ttl: Duration) -> Self {
        Self::new(ReplayKind::RequestObject, &[client_id, jti], ttl)
    }

    /// A national assertion, by the id its protocol kit gives it.
    pub fn upstream_assertion(one_time_id: &str, ttl: Duration) -> Self {
        Self::new(ReplayKind::UpstreamAssertion, &[one_time_id], ttl)
    }

    /// What kind of thing it is.
    pub fn kind(&self) -> ReplayKind {
        self.kind
    }

    /// Where a store remembers it.
    pub fn storage_key(&self) -> &StorageKey {
        &self.key
    }

    /// For how long it is remembered.
    pub fn ttl(&self) -> Duration {
        self.ttl
    }

    fn new(kind: ReplayKind, parts: &[&str], ttl: Duration) -> Self {
        let mut all = vec![kind.label().as_bytes()];
        all.extend(parts.iter().map(|part| part.as_bytes()));
        Self { kind, key: StorageKey::new(KeySpace::Once, &all), ttl }
    }
}

/// Kinds of things that may be seen once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayKind {
    /// A client's assertion.
    ClientAssertion,
    /// A DPoP proof.
    DpopProof,
    /// A request object.
    RequestObject,
    /// A national assertion presented to us.
    UpstreamAssertion,
}

impl ReplayKind {
    const fn label(self) -> &'static str {
        match self {
            Self::ClientAssertion => "client-assertion",
            Self::DpopProof => "dpop-proof",
            Self::RequestObject => "request-object",
            Self::UpstreamAssertion => "upstream-assertion",
        }
    }
}

/// A key space of the store. No two kinds of thing share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeySpace {
    /// Pushed authorization requests.
    Request,
    /// Logins at national IdPs.
    Login,
    /// Grants.
    Grant,
    /// Refresh tokens.
    Refresh,
    /// Things that may be seen once.
    Once,
    /// Transactions of the audit log; never stored.
    Transaction,
}

impl KeySpace {
    /// The letter of this space in the names of a store's keys.
    pub const fn letter(self) -> char {
        match self {
            Self::Request => 'r',
            Self::Login => 'l',
            Self::Grant => 'g',
            Self::Refresh => 'f',
            Self::Once => 'o',
            Self::Transaction => 't',
        }
    }
}

/// Where a store keeps a thing: a key space and a digest of what names the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StorageKey {
    space: KeySpace,
    digest: [u8; 32],
}

impl StorageKey {
    /// The space the thing is in.
    pub fn space(&self) -> KeySpace {
        self.space
    }

    /// The digest of its name: uniform, so a store may shard by any of its bytes.
    pub fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    fn new(space: KeySpace, parts: &[&[u8]]) -> Self {
        let mut input = Vec::with_capacity(128);
        input.push(u8::try_from(space.letter()).unwrap_or_default());
        for part in parts {
            // Each part after its length: ("ab", "c") and ("a", "bc") name different things.
            input.extend_from_slice(&(part.len() as u64).to_be_bytes());
            input.extend_from_slice(part);
        }
        Self { space, digest: sha256(input) }
    }
}

/// Written `g:3q2-7w…`: the letter of the space and the digest in base64url.
impl fmt::Display for StorageKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.space.letter(), b64::encode(self.digest))
    }
}

/// RFC 9126 §2.2 suggests this form.
const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";
/// 32 bytes in base64url without padding.
const TEXT_LEN: usize = 43;

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: Duration = Duration::from_secs(60);

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

    #[test]
    fn parts_of_what_is_seen_once_are_told_apart() {
        let keys = [
            Once::client_assertion("ab", "c", TTL),
            Once::client_assertion("a", "bc", TTL),
            Once::request_object("ab", "c", TTL),
            Once::dpop_proof("ab", "", "c", TTL),
            Once::upstream_assertion("abc", TTL),
        ]
        .map(|once| *once.storage_key());
        for (index, key) in keys.iter().enumerate() {
            assert!(keys[index + 1..].iter().all(|other| other != key));
        }
        assert_eq!(
            Once::client_assertion("ab", "c", TTL).storage_key(),
            Once::client_assertion("ab", "c", TTL * 2).storage_key(),
            "for how long it is remembered does not name it"
        );
    }
}
