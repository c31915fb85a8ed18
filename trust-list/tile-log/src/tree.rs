//! The shape of the tree: which hashes a proof consists of (RFC 6962 §2.1.1, §2.1.2), whatever keeps them.

use crate::tile::Tile;

/// Entries `start` to `end` (exclusive), whose root is a node of some tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// A complete subtree: `2^height` entries from `index * 2^height`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Subtree {
    pub(crate) height: u32,
    pub(crate) index: u64,
}

impl Span {
    /// The whole tree.
    pub(crate) const fn whole(size: u64) -> Self {
        Self { start: 0, end: size }
    }

    const fn len(self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// RFC 6962 §2.1: the left part has the largest power of two of entries that is smaller than all.
    fn split(self) -> (Self, Self) {
        let middle = self.start.saturating_add(1 << (self.len().saturating_sub(1)).ilog2());
        (Self { end: middle, ..self }, Self { start: middle, ..self })
    }

    /// The complete subtrees it is made of, each at least twice as large as the next.
    pub(crate) fn subtrees(self) -> Vec<Subtree> {
        let mut subtrees = Vec::new();
        let mut rest = self;
        while let Some(height) = rest.len().checked_ilog2() {
            subtrees.push(Subtree { height, index: rest.start >> height });
            rest.start = rest.start.saturating_add(1 << height);
        }
        subtrees
    }
}

/// RFC 6962 §2.1.1: the nodes beside the way from entry `index` to the root, the leaf's sibling first.
pub(crate) fn inclusion(index: u64, size: u64) -> Vec<Span> {
    let mut path = Vec::new();
    let mut span = Span::whole(size);
    while span.len() > 1 {
        let (left, right) = span.split();
        let (inside, beside) = if index < left.end { (left, right) } else { (right, left) };
        path.push(beside);
        span = inside;
    }
    path.reverse();
    path
}

/// RFC 6962 §2.1.2: the nodes that prove the tree of `size` to begin with the tree of `old`.
pub(crate) fn consistency(old: u64, size: u64) -> Vec<Span> {
    let mut path = Vec::new();
    // tlog-witness, add-checkpoint: the empty tree begins every tree, which takes no proof.
    if old == 0 {
        return path;
    }
    let mut span = Span::whole(size);
    while old < span.end {
        let (left, right) = span.split();
        let (inside, beside) = if old <= left.end { (left, right) } else { (right, left) };
        path.push(beside);
        span = inside;
    }
    // The old tree itself needs no proof: whoever verifies knows its root.
    if span.start > 0 {
        path.push(span);
    }
    path.reverse();
    path
}

/// The tiles of a tree of `size` in which the hashes of these spans stand, each once.
pub(crate) fn tiles(spans: &[Span], size: u64) -> Vec<Tile> {
    let mut tiles: Vec<Tile> = Vec::new();
    for tile in spans.iter().flat_map(|span| span.subtrees()).map(|subtree| Tile::of_subtree(subtree, size)) {
        if !tiles.contains(&tile) {
            tiles.push(tile);
        }
    }
    tiles
}
