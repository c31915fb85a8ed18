//! A log in memory: for tests, and for tiles that were fetched.

use std::collections::BTreeMap;

use crate::storage::{Slot, StorageError, TileReader, TileWriter};
use crate::tile::Tile;

/// Tiles and checkpoints in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryTiles {
    tiles: BTreeMap<Tile, Vec<u8>>,
    checkpoints: BTreeMap<Slot, Vec<u8>>,
}

impl MemoryTiles {
    /// No tile, no checkpoint.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a tile, unchecked.
    pub fn insert(&mut self, tile: Tile, bytes: Vec<u8>) {
        self.tiles.insert(tile, bytes);
    }

    /// Every tile with its bytes.
    pub fn tiles(&self) -> impl Iterator<Item = (Tile, &[u8])> {
        self.tiles.iter().map(|(tile, bytes)| (*tile, bytes.as_slice()))
    }
}

impl TileReader for MemoryTiles {
    fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.tiles.get(&tile).cloned())
    }

    fn checkpoint(&self, slot: Slot) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.checkpoints.get(&slot).cloned())
    }
}

impl TileWriter for MemoryTiles {
    fn write_tiles(&mut self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), StorageError> {
        self.tiles.extend(tiles.iter().cloned());
        Ok(())
    }

    fn replace_checkpoint(&mut self, slot: Slot, old: Option<&[u8]>, new: &[u8]) -> Result<(), StorageError> {
        if self.checkpoints.get(&slot).map(Vec::as_slice) != old {
            return Err(StorageError::Changed(slot));
        }
        self.checkpoints.insert(slot, new.to_vec());
        Ok(())
    }
}
