//! Checkpoints: what a log says its tree is, signed (C2SP tlog-checkpoint).

use std::fmt;
use std::str::FromStr;

use crate::cosignature::{self, Cosignature};
use crate::hash::Hash;
use crate::key::{KeyName, NoteSigner, VerifierKey};
use crate::note::{Note, NoteError, parse_signatures};
use crate::proof::TreeHead;

/// The origin, size and root of a log. Nobody vouches for it yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub origin: KeyName,
    /// Its tree.
    pub tree: TreeHead,
}

/// Beyond this a tree has nodes that a u64 cannot count.
const MAX_SIZE: u64 = 1 << 62;

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}\n", self.origin, self.tree.size, self.tree.root)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    /// Reads the text of a note. Extension lines are read over, as nothing here gives them a meaning.
    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let body = text.strip_suffix('\n').ok_or(CheckpointError::Form)?;
        let mut lines = body.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::Form);
        };
        if lines.any(str::is_empty) {
            return Err(CheckpointError::Form);
        }
        let origin = origin.parse().map_err(|_| CheckpointError::Form)?;
        let root: Hash = root.parse().map_err(|_| CheckpointError::Form)?;
        let tree = TreeHead { size: parse_decimal(size).ok_or(CheckpointError::Form)?, root };
        // tlog-witness: the empty tree has the hash of the empty string, and no other has.
        if (tree.size == 0) != (root == Hash::empty()) || tree.size > MAX_SIZE {
            return Err(CheckpointError::Form);
        }
        Ok(Self { origin, tree })
    }
}

/// A number in decimal, in its one spelling.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A checkpoint that its log signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: Note,
}

impl SignedCheckpoint {
    /// Signs a checkpoint.
    pub(crate) fn sign(checkpoint: Checkpoint, key: &NoteSigner) -> Self {
        let note = Note::sign(checkpoint.to_string(), key);
        Self { checkpoint, note }
    }

    /// Reads a checkpoint and refuses it unless it is of the log `origin` and signed by that log's `key`.
    pub fn open(bytes: &[u8], origin: &KeyName, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        note.verify(key)?;
        let checkpoint: Checkpoint = note.text().parse()?;
        // The key may be of another log too; its name need not be the origin (tlog-checkpoint, Signatures).
        if checkpoint.origin != *origin {
            return Err(CheckpointError::OtherLog { found: checkpoint.origin, expected: origin.clone() });
        }
        Ok(Self { checkpoint, note })
    }

    /// The log.
    pub fn origin(&self) -> &KeyName {
        &self.checkpoint.origin
    }

    /// The tree.
    pub fn tree(&self) -> TreeHead {
        self.checkpoint.tree
    }

    /// The note, for others to verify.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The cosignatures of `witnesses`: the newest of each that made one. A key counts once, whatever it is called.
    pub fn cosignatures<'w>(
        &self,
        witnesses: impl IntoIterator<Item = &'w VerifierKey>,
    ) -> Result<Vec<Cosignature<'w>>, CheckpointError> {
        let mut found: Vec<Cosignature<'w>> = Vec::new();
        for witness in witnesses {
            let known = found.iter().any(|cosignature| cosignature.is_by(witness));
            if let Some(cosignature) = cosignature::newest(&self.note, witness)?.filter(|_| !known) {
                found.push(cosignature);
            }
        }
        Ok(found)
    }

    /// The cosignature line of the witness whose key this is, made at `time`. Only for a checkpoint that continues
    /// every one it cosigned before.
    pub(crate) fn cosign(&self, key: &NoteSigner, time: u64) -> Result<String, CheckpointError> {
        cosignature::line(self.note.text(), key, time).map(|line| line.to_string())
    }

    /// This checkpoint with the cosignature `lines` that `witnesses` made; others are left out. Says how many were new.
    pub fn with_cosignatures(&self, lines: &str, witnesses: &[VerifierKey]) -> Result<(Self, usize), CheckpointError> {
        let offered = parse_signatures(lines)?;
        let mut extended = self.clone();
        let mut added = 0;
        for line in offered {
            let Some(witness) = witnesses.iter().find(|key| line.name == *key.name() && line.id == key.id()) else {
                continue;
            };
            cosignature::verify(self.note.text(), witness, &line)?;
            if extended.note.by(witness).next().is_none() {
                extended.note.add(line)?;
                added += 1;
            }
        }
        Ok((extended, added))
    }

    /// The bytes of the note.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.note.to_string().into_bytes()
    }
}

/// Why a checkpoint is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note is refused.
    #[error("the checkpoint: {0}")]
    Note(#[from] NoteError),
    /// Not origin, size and root.
    #[error("the checkpoint is not three lines with origin, size and root")]
    Form,
    /// Of another log.
    #[error("the checkpoint is of the log {found}, not of {expected}")]
    OtherLog {
        /// The log it is of.
        found: KeyName,
        /// The log asked for.
        expected: KeyName,
    },
    /// A cosignature that says it is by a witness is not.
    #[error("the cosignature that says it is by {0} is wrong")]
    BadCosignature(KeyName),
    /// The key is not a witness's.
    #[error("{0} is the key of a log; a witness needs a key of its own kind")]
    NotAWitness(KeyName),
}
