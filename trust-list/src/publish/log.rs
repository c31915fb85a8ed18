//! The publisher's side of the log: every root and every list ever published is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use tile_log::{Log, SignedCheckpoint, Slot, StorageError, Tile, TileReader, TileWriter, TreeReader};

use super::{Proposal, PublishError, Published};
use crate::document::{DocumentPath, ListName, LogPath, LoggedDocument, TrustedLog, Typ};

/// A current document of a list: its number, its bytes, its place in the log if there is one.
pub(super) type Current<'p> = (ListName, u64, &'p [u8], Option<u64>);

impl TileReader for Published {
    fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.get(DocumentPath::Log(LogPath::Tile(tile))).map(<[u8]>::to_vec))
    }

    fn checkpoint(&self, slot: Slot) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.get(DocumentPath::Log(LogPath::Checkpoint(slot))).map(<[u8]>::to_vec))
    }
}

/// In memory. A log on disk is written through `tile_log::TileDirectory`, which survives crashes.
impl TileWriter for Published {
    fn write_tiles(&mut self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), StorageError> {
        for (tile, bytes) in tiles {
            self.put_unchecked(DocumentPath::Log(LogPath::Tile(*tile)), bytes.clone());
        }
        Ok(())
    }

    fn replace_checkpoint(&mut self, slot: Slot, old: Option<&[u8]>, new: &[u8]) -> Result<(), StorageError> {
        let place = DocumentPath::Log(LogPath::Checkpoint(slot));
        if self.get(place) != old {
            return Err(StorageError::Changed(slot));
        }
        self.put_unchecked(place, new.to_vec());
        Ok(())
    }
}

impl Published {
    /// What must be in the log: every root and every list, in the order of their places.
    pub fn logged_documents(&self) -> impl Iterator<Item = LoggedDocument> {
        let is_logged = |place: &DocumentPath| matches!(place, DocumentPath::Root(_) | DocumentPath::List(..));
        self.iter().filter(move |(place, _)| is_logged(place)).map(|(place, bytes)| LoggedDocument::of(place, bytes))
    }

    /// Appends what the log lacks; answers that. It becomes current when the witnesses cosigned the new head.
    pub fn append_to<W: TileWriter>(&self, log: &mut Log<W>) -> Result<Vec<LoggedDocument>, PublishError> {
        let known = places(&log.tree(), log.head().tree().size)?;
        let new: Vec<_> = self.logged_documents().filter(|entry| !known.contains_key(&entry.to_line())).collect();
        log.append(&new.iter().map(LoggedDocument::to_line).collect::<Vec<_>>())?;
        Ok(new)
    }

    /// The lists whose newest document the status does not name: they wait for the witnesses.
    pub fn waiting(&self) -> Result<Vec<DocumentPath>, PublishError> {
        let status = self.status()?;
        let newest = self.names().into_iter().filter_map(|name| Some((name, self.newest(name)?.0)));
        let is_current =
            |(name, sequence): &(ListName, u64)| status.list(*name).is_some_and(|entry| entry.sequence == *sequence);
        Ok(newest.filter(|new| !is_current(new)).map(|(name, sequence)| DocumentPath::List(name, sequence)).collect())
    }

    /// The newest document of each list; where the root demands a log, the newest that clients will find in it.
    pub(super) fn current(&self) -> Result<Vec<Current<'_>>, PublishError> {
        let root = self.root()?;
        let Some(log) = root.log() else {
            let newest = |name| self.newest(name).map(|(sequence, bytes)| (name, sequence, bytes, None));
            return Ok(self.names().into_iter().filter_map(newest).collect());
        };
        let bytes = self.checkpoint(Slot::Checkpoint)?.ok_or(PublishError::NoCheckpoint)?;
        let size = log.open(&bytes).map_err(PublishError::Log)?.tree().size;
        let places = places(&TreeReader::new(self, size), size)?;
        let mut current = BTreeMap::new();
        for (place, bytes) in self.iter() {
            let DocumentPath::List(name, sequence) = place else { continue };
            if let Some(index) = places.get(&LoggedDocument::of(place, bytes).to_line()) {
                // Numbers rise with the places, so the last one stays.
                current.insert(name, (name, sequence, bytes, Some(*index)));
            }
        }
        Ok(current.into_values().collect())
    }
}

/// Where each entry of a log is, first come.
fn places(tree: &TreeReader<'_>, size: u64) -> Result<BTreeMap<String, u64>, PublishError> {
    let mut places = BTreeMap::new();
    for (index, line) in (0..).zip(entries(tree, 0..size)?) {
        places.entry(line).or_insert(index);
    }
    Ok(places)
}

/// The entries of a log in a range, as its bundles have them: lines, of which nobody vouches for any yet.
pub fn entries(tree: &TreeReader<'_>, range: Range<u64>) -> Result<Vec<String>, PublishError> {
    let entries = tree.entries(range)?;
    Ok(entries.into_iter().map(|entry| String::from_utf8_lossy(&entry).into_owned()).collect())
}

/// The witnesses of a log, as the publisher counts them.
#[derive(Clone, Debug)]
pub struct Witnesses(TrustedLog);

impl Witnesses {
    /// Those that a root, or the proposal of one, names.
    pub fn of(root: &Proposal) -> Result<Self, PublishError> {
        if root.kind() != Typ::Root {
            return Err(PublishError::UnknownKind);
        }
        let root = crate::document::Root::read(root.document())?;
        root.log().cloned().map(Self).ok_or(PublishError::NoLog)
    }

    /// Reads a checkpoint that the log signed, cosigned or not.
    pub fn open(&self, bytes: &[u8]) -> Result<SignedCheckpoint, PublishError> {
        SignedCheckpoint::open(bytes, self.0.origin(), self.0.key()).map_err(|error| PublishError::Log(error.into()))
    }

    /// Adds cosignatures to the head of the log; answers how many are new.
    pub fn add<W: TileWriter>(&self, log: &mut Log<W>, lines: &str) -> Result<usize, PublishError> {
        Ok(log.add_cosignatures(lines, &self.0.witnesses())?)
    }

    /// The names of those that cosigned.
    pub fn cosigned(&self, checkpoint: &SignedCheckpoint) -> Result<BTreeSet<String>, PublishError> {
        let witnesses = self.0.witnesses();
        let found = checkpoint.cosignatures(&witnesses).map_err(|error| PublishError::Log(error.into()))?;
        Ok(found.into_iter().map(|cosignature| cosignature.witness.name().to_string()).collect())
    }

    /// Whether enough cosigned.
    pub fn require(&self, checkpoint: &SignedCheckpoint) -> Result<(), PublishError> {
        self.0.require_witnesses(checkpoint).map_err(PublishError::Log)
    }

    /// Shows the head to clients, if enough witnesses cosigned it.
    pub fn publish<W: TileWriter>(&self, log: &mut Log<W>) -> Result<(), PublishError> {
        self.require(log.head())?;
        Ok(log.publish_head()?)
    }
}
