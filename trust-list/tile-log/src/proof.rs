//! Proofs and their verification: that an entry is in a tree, and that one tree begins with another.

use crate::hash::Hash;

/// That an entry stands at `index` in a tree (RFC 6962 §2.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The place of the entry, from 0.
    pub index: u64,
    /// The nodes beside its way to the root, the leaf's sibling first.
    pub path: Vec<Hash>,
}

/// That a tree begins with an older one (RFC 6962 §2.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    /// The nodes, in the order of the RFC.
    pub path: Vec<Hash>,
}

/// A tree: how many entries, and their root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// The tree is another one than the proof is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the proof does not lead to the root of the tree")]
pub struct NotProven;

impl InclusionProof {
    /// Refuses unless the entry whose hash is `leaf` stands at its place in `tree` (RFC 9162 §2.1.3.2).
    pub fn verify(&self, leaf: Hash, tree: TreeHead) -> Result<(), NotProven> {
        let Some(last) = tree.size.checked_sub(1).filter(|last| self.index <= *last) else { return Err(NotProven) };
        let mut way = Way { node: self.index, last };
        let mut root = leaf;
        for beside in &self.path {
            root = match way.step()? {
                Side::Left => Hash::node(*beside, root),
                Side::Right => Hash::node(root, *beside),
            };
        }
        if way.is_at_root() && root == tree.root { Ok(()) } else { Err(NotProven) }
    }
}

impl ConsistencyProof {
    /// Refuses unless `new` begins with `old` (RFC 9162 §2.1.4.2).
    pub fn verify(&self, old: TreeHead, new: TreeHead) -> Result<(), NotProven> {
        if old.size == 0 || old.size == new.size {
            return self.verify_without_path(old, new);
        }
        if old.size > new.size {
            return Err(NotProven);
        }
        // Where the old tree is one complete subtree, its root is the first node and not sent.
        let own = old.size.is_power_of_two().then_some(old.root);
        let mut nodes = own.into_iter().chain(self.path.iter().copied());
        let Some(first) = nodes.next() else { return Err(NotProven) };
        let mut way = Way { node: old.size - 1, last: new.size - 1 };
        way.climb_over(u64::trailing_ones(way.node));
        let (mut old_root, mut new_root) = (first, first);
        for beside in nodes {
            match way.step()? {
                Side::Left => {
                    old_root = Hash::node(beside, old_root);
                    new_root = Hash::node(beside, new_root);
                }
                Side::Right => new_root = Hash::node(new_root, beside),
            }
        }
        let same = old_root == old.root && new_root == new.root;
        if way.is_at_root() && same { Ok(()) } else { Err(NotProven) }
    }

    /// The empty tree begins every tree; a tree of the same size must be the same.
    fn verify_without_path(&self, old: TreeHead, new: TreeHead) -> Result<(), NotProven> {
        let proven = if old.size == new.size { old.root == new.root } else { old.root == Hash::empty() };
        if proven && self.path.is_empty() { Ok(()) } else { Err(NotProven) }
    }
}

/// On which side of the way a node stands.
enum Side {
    Left,
    Right,
}

/// The way from a node to the root: its number in its level, and that of the last node of the level.
struct Way {
    node: u64,
    last: u64,
}

impl Way {
    /// One node up; says on which side the node beside it stands.
    fn step(&mut self) -> Result<Side, NotProven> {
        if self.last == 0 {
            return Err(NotProven);
        }
        if self.node & 1 == 1 {
            self.climb_over(1);
            return Ok(Side::Left);
        }
        if self.node == self.last {
            // The last node of an odd level is its own parent until it is a right child.
            self.climb_over(self.node.trailing_zeros() + 1);
            return Ok(Side::Left);
        }
        self.climb_over(1);
        Ok(Side::Right)
    }

    fn climb_over(&mut self, levels: u32) {
        self.node = self.node.checked_shr(levels).unwrap_or(0);
        self.last = self.last.checked_shr(levels).unwrap_or(0);
    }

    fn is_at_root(&self) -> bool {
        self.last == 0
    }
}
