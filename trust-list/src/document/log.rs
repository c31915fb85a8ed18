//! The log in which every list must be: what the root says of it, what is logged, and why a log proves nothing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strict_jose::{b64, sha256};
use tile_log::{
    CheckpointError, KeyError, KeyKind, KeyName, ProofError, ReadError, SignedCheckpoint, TreeHead, VerifierKey,
};

use super::DocumentPath;
use crate::CountryCode;
use crate::quorum::{Quorum, QuorumNotMet};

/// The transparency log of a region, in its root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogDescription {
    /// The name of the log: the first line of its checkpoints.
    pub origin: String,
    /// Its key (C2SP signed-note, a vkey of type 1).
    pub key: String,
    /// Who watches that it only grows.
    pub witnesses: Vec<LogWitness>,
    /// How many of them must have cosigned a checkpoint.
    pub quorum: Quorum,
}

/// A witness of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogWitness {
    /// The country it belongs to.
    pub country: CountryCode,
    /// Who it is.
    pub name: String,
    /// Its key (C2SP signed-note, a vkey of type 4).
    pub key: String,
}

/// The log of a root whose rules were checked.
#[derive(Clone, Debug)]
pub(crate) struct TrustedLog {
    origin: KeyName,
    key: VerifierKey,
    witnesses: Vec<(CountryCode, VerifierKey)>,
    quorum: Quorum,
}

impl TrustedLog {
    /// Checks what a root says.
    pub(crate) fn new(log: &LogDescription) -> Result<Self, LogDescriptionProblem> {
        let key = of_kind(KeyKind::Log, &log.key)?;
        let witness = |witness: &LogWitness| Ok((witness.country, of_kind(KeyKind::Witness, &witness.key)?));
        let witnesses = log.witnesses.iter().map(witness).collect::<Result<Vec<_>, LogDescriptionProblem>>()?;
        no_key_twice(&key, &witnesses)?;
        quorum_possible(&witnesses, log.quorum)?;
        Ok(Self { origin: log.origin.parse()?, key, witnesses, quorum: log.quorum })
    }

    pub(crate) fn origin(&self) -> &KeyName {
        &self.origin
    }

    pub(crate) fn key(&self) -> &VerifierKey {
        &self.key
    }

    pub(crate) fn witnesses(&self) -> Vec<VerifierKey> {
        self.witnesses.iter().map(|(_, key)| key.clone()).collect()
    }

    /// Reads a checkpoint; refuses it unless the log signed it and enough witnesses cosigned it.
    pub(crate) fn open(&self, bytes: &[u8]) -> Result<SignedCheckpoint, LogProblem> {
        let checkpoint = SignedCheckpoint::open(bytes, &self.origin, &self.key)?;
        self.require_witnesses(&checkpoint)?;
        Ok(checkpoint)
    }

    /// Enough different keys of enough different countries. When they looked does not matter: what is current, the
    /// status document says.
    pub(crate) fn require_witnesses(&self, checkpoint: &SignedCheckpoint) -> Result<(), LogProblem> {
        let cosignatures = checkpoint.cosignatures(self.witnesses.iter().map(|(_, key)| key))?;
        let country = |key: &VerifierKey| self.witnesses.iter().find(|(_, known)| known == key).map(|known| known.0);
        let countries: BTreeSet<_> = cosignatures.iter().filter_map(|found| country(found.witness)).collect();
        Ok(self.quorum.require(cosignatures.len(), countries.len())?)
    }
}

fn of_kind(kind: KeyKind, text: &str) -> Result<VerifierKey, LogDescriptionProblem> {
    let key: VerifierKey = text.parse()?;
    if key.kind() == kind { Ok(key) } else { Err(LogDescriptionProblem::WrongKind(key.name().to_string())) }
}

/// RUSTSEC-2020-0024: one key under two names would count twice; and a log does not watch itself.
fn no_key_twice(log: &VerifierKey, witnesses: &[(CountryCode, VerifierKey)]) -> Result<(), LogDescriptionProblem> {
    let mut seen = BTreeSet::from([log.public_bytes()]);
    match witnesses.iter().find(|(_, key)| !seen.insert(key.public_bytes())) {
        Some((_, key)) => Err(LogDescriptionProblem::DuplicateKey(key.name().to_string())),
        None => Ok(()),
    }
}

/// A threshold of zero needs no witness; one that no witnesses can meet locks everybody out.
fn quorum_possible(witnesses: &[(CountryCode, VerifierKey)], quorum: Quorum) -> Result<(), LogDescriptionProblem> {
    let countries: BTreeSet<_> = witnesses.iter().map(|(country, _)| country).collect();
    let possible = quorum.threshold > 0 && quorum.countries > 0;
    let met = quorum.missing(witnesses.len(), countries.len()) == 0;
    if possible && met { Ok(()) } else { Err(LogDescriptionProblem::ImpossibleQuorum) }
}

