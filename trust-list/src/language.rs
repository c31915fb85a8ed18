//! The languages that regulators read.

use std::fmt;
use std::str::FromStr;

/// A language of the texts that people read before they sign.
///
/// To add one: 1. a variant and its tag here, 2. a file beside each `en.rs` of the tables: every table is a `match`
/// without a wildcard, so a text that is missing does not compile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
    /// Portuguese.
    Pt,
}

impl Language {
    /// Every language, in the order of the variants.
    pub const ALL: [Self; 3] = [Self::En, Self::Fr, Self::Pt];

    /// Its BCP 47 tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::Pt => "pt",
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.into_iter().find(|language| language.as_str() == text).ok_or(UnknownLanguage)
    }
}

/// The text names no language that there are texts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a language is en, fr or pt")]
pub struct UnknownLanguage;
