//! What a client must not forget: the roots it walked, and the highest of everything it has seen.
//!
//! Two directories, so that emptying the cache cannot bring old documents back:
//!
//! - `marks/`: `marks.json` (also the longest tree of the log) and `roots/<version>.json`. Written with fsync, rename,
//!   fsync of the directory, *before* anything newer is used.
//! - `documents/`: the last good documents, each list with the proof that the log has it, for a start without network.
//!   May be removed at any time.

mod error;
mod files;
mod marks;

use std::collections::BTreeMap;
use std::path::Path;

pub use error::HighWaterError;
pub use marks::Regression;
pub(crate) use marks::{Good, KeptOrder, LogMark, Mark, Marks};

use crate::document::DocumentPath;
use files::Files;

pub(crate) use files::write_durably;

/// The durable memory of one client. One process at a time: opening takes a lock.
pub struct HighWater {
    place: Place,
    marks: Marks,
}

/// A document of a snapshot, with its bytes unless the cache has them.
pub(crate) type CachedDocument = (DocumentPath, Option<Vec<u8>>);

enum Place {
    Disk(Files),
    Memory { roots: BTreeMap<u64, Vec<u8>>, documents: BTreeMap<String, Vec<u8>> },
}

impl HighWater {
    /// The memory kept in `dir`, which is made if it is not there.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, HighWaterError> {
        let files = Files::open(dir.as_ref())?;
        let marks = files.read_marks()?;
        Ok(Self { place: Place::Disk(files), marks })
    }

    /// A memory that ends with the process: for tests, and for looking once at a published list the way a client
    /// that has never seen one would. A server must not use it: after a restart it would accept older documents.
    pub fn volatile() -> Self {
        Self { place: Place::Memory { roots: BTreeMap::new(), documents: BTreeMap::new() }, marks: Marks::default() }
    }

    pub(crate) fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Keeps `marks`; on return they are on disk.
    pub(crate) fn keep_marks(&mut self, marks: Marks) -> Result<(), HighWaterError> {
        if marks == self.marks {
            return Ok(());
        }
        if let Place::Disk(files) = &self.place {
            files.write_marks(&marks)?;
        }
        self.marks = marks;
        Ok(())
    }

    /// A root that was accepted earlier.
    pub(crate) fn root(&self, version: u64) -> Result<Option<Vec<u8>>, HighWaterError> {
        match &self.place {
            Place::Disk(files) => files.read_root(version),
            Place::Memory { roots, .. } => Ok(roots.get(&version).cloned()),
        }
    }

    /// Keeps an accepted root; on return it is on disk.
    pub(crate) fn keep_root(&mut self, version: u64, bytes: &[u8]) -> Result<(), HighWaterError> {
        match &mut self.place {
            Place::Disk(files) => files.write_root(version, bytes),
            Place::Memory { roots, .. } => {
                roots.insert(version, bytes.to_owned());
                Ok(())
            }
        }
    }

    /// A document of the cache. One that cannot be read is one that is not there.
    pub(crate) fn document(&self, path: DocumentPath) -> Option<Vec<u8>> {
        match &self.place {
            Place::Disk(files) => files.read_document(path),
            Place::Memory { documents, .. } => documents.get(&path.to_string()).cloned(),
        }
    }

    /// Makes the cache hold the documents of a snapshot and no others.
    pub(crate) fn keep_documents(&mut self, documents: &[CachedDocument]) -> Result<(), HighWaterError> {
        match &mut self.place {
            Place::Disk(files) => files.write_documents(documents),
            Place::Memory { documents: kept, .. } => {
                kept.retain(|path, _| documents.iter().any(|(kept, _)| kept.to_string() == *path));
                let new = documents.iter().filter_map(|(path, bytes)| Some((path.to_string(), bytes.clone()?)));
                kept.extend(new);
                Ok(())
            }
        }
    }
}

/// The marks as they are kept, for [`crate::fuzzing`]: what is read says the same when it is written.
pub(crate) fn fuzz_marks(bytes: &[u8]) {
    if let Ok(marks) = serde_json::from_slice::<Marks>(bytes) {
        let text = serde_json::to_vec(&marks).unwrap_or_default();
        assert!(serde_json::from_slice(&text).is_ok_and(|again: Marks| again == marks), "it reads back");
    }
}
