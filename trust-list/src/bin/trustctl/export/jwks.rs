//! `trustctl export jwks`

use std::path::PathBuf;

use strict_jose::UnixTime;
use trust_list::{CountryCode, EntityId, export};

use crate::error::CliError;
use crate::outcome::Outcome;
use crate::snapshot::Source;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// The member.
    #[arg(long)]
    country: CountryCode,
    /// One of its issuers; all of them without this.
    #[arg(long, value_name = "ID")]
    service: Option<EntityId>,
    /// Where it goes; printed without this.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let region = args.source.verify(now)?;
    let keys = export::jwks(&region, args.country, args.service.as_ref(), now)?;
    super::deliver(args.out.as_deref(), format!("{keys:#}\n"), keys)
}
