//! A log in a directory, laid out as it is served.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::storage::{Slot, StorageError, TileReader, TileWriter};
use crate::tile::Tile;

/// A log in a directory, for reading. Any static web server can serve it.
#[derive(Clone, Debug)]
pub struct TileDirectory(PathBuf);

impl TileDirectory {
    /// The log in `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self(dir.into())
    }

    /// The same log for writing; the directory is made if it is not there. What a crash left half done is finished.
    pub fn lock(self) -> Result<LockedDirectory, StorageError> {
        create_durably(&self.0)?;
        let handle = File::open(&self.0).map_err(StorageError::io("cannot open", &self.0))?;
        handle.try_lock().map_err(|_| StorageError::InUse(self.0.display().to_string()))?;
        let locked = LockedDirectory { dir: self, _lock: handle };
        [Slot::Head, Slot::Checkpoint].into_iter().try_for_each(|slot| locked.finish(slot))?;
        Ok(locked)
    }

    fn path(&self, slot: Slot) -> PathBuf {
        self.0.join(slot.path())
    }
}

impl TileReader for TileDirectory {
    fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, StorageError> {
        read(&self.0.join(tile.to_string()))
    }

    fn checkpoint(&self, slot: Slot) -> Result<Option<Vec<u8>>, StorageError> {
        read(&self.path(slot))
    }
}

/// A log in a directory, for writing. The system releases the lock however the process ends.
#[derive(Debug)]
pub struct LockedDirectory {
    dir: TileDirectory,
    _lock: File,
}

impl LockedDirectory {
    /// Where a checkpoint waits: whole and on disk, and not yet seen by anybody.
    fn waiting(&self, slot: Slot) -> PathBuf {
        self.dir.path(slot).with_extension("next")
    }

    /// Lets a checkpoint that waits be seen.
    fn finish(&self, slot: Slot) -> Result<(), StorageError> {
        let (waiting, path) = (self.waiting(slot), self.dir.path(slot));
        match fs::rename(&waiting, &path) {
            Ok(()) => sync_directory(&self.dir.0),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(StorageError::io("cannot rename to", &path)(error)),
        }
    }
}

impl TileReader for LockedDirectory {
    fn tile(&self, tile: Tile) -> Result<Option<Vec<u8>>, StorageError> {
        self.dir.tile(tile)
    }

    fn checkpoint(&self, slot: Slot) -> Result<Option<Vec<u8>>, StorageError> {
        self.dir.checkpoint(slot)
    }
}

impl TileWriter for LockedDirectory {
    fn write_tiles(&mut self, tiles: &[(Tile, Vec<u8>)]) -> Result<(), StorageError> {
        let mut folders = BTreeSet::new();
        for (tile, bytes) in tiles {
            let path = self.dir.0.join(tile.to_string());
            let folder = path.parent().unwrap_or(&path).to_owned();
            create_all_durably(&self.dir.0, &folder)?;
            write_aside_and_rename(&path, bytes)?;
            folders.insert(folder);
        }
        folders.iter().try_for_each(|folder| sync_directory(folder))
    }

    /// Written aside, synced and renamed to where it waits, then seen: after a crash at any point [`TileDirectory::lock`]
    /// finds the old one alone, or the new one waiting or in its place.
    fn replace_checkpoint(&mut self, slot: Slot, old: Option<&[u8]>, new: &[u8]) -> Result<(), StorageError> {
        self.finish(slot)?;
        if self.checkpoint(slot)?.as_deref() != old {
            return Err(StorageError::Changed(slot));
        }
        write_aside_and_rename(&self.waiting(slot), new)?;
        sync_directory(&self.dir.0)?;
        self.finish(slot)
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, StorageError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(StorageError::io("cannot read", path)(error)),
    }
}

/// The content is on disk before the name is. The name is when the directory is synced.
fn write_aside_and_rename(path: &Path, bytes: &[u8]) -> Result<(), StorageError> {
    let mut aside = path.as_os_str().to_owned();
    aside.push(".tmp");
    let aside = PathBuf::from(aside);
    let mut file = File::create(&aside).map_err(StorageError::io("cannot make", &aside))?;
    file.write_all(bytes).map_err(StorageError::io("cannot write", &aside))?;
    file.sync_all().map_err(StorageError::io("cannot sync", &aside))?;
    fs::rename(&aside, path).map_err(StorageError::io("cannot rename to", path))
}

/// Makes the folders between `root` and `folder` that are missing.
fn create_all_durably(root: &Path, folder: &Path) -> Result<(), StorageError> {
    if folder == root || folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        create_all_durably(root, parent)?;
    }
    create_durably(folder)
}

fn create_durably(folder: &Path) -> Result<(), StorageError> {
    fs::create_dir_all(folder).map_err(StorageError::io("cannot make", folder))?;
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    sync_directory(parent.unwrap_or(Path::new(".")))
}

fn sync_directory(path: &Path) -> Result<(), StorageError> {
    let dir = File::open(path).map_err(StorageError::io("cannot open", path))?;
    dir.sync_all().map_err(StorageError::io("cannot sync", path))
}
