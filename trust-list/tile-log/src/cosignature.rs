//! Cosignatures: a witness says when it saw that a checkpoint continues all it saw before (C2SP tlog-cosignature).

use crate::checkpoint::CheckpointError;
use crate::key::{KeyKind, NoteSigner, VerifierKey};
use crate::note::{Note, SignatureLine};

/// A verified cosignature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosignature<'w> {
    /// The witness.
    pub witness: &'w VerifierKey,
    /// When it looked, in seconds since 1970. Its clock's word; nothing here depends on it.
    pub time: u64,
}

impl Cosignature<'_> {
    /// Whether that key made it, under whatever name.
    pub(crate) fn is_by(&self, key: &VerifierKey) -> bool {
        self.witness.public_bytes() == key.public_bytes()
    }
}

/// tlog-cosignature, Ed25519 signed message.
fn message(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// The signature line of a witness under the text of a checkpoint.
pub(crate) fn line(text: &str, key: &NoteSigner, time: u64) -> Result<SignatureLine, CheckpointError> {
    if key.verifier().kind() != KeyKind::Witness {
        return Err(CheckpointError::NotAWitness(key.verifier().name().clone()));
    }
    let signature = key.sign(message(text, time).as_bytes());
    Ok(key.line([&time.to_be_bytes()[..], &signature].concat()))
}

/// Refuses unless `line` is the cosignature of `witness`; answers its time.
pub(crate) fn verify(text: &str, witness: &VerifierKey, line: &SignatureLine) -> Result<u64, CheckpointError> {
    verified_time(text, witness, line).ok_or_else(|| CheckpointError::BadCosignature(witness.name().clone()))
}

fn verified_time(text: &str, witness: &VerifierKey, line: &SignatureLine) -> Option<u64> {
    let (time, signature) = line.signature.split_first_chunk()?;
    let time = u64::from_be_bytes(*time);
    // tlog-cosignature, Format: not above 2^63 - 1. tlog-witness, add-checkpoint: not zero.
    if witness.kind() != KeyKind::Witness || time == 0 || i64::try_from(time).is_err() {
        return None;
    }
    witness.verify(message(text, time).as_bytes(), signature)?;
    Some(time)
}

/// The newest cosignature of `witness` under a note.
pub(crate) fn newest<'w>(note: &Note, witness: &'w VerifierKey) -> Result<Option<Cosignature<'w>>, CheckpointError> {
    let mut newest = None;
    for line in note.by(witness) {
        newest = newest.max(Some(verify(note.text(), witness, line)?));
    }
    Ok(newest.map(|time| Cosignature { witness, time }))
}
