//! Which of the four languages a page is written in.
//!
//! To add one: 1. a variant and its row here; 2. a table beside `texts/en.rs`: the compiler lists the missing texts.

use super::texts::{self, Texts};

/// A language of the citizen's pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English, also the fallback.
    En,
    /// French.
    Fr,
    /// Portuguese.
    Pt,
    /// Arabic, right to left.
    Ar,
}

impl Language {
    /// All, in the order of the links.
    pub const ALL: [Self; 4] = [Self::En, Self::Fr, Self::Pt, Self::Ar];

    /// BCP 47 tag, also the `lang` attribute.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
            Self::Pt => "pt",
            Self::Ar => "ar",
        }
    }

    /// The language's own name, for its link.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Fr => "Français",
            Self::Pt => "Português",
            Self::Ar => "العربية",
        }
    }

    /// The `dir` attribute.
    pub const fn direction(self) -> &'static str {
        match self {
            Self::Ar => "rtl",
            Self::En | Self::Fr | Self::Pt => "ltr",
        }
    }

    /// Its texts.
    pub const fn texts(self) -> &'static Texts {
        match self {
            Self::En => &texts::EN,
            Self::Fr => &texts::FR,
            Self::Pt => &texts::PT,
            Self::Ar => &texts::AR,
        }
    }

    /// The language of a tag such as `pt-BR`; `None` when there are no texts in it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// What names in the trust list are picked by: this language, then English.
    pub const fn preferences(self) -> [&'static str; 2] {
        [self.tag(), "en"]
    }
}

/// What is known about the reader's wish, strongest first.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes<'a> {
    /// The person pressed a language link (now, or on an earlier page of this login).
    pub chosen: Option<&'a str>,
    /// OpenID Connect Core §3.1.2.1 `ui_locales`: the relying party knows its customer.
    pub ui_locales: &'a [String],
    /// RFC 9110 §12.5.4 `Accept-Language`: what the browser was set to.
    pub accept_language: Option<&'a str>,
}

impl Wishes<'_> {
    /// The best language there is.
    pub fn language(&self) -> Language {
        self.chosen
            .and_then(Language::from_tag)
            .or_else(|| self.ui_locales.iter().find_map(|tag| Language::from_tag(tag)))
            .or_else(|| self.accept_language.and_then(best_accepted))
            .unwrap_or(Language::En)
    }
}

/// Longer headers are no browser's.
const MAX_ACCEPT_LANGUAGE_RANGES: usize = 16;

// RFC 9110 §12.4.2: the highest weight wins; among equals the first, as every browser means it. `q=0` is a refusal.
fn best_accepted(header: &str) -> Option<Language> {
    let mut best = None;
    for range in header.split(',').take(MAX_ACCEPT_LANGUAGE_RANGES) {
        let mut parts = range.split(';');
        let Some(language) = parts.next().and_then(Language::from_tag) else { continue };
        let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Some(1000), per_mille).unwrap_or(0);
        if weight > best.map_or(0, |(_, weight)| weight) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

// RFC 9110 §12.4.2: qvalue = "0" ["." 0*3DIGIT] or "1" ["." 0*3"0"].
fn per_mille(qvalue: &str) -> Option<u16> {
    let (whole, fraction) = qvalue.trim().split_once('.').unwrap_or((qvalue.trim(), ""));
    if fraction.len() > 3 {
        return None;
    }
    let thousandths = format!("{fraction:0<3}").parse::<u16>().ok()?;
    let sum = whole.parse::<u16>().ok()?.checked_mul(1000)?.checked_add(thousandths)?;
    (sum <= 1000).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_persons_choice_beats_the_relying_party_which_beats_the_browser() {
        let locales = ["sw".to_owned(), "pt-PT".to_owned()];
        let all = Wishes { chosen: Some("ar"), ui_locales: &locales, accept_language: Some("fr") };
        assert_eq!(all.language(), Language::Ar);
        assert_eq!(Wishes { chosen: None, ..all }.language(), Language::Pt);
        assert_eq!(Wishes { chosen: None, ui_locales: &[], ..all }.language(), Language::Fr);
        assert_eq!(Wishes { chosen: Some("xx"), ui_locales: &[], ..all }.language(), Language::Fr);
        assert_eq!(Wishes::default().language(), Language::En);
    }

    #[test]
    fn accept_language_weights_decide_and_nonsense_is_skipped() {
        for (header, expected) in [
            ("fr-TG,fr;q=0.9,en;q=0.8", Some(Language::Fr)),
            ("sw, pt;q=0.5, ar;q=0.7", Some(Language::Ar)),
            ("fr;q=0, en;q=0.1", Some(Language::En)),
            ("fr;q=7, pt;q=0.001", Some(Language::Pt)),
            ("fr;q=0.12345, ar;q=0.2", Some(Language::Ar)),
            ("", None),
            (";;;,,,q=", None),
            ("*", None),
        ] {
            assert_eq!(best_accepted(header), expected, "{header}");
        }
    }
}
