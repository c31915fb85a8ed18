//! `trustctl drill`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::Thumbprint;
use trust_list::{Language, drill};

use crate::error::CliError;
use crate::names::published;
use crate::outcome::Outcome;

/// Nothing is signed or changed: the answer is computed from the published documents.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The thumbprints of the keys that would be in other hands, with commas between them. Repeat as you like.
    // A thumbprint may begin with a dash.
    #[arg(long, value_name = "THUMBPRINT", required = true, value_delimiter = ',', allow_hyphen_values = true, value_parser = thumbprint)]
    keys: Vec<Thumbprint>,
}

pub(crate) fn thumbprint(text: &str) -> Result<Thumbprint, String> {
    Thumbprint::parse(text).map_err(|error| error.to_string())
}

pub(crate) fn run(args: &Args, language: Language) -> Result<Outcome, CliError> {
    let drill = drill::run(&published(&args.dir)?, &args.keys.iter().cloned().collect())?;
    let mut value = json!(drill);
    if let Some(members) = value.as_object_mut() {
        members.insert("commands".to_owned(), drill.commands().into());
    }
    Ok(Outcome::done(drill.text(language), value))
}
