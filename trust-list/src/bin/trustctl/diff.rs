//! `trustctl diff`

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use strict_jose::Limits;
use trust_list::Language;
use trust_list::document::Typ;
use trust_list::publish::{Proposal, Published};
use trust_list::review::{self, Change, Raw};

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
    /// The bare values by JSON pointer instead of sentences.
    #[arg(long)]
    raw: bool,
}

pub(crate) fn run(args: &Args, language: Language) -> Result<Outcome, CliError> {
    let proposal = files::read_proposal(&args.proposal)?;
    let documents = published(&args.dir)?;
    let read = |proposal: &Proposal| {
        strict_jose::json::parse(proposal.payload(), &Limits::BULK_LIST)
            .map_err(|error| CliError::content(&args.proposal, error))
    };
    let before = current(&documents, &proposal)?.as_ref().map(read).transpose()?;
    let after = read(&proposal)?;
    if args.raw {
        return Ok(raw(&proposal, &review::raw(before.as_ref(), &after)));
    }
    let changes = review::compare(proposal.kind(), before.as_ref(), &after);
    let quorums = review::signatures(&documents, &proposal)?;
    let mut text = format!("{} {}\n", proposal.kind().as_str(), proposal.payload_digest());
    let words = review::headings(language);
    let _ = writeln!(text, "\n{}", if before.is_some() { words.changes } else { words.first });
    for change in &changes {
        let _ = writeln!(text, "{}", change.line(language));
    }
    if changes.is_empty() {
        let _ = writeln!(text, "    {}", words.nothing);
    }
    let _ = writeln!(text, "\n{}", words.signatures);
    for quorum in &quorums {
        text.push_str(&quorum.text(language));
    }
    let value = json!({
        "kind": proposal.kind().as_str(),
        "digest": proposal.payload_digest(),
        "first": before.is_none(),
        "dangerous": changes.iter().filter(|change| change.danger.is_some()).count(),
        "changes": changes.iter().map(|change| in_json(change, language)).collect::<Result<Vec<_>, _>>()?,
        "quorums": quorums,
    });
    Ok(Outcome::done(text, value))
}

/// The change with its sentence.
fn in_json(change: &Change, language: Language) -> Result<Value, CliError> {
    let mut value = serde_json::to_value(change).map_err(|error| CliError::Refused(error.to_string()))?;
    if let Value::Object(members) = &mut value {
        members.insert("text".to_owned(), change.fact.text(language).into());
    }
    Ok(value)
}

/// The published document that the proposal is to follow.
fn current(documents: &Published, proposal: &Proposal) -> Result<Option<Proposal>, CliError> {
    Ok(match proposal.kind() {
        Typ::Root => documents.root_document().ok(),
        Typ::Regional | Typ::National => documents.list(proposal.list_name()?).ok().map(|(_, current)| current),
        Typ::Status | Typ::Suspension => None,
    })
}

fn raw(proposal: &Proposal, changes: &[Raw]) -> Outcome {
    let mut text = format!("digest  {}\n", proposal.payload_digest());
    for change in changes {
        let _ = writeln!(text, "{}", change.line());
    }
    Outcome::done(text, json!({ "digest": proposal.payload_digest(), "changes": changes }))
}
