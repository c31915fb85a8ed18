//! `trustctl inspect`

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use strict_jose::{Limits, UnixTime};
use trust_list::history::{MemberThen, Then, Version, then};

use crate::error::CliError;
use crate::files;
use crate::history::{signers, version_value};
use crate::names::published;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A proposal or a published document.
    #[arg(required_unless_present = "at", conflicts_with = "at")]
    document: Option<PathBuf>,
    /// The region as its published documents say it stood at this time, YYYY-MM-DDThh:mm:ssZ, instead of one document.
    #[arg(long, value_name = "TIME", value_parser = crate::clock::parse, requires = "dir")]
    at: Option<UnixTime>,
    /// The published documents.
    #[arg(long, value_name = "DIR", requires = "at")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    match (&args.document, args.at, &args.dir) {
        (Some(document), ..) => one(document),
        (None, Some(at), Some(dir)) => Ok(region(&then(&published(dir)?, at)?, at)),
        _ => Err(CliError::Usage("which document, or which time".to_owned())),
    }
}

fn one(path: &Path) -> Result<Outcome, CliError> {
    let proposal = files::read_proposal(path)?;
    let payload: Value = strict_jose::json::parse(proposal.payload(), &Limits::BULK_LIST)
        .map_err(|error| CliError::content(path, error))?;
    let (kind, digest) = (proposal.kind().as_str(), proposal.payload_digest());
    let mut text = format!("kind    {kind}\ndigest  {digest}\n");
    let mut signatures = Vec::new();
    for signature in proposal.document().signatures() {
        let (key, at) = (signature.claimed_signer(), signature.iat().map(UnixTime::to_rfc3339));
        let _ = writeln!(text, "signed  {key}  {}  (not verified)", at.as_deref().unwrap_or("no time"));
        signatures.push(json!({ "key": key, "at": at }));
    }
    let _ = writeln!(text, "\n{payload:#}");
    Ok(Outcome::done(text, json!({ "kind": kind, "digest": digest, "signatures": signatures, "payload": payload })))
}

/// The region at a time.
fn region(then: &Then, at: UnixTime) -> Outcome {
    let mut text = format!("at        {}\n", at.to_rfc3339());
    line(&mut text, "root", then.root.as_ref(), at);
    line(&mut text, "regional", then.regional.as_ref(), at);
    for member in &then.members {
        let _ = writeln!(text, "\n{}  {}", member.country, member.status.unwrap_or("not yet a member"));
        line(&mut text, "  list", member.list.as_ref(), at);
        for entry in &member.entries {
            let _ = writeln!(text, "  {}  {}  {}", entry.id, entry.kind, entry.status.unwrap_or("not yet listed"));
        }
    }
    text.push('\n');
    for row in &then.recognitions {
        let (recogniser, accepted, purpose, level) = (row.recogniser, row.recognised, &row.purpose, row.max_level);
        let _ = writeln!(text, "{recogniser} accepts {accepted} for {purpose} up to {level}");
    }
    Outcome::done(text, value(then, at))
}

fn line(text: &mut String, what: &str, version: Option<&Version>, at: UnixTime) {
    let Some(version) = version else {
        let _ = writeln!(text, "{what:<9} none yet");
        return;
    };
    let past = if version.until <= at { "  PAST ITS END" } else { "" };
    let (issued, signers) = (version.issued.to_rfc3339(), signers(version));
    let _ = writeln!(text, "{what:<9} {}  {issued}  {signers}{past}", version.place);
}

fn value(then: &Then, at: UnixTime) -> Value {
    let member = |member: &MemberThen| {
        json!({
            "country": member.country,
            "status": member.status,
            "list": member.list.as_ref().map(version_value),
            "entries": member.entries,
        })
    };
    json!({
        "at": at.to_rfc3339(),
        "root": then.root.as_ref().map(version_value),
        "regional": then.regional.as_ref().map(version_value),
        "members": then.members.iter().map(member).collect::<Vec<_>>(),
        "recognition": then.recognitions,
    })
}
