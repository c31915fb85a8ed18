//! `trustctl expiry`

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;
use trust_list::Language;
use trust_list::expiry::{Urgency, expiries};

use crate::error::CliError;
use crate::names::published;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Also what has more than 60 days left.
    #[arg(long)]
    all: bool,
}

pub(crate) fn run(args: &Args, now: UnixTime, language: Language) -> Result<Outcome, CliError> {
    let mut expiries = expiries(&published(&args.dir)?, now)?;
    let urgency = expiries.iter().map(|expiry| expiry.urgency).max().unwrap_or(Urgency::Later);
    expiries.retain(|expiry| args.all || expiry.urgency > Urgency::Later);
    let mut text = String::new();
    for expiry in &expiries {
        let _ = writeln!(text, "{}", expiry.line(language));
    }
    let value = json!({ "urgency": urgency, "expiries": expiries });
    Ok(Outcome::done(text, value).with_code(urgency.exit_code()))
}
