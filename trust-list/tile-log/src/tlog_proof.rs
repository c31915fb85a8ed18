//! Proofs in a file (C2SP tlog-proof): that an entry is in a log, with the checkpoint and who cosigned it.

use std::fmt;

use crate::checkpoint::{CheckpointError, SignedCheckpoint, parse_decimal};
use crate::hash::Hash;
use crate::key::{KeyName, VerifierKey};
use crate::note::MAX_NOTE_BYTES;
use crate::proof::{InclusionProof, NotProven};

/// The proof that an entry is in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Where it is.
    pub inclusion: InclusionProof,
    /// The checkpoint, which its log signed.
    pub checkpoint: SignedCheckpoint,
}

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// A path has a hash a level, and a tree at most 63 levels; a hash has 44 characters and its newline.
const MAX_BYTES: usize = MAX_NOTE_BYTES + 64 * 45 + 64;

const MAX_PATH: usize = 63;

impl TlogProof {
    /// Reads a proof and refuses it unless its checkpoint is of the log `origin` and signed by that log's `key`.
    pub fn open(bytes: &[u8], origin: &KeyName, key: &VerifierKey) -> Result<Self, ProofError> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_BYTES).ok_or(ProofError::Form)?;
        let (proof, note) = text.split_once("\n\n").ok_or(ProofError::Form)?;
        let inclusion = parse_inclusion(proof).ok_or(ProofError::Form)?;
        let checkpoint = SignedCheckpoint::open(note.as_bytes(), origin, key)?;
        Ok(Self { inclusion, checkpoint })
    }

    /// Refuses unless `entry` is in the tree of the checkpoint. Who cosigned that is the caller's to judge.
    pub fn verify(&self, entry: &[u8]) -> Result<(), ProofError> {
        Ok(self.inclusion.verify(Hash::leaf(entry), self.checkpoint.tree())?)
    }
}

pub(crate) fn parse_inclusion(text: &str) -> Option<InclusionProof> {
    let mut lines = text.split('\n').peekable();
    if lines.next()? != FIRST_LINE {
        return None;
    }
    // tlog-proof, Format: extra data may stand here; nothing here uses any.
    lines.next_if(|line| line.starts_with("extra "));
    let index = parse_decimal(lines.next()?.strip_prefix("index ")?)?;
    let path = lines.map(|line| line.parse().ok()).collect::<Option<Vec<Hash>>>()?;
    (path.len() <= MAX_PATH).then_some(InclusionProof { index, path })
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nindex {}", self.inclusion.index)?;
        self.inclusion.path.iter().try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint.note())
    }
}

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not a proof of this form.
    #[error("it is not a proof of the form {FIRST_LINE}")]
    Form,
    /// Its checkpoint is refused.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The entry is not in the tree.
    #[error(transparent)]
    NotProven(#[from] NotProven),
}
