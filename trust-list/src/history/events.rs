//! What each version changed.

use super::ledger::{Version, versions};
use crate::document::{DocumentPath, ListName, SuspensionTarget, Typ};
use crate::publish::{PublishError, Published};
use crate::review::{self, Change, Fact, Label, Subject};
use crate::{CountryCode, Language};

/// A version and what it changed from the one before it.
#[derive(Clone, Debug)]
pub struct Event {
    /// The version.
    pub version: Version,
    /// What it changed; its number and dates apart, which every version changes.
    pub changes: Vec<Change>,
}

/// A line has room for so many sentences.
const SENTENCES: usize = 3;

impl Event {
    /// What changed in one line: the weightiest first, the rest as a number.
    pub fn summary(&self, language: Language) -> String {
        let mut weighty: Vec<&Change> = self.changes.iter().filter(|change| weight(change) < Weight::Detail).collect();
        weighty.sort_by_key(|change| weight(change));
        let sentences = weighty.into_iter().take(SENTENCES).map(|change| change.fact.text(language));
        let mut sentences: Vec<String> = sentences.collect();
        let more = self.changes.len().saturating_sub(sentences.len());
        if more > 0 || sentences.is_empty() {
            sentences.push(format!("+{more}"));
        }
        sentences.join("; ")
    }
}

/// What a line with little room says first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// Something with a sentence of its own.
    Sentence,
    /// A named value that gives power.
    Dangerous,
    /// Another named value.
    Value,
    /// What only a diff has room for.
    Detail,
}

fn weight(change: &Change) -> Weight {
    match (&change.fact, change.danger) {
        (Fact::Raw { .. } | Fact::Set { label: Label::History | Label::StatusSince, .. }, _) => Weight::Detail,
        (Fact::Set { .. } | Fact::Setting { .. }, Some(_)) => Weight::Dangerous,
        (Fact::Set { .. } | Fact::Setting { .. }, None) => Weight::Value,
        _ => Weight::Sentence,
    }
}

/// Every version in order with what it changed; with `about`, those that changed something about it.
pub fn events(documents: &Published, about: Option<&SuspensionTarget>) -> Result<Vec<Event>, PublishError> {
    let versions = versions(documents)?;
    let mut events = Vec::new();
    for version in &versions {
        let before = versions.iter().find(|other| is_before(other.place, version.place));
        let mut changes = review::compare(version.kind, before.map(|before| &before.payload), &version.payload);
        changes.retain(|change| !is_routine(change));
        if let Some(about) = about {
            changes.retain(|change| concerns(change, version, about));
            if changes.is_empty() {
                continue;
            }
        }
        events.push(Event { version: version.clone(), changes });
    }
    Ok(events)
}

/// Whether `other` is the version of the same document before the one at `place`.
fn is_before(other: DocumentPath, place: DocumentPath) -> bool {
    match (other, place) {
        (DocumentPath::Root(other), DocumentPath::Root(version)) => other.checked_add(1) == Some(version),
        (DocumentPath::List(name, other), DocumentPath::List(same, version)) => {
            name == same && other.checked_add(1) == Some(version)
        }
        _ => false,
    }
}

fn is_routine(change: &Change) -> bool {
    let routine = |label: &Label| matches!(label, Label::Number | Label::Issued | Label::ValidUntil);
    matches!(&change.fact, Fact::Set { of: Subject::Document, label, .. } if routine(label))
}

/// Whether a change is about the member, or the entry of it.
fn concerns(change: &Change, version: &Version, about: &SuspensionTarget) -> bool {
    let country = about.country.to_string();
    match (&about.entity, version.place) {
        (Some(entity), DocumentPath::List(ListName::Member(list), _)) => {
            list == about.country && entry_of(change) == Some(entity.as_str())
        }
        (Some(_), _) => matches!(&change.fact, Fact::Reinstated { target, .. } if *target == about.to_string()),
        (None, DocumentPath::List(ListName::Member(list), _)) => list == about.country,
        (None, _) => version.kind != Typ::National && names(change, about.country, &country),
    }
}

/// The entry that a change of a national list is about.
fn entry_of(change: &Change) -> Option<&str> {
    match &change.fact {
        Fact::EntryAdded { id, .. }
        | Fact::EntryRemoved { id, .. }
        | Fact::EntryKeyAdded { id, .. }
        | Fact::EntryKeyRemoved { id, .. }
        | Fact::Setting { id, .. }
        | Fact::Status { of: Subject::Entry(id) | Subject::Purpose(id, _), .. }
        | Fact::Set { of: Subject::Entry(id) | Subject::Purpose(id, _), .. } => Some(id),
        _ => None,
    }
}

/// Whether a change of a root or regional list names the country.
fn names(change: &Change, code: CountryCode, country: &str) -> bool {
    match &change.fact {
        Fact::RootKeyAdded { country: of, .. }
        | Fact::RootKeyRemoved { country: of, .. }
        | Fact::MemberAdmitted { country: of, .. }
        | Fact::MemberRemoved { country: of, .. }
        | Fact::SignerAdded { country: of, .. }
        | Fact::SignerRemoved { country: of, .. }
        | Fact::AnyHost { country: of, .. }
        | Fact::Status { of: Subject::Member(of), .. }
        | Fact::Set { of: Subject::Member(of), .. } => of == country,
        Fact::RecognitionAdded { row }
        | Fact::RecognitionRemoved { row }
        | Fact::RecognitionLevel { row, .. }
        | Fact::RecognitionUntil { row, .. }
        | Fact::RecognitionBasis { row, .. } => row.recogniser == code || row.recognised == code,
        Fact::Reinstated { target, .. } | Fact::ReinstatementRemoved { target, .. } => {
            target.split(['/', ' ']).next() == Some(country)
        }
        _ => false,
    }
}
