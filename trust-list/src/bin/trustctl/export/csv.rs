//! `trustctl export csv`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;
use trust_list::export::{self, Table};

use crate::error::CliError;
use crate::outcome::Outcome;
use crate::snapshot::Source;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// Which table: members, issuers, clients, recognitions or suspensions.
    #[arg(long)]
    table: Table,
    /// Where it goes; printed without this.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let table = export::csv(&*args.source.verify(now)?, args.table, now);
    let value = json!({ "csv": table });
    super::deliver(args.out.as_deref(), table, value)
}
