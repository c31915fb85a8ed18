//! `trustctl propose`

mod log;
mod national;
mod regional;
mod root;

use std::path::Path;

use clap::Subcommand;
use serde_json::json;
use strict_jose::UnixTime;
use trust_list::publish::Proposal;

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The next root: other keys, another quorum, or a later end.
    Root(root::Args),
    /// The next regional list: members, recognition, reinstatement.
    Regional(regional::Args),
    /// The next national list: entries and their status.
    National(national::Args),
}

pub(crate) fn run(command: Command, now: UnixTime) -> Result<Outcome, CliError> {
    match command {
        Command::Root(args) => root::run(args, now),
        Command::Regional(args) => regional::run(&args, now),
        Command::National(args) => national::run(&args, now),
    }
}

/// Writes a proposal and says what to do with it.
pub(crate) fn write(proposal: &Proposal, out: &Path) -> Result<Outcome, CliError> {
    files::write(out, &proposal.to_bytes())?;
    let (digest, kind) = (proposal.payload_digest(), proposal.kind().as_str());
    let file = out.display();
    let text = format!(
        "proposal  {file}\nkind      {kind}\ndigest    {digest}\n\nNext: every signer compares the digest and runs `trustctl sign {file} --key KEY`."
    );
    Ok(Outcome::done(text, json!({ "proposal": out, "kind": kind, "digest": digest })))
}
