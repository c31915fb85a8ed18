//! Where a store keeps things.

use std::fmt;

use strict_jose::{b64, sha256};

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

    pub(super) fn new(space: KeySpace, parts: &[&[u8]]) -> Self {
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
