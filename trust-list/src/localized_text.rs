//! Text in several languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A text in one or more languages, by BCP 47 tag. There is always at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>", into = "BTreeMap<String, String>")]
pub struct LocalizedText(BTreeMap<String, String>);

impl LocalizedText {
    /// A text in one language.
    pub fn new(lang: impl Into<String>, value: impl Into<String>) -> Self {
        Self(BTreeMap::from([(lang.into(), value.into())]))
    }

    /// A text in English only.
    pub fn en(value: impl Into<String>) -> Self {
        Self::new("en", value)
    }

    /// The same text with one more language.
    #[must_use]
    pub fn with(mut self, lang: impl Into<String>, value: impl Into<String>) -> Self {
        self.0.insert(lang.into(), value.into());
        self
    }

    /// The text in the first of these languages that it has; else in English; else in any.
    ///
    /// RFC 4647 §3.4 (lookup): `fr-CA` finds `fr`.
    pub fn pick<S: AsRef<str>>(&self, languages: &[S]) -> &str {
        languages.iter().find_map(|lang| self.lookup(lang.as_ref())).unwrap_or_else(|| self.default_text())
    }

    /// Language and text, ordered by language.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(lang, value)| (lang.as_str(), value.as_str()))
    }

    /// The same text with each language's value changed.
    #[must_use]
    pub fn map(self, change: impl Fn(String) -> String) -> Self {
        Self(self.0.into_iter().map(|(lang, value)| (lang, change(value))).collect())
    }

    fn lookup(&self, lang: &str) -> Option<&str> {
        let mut range = lang.to_ascii_lowercase();
        loop {
            if let Some((_, value)) = self.0.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(&range)) {
                return Some(value);
            }
            range.truncate(range.rfind('-')?);
        }
    }

    fn default_text(&self) -> &str {
        self.0.get("en").or_else(|| self.0.values().next()).map_or("", String::as_str)
    }
}

impl TryFrom<BTreeMap<String, String>> for LocalizedText {
    type Error = NoText;

    fn try_from(texts: BTreeMap<String, String>) -> Result<Self, NoText> {
        if texts.is_empty() { Err(NoText) } else { Ok(Self(texts)) }
    }
}

impl From<LocalizedText> for BTreeMap<String, String> {
    fn from(text: LocalizedText) -> Self {
        text.0
    }
}

/// A text in no language at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a text needs at least one language")]
pub struct NoText;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_asked_for_wins_then_english_then_any() {
        let text = LocalizedText::en("bank").with("fr", "banque").with("ar", "بنك");
        assert_eq!(text.pick(&["pt", "fr"]), "banque");
        assert_eq!(text.pick(&["fr-CA"]), "banque");
        assert_eq!(text.pick(&["AR"]), "بنك");
        assert_eq!(text.pick(&["pt"]), "bank");
        assert_eq!(text.pick::<&str>(&[]), "bank");
        assert_eq!(LocalizedText::new("sw", "benki").pick(&["pt"]), "benki");
    }

    #[test]
    fn a_text_without_any_language_is_refused() {
        assert!(serde_json::from_str::<LocalizedText>("{}").is_err());
    }
}
