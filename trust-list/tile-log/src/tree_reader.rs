//! Proofs out of tiles.

use std::ops::Range;

use crate::hash::Hash;
use crate::proof::{ConsistencyProof, InclusionProof, NotProven, TreeHead};
use crate::storage::{StorageError, TileReader};
use crate::tile::{TILE_WIDTH, Tile, WrongTile, hashes_of};
use crate::tree::{self, Span};

/// What somebody wants to know of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Its root.
    Root,
    /// That it has the entry at this place.
    Inclusion(u64),
    /// That it begins with the tree of this size.
    ConsistencyFrom(u64),
}

impl Question {
    fn spans(self, size: u64) -> Result<Vec<Span>, ReadError> {
        match self {
            Self::Root => Ok(vec![Span::whole(size)]),
            Self::Inclusion(index) if index < size => Ok(tree::inclusion(index, size)),
            Self::ConsistencyFrom(old) if old <= size => Ok(tree::consistency(old, size)),
            Self::Inclusion(place) | Self::ConsistencyFrom(place) => Err(ReadError::BeyondTree { place, size }),
        }
    }

    /// The tiles of a tree of `size` entries that the answer stands in, for who fetches them first.
    pub fn tiles(self, size: u64) -> Result<Vec<Tile>, ReadError> {
        let mut spans = self.spans(size)?;
        if let Self::ConsistencyFrom(old) = self {
            // For the verdict when there is no such proof.
            spans.push(Span::whole(old));
        }
        Ok(tree::tiles(&spans, size))
    }
}

/// A tree in tiles that nobody vouches for: whatever is read out of them is to be verified against a checkpoint.
#[derive(Clone, Copy)]
pub struct TreeReader<'r> {
    tiles: &'r dyn TileReader,
    size: u64,
}

impl<'r> TreeReader<'r> {
    /// The tree of the first `size` entries.
    pub fn new(tiles: &'r dyn TileReader, size: u64) -> Self {
        Self { tiles, size }
    }

    /// Its root.
    pub fn root(&self) -> Result<Hash, ReadError> {
        self.span(Span::whole(self.size))
    }

    /// The proof that the entry at `index` is in it.
    pub fn inclusion(&self, index: u64) -> Result<InclusionProof, ReadError> {
        Ok(InclusionProof { index, path: self.answer(Question::Inclusion(index))? })
    }

    /// The proof that it begins with the tree of `old` entries.
    pub fn consistency_from(&self, old: u64) -> Result<ConsistencyProof, ReadError> {
        Ok(ConsistencyProof { path: self.answer(Question::ConsistencyFrom(old))? })
    }

    /// Verifies that `new`, the tree that is read here, begins with `old`.
    pub fn verify_growth(&self, old: TreeHead, new: TreeHead) -> Result<(), GrowthError> {
        if new.size < old.size {
            return Err(GrowthError::Shorter);
        }
        let proof = self.consistency_from(old.size)?;
        if proof.verify(old, new).is_ok() {
            return Ok(());
        }
        // Who is to blame? If the tiles lead from some other first entries to the root that was signed, the tree does.
        let beginning = TreeHead { root: self.span(Span::whole(old.size))?, ..old };
        proof.verify(beginning, new)?;
        Err(GrowthError::OtherTree)
    }

    /// The entry at `index`, as the bundle has it: nobody vouches for it but an inclusion proof.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, ReadError> {
        let beyond = ReadError::BeyondTree { place: index, size: self.size };
        let entries = self.entries(index..index.saturating_add(1))?;
        entries.into_iter().next().ok_or(beyond)
    }

    /// The entries in a range, as the bundles have them: nobody vouches for them until their hashes make the root.
    pub fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, ReadError> {
        let mut entries = Vec::new();
        let mut next = range.start;
        while next < range.end {
            let bundle = Tile::of_entry(next, self.size);
            let bundle = bundle.ok_or(ReadError::BeyondTree { place: next, size: self.size })?;
            let whole = self.read(bundle, |bytes, tile| tile.read_entries(bytes))?;
            let skip = usize::try_from(next % TILE_WIDTH).unwrap_or(usize::MAX);
            let take = usize::try_from(range.end - next).unwrap_or(usize::MAX);
            entries.extend(whole.into_iter().skip(skip).take(take));
            next = (bundle.index() + 1).saturating_mul(TILE_WIDTH);
        }
        Ok(entries)
    }

    fn answer(&self, question: Question) -> Result<Vec<Hash>, ReadError> {
        question.spans(self.size)?.into_iter().map(|span| self.span(span)).collect()
    }

    fn span(&self, span: Span) -> Result<Hash, ReadError> {
        let mut root = None;
        for subtree in span.subtrees().into_iter().rev() {
            let tile = Tile::of_subtree(subtree, self.size);
            let hashes = self.read(tile, |bytes, tile| tile.read_hashes(bytes))?;
            let left = Hash::root_of(hashes_of(subtree, &hashes).ok_or(WrongTile::Length { tile })?);
            root = Some(root.map_or(left, |right| Hash::node(left, right)));
        }
        Ok(root.unwrap_or_else(Hash::empty))
    }

    /// tlog-tiles, Partial Tiles: a partial tile may be gone once the full one is there.
    fn read<T>(&self, tile: Tile, parse: impl Fn(&[u8], Tile) -> Result<T, WrongTile>) -> Result<T, ReadError> {
        if let Some(bytes) = self.tiles.tile(tile)? {
            return Ok(parse(&bytes, tile)?);
        }
        let full = tile.full().ok_or(ReadError::Missing(tile))?;
        let bytes = self.tiles.tile(full)?.ok_or(ReadError::Missing(tile))?;
        Ok(parse(&bytes, full)?)
    }
}

/// Why a tree is not shown to continue an older one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrowthError {
    /// It has fewer entries.
    #[error("it has fewer entries than before")]
    Shorter,
    /// It begins with other entries. The tiles prove that, so two signed heads that do this contradict one another.
    #[error("it does not begin with the entries it had before")]
    OtherTree,
    /// The tiles are not those of the newer tree.
    #[error(transparent)]
    WrongTiles(#[from] NotProven),
    /// The tiles give no answer.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Why the tiles give no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The tree has no such place.
    #[error("the log has {size} entries, and {place} lies beyond them")]
    BeyondTree {
        /// Where.
        place: u64,
        /// How many entries it has.
        size: u64,
    },
    /// A tile is not there.
    #[error("{0} is missing")]
    Missing(Tile),
    /// A tile is not what its place says.
    #[error(transparent)]
    Wrong(#[from] WrongTile),
    /// It cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
}
