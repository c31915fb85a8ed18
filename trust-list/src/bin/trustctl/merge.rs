//! `trustctl merge`

use std::path::PathBuf;

use serde_json::json;

use crate::error::CliError;
use crate::outcome::Outcome;
use crate::{files, parts};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The proposal. The signatures go into the file.
    proposal: PathBuf,
    /// What came back: signatures alone (`sign --detached`), or signed copies.
    #[arg(required = true, value_name = "FILE")]
    signatures: Vec<PathBuf>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    let proposal = parts::gather(&args.proposal, &args.signatures)?.signatures_only()?.proposal;
    files::write(&args.proposal, &proposal.to_bytes())?;
    let (file, count) = (args.proposal.display(), proposal.document().signatures().len());
    let text =
        format!("proposal    {file}\nsignatures  {count}, not verified\n\nNext: `trustctl status {file} --dir DIR`.");
    Ok(Outcome::done(text, json!({ "proposal": args.proposal, "signatures": count })))
}
