//! `trustctl log verify`: the auditor's side.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use tile_log::{Hash, MemoryTiles, Slot, TileReader as _, TreeReader};
use trust_list::document::LoggedDocument;
use trust_list::publish::{Published, entries};

use super::{Looked, refused};
use crate::error::CliError;
use crate::outcome::Outcome;

pub(crate) fn run(args: &Looked) -> Result<Outcome, CliError> {
    let (documents, witnesses) = args.read()?;
    let bytes = documents.checkpoint(Slot::Checkpoint).map_err(refused)?;
    let bytes = bytes.ok_or_else(|| refused("clients are shown no checkpoint: log/checkpoint is missing"))?;
    let checkpoint = witnesses.open(&bytes)?;
    witnesses.require(&checkpoint)?;
    let tree = checkpoint.tree();
    let entries = entries(&TreeReader::new(&documents, tree.size), 0..tree.size).map_err(refused)?;
    if root_of(&entries)? != tree.root {
        return Err(refused("the entries do not make the root that the log signed"));
    }
    let waiting = agree(&documents, &entries)?;
    let text = format!(
        "entries  {}\nroot     {}\nwaiting  {}\n\nEvery entry is a published document, and each place has one document only.",
        tree.size,
        tree.root,
        if waiting.is_empty() { "none".to_owned() } else { waiting.join(", ") },
    );
    Ok(Outcome::done(text, json!({ "size": tree.size, "root": tree.root.to_string(), "waiting": waiting })))
}

/// The root, computed from the entries alone.
fn root_of(entries: &[String]) -> Result<Hash, CliError> {
    let key = tile_log::NoteSigner::generate(super::key_name("auditor").map_err(refused)?, tile_log::KeyKind::Log);
    let key = key.map_err(refused)?;
    let origin = key.verifier().name().clone();
    let mut again = tile_log::Log::create(MemoryTiles::new(), origin, key).map_err(refused)?;
    again.append(entries).map_err(refused)?;
    Ok(again.head().tree().root)
}

/// Each entry is a document that is published, and no place has two. Answers what is published and not in the log yet.
fn agree(documents: &Published, entries: &[String]) -> Result<Vec<String>, CliError> {
    let published: BTreeMap<String, LoggedDocument> =
        documents.logged_documents().map(|document| (document.path.clone(), document)).collect();
    let mut logged = BTreeSet::new();
    for (index, line) in entries.iter().enumerate() {
        let entry: LoggedDocument =
            serde_json::from_str(line).map_err(|error| refused(format!("entry {index}: {error}")))?;
        if published.get(&entry.path).is_none_or(|document| document.to_line() != *line) {
            let what = format!("entry {index} is {line}, and that is not what is published at {}", entry.path);
            return Err(refused(format!("{what}: a document was exchanged or withdrawn; ask the publisher for it")));
        }
        if !logged.insert(entry.path.clone()) {
            return Err(refused(format!("entry {index}: {} is in the log twice", entry.path)));
        }
    }
    Ok(published.into_keys().filter(|path| !logged.contains(path)).collect())
}
