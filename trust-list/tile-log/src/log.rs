//! A log that is written.

use crate::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use crate::edge::Edge;
use crate::key::{KeyName, NoteSigner, VerifierKey};
use crate::proof::TreeHead;
use crate::storage::{Slot, StorageError, TileWriter};
use crate::tree_reader::{ReadError, TreeReader};

/// A log with its key.
///
/// An append writes the tiles, then the signed head. What it acknowledged is under a head that survives a crash;
/// what it did not is overwritten by the next append, or was complete and is kept. A head that anybody could see is
/// never followed by one that contradicts it.
pub struct Log<W> {
    storage: W,
    key: NoteSigner,
    head: SignedCheckpoint,
    edge: Edge,
    state: State,
}

/// Whether what is in memory is what is on disk.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Known,
    Unknown,
}

impl<W: TileWriter> Log<W> {
    /// Begins a log: signs the head of the empty tree.
    pub fn create(mut storage: W, origin: KeyName, key: NoteSigner) -> Result<Self, LogError> {
        if storage.checkpoint(Slot::Head)?.is_some() {
            return Err(LogError::Exists);
        }
        let edge = Edge::default();
        let tree = TreeHead { size: 0, root: edge.root() };
        let head = SignedCheckpoint::sign(Checkpoint { origin, tree }, &key);
        storage.replace_checkpoint(Slot::Head, None, &head.to_bytes())?;
        Ok(Self { storage, key, head, edge, state: State::Known })
    }

    /// Opens the log `origin`: its head must be signed by `key`, and its tiles must make the root of the head.
    pub fn open(storage: W, origin: &KeyName, key: NoteSigner) -> Result<Self, LogError> {
        let bytes = storage.checkpoint(Slot::Head)?.ok_or(LogError::NoLog)?;
        let head = SignedCheckpoint::open(&bytes, origin, key.verifier())?;
        let edge = Edge::read(&storage, head.tree().size)?;
        if edge.root() != head.tree().root {
            return Err(LogError::TilesDiffer(head.tree().size));
        }
        Ok(Self { storage, key, head, edge, state: State::Known })
    }

    /// The newest checkpoint that it signed, with the cosignatures that were added.
    pub fn head(&self) -> &SignedCheckpoint {
        &self.head
    }

    /// Where it is kept.
    pub fn storage(&self) -> &W {
        &self.storage
    }

    /// The tree under the head.
    pub fn tree(&self) -> TreeReader<'_> {
        TreeReader::new(&self.storage, self.head.tree().size)
    }

    /// Adds entries and signs the new head; answers the place of the first. On return they survive a crash.
    pub fn append<E: AsRef<[u8]>>(&mut self, entries: &[E]) -> Result<u64, LogError> {
        // Before a tile is written: those of a head that somebody saw must not change.
        self.require_known()?;
        let first = self.edge.size();
        if entries.is_empty() {
            return Ok(first);
        }
        let mut edge = self.edge.clone();
        let mut tiles = Vec::new();
        for entry in entries {
            edge.push(entry.as_ref(), &mut tiles).ok_or(LogError::EntryTooLong)?;
        }
        tiles.extend(edge.partial().ok_or(LogError::EntryTooLong)?);
        self.storage.write_tiles(&tiles)?;
        let tree = TreeHead { size: edge.size(), root: edge.root() };
        let head = SignedCheckpoint::sign(Checkpoint { origin: self.head.origin().clone(), tree }, &self.key);
        self.replace_head(head)?;
        self.edge = edge;
        Ok(first)
    }

    /// Adds the cosignature `lines` that `witnesses` made under the head; answers how many are new.
    pub fn add_cosignatures(&mut self, lines: &str, witnesses: &[VerifierKey]) -> Result<usize, LogError> {
        let (head, added) = self.head.with_cosignatures(lines, witnesses)?;
        if added > 0 {
            self.replace_head(head)?;
        }
        Ok(added)
    }

    /// Shows the head to clients. The caller has judged that enough witnesses cosigned it.
    pub fn publish_head(&mut self) -> Result<(), LogError> {
        let published = self.storage.checkpoint(Slot::Checkpoint)?;
        Ok(self.storage.replace_checkpoint(Slot::Checkpoint, published.as_deref(), &self.head.to_bytes())?)
    }

    fn replace_head(&mut self, head: SignedCheckpoint) -> Result<(), LogError> {
        self.require_known()?;
        let (old, new) = (self.head.to_bytes(), head.to_bytes());
        self.storage.replace_checkpoint(Slot::Head, Some(&old), &new).inspect_err(|_| self.state = State::Unknown)?;
        self.head = head;
        Ok(())
    }

    fn require_known(&self) -> Result<(), LogError> {
        if self.state == State::Known { Ok(()) } else { Err(LogError::StateUnknown) }
    }
}

/// Why a log is not written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// There is one already.
    #[error("there is a log already")]
    Exists,
    /// There is none.
    #[error("there is no log; begin one first")]
    NoLog,
    /// The head is not this log's.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The tiles are not those of the head.
    #[error(
        "the tiles do not make the root that was signed for {0} entries; restore the log from where it is published"
    )]
    TilesDiffer(u64),
    /// A tile is missing or damaged.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// It cannot be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// An entry is longer than a bundle can say.
    #[error("an entry has more than {} bytes", crate::bundle::MAX_ENTRY)]
    EntryTooLong,
    /// A write failed before, and nobody knows which head is on disk.
    #[error("a write failed, and the newest head is not known; open the log again")]
    StateUnknown,
}
