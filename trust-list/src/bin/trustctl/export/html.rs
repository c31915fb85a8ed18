//! `trustctl export html`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;
use trust_list::{Language, export};

use crate::error::CliError;
use crate::outcome::Outcome;
use crate::snapshot::Source;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// Where it goes; printed without this.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, language: Language, now: UnixTime) -> Result<Outcome, CliError> {
    let page = export::report(&*args.source.verify(now)?, language, now)?;
    let value = json!({ "html": page });
    super::deliver(args.out.as_deref(), page, value)
}
