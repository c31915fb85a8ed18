//! Countries.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An ISO 3166-1 alpha-2 code, upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        // Both bytes are A-Z by construction.
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }

    /// The code in lower case, as file names and callback paths spell it.
    pub fn to_lower(self) -> String {
        self.as_str().to_ascii_lowercase()
    }

    /// Whether ISO 3166-1 leaves the code to its users (XA-XZ, QM-QZ, ZZ), so that it can only name a test country.
    ///
    /// XK is left out: it is user-assigned too, but in wide use for Kosovo.
    pub fn is_test(self) -> bool {
        matches!(self.0, [b'X', last] if last != b'K') || matches!(self.0, [b'Q', b'M'..=b'Z'] | [b'Z', b'Z'])
    }
}

impl FromStr for CountryCode {
    type Err = CountryCodeError;

    fn from_str(text: &str) -> Result<Self, CountryCodeError> {
        match text.as_bytes() {
            [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Ok(Self([*a, *b])),
            _ => Err(CountryCodeError),
        }
    }
}

impl TryFrom<String> for CountryCode {
    type Error = CountryCodeError;

    fn try_from(text: String) -> Result<Self, CountryCodeError> {
        text.parse()
    }
}

impl From<CountryCode> for String {
    fn from(code: CountryCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not a country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a country code is two letters A-Z (ISO 3166-1 alpha-2)")]
pub struct CountryCodeError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_capital_letters_are_a_country_and_nothing_else_is() {
        assert_eq!("XA".parse::<CountryCode>().unwrap().to_string(), "XA");
        for text in ["", "X", "XAA", "xa", "X1", "Xé", "../", "X A", "\u{0425}A"] {
            assert_eq!(text.parse::<CountryCode>(), Err(CountryCodeError), "{text}");
            assert!(serde_json::from_value::<CountryCode>(text.into()).is_err(), "{text}");
        }
    }

    #[test]
    fn user_assigned_codes_are_test_countries_and_real_ones_are_not() {
        for test in ["XA", "XZ", "QM", "QZ", "ZZ"] {
            assert!(test.parse::<CountryCode>().unwrap().is_test(), "{test}");
        }
        for real in ["TG", "BJ", "XK", "QA", "ZA"] {
            assert!(!real.parse::<CountryCode>().unwrap().is_test(), "{real}");
        }
    }
}
