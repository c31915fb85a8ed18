//! `trustctl history`

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use trust_list::Language;
use trust_list::document::SuspensionTarget;
use trust_list::history::{Event, Version, events};

use crate::error::CliError;
use crate::names::published;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only what changed about this member, or this entry of it.
    #[arg(value_name = "COUNTRY[/ENTITY]")]
    about: Option<SuspensionTarget>,
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

pub(crate) fn run(args: &Args, language: Language) -> Result<Outcome, CliError> {
    let events = events(&published(&args.dir)?, args.about.as_ref())?;
    let mut text = String::new();
    for event in &events {
        describe(&mut text, event, language);
    }
    let value = json!({ "events": events.iter().map(|event| in_json(event, language)).collect::<Vec<_>>() });
    Ok(Outcome::done(text, value))
}

fn describe(text: &mut String, event: &Event, language: Language) {
    let Version { place, issued, complete, .. } = &event.version;
    let mark = if *complete { "" } else { "  (!)" };
    let _ = writeln!(text, "{}  {place}{mark}", issued.to_rfc3339());
    let _ = writeln!(text, "    {}", signers(&event.version));
    let _ = writeln!(text, "    {}", event.summary(language));
}

/// Who signed, in one line.
pub(crate) fn signers(version: &Version) -> String {
    let names = version.signed.iter().map(|signature| format!("{} ({})", signature.by.holder, signature.by.country));
    let names: Vec<String> = names.collect();
    if names.is_empty() { "-".to_owned() } else { names.join(", ") }
}

/// A version for programs.
pub(crate) fn version_value(version: &Version) -> Value {
    json!({
        "document": version.place.to_string(),
        "sha256": version.sha256,
        "issued": version.issued.to_rfc3339(),
        "until": version.until.to_rfc3339(),
        "signed": version.signed,
        "complete": version.complete,
        "root": version.root,
    })
}

fn in_json(event: &Event, language: Language) -> Value {
    let mut value = version_value(&event.version);
    if let Some(members) = value.as_object_mut() {
        let changes: Vec<String> = event.changes.iter().map(|change| change.fact.text(language)).collect();
        members.insert("summary".to_owned(), event.summary(language).into());
        members.insert("changes".to_owned(), changes.into());
    }
    value
}
