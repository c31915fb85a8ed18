//! Key identifiers: names to look a key up by, and nothing else.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::b64;

/// A `kid`: at most 128 of the unreserved characters of RFC 3986 §2.3.
///
/// RFC 7515 §4.1.4 lets it be any string. Off-spec: a kid that could be read as a path, a query or a log line is
/// refused before anyone uses it as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Kid(String);

/// Room for a SHA-512 in hexadecimal, the longest kid seen in the field.
const MAX_KID: usize = 128;

impl Kid {
    /// Reads a kid.
    pub fn parse(text: impl Into<String>) -> Result<Self, KidError> {
        let text = text.into();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'~' | b'-');
        if text.is_empty() || text.len() > MAX_KID || !text.bytes().all(allowed) {
            return Err(KidError);
        }
        Ok(Self(text))
    }

    /// The kid as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Kid {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for Kid {
    type Err = KidError;

    fn from_str(text: &str) -> Result<Self, KidError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Kid {
    type Error = KidError;

    fn try_from(text: String) -> Result<Self, KidError> {
        Self::parse(text)
    }
}

/// The text cannot be a key identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a kid is 1 to 128 of the characters A-Z a-z 0-9 . _ ~ -")]
pub struct KidError;

/// The RFC 7638 SHA-256 thumbprint of a key, in base64url: the name of a key that nobody chooses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Thumbprint(String);

impl Thumbprint {
    /// The thumbprint whose SHA-256 is `hash`.
    pub(crate) fn of_hash(hash: [u8; 32]) -> Self {
        Self(b64::encode(hash))
    }

    /// Reads a thumbprint: 32 bytes in base64url.
    pub fn parse(text: impl Into<String>) -> Result<Self, ThumbprintError> {
        let text = text.into();
        match b64::decode(&text) {
            Ok(hash) if hash.len() == 32 => Ok(Self(text)),
            _ => Err(ThumbprintError),
        }
    }

    /// The thumbprint in base64url, 43 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The thumbprint used as a `kid`.
    pub fn to_kid(&self) -> Kid {
        // base64url is a subset of the characters of a kid, and 43 < 128.
        Kid(self.0.clone())
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Thumbprint {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for Thumbprint {
    type Err = ThumbprintError;

    fn from_str(text: &str) -> Result<Self, ThumbprintError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Thumbprint {
    type Error = ThumbprintError;

    fn try_from(text: String) -> Result<Self, ThumbprintError> {
        Self::parse(text)
    }
}

/// The text cannot be a thumbprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a thumbprint is a SHA-256 in base64url, 43 characters")]
pub struct ThumbprintError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d07_a_kid_that_could_be_a_path_a_query_or_a_log_line_is_refused() {
        let long = "k".repeat(8 * 1024);
        for text in ["", "../../dev/null", "' OR 1=1--", "k\0", "*", "a b", "a\nb", "a/b", "a:b", "clé", "a+b=", &long]
        {
            assert_eq!(Kid::parse(text), Err(KidError), "{text:.40}");
            assert!(serde_json::from_value::<Kid>(text.into()).is_err());
        }
        assert!(Kid::parse("k".repeat(129)).is_err());
    }

    #[test]
    fn a_kid_of_unreserved_characters_is_kept_as_it_is() {
        let longest = "k".repeat(128);
        for text in ["a", "2026-01.sig_1~", &longest] {
            assert_eq!(Kid::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_thumbprint_is_32_bytes_in_base64url() {
        let thumbprint = Thumbprint::of_hash([7; 32]);
        assert_eq!(Thumbprint::parse(thumbprint.as_str()), Ok(thumbprint.clone()));
        assert_eq!(thumbprint.to_kid().as_str(), thumbprint.as_str());
        for text in ["", "abc", &"A".repeat(44), &"B".repeat(43), &"+".repeat(43)] {
            assert_eq!(Thumbprint::parse(text), Err(ThumbprintError), "{text}");
        }
    }
}
