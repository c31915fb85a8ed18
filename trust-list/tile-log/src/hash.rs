//! SHA-256 hashes of a Merkle tree (RFC 6962 §2.1).

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A hash of the tree: of an entry, of a subtree, or its root.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; Hash::LEN]);

impl Hash {
    /// Its length in bytes.
    pub const LEN: usize = 32;

    /// The root of the tree without entries.
    pub fn empty() -> Self {
        sha256(&[])
    }

    /// The hash of an entry. The prefix keeps it apart from an inner node.
    pub fn leaf(entry: &[u8]) -> Self {
        sha256(&[&[0], entry])
    }

    /// The hash of the node over two subtrees.
    pub fn node(left: Self, right: Self) -> Self {
        sha256(&[&[1], &left.0, &right.0])
    }

    /// The root over `hashes`, which are roots of complete subtrees of one height (RFC 6962 §2.1, MTH).
    pub(crate) fn root_of(hashes: &[Self]) -> Self {
        match hashes {
            [] => Self::empty(),
            [one] => *one,
            more => {
                let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
                Self::node(Self::root_of(left), Self::root_of(right))
            }
        }
    }

    /// The hash with these bytes.
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

/// SHA-256 of the parts one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; Hash::LEN];
    for (to, from) in hash.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    Hash(hash)
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let bytes = STANDARD.decode(text).map_err(|_| NotAHash)?;
        bytes.try_into().map(Self).map_err(|_| NotAHash)
    }
}

/// The text is not 32 bytes in canonical base64 (RFC 4648 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash is 32 bytes in base64")]
pub struct NotAHash;
