//! What a proposal changes, in plain words, before anybody signs it.
//!
//! 1. [`compare`] takes two versions of a document apart side by side (`pair`) and puts each part that differs into a
//!    [`Change`]: `root`, `regional` and `national` know which parts there are.
//! 2. [`Fact::text`] says it in the reader's language (`texts`); [`Change::danger`] marks what gives somebody more
//!    power than before.
//! 3. Whatever has no words is shown with its bare values: nothing that changed is left out, which a property test
//!    proves by changing anything.
//! 4. [`signatures`] says who signed and who still can.
//!
//! To add a sentence: 1. a variant of [`Fact`], 2. where it is found, 3. its words in each file of `texts`.

mod change;
mod entry;
mod national;
mod organisation;
mod pair;
#[cfg(test)]
mod property;
mod regional;
mod root;
mod scheme;
mod signatures;
mod texts;

use serde_json::Value;

pub use change::{Change, Danger, Fact, Label, Raw, Subject};
pub use signatures::{QuorumReview, Signatory, signatures};
pub use texts::{Headings, headings};

use crate::document::Typ;
use change::Found;
use pair::Pair;

/// What changes from `before`, if there is a version before, to `after`, both payloads of documents of that kind.
pub fn compare(kind: Typ, before: Option<&Value>, after: &Value) -> Vec<Change> {
    let pair = Pair::new(before, after);
    let mut changes = in_words(kind, pair.clone());
    // `in_words` owes a change for whatever differs. Should it ever owe one, nobody signs in the belief that nothing
    // changes.
    if changes.is_empty() && pair.differs() {
        changes.extend(raw(before, after).into_iter().map(Change::from));
    }
    changes
}

fn in_words(kind: Typ, pair: Pair<'_>) -> Vec<Change> {
    let mut found = Found::default();
    match kind {
        Typ::Root => root::compare(pair, &mut found),
        Typ::Regional => regional::compare(pair, &mut found),
        Typ::National => national::compare(pair, &mut found),
        Typ::Status | Typ::Suspension => pair.raw(&mut found.raw),
    }
    found.finish()
}

/// Every place where the two differ, without words.
pub fn raw(before: Option<&Value>, after: &Value) -> Vec<Raw> {
    let mut raw = Vec::new();
    Pair::new(before, after).raw(&mut raw);
    raw
}
