//! The memory of a client on disk.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::marks::Marks;
use super::{CachedDocument, HighWaterError};
use crate::document::DocumentPath;

/// The directories of one client, locked.
pub(super) struct Files {
    dir: PathBuf,
    /// Held as long as the directories are in use; the system releases it however the process ends.
    _lock: File,
}

impl Files {
    pub(super) fn open(dir: &Path) -> Result<Self, HighWaterError> {
        for part in ["", "marks", "marks/roots", "documents", "documents/lists"] {
            create_durably(&dir.join(part))?;
        }
        let path = dir.join("marks/lock");
        let lock = File::create(&path).map_err(HighWaterError::io("cannot make", &path))?;
        lock.try_lock().map_err(|_| HighWaterError::InUse(dir.to_owned()))?;
        Ok(Self { dir: dir.to_owned(), _lock: lock })
    }

    /// Marks that are not there are those of a first start; marks that cannot be read are never taken for that.
    pub(super) fn read_marks(&self) -> Result<Marks, HighWaterError> {
        let path = self.marks_path();
        let Some(bytes) = read(&path)? else { return Ok(Marks::default()) };
        serde_json::from_slice(&bytes).map_err(|error| HighWaterError::Damaged { path, reason: error.to_string() })
    }

    pub(super) fn write_marks(&self, marks: &Marks) -> Result<(), HighWaterError> {
        let path = self.marks_path();
        let bytes = serde_json::to_vec_pretty(marks)
            .map_err(|error| HighWaterError::Damaged { path: path.clone(), reason: error.to_string() })?;
        write_durably(&path, &bytes)
    }

    pub(super) fn read_root(&self, version: u64) -> Result<Option<Vec<u8>>, HighWaterError> {
        read(&self.root_path(version))
    }

    pub(super) fn write_root(&self, version: u64, bytes: &[u8]) -> Result<(), HighWaterError> {
        write_durably(&self.root_path(version), bytes)
    }

    pub(super) fn read_document(&self, path: DocumentPath) -> Option<Vec<u8>> {
        fs::read(self.document_path(path)).ok()
    }

    /// The status goes last, so that a start from disk finds the lists it names.
    pub(super) fn write_documents(&self, documents: &[CachedDocument]) -> Result<(), HighWaterError> {
        let is_status = |document: &&CachedDocument| document.0 == DocumentPath::Status;
        let lists = documents.iter().filter(|document| !is_status(document));
        for (path, bytes) in lists.chain(documents.iter().filter(is_status)) {
            if let Some(bytes) = bytes {
                let path = self.document_path(*path);
                create_parent(&path)?;
                write_durably(&path, bytes)?;
            }
        }
        self.remove_other_lists(documents);
        Ok(())
    }

    /// Old lists only take room; a failure to remove one changes nothing.
    fn remove_other_lists(&self, documents: &[CachedDocument]) {
        let current: Vec<PathBuf> = documents.iter().map(|(path, _)| self.document_path(*path)).collect();
        let Ok(entries) = fs::read_dir(self.dir.join("documents/lists")) else { return };
        for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
            if !current.contains(&path) {
                let _ = fs::remove_file(path);
            }
        }
    }

    fn marks_path(&self) -> PathBuf {
        self.dir.join("marks/marks.json")
    }

    fn root_path(&self, version: u64) -> PathBuf {
        self.dir.join(format!("marks/roots/{version}.json"))
    }

    fn document_path(&self, path: DocumentPath) -> PathBuf {
        self.dir.join("documents").join(path.to_string())
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, HighWaterError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(HighWaterError::io("cannot read", path)(error)),
    }
}

/// The cache may have been emptied while we run.
fn create_parent(path: &Path) -> Result<(), HighWaterError> {
    let parent = path.parent().unwrap_or(path);
    fs::create_dir_all(parent).map_err(HighWaterError::io("cannot make", parent))
}

/// Write aside, fsync, rename, fsync the directory: after a crash at any point there is the old file or the new one,
/// and once this returns it is the new one.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), HighWaterError> {
    let aside = path.with_extension("tmp");
    let parent = path.parent().unwrap_or(path);
    let mut file = File::create(&aside).map_err(HighWaterError::io("cannot make", &aside))?;
    file.write_all(bytes).map_err(HighWaterError::io("cannot write", &aside))?;
    file.sync_all().map_err(HighWaterError::io("cannot sync", &aside))?;
    fs::rename(&aside, path).map_err(HighWaterError::io("cannot rename to", path))?;
    sync_directory(parent)
}

/// A directory that is not in its parent after a crash would be a first start, with the marks gone.
fn create_durably(path: &Path) -> Result<(), HighWaterError> {
    fs::create_dir_all(path).map_err(HighWaterError::io("cannot make", path))?;
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => sync_directory(Path::new(".")),
        Some(parent) => sync_directory(parent),
        None => Ok(()),
    }
}

fn sync_directory(path: &Path) -> Result<(), HighWaterError> {
    let dir = File::open(path).map_err(HighWaterError::io("cannot open", path))?;
    dir.sync_all().map_err(HighWaterError::io("cannot sync", path))
}
