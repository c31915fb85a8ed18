//! Names of purposes and of services.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What data is asked for, such as `account-opening`, `border-check`, `proof-of-life`, `pension`. The regional list
/// recognises one country for another *per purpose*.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Purpose(String);

/// The name of a service inside its country's list; with the country it is unique in the region.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EntityId(String);

/// A name is a path segment, a metric label and a column in a table: 64 characters fit everywhere.
const MAX_NAME: usize = 64;

fn is_lower_digit_or_dash(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'
}

impl FromStr for Purpose {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let fits = !text.is_empty() && text.len() <= MAX_NAME && text.bytes().all(is_lower_digit_or_dash);
        if fits { Ok(Self(text.to_owned())) } else { Err(NameError::Purpose) }
    }
}

impl FromStr for EntityId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let allowed = |b: u8| is_lower_digit_or_dash(b) || matches!(b, b'.' | b'_');
        // A leading dot would make `..` or a hidden file of a name that ends up in a path.
        let fits = !text.is_empty() && text.len() <= MAX_NAME && !text.starts_with('.') && text.bytes().all(allowed);
        if fits { Ok(Self(text.to_owned())) } else { Err(NameError::EntityId) }
    }
}

/// The text cannot be the name it was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not a purpose.
    #[error("a purpose is 1 to 64 of the characters a-z 0-9 -")]
    Purpose,
    /// Not an entity id.
    #[error("an entity id is 1 to 64 of the characters a-z 0-9 . _ - and does not start with a dot")]
    EntityId,
}

/// The traits that every name has.
macro_rules! name {
    ($name:ident) => {
        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

name!(Purpose);
name!(EntityId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h25_a_name_that_could_be_a_path_or_a_query_is_refused() {
        let long = "a".repeat(300);
        for text in ["", "../x", "..", ".hidden", "a/b", "?", "#", "%2e%2e", "A", "a b", "é", "a\0", &long] {
            assert_eq!(text.parse::<EntityId>(), Err(NameError::EntityId), "{text}");
            assert_eq!(text.parse::<Purpose>(), Err(NameError::Purpose), "{text}");
        }
    }

    #[test]
    fn ordinary_names_are_kept() {
        assert_eq!("national-idp_2.0".parse::<EntityId>().unwrap().as_str(), "national-idp_2.0");
        assert_eq!("account-opening".parse::<Purpose>().unwrap().as_str(), "account-opening");
        assert!("account.opening".parse::<Purpose>().is_err());
    }
}
