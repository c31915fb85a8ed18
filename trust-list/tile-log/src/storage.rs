//! The ports: where a log is kept.

use std::path::Path;

use crate::tile::Tile;

/// The two checkpoints that a log keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// `head`: the newest that the log signed. Witnesses look at it.
    Head,
    /// `checkpoint`: the one that clients are shown, once enough witnesses cosigned it.
    Checkpoint,
}

impl Slot {
    /// Its path, relative to the log.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Checkpoint => "checkpoint",
        }
    }
}

/// Where tiles and checkpoints are read: a directory, memory, or what was fetched from a web server.
pub trait TileReader {
    /// The bytes of exactly this tile, if it is there.
    fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, StorageError>;

    /// The bytes of a checkpoint, if there is one.
    fn checkpoint(&self, slot: Slot) -> Result<Option<Vec<u8>>, StorageError>;
}

/// Where a log is written, by one writer at a time.
///
/// To add one: 1. this trait, so that what its methods promise holds across a crash of the machine; 2. a call of
/// [`crate::contract::suite`] in its tests.
pub trait TileWriter: TileReader {
    /// Writes tiles, each whole or not at all, over what was there. When it returns all of them survive a crash.
    fn write_tiles(&mut self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), StorageError>;

    /// Puts `new` in the place of `old`, if `old` is what stands there.
    ///
    /// A reader sees the one or the other. Whatever a reader saw survives a crash: before `new` can be seen it is on
    /// disk, and who opens the storage again finds it. After an error either may be there, and only opening the
    /// storage again tells.
    fn replace_checkpoint(&mut self, slot: Slot, old: Option<&[u8]>, new: &[u8]) -> Result<(), StorageError>;
}

impl<R: TileReader> TileReader for &mut R {
    fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, StorageError> {
        (**self).tile(tile)
    }

    fn checkpoint(&self, slot: Slot) -> Result<Option<Vec<u8>>, StorageError> {
        (**self).checkpoint(slot)
    }
}

impl<W: TileWriter> TileWriter for &mut W {
    fn write_tiles(&mut self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), StorageError> {
        (**self).write_tiles(tiles)
    }

    fn replace_checkpoint(&mut self, slot: Slot, old: Option<&[u8]>, new: &[u8]) -> Result<(), StorageError> {
        (**self).replace_checkpoint(slot, old, new)
    }
}

/// Why a log cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The file system, or whatever else it is, refuses.
    #[error("{action} {path}: {reason}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// Another process writes to it.
    #[error("{0} is in use by another process; wait until it is done")]
    InUse(String),
    /// Somebody else replaced the checkpoint.
    #[error("{} was changed by somebody else meanwhile; try again", .0.path())]
    Changed(Slot),
}

impl StorageError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |error| Self::Io { action, path, reason: error.to_string() }
    }
}
