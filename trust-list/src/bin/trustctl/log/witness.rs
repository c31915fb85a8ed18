//! `trustctl log witness`: the member state's side.

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;
use tile_log::{
    Hash, SignedCheckpoint, Slot, TileDirectory, TileReader, TileWriter as _, TreeHead, TreeReader, witness,
};
use trust_list::publish::entries;

use super::checkpoint::head;
use super::{read_key, read_private_key, refused, tiles};
use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

/// Keeps the last checkpoint it cosigned, and cosigns only what continues that. Keep the state directory as safe as the
/// key: without it this witness would believe whatever it is shown next.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The published documents, or a copy of their folder `log`'s parent fetched from where clients fetch them.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The public key of the log, as it was handed over.
    #[arg(long, value_name = "FILE")]
    log: PathBuf,
    /// This witness's memory, made when it looks first.
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// Your private key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Where the cosignature goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let (log, key) = (read_key(&args.log)?, read_private_key(&args.key)?);
    let io = |error: tile_log::StorageError| CliError::Io(error.to_string());
    // Nobody else cosigns with this state meanwhile.
    let mut state = TileDirectory::new(&args.state).lock().map_err(io)?;
    let kept = state.checkpoint(Slot::Head).map_err(io)?;
    let open = |bytes: &[u8]| SignedCheckpoint::open(bytes, log.name(), &log).map_err(refused);
    let last = match &kept {
        Some(bytes) => open(bytes)?.tree(),
        None => TreeHead { size: 0, root: Hash::empty() },
    };
    let offered = open(&head(&args.dir)?)?;
    let tiles = tiles(&args.dir);
    let time = now.seconds().unsigned_abs();
    let line = witness::cosign(&key, last, &offered, &tiles, time).map_err(refused)?;
    let new = new_entries(&tiles, last, offered.tree())?;
    // On disk before the line leaves.
    let (cosigned, _) = offered.with_cosignatures(&line, &[key.verifier().clone()]).map_err(refused)?;
    state.replace_checkpoint(Slot::Head, kept.as_deref(), &cosigned.to_bytes()).map_err(io)?;
    files::write(&args.out, line.as_bytes())?;
    Ok(describe(args, last, offered.tree(), &new))
}

/// What this witness vouches for, read out of the bundles and verified.
fn new_entries(tiles: &dyn TileReader, last: TreeHead, new: TreeHead) -> Result<Vec<String>, CliError> {
    let tree = TreeReader::new(tiles, new.size);
    let entries = entries(&tree, last.size..new.size).map_err(refused)?;
    for (index, entry) in (last.size..).zip(&entries) {
        let proof = tree.inclusion(index).map_err(refused)?;
        proof
            .verify(Hash::leaf(entry.as_bytes()), new)
            .map_err(|_| refused(format!("entry {index} is not the logged one")))?;
    }
    Ok(entries)
}

fn describe(args: &Args, last: TreeHead, new: TreeHead, entries: &[String]) -> Outcome {
    let mut text = format!("before       {} entries\nnow          {} entries, root {}", last.size, new.size, new.root);
    for entry in entries {
        let _ = write!(text, "\nnew          {entry}");
    }
    let _ = write!(text, "\ncosignature  {}", args.out.display());
    if last.size == 0 {
        text.push_str(
            "\n\nThis witness saw the log for the first time: compare the root with the other member states.",
        );
    } else {
        text.push_str("\n\nThe log only grew. Send the cosignature to the publisher.");
    }
    let value =
        json!({ "before": last.size, "size": new.size, "root": new.root.to_string(), "new": entries, "out": args.out });
    Outcome::done(text, value)
}
