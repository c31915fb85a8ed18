//! Transparency logs as C2SP describes them: an append-only list whose operator cannot show two versions of it unseen.
//!
//! A tour, in the order an entry takes:
//!
//! 1. A [`Log`] with its key ([`NoteSigner`]) appends entries. It writes them into [`Tile`]s (tlog-tiles): hashes and
//!    bundles of 256, at paths that any static web server serves. A [`TileWriter`] keeps them: [`TileDirectory`],
//!    [`MemoryTiles`].
//! 2. Then it signs its head, a [`SignedCheckpoint`] (tlog-checkpoint): origin, size and [`Hash`] of the root, as a
//!    [`Note`] (signed-note).
//! 3. Witnesses look at the head. Each verifies that it continues what it cosigned before ([`TreeReader::verify_growth`])
//!    and adds its cosignature ([`witness::cosign`], tlog-cosignature). Then clients are shown it as the checkpoint.
//! 4. A client reads proofs out of tiles that nobody vouches for ([`TreeReader`]; [`Question::tiles`] says which to
//!    fetch) and verifies them: that the tree continues the one it knew ([`TreeReader::verify_growth`]), and that it has
//!    an entry ([`InclusionProof::verify`]).
//! 5. A [`TlogProof`] keeps that in a file, for who is offline (tlog-proof).
//!
//! How many witnesses are enough is not for this crate to say.
//!
//! ```
//! use tile_log::{KeyKind, Log, MemoryTiles, NoteSigner, Hash, SignedCheckpoint};
//!
//! let key = NoteSigner::generate("trust.example/log".parse()?, KeyKind::Log)?;
//! let known = key.verifier().clone();
//! let mut log = Log::create(MemoryTiles::new(), known.name().clone(), key)?;
//! log.append(&["first", "second"])?;
//!
//! let seen = SignedCheckpoint::open(&log.head().to_bytes(), known.name(), &known)?;
//! let proof = log.tree().inclusion(1)?;
//! assert!(proof.verify(Hash::leaf(b"second"), seen.tree()).is_ok());
//! assert!(proof.verify(Hash::leaf(b"third"), seen.tree()).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bundle;
mod checkpoint;
#[cfg(feature = "contract")]
pub mod contract;
mod cosignature;
mod directory;
mod edge;
pub mod fuzzing;
mod hash;
mod key;
mod log;
mod memory;
mod note;
mod proof;
mod storage;
mod tile;
mod tlog_proof;
mod tree;
mod tree_reader;
pub mod witness;

pub use bundle::MAX_ENTRY;
pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use cosignature::Cosignature;
pub use directory::{LockedDirectory, TileDirectory};
pub use hash::{Hash, NotAHash};
pub use key::{KeyError, KeyKind, KeyName, NoteSigner, VerifierKey};
pub use log::{Log, LogError};
pub use memory::MemoryTiles;
pub use note::{MAX_NOTE_BYTES, Note, NoteError, SignatureLine};
pub use proof::{ConsistencyProof, InclusionProof, NotProven, TreeHead};
pub use storage::{Slot, StorageError, TileReader, TileWriter};
pub use tile::{NotATile, TILE_WIDTH, Tile, TileKind, WrongTile};
pub use tlog_proof::{ProofError, TlogProof};
pub use tree_reader::{GrowthError, Question, ReadError, TreeReader};
