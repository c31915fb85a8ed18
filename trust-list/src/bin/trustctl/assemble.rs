//! `trustctl assemble`

use std::path::PathBuf;

use serde_json::json;

use crate::error::CliError;
use crate::files;
use crate::names::published;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The proposal; copies that were signed separately are put together.
    #[arg(required = true)]
    proposals: Vec<PathBuf>,
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    let mut copies = args.proposals.iter();
    let first = copies.next().ok_or_else(|| CliError::Usage("which proposal?".to_owned()))?;
    let mut proposal = files::read_proposal(first)?;
    for copy in copies {
        let other = files::read_proposal(copy)?;
        proposal.merge(&other).map_err(|error| CliError::content(copy, error))?;
    }
    let mut documents = published(&args.dir)?;
    let place = documents.add(&proposal)?;
    documents.write_to(&args.dir)?;
    let text = format!(
        "added  {place}\n\nNext: `trustctl publish --dir {} --key ONLINE-KEY` makes it current.",
        args.dir.display()
    );
    Ok(Outcome::done(text, json!({ "added": place.to_string() })))
}
