//! Language suffixes of claim names (OpenID Connect Core §5.2) as providers write them, to BCP 47.

/// The languages of one country.
#[derive(Clone, Debug, Default)]
pub(crate) struct Languages {
    preferred: Vec<String>,
    suffixes: Vec<(String, String)>,
}

impl Languages {
    /// Languages by their BCP 47 tags, the preferred one first.
    pub(crate) fn new(preferred: impl IntoIterator<Item = String>) -> Self {
        Self { preferred: preferred.into_iter().collect(), suffixes: Vec::new() }
    }

    /// Says that the country writes `suffix` for `tag`.
    #[must_use]
    pub(crate) fn with_suffix(mut self, suffix: String, tag: String) -> Self {
        self.suffixes.push((suffix, tag));
        self
    }

    /// The BCP 47 tag that a suffix means, if it can be one.
    pub(crate) fn tag(&self, suffix: &str) -> Option<String> {
        let own = self.suffixes.iter().find(|(own, _)| own == suffix).map(|(_, tag)| tag.clone());
        own.or_else(|| general_tag(suffix))
    }

    /// The tags, the preferred one first.
    pub(crate) fn in_order(&self) -> impl Iterator<Item = &str> {
        self.preferred.iter().map(String::as_str)
    }
}

/// RFC 5646 §2.2.1: the shortest code counts. MOSIP sends three letters, or the first two of the three.
fn general_tag(suffix: &str) -> Option<String> {
    let primary = suffix.split('-').next().unwrap_or_default();
    let letters = suffix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !letters || suffix.len() > MAX_TAG || !matches!(primary.len(), 2 | 3) {
        return None;
    }
    let known = ALPHA3.iter().find(|(alpha3, _)| *alpha3 == suffix).map(|(_, tag)| *tag);
    // The first two letters of por and spa are no codes of those languages.
    let cut = match suffix {
        "po" => Some("pt"),
        "sp" => Some("es"),
        _ => None,
    };
    Some(known.or(cut).unwrap_or(suffix).to_owned())
}

/// The ISO 639-2 code of a language that has a shorter one.
pub(crate) fn alpha3(tag: &str) -> &str {
    ALPHA3.iter().find(|(_, alpha2)| *alpha2 == tag).map_or(tag, |(alpha3, _)| alpha3)
}

/// ISO 639-2 to ISO 639-1 for the languages of the region; the others have three letters in both.
const ALPHA3: [(&str, &str); 20] = [
    ("aka", "ak"),
    ("amh", "am"),
    ("ara", "ar"),
    ("bam", "bm"),
    ("eng", "en"),
    ("ewe", "ee"),
    ("fra", "fr"),
    ("ful", "ff"),
    ("hau", "ha"),
    ("hin", "hi"),
    ("ibo", "ig"),
    ("nso", "nso"),
    ("por", "pt"),
    ("sot", "st"),
    ("spa", "es"),
    ("swa", "sw"),
    ("tsn", "tn"),
    ("wol", "wo"),
    ("yor", "yo"),
    ("zul", "zu"),
];

/// `ff-Adlm-GN` has 10.
const MAX_TAG: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_of_every_style_become_bcp_47() {
        let languages = Languages::default();
        for (suffix, tag) in [
            ("fr", "fr"),
            ("fra", "fr"),
            ("po", "pt"),
            ("por", "pt"),
            ("sp", "es"),
            ("spa", "es"),
            ("fon", "fon"),
            ("ff-Adlm", "ff-Adlm"),
        ] {
            assert_eq!(languages.tag(suffix).as_deref(), Some(tag));
        }
        for suffix in ["", "f", "français", "a\u{202e}", "x_y", "abcdefghijklmnopq"] {
            assert_eq!(languages.tag(suffix), None, "{suffix}");
        }
    }

    #[test]
    fn what_the_country_says_of_its_suffix_counts_before_the_table() {
        let languages = Languages::new(["st".to_owned()]).with_suffix("so".to_owned(), "st".to_owned());
        assert_eq!(languages.tag("so").as_deref(), Some("st"));
    }
}
