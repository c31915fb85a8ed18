//! `trustctl log checkpoint` and `trustctl log add-cosignature`

use std::path::PathBuf;

use serde_json::{Value, json};
use tile_log::{Slot, TileReader as _};
use trust_list::publish::Witnesses;

use super::{Looked, open, read_text, tiles, witnesses};
use crate::error::CliError;
use crate::files;
use crate::names::published;
use crate::outcome::Outcome;

pub(crate) fn run(args: &Looked) -> Result<Outcome, CliError> {
    let (documents, witnesses) = args.read()?;
    let row = |slot: Slot| -> Result<(String, Value), CliError> {
        let bytes = documents.checkpoint(slot).map_err(|error| CliError::Io(error.to_string()))?;
        bytes.map_or_else(|| Ok(("none".to_owned(), Value::Null)), |bytes| describe(&witnesses, &bytes))
    };
    let (signed, shown) = (row(Slot::Head)?, row(Slot::Checkpoint)?);
    let text = format!("signed            {}\nshown to clients  {}", signed.0, shown.0);
    Ok(Outcome::done(text, json!({ "signed": signed.1, "shown": shown.1 })))
}

fn describe(witnesses: &Witnesses, bytes: &[u8]) -> Result<(String, Value), CliError> {
    let checkpoint = witnesses.open(bytes)?;
    let (tree, cosigned) = (checkpoint.tree(), witnesses.cosigned(&checkpoint)?);
    let enough = match witnesses.require(&checkpoint) {
        Ok(()) => "enough".to_owned(),
        Err(missing) => missing.to_string(),
    };
    let names: Vec<&str> = cosigned.iter().map(String::as_str).collect();
    let text = format!("{} entries, root {}, cosigned by [{}]: {enough}", tree.size, tree.root, names.join(", "));
    let value = json!({
        "size": tree.size,
        "root": tree.root.to_string(),
        "cosigned": cosigned,
        "enough": witnesses.require(&checkpoint).is_ok(),
    });
    Ok((text, value))
}

#[derive(clap::Args)]
pub(crate) struct AddArgs {
    /// The files that `trustctl log witness` wrote.
    #[arg(required = true)]
    cosignatures: Vec<PathBuf>,
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The private key of the log.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The proposal of the root that will name the log, while the newest root does not.
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
}

pub(crate) fn add(args: &AddArgs) -> Result<Outcome, CliError> {
    let _alone = files::lock(&args.dir)?;
    let witnesses = witnesses(&published(&args.dir)?, args.root.as_deref())?;
    let mut log = open(&args.dir, &args.key)?;
    let mut added = 0;
    for path in &args.cosignatures {
        let lines = read_text(path)?;
        added += witnesses.add(&mut log, &lines).map_err(|error| CliError::content(path, error))?;
    }
    let shown = match witnesses.require(log.head()) {
        Ok(()) => witnesses.publish(&mut log).map(|()| true)?,
        Err(_) => false,
    };
    let (described, value) = describe(&witnesses, &log.head().to_bytes())?;
    let next = if shown {
        "Clients are shown it. Next: `trustctl publish` makes what it has current."
    } else {
        "Clients are not shown it yet."
    };
    let text = format!("added  {added}\nlog    {described}\n\n{next}");
    Ok(Outcome::done(text, json!({ "added": added, "shown": shown, "log": value })))
}

/// The head that witnesses look at.
pub(super) fn head(dir: &std::path::Path) -> Result<Vec<u8>, CliError> {
    let head = tiles(dir).checkpoint(Slot::Head).map_err(|error| CliError::Io(error.to_string()))?;
    head.ok_or_else(|| CliError::Io(format!("{} has no log/head", dir.display())))
}
