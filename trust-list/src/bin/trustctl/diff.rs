//! `trustctl diff`

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use strict_jose::Limits;
use trust_list::document::Typ;
use trust_list::publish::{Proposal, Published};

use crate::error::CliError;
use crate::files;
use crate::names::published;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The proposal.
    proposal: PathBuf,
    /// The published documents to compare with.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

/// One place that changes.
struct Change {
    at: String,
    before: Option<Value>,
    after: Option<Value>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    let proposal = files::read_proposal(&args.proposal)?;
    let read = |proposal: &Proposal| {
        strict_jose::json::parse(proposal.payload(), &Limits::BULK_LIST)
            .map_err(|error| CliError::content(&args.proposal, error))
    };
    let after = read(&proposal)?;
    let before = current(&published(&args.dir)?, &proposal)?.as_ref().map(read).transpose()?.unwrap_or(Value::Null);
    let mut changes = Vec::new();
    compare(String::new(), Some(&before), Some(&after), &mut changes);
    let mut text = format!("digest  {}\n", proposal.payload_digest());
    for change in &changes {
        describe(&mut text, change);
    }
    let rows = changes.iter().map(|c| json!({ "at": c.at, "before": c.before, "after": c.after })).collect::<Vec<_>>();
    Ok(Outcome::done(text, json!({ "digest": proposal.payload_digest(), "changes": rows })))
}

/// The published document that the proposal is to follow.
fn current(documents: &Published, proposal: &Proposal) -> Result<Option<Proposal>, CliError> {
    Ok(match proposal.kind() {
        Typ::Root => documents.root_document().ok(),
        Typ::Regional | Typ::National => documents.list(proposal.list_name()?).ok().map(|(_, current)| current),
        Typ::Status | Typ::Suspension => None,
    })
}

fn describe(text: &mut String, change: &Change) {
    let _ = writeln!(text, "{}", change.at);
    if let Some(before) = &change.before {
        let _ = writeln!(text, "  - {before}");
    }
    if let Some(after) = &change.after {
        let _ = writeln!(text, "  + {after}");
    }
}

/// Every place where the two differ, as deep as both have the same shape.
fn compare(at: String, before: Option<&Value>, after: Option<&Value>, changes: &mut Vec<Change>) {
    match (before, after) {
        (before, after) if before == after => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for name in names {
                compare(format!("{at}/{name}"), before.get(name), after.get(name), changes);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            for place in 0..before.len().max(after.len()) {
                compare(format!("{at}/{place}"), before.get(place), after.get(place), changes);
            }
        }
        (before, after) => changes.push(Change { at, before: before.cloned(), after: after.cloned() }),
    }
}
