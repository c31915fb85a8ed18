//! The citizen's pages: plain forms and links, one response each, no script, nothing from another host.
//!
//! 1. [`Frame`] is what all pages share: language, direction, the test banner, the one style sheet.
//! 2. [`picker`], [`consent`], [`document`], [`error`](mod@error) and [`signed_out`] turn a view of `hub_core` into a
//!    template's fields.
//! 3. [`texts`] holds the words, [`language`] chooses the table.
//!
//! Everything that is not ours is escaped by askama, stripped of invisible direction marks by [`plain`] and set apart
//! by `<bdi>`.

pub mod consent;
pub mod document;
pub mod error;
pub mod language;
pub mod picker;
pub mod signed_out;
pub mod style;
pub mod texts;

pub use language::{Language, Wishes};
pub use trust_list::plain_text as plain;

use texts::Texts;

/// What every page has.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// The language it is written in.
    pub language: Language,
    /// Whether invented countries can be involved: a banner says so.
    pub test: bool,
}

impl Frame {
    fn texts(self) -> &'static Texts {
        self.language.texts()
    }
}

/// A link to the same page in another language.
#[derive(Debug)]
pub struct LanguageLink {
    tag: &'static str,
    name: &'static str,
    href: String,
    current: bool,
}

/// Links to the page at `path_and_query`, which has no `lang` parameter yet, in every language.
pub fn language_links(path_and_query: &str, current: Language) -> Vec<LanguageLink> {
    let joint = if path_and_query.contains('?') { '&' } else { '?' };
    let link = |language: Language| LanguageLink {
        tag: language.tag(),
        name: language.own_name(),
        href: format!("{path_and_query}{joint}lang={}", language.tag()),
        current: language == current,
    };
    Language::ALL.into_iter().map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_links_keep_the_query() {
        let links = language_links("/authorize?client_id=a", Language::Fr);
        assert_eq!(links.iter().filter(|link| link.current).map(|link| link.tag).collect::<Vec<_>>(), ["fr"]);
        assert!(links.iter().any(|link| link.href == "/authorize?client_id=a&lang=ar"));
        assert!(language_links("/signed-out", Language::En).iter().any(|link| link.href == "/signed-out?lang=pt"));
    }
}
