//! The words for changes: one table for each language, each a `match` without a wildcard.

mod en;
mod fr;
mod pt;

use std::fmt::Write as _;

use super::{Change, Danger, Fact, QuorumReview, Raw, Signatory};
use crate::language::Language;
use crate::{CountryCode, Purpose, Recognition};

impl Fact {
    /// The change as a sentence.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::En => en::fact(self),
            Language::Fr => fr::fact(self),
            Language::Pt => pt::fact(self),
        }
    }
}

impl Danger {
    /// Why it is dangerous, in a few words.
    pub const fn text(self, language: Language) -> &'static str {
        match language {
            Language::En => en::danger(self),
            Language::Fr => fr::danger(self),
            Language::Pt => pt::danger(self),
        }
    }
}

impl Change {
    /// One line: a mark and the reason if it is dangerous, the sentence, and the place of what has no sentence.
    pub fn line(&self, language: Language) -> String {
        let text = match &self.fact {
            Fact::Raw { before, after } => {
                let (at, before, after) = (self.at.clone(), before.clone(), after.clone());
                Raw { at, before, after }.line()
            }
            fact => fact.text(language),
        };
        match self.danger {
            Some(danger) => format!(" !  {text}  [{}]", danger.text(language)),
            None => format!("    {text}"),
        }
    }
}

/// What stands above the parts of a diff.
#[derive(Clone, Copy, Debug)]
pub struct Headings {
    /// Above the changes.
    pub changes: &'static str,
    /// Above them when there is nothing to compare with.
    pub first: &'static str,
    /// Instead of changes.
    pub nothing: &'static str,
    /// Above the quorums.
    pub signatures: &'static str,
}

/// The headings of that language.
pub const fn headings(language: Language) -> Headings {
    match language {
        Language::En => en::HEADINGS,
        Language::Fr => fr::HEADINGS,
        Language::Pt => pt::HEADINGS,
    }
}

impl QuorumReview {
    /// The quorum with who signed and who still can, a line each.
    pub fn text(&self, language: Language) -> String {
        let words = match language {
            Language::En => en::quorum_line(self),
            Language::Fr => fr::quorum_line(self),
            Language::Pt => pt::quorum_line(self),
        };
        let mut text = format!("    {}\n", words.line);
        for (mark, signatories) in [(words.signed, &self.signed), (words.open, &self.open)] {
            for Signatory { key, holder, country } in signatories {
                let _ = writeln!(text, "      {mark}  {key}  {holder} ({country})");
            }
        }
        text
    }
}

/// The words about one quorum.
struct QuorumWords {
    line: String,
    signed: &'static str,
    open: &'static str,
}

impl Raw {
    /// The place and the bare values.
    pub fn line(&self) -> String {
        let value = |sign: &str, value: &Option<serde_json::Value>| {
            value.as_ref().map(|value| format!("\n      {sign} {value}")).unwrap_or_default()
        };
        if self.before.is_none() && self.after.is_none() {
            return format!("{}: -", self.at);
        }
        format!("{}{}{}", self.at, value("-", &self.before), value("+", &self.after))
    }
}

/// The two countries and the purpose of a row.
fn of_row(row: &Recognition) -> (CountryCode, CountryCode, &Purpose) {
    (row.recogniser, row.recognised, &row.purpose)
}
