//! `trustctl assemble`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;
use trust_list::publish::Published;

use crate::error::CliError;
use crate::files;
use crate::names::published;
use crate::outcome::Outcome;
use crate::parts::{self, Gathered};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The proposal; signed copies, and signatures that came alone, are put together with it.
    #[arg(required = true)]
    proposals: Vec<PathBuf>,
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Add it although another list then lacks signatures and is still to follow: only in a directory that no client
    /// reads.
    #[arg(long)]
    incomplete: bool,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let (first, others) = args.proposals.split_first().ok_or_else(|| CliError::Usage("which proposal?".to_owned()))?;
    let gathered = parts::gather(first, others)?.signatures_only()?;
    std::fs::create_dir_all(&args.dir).map_err(|error| CliError::io("cannot make", &args.dir, error))?;
    let _alone = files::lock(&args.dir)?;
    let mut documents = published(&args.dir)?;
    refuse_uncounted(&gathered, &documents)?;
    let place = documents.add(&gathered.proposal)?;
    if !args.incomplete {
        refuse_misfits(&documents)?;
    }
    documents.require_agreement(now)?;
    documents.write_one_to(&args.dir, place)?;
    let text = format!(
        "added  {place}\n\nNext: `trustctl publish --dir {} --key ONLINE-KEY` makes it current.",
        args.dir.display()
    );
    Ok(Outcome::done(text, json!({ "added": place.to_string() })))
}

/// A signature that came alone was meant to count. Why it does not is for somebody to find out before it is published.
fn refuse_uncounted(gathered: &Gathered, documents: &Published) -> Result<(), CliError> {
    let uncounted = gathered.uncounted(&documents.tallies(&gathered.proposal)?);
    if uncounted.is_empty() {
        return Ok(());
    }
    Err(CliError::Refused(format!(
        "not by a key that may sign this, or damaged on the way: {}; let its signer sign again, or leave it out",
        uncounted.join(", ")
    )))
}

/// Signers that leave take their signatures with them: whatever they signed last must be signed anew first.
fn refuse_misfits(documents: &Published) -> Result<(), CliError> {
    let misfits = documents.misfits()?;
    let Some((name, quorum)) = misfits.first() else { return Ok(()) };
    Err(CliError::Refused(format!(
        "with it clients would refuse the {name} list, which would be {quorum}; first assemble a release of that list \
         that enough of the old and of the new signers signed, or use --incomplete in a directory that no client reads"
    )))
}
