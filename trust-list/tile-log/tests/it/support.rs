//! Logs and keys for the tests.

use tile_log::{KeyKind, KeyName, Log, MemoryTiles, NoteSigner, SignedCheckpoint, VerifierKey};

pub(crate) fn name(text: &str) -> KeyName {
    text.parse().unwrap()
}

pub(crate) fn log_key() -> NoteSigner {
    NoteSigner::generate(name("trust.example/log"), KeyKind::Log).unwrap()
}

pub(crate) fn witness_key(witness: &str) -> NoteSigner {
    NoteSigner::generate(name(witness), KeyKind::Witness).unwrap()
}

/// The same key in another place.
pub(crate) fn copy(key: &NoteSigner) -> NoteSigner {
    NoteSigner::from_private_text(&key.to_private_text().unwrap()).unwrap()
}

pub(crate) fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

pub(crate) fn entries(range: std::ops::Range<u64>) -> Vec<Vec<u8>> {
    range.map(entry).collect()
}

/// A log in memory with entries 0 to `size`, and its public key.
pub(crate) fn log_of(size: u64) -> (Log<MemoryTiles>, VerifierKey) {
    let key = log_key();
    let known = key.verifier().clone();
    let mut log = Log::create(MemoryTiles::new(), known.name().clone(), key).unwrap();
    log.append(&entries(0..size)).unwrap();
    (log, known)
}

pub(crate) fn reopen(checkpoint: &SignedCheckpoint, key: &VerifierKey) -> SignedCheckpoint {
    SignedCheckpoint::open(&checkpoint.to_bytes(), checkpoint.origin(), key).unwrap()
}
