//! Things that may be seen once.

use std::time::Duration;

use strict_jose::Claims;

use super::{KeySpace, StorageKey};

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

/// RFC 7519 §4.1.7: the `jti` of an assertion or a proof, if it can be told from others and kept.
pub(crate) fn jti(claims: &Claims) -> Option<&str> {
    let jti = claims.required_str("jti").ok()?;
    let usable = (1..=MAX_JTI).contains(&jti.len()) && jti.bytes().all(|b| (0x20..=0x7e).contains(&b));
    usable.then_some(jti)
}

/// Four UUIDs with their separators; what clients send is one, or 64 hexadecimal digits.
const MAX_JTI: usize = 256;

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

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: Duration = Duration::from_mins(1);

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
