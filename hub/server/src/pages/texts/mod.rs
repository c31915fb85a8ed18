//! Every text of the citizen's pages, in four tables of one type: a text missing in a language does not compile.
//!
//! Plain words, short sentences; a [`Phrase`] has one gap, which the page fills with a name set apart from the
//! sentence.

mod ar;
mod claims;
mod en;
mod fr;
mod pt;

pub(super) use ar::AR;
pub use claims::{ClaimTexts, Label, ValueTexts};
pub(super) use en::EN;
pub(super) use fr::FR;
pub(super) use pt::PT;

/// A sentence with one gap, written `{}`.
#[derive(Debug, Clone, Copy)]
pub struct Phrase(pub(super) &'static str);

impl Phrase {
    /// What stands before the gap.
    pub fn before(self) -> &'static str {
        self.0.split_once("{}").map_or(self.0, |(before, _)| before)
    }

    /// What stands after the gap.
    pub fn after(self) -> &'static str {
        self.0.split_once("{}").map_or("", |(_, after)| after)
    }
}

/// The texts of one language.
#[derive(Debug)]
#[expect(missing_docs, reason = "the English table beside this file says what each text is")]
pub struct Texts {
    pub service: &'static str,
    pub test_banner: &'static str,
    pub languages: &'static str,

    pub picker_title: &'static str,
    pub asks: Phrase,
    pub purpose: Phrase,
    pub level: Phrase,
    pub level_low: &'static str,
    pub level_substantial: &'static str,
    pub level_high: &'static str,
    pub choose: &'static str,
    pub unavailable: &'static str,
    pub why_suspended: &'static str,
    pub why_not_recognised: &'static str,
    pub why_level: &'static str,
    pub why_no_login: &'static str,
    pub why_unreachable: &'static str,
    pub no_country: &'static str,
    pub not_listed: &'static str,
    pub not_listed_help: &'static str,
    pub cancel: &'static str,

    pub consent_title: &'static str,
    pub wants: Phrase,
    pub legal_basis: Phrase,
    pub from: Phrase,
    pub will_receive: &'static str,
    pub nothing_else: &'static str,
    pub not_shared: &'static str,
    pub check_person: &'static str,
    pub once: &'static str,
    pub again: &'static str,
    pub voluntary: &'static str,
    pub refused: &'static str,
    pub allow: &'static str,
    pub deny: &'static str,
    pub deny_help: Phrase,
    pub yes: &'static str,
    pub no: &'static str,
    pub claims: ClaimTexts,

    pub error_title: &'static str,
    pub error_code: &'static str,
    pub errors: ErrorTexts,

    pub document_title: &'static str,
    pub document: DocumentTexts,
    pub document_nothing: Phrase,
    pub document_back: Phrase,

    pub signed_out_title: &'static str,
    pub signed_out: &'static str,
    pub shared_phone: &'static str,
}

/// What went wrong and what the person can do, by kind.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are the kinds of error page")]
pub struct ErrorTexts {
    pub expired: ErrorText,
    pub wrong_request: ErrorText,
    pub other_browser: ErrorText,
    pub bad_form: ErrorText,
    pub unavailable: ErrorText,
    pub not_found: ErrorText,
    pub internal: ErrorText,
}

/// What is wrong with the person's document and what the person can do.
#[derive(Debug)]
#[expect(missing_docs, reason = "the fields are the states of a document that may not be accepted")]
pub struct DocumentTexts {
    pub expired: ErrorText,
    pub lost: ErrorText,
    pub revoked: ErrorText,
    pub unknown: ErrorText,
}

/// One kind of error.
#[derive(Debug, Clone, Copy)]
pub struct ErrorText {
    /// What happened.
    pub what: &'static str,
    /// What the person can do now.
    pub todo: &'static str,
}
