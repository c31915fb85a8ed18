//! A country's words for gender to the hub's.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A country's words or codes and what they mean: `male`, `female` or `other`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct GenderMap(BTreeMap<String, Gender>);

/// OpenID Connect Core §5.1 defines the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Gender {
    Male,
    Female,
    Other,
}

impl GenderMap {
    /// The hub's word, if the country's word is known.
    pub(crate) fn normal(&self, text: &str) -> Option<String> {
        let text = text.trim();
        let own = self.0.iter().find(|(word, _)| word.to_lowercase() == text.to_lowercase());
        let gender = own.map(|(_, gender)| *gender).or_else(|| match text.to_ascii_lowercase().as_str() {
            "male" => Some(Gender::Male),
            "female" => Some(Gender::Female),
            "other" => Some(Gender::Other),
            _ => None,
        })?;
        Some(gender.as_str().to_owned())
    }

    #[cfg(test)]
    pub(crate) fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        let map: BTreeMap<_, _> = pairs.iter().map(|(word, means)| (*word, *means)).collect();
        serde_json::from_value(serde_json::json!(map)).unwrap()
    }
}

impl Gender {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
            Self::Other => "other",
        }
    }
}