/// What the log has of a document: its place, its length and its hash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LoggedDocument {
    // The members stand in the order of RFC 8785, and none needs an escape: the line is canonical JSON.
    /// The length of the signed document in bytes.
    pub length: usize,
    /// Where it is published.
    pub path: String,
    /// Its SHA-256 in base64url.
    pub sha256: String,
}

impl LoggedDocument {
    /// What is logged of the document at `path`.
    pub fn of(path: DocumentPath, bytes: &[u8]) -> Self {
        Self { length: bytes.len(), path: path.to_string(), sha256: b64::encode(sha256(bytes)) }
    }

    /// The entry: one line of JSON, without a newline.
    pub fn to_line(&self) -> String {
        let Self { length, path, sha256 } = self;
        format!(r#"{{"length":{length},"path":"{path}","sha256":"{sha256}"}}"#)
    }
}

/// Why what a root says of the log cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogDescriptionProblem {
    /// A name or key cannot be read.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// A witness's key where the log's belongs, or the other way round.
    #[error("{0} is a key of the wrong kind: the log signs with one of type 1, a witness with one of type 4")]
    WrongKind(String),
    /// A key is in it twice.
    #[error("the key of {0} is in it twice")]
    DuplicateKey(String),
    /// The quorum is zero, or more than the witnesses can give.
    #[error("the quorum of the witnesses is zero, or more than they and their countries are")]
    ImpossibleQuorum,
}

/// Why the log does not prove that it has a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogProblem {
    /// The publisher has no checkpoint.
    #[error("the publisher has no log/checkpoint, and the root demands one")]
    NoCheckpoint,
    /// The publisher did not give a file of the log.
    #[error("the log could not be read: {0}")]
    Unreachable(String),
    /// The checkpoint is not signed by the log, or is of another one.
    #[error("{0}")]
    Checkpoint(#[from] CheckpointError),
    /// Too few witnesses cosigned the checkpoint.
    #[error("too few witnesses cosigned the checkpoint: {0}")]
    Witnesses(#[from] QuorumNotMet),
    /// The tiles do not prove what they should.
    #[error("the tiles of the log are wrong: {0}")]
    Tiles(String),
    /// The checkpoint has fewer entries than one that was seen.
    #[error(
        "split view: a log of {} entries (root {}) is shown, and one of {} entries (root {}) was seen before",
        offered.size, offered.root, seen.size, seen.root
    )]
    Shorter {
        /// What is shown.
        offered: TreeHead,
        /// The longest that was seen.
        seen: TreeHead,
    },
    /// The checkpoint contradicts one that was seen. The log signed both: that is the proof against it.
    #[error(
        "split view: the log of {} entries (root {}) does not begin with the one of {} entries (root {}) that was seen \
         before; the log signed both",
        offered.size, offered.root, seen.size, seen.root
    )]
    SplitView {
        /// What is shown.
        offered: TreeHead,
        /// The longest that was seen.
        seen: TreeHead,
    },
    /// The status document does not say where the log has the list.
    #[error("the status document does not say where the log has it")]
    NoIndex,
    /// The log does not have exactly this document there.
    #[error("the log of {size} entries does not have exactly this document at place {index}")]
    NotLogged {
        /// Where the status document says it is.
        index: u64,
        /// How many entries there are.
        size: u64,
    },
}

impl LogProblem {
    /// Two views of the log: no list is taken from who shows that.
    pub(crate) const fn is_split_view(&self) -> bool {
        matches!(self, Self::Shorter { .. } | Self::SplitView { .. })
    }

    /// Whether the same status document may lead to a usable list a moment later: a witness cosigns, a mirror follows.
    pub(crate) const fn may_pass(&self) -> bool {
        !matches!(self, Self::NoIndex)
    }

    /// Whether it is the way to the publisher that fails.
    pub(crate) const fn is_network(&self) -> bool {
        matches!(self, Self::NoCheckpoint | Self::Unreachable(_))
    }
}

impl From<ProofError> for LogProblem {
    fn from(error: ProofError) -> Self {
        match error {
            ProofError::Checkpoint(error) => Self::Checkpoint(error),
            other => Self::Tiles(other.to_string()),
        }
    }
}

impl From<ReadError> for LogProblem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Missing(tile) => Self::Unreachable(format!("log/{tile} is missing")),
            wrong => Self::Tiles(wrong.to_string()),
        }
    }
}
