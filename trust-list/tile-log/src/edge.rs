//! The right edge of a tree: all that is needed to add to it.

use crate::bundle;
use crate::hash::Hash;
use crate::storage::TileReader;
use crate::tile::{TILE_WIDTH, Tile, TileKind};
use crate::tree_reader::ReadError;

/// The hashes and entries that stand in partial tiles.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edge {
    size: u64,
    /// The entries of the partial bundle.
    entries: Vec<Vec<u8>>,
    /// The hashes of the partial tile of each level.
    levels: Vec<Vec<Hash>>,
}

/// Tiles to write.
pub(crate) type Tiles = Vec<(Tile, Vec<u8>)>;

impl Edge {
    /// The edge of the tree of `size` entries.
    pub(crate) fn read(tiles: &dyn TileReader, size: u64) -> Result<Self, ReadError> {
        let mut edge = Self { size, ..Self::default() };
        if let Some((tile, bytes)) = last_partial(tiles, TileKind::Entries, size)? {
            edge.entries = tile.read_entries(&bytes)?;
        }
        let mut count = size;
        let mut level = 0;
        while count > 0 {
            let partial = last_partial(tiles, TileKind::Hashes { level }, count)?;
            edge.levels.push(partial.map_or(Ok(Vec::new()), |(tile, bytes)| tile.read_hashes(&bytes))?);
            count /= TILE_WIDTH;
            level += 1;
        }
        Ok(edge)
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub(crate) fn root(&self) -> Hash {
        let mut root = None;
        for hashes in &self.levels {
            for left in complete_roots(hashes).into_iter().rev() {
                root = Some(root.map_or(left, |right| Hash::node(left, right)));
            }
        }
        root.unwrap_or_else(Hash::empty)
    }

    /// Adds an entry; the tiles that it fills go to `full`. `None` if the entry is too long.
    pub(crate) fn push(&mut self, entry: &[u8], full: &mut Tiles) -> Option<()> {
        if entry.len() > bundle::MAX_ENTRY {
            return None;
        }
        self.entries.push(entry.to_vec());
        self.push_hash(0, Hash::leaf(entry), full);
        self.size = self.size.saturating_add(1);
        if self.size.is_multiple_of(TILE_WIDTH) {
            let bundle = Tile::at(TileKind::Entries, self.size / TILE_WIDTH - 1, self.size)?;
            full.push((bundle, bundle::encode(&std::mem::take(&mut self.entries))?));
        }
        Some(())
    }

    /// Adds a hash to a level. A tile that is full becomes a hash of the level above.
    fn push_hash(&mut self, level: u8, hash: Hash, full: &mut Tiles) {
        if self.levels.len() <= usize::from(level) {
            self.levels.push(Vec::new());
        }
        let Some(hashes) = self.levels.get_mut(usize::from(level)) else { return };
        hashes.push(hash);
        if hashes.len() as u64 == TILE_WIDTH {
            let hashes = std::mem::take(hashes);
            // The entry of this hash is not counted yet.
            let count = (self.size + 1) >> (8 * u32::from(level));
            let tile = Tile::at(TileKind::Hashes { level }, count / TILE_WIDTH - 1, count);
            full.extend(tile.map(|tile| (tile, concat(&hashes))));
            self.push_hash(level + 1, Hash::root_of(&hashes), full);
        }
    }

    /// The partial tiles of the tree as it is now.
    pub(crate) fn partial(&self) -> Option<Tiles> {
        let mut tiles = Tiles::new();
        if !self.entries.is_empty() {
            let tile = Tile::at(TileKind::Entries, self.size / TILE_WIDTH, self.size)?;
            tiles.push((tile, bundle::encode(&self.entries)?));
        }
        let mut count = self.size;
        for (level, hashes) in (0..).zip(&self.levels) {
            if !hashes.is_empty() {
                let tile = Tile::at(TileKind::Hashes { level }, count / TILE_WIDTH, count)?;
                tiles.push((tile, concat(hashes)));
            }
            count /= TILE_WIDTH;
        }
        Some(tiles)
    }
}

/// The last tile of a kind of which `count` hashes or entries exist, if it is partial.
fn last_partial(tiles: &dyn TileReader, kind: TileKind, count: u64) -> Result<Option<(Tile, Vec<u8>)>, ReadError> {
    let Some(tile) = Tile::at(kind, count / TILE_WIDTH, count) else { return Ok(None) };
    let bytes = tiles.tile(tile)?.ok_or(ReadError::Missing(tile))?;
    Ok(Some((tile, bytes)))
}

/// The roots of the complete subtrees that `hashes` make, the largest first.
fn complete_roots(hashes: &[Hash]) -> Vec<Hash> {
    let mut roots = Vec::new();
    let mut rest = hashes;
    while let Some(height) = rest.len().checked_ilog2() {
        let (left, right) = rest.split_at(1 << height);
        roots.push(Hash::root_of(left));
        rest = right;
    }
    roots
}

fn concat(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(Hash::as_bytes).copied().collect()
}
