//! Every parser as a function of bytes, for fuzzing. None may panic, hang or grow without limit, whatever it is given.
//!
//! To add one: 1. a function here and its row in [`TARGETS`], 2. a seed in `fuzz/seeds`, 3. its row in
//! `tests/it/hostile_input.rs`.

use crate::checkpoint::Checkpoint;
use crate::hash::Hash;
use crate::key::{NoteSigner, VerifierKey};
use crate::note::{Note, parse_signatures};
use crate::proof::{ConsistencyProof, InclusionProof, TreeHead};
use crate::tile::{Tile, TileKind};
use crate::tlog_proof;

/// The name of a parser, and the parser.
pub type Target = (&'static str, fn(&[u8]));

/// The parsers by name.
pub const TARGETS: &[Target] = &[
    ("note", note),
    ("checkpoint", checkpoint),
    ("signature_lines", signature_lines),
    ("log_key", key),
    ("tile_path", tile_path),
    ("tile", tile),
    ("tlog_proof", tlog_proof),
    ("log_proofs", proofs),
];

/// [`Note::parse`].
///
/// # Panics
/// If what is read writes other bytes.
pub fn note(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert!(note.to_string().as_bytes() == bytes, "one note has one spelling");
    }
}

/// The text of a checkpoint.
pub fn checkpoint(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(text.parse::<Checkpoint>());
    }
}

/// Signature lines as a witness sends them.
pub fn signature_lines(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(parse_signatures(text));
    }
}

/// Keys, public and private.
pub fn key(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(text.parse::<VerifierKey>());
        drop(NoteSigner::from_private_text(text));
    }
}

/// The path of a tile.
///
/// # Panics
/// If what is read writes another text.
pub fn tile_path(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(tile) = text.parse::<Tile>()
    {
        assert!(tile.to_string() == text, "one tile has one spelling");
    }
}

/// The content of a tile and of a bundle, of the width that the first byte says.
pub fn tile(bytes: &[u8]) {
    let Some((width, bytes)) = bytes.split_first() else { return };
    for kind in [TileKind::Hashes { level: 0 }, TileKind::Entries] {
        if let Some(tile) = Tile::at(kind, 0, u64::from(*width)) {
            drop(tile.read_hashes(bytes));
            drop(tile.read_entries(bytes));
        }
    }
}

/// The head of a proof file.
pub fn tlog_proof(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(tlog_proof::parse_inclusion(text));
    }
}

/// Proofs of any sizes with any path.
pub fn proofs(bytes: &[u8]) {
    let (numbers, path) = bytes.as_chunks::<8>().0.split_at(bytes.len().min(24) / 8);
    let [a, b, c] = [0, 1, 2].map(|at| numbers.get(at).map_or(0, |number| u64::from_be_bytes(*number)));
    let path: Vec<Hash> = path.iter().map(|part| Hash::leaf(part)).collect();
    let head = |size| TreeHead { size, root: Hash::empty() };
    let _ = InclusionProof { index: a, path: path.clone() }.verify(Hash::empty(), head(b));
    let _ = ConsistencyProof { path }.verify(head(b), head(c));
}
