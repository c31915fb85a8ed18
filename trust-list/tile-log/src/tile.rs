//! Tiles: where the hashes and the entries of a log are kept (C2SP tlog-tiles).

use std::fmt;
use std::str::FromStr;

use crate::hash::Hash;
use crate::tree::Subtree;

/// The hashes or entries of a full tile.
pub const TILE_WIDTH: u64 = 256;

/// `TILE_WIDTH` is two to the power of this.
const TILE_HEIGHT: u32 = 8;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes; at level 0 of entries, above of full tiles of the level below.
    Hashes {
        /// 0 to 63.
        level: u8,
    },
    /// The entries themselves: an entry bundle.
    Entries,
}

/// The place of a tile. Built from numbers only, so no tile can name a file outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    kind: TileKind,
    index: u64,
    width: u16,
}

const MAX_LEVEL: u8 = 63;

impl Tile {
    /// The tile number `index` of its kind in a log where `count` hashes or entries of that kind exist, if it is not
    /// empty.
    pub fn at(kind: TileKind, index: u64, count: u64) -> Option<Self> {
        let before = index.checked_mul(TILE_WIDTH)?;
        let width = count.checked_sub(before)?.min(TILE_WIDTH);
        let width = u16::try_from(width).ok().filter(|width| *width > 0)?;
        Some(Self { kind, index, width })
    }

    /// The tile of entry `index` in a log of `size` entries.
    pub fn of_entry(index: u64, size: u64) -> Option<Self> {
        Self::at(TileKind::Entries, index / TILE_WIDTH, size).filter(|_| index < size)
    }

    /// The tile of level `l` in which the hashes stand that make the root of `subtree`.
    pub(crate) fn of_subtree(subtree: Subtree, size: u64) -> Self {
        let level = subtree.height / TILE_HEIGHT;
        let index = first_hash(subtree) / TILE_WIDTH;
        let count = size.checked_shr(level * TILE_HEIGHT).unwrap_or(0);
        let before = index.saturating_mul(TILE_WIDTH);
        // A complete subtree ends before the tree does, so its tile is not empty.
        let width = count.saturating_sub(before).clamp(1, TILE_WIDTH);
        let kind = TileKind::Hashes { level: u8::try_from(level).unwrap_or(MAX_LEVEL) };
        Self { kind, index, width: u16::try_from(width).unwrap_or(u16::MAX) }
    }

    /// What it holds.
    pub const fn kind(self) -> TileKind {
        self.kind
    }

    /// Its number, from the left.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many hashes or entries, 1 to 256.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// The full tile at the same place, unless this is it.
    pub fn full(self) -> Option<Self> {
        (u64::from(self.width) < TILE_WIDTH).then_some(Self { width: 256, ..self })
    }

    /// The most bytes it can have.
    pub const fn max_bytes(self) -> usize {
        let width = self.width as usize;
        match self.kind {
            TileKind::Hashes { .. } => width * Hash::LEN,
            TileKind::Entries => width * (2 + crate::bundle::MAX_ENTRY),
        }
    }

    /// Reads the hashes of this tile out of its bytes, or out of those of the full tile.
    pub fn read_hashes(self, bytes: &[u8]) -> Result<Vec<Hash>, WrongTile> {
        let (chunks, rest) = bytes.as_chunks::<{ Hash::LEN }>();
        if !rest.is_empty() || chunks.len() != usize::from(self.width) {
            return Err(WrongTile::Length { tile: self });
        }
        Ok(chunks.iter().copied().map(Hash::from_bytes).collect())
    }
}

/// Where the hashes that make the root of `subtree` begin in their level, and how many they are.
fn first_hash(subtree: Subtree) -> u64 {
    subtree.index.checked_shl(subtree.height % TILE_HEIGHT).unwrap_or(0)
}

/// The hashes in its tile that make the root of `subtree`.
pub(crate) fn hashes_of(subtree: Subtree, tile: &[Hash]) -> Option<&[Hash]> {
    let start = usize::try_from(first_hash(subtree) % TILE_WIDTH).ok()?;
    tile.get(start..start.checked_add(1 << (subtree.height % TILE_HEIGHT))?)
}

impl fmt::Display for Tile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        write_index(f, self.index)?;
        if u64::from(self.width) < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// tlog-tiles, Merkle Tree: groups of three digits, all but the last with an `x` before them.
fn write_index(f: &mut fmt::Formatter<'_>, index: u64) -> fmt::Result {
    let mut groups = vec![index % 1000];
    let mut rest = index / 1000;
    while rest > 0 {
        groups.push(rest % 1000);
        rest /= 1000;
    }
    for (place, group) in groups.iter().enumerate().rev() {
        if place > 0 {
            write!(f, "x{group:03}/")?;
        } else {
            write!(f, "{group:03}")?;
        }
    }
    Ok(())
}

impl FromStr for Tile {
    type Err = NotATile;

    /// Reads exactly what [`Tile`] writes.
    fn from_str(text: &str) -> Result<Self, NotATile> {
        let tile = parse(text).ok_or(NotATile)?;
        // One spelling each: no leading zero, no plus sign, no `.p/256`.
        if tile.to_string() == text { Ok(tile) } else { Err(NotATile) }
    }
}

fn parse(text: &str) -> Option<Tile> {
    let (kind, place) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes { level: level.parse().ok().filter(|level| *level <= MAX_LEVEL)? },
    };
    let (index, width) = match place.split_once(".p/") {
        Some((index, width)) => (index, width.parse().ok().filter(|width| (1..256).contains(width))?),
        None => (place, 256),
    };
    Some(Tile { kind, index: parse_index(index)?, width })
}

fn parse_index(text: &str) -> Option<u64> {
    let mut index: u64 = 0;
    for group in text.split('/') {
        let group: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        index = index.checked_mul(1000)?.checked_add(group)?;
    }
    Some(index)
}

/// The text is not the path of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a tile is tile/LEVEL/NNN or tile/entries/NNN, with .p/WIDTH if it is partial")]
pub struct NotATile;

/// The bytes of a tile are not what its place says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrongTile {
    /// It has more or fewer hashes.
    #[error("{tile} does not have exactly its {} hashes", tile.width())]
    Length {
        /// Which.
        tile: Tile,
    },
    /// It has more or fewer entries, or half of one.
    #[error("{tile} does not have exactly its {} entries", tile.width())]
    Bundle {
        /// Which.
        tile: Tile,
    },
}
