//! `trustctl upload`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;

use crate::deliver::Targets;
use crate::error::CliError;
use crate::outcome::Outcome;

/// Brings what is published in a folder to the place where clients read it. What is there already is not sent again; the
/// status document goes last; what a client would refuse does not leave.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    #[command(flatten)]
    targets: Targets,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    if args.targets.is_empty() {
        return Err(CliError::Usage("where to? give --to, --staging or --notify".to_owned()));
    }
    let delivery = args.targets.deliver(&args.dir, now)?;
    Ok(delivery.add_to(Outcome::done("", json!({}))))
}
