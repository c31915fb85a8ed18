//! `trustctl log init` and `trustctl log append`

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;
use tile_log::Log;

use super::{append_new, open, read_private_key, refused, storage};
use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The published documents; the log goes into the folder `log` of it.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The private key of the log.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    let _alone = files::lock(&args.dir)?;
    let key = read_private_key(&args.key)?;
    let origin = key.verifier().name().clone();
    Log::create(storage(&args.dir)?, origin.clone(), key).map_err(refused)?;
    let text = format!("log  {origin}\n\nNext: `trustctl log append` enters what is published.");
    Ok(Outcome::done(text, json!({ "log": origin.as_str() })))
}

#[derive(clap::Args)]
pub(crate) struct AppendArgs {
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The private key of the log.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

pub(crate) fn append(args: &AppendArgs) -> Result<Outcome, CliError> {
    let new = append_new(&args.dir, &args.key)?;
    let size = open(&args.dir, &args.key)?.head().tree().size;
    let mut text = format!("entries  {size}");
    for entry in &new {
        let _ = write!(text, "\nnew      {} {}", entry.path, entry.sha256);
    }
    text.push_str("\n\nNext: each witness runs `trustctl log witness`.");
    Ok(Outcome::done(text, json!({ "size": size, "new": new })))
}
