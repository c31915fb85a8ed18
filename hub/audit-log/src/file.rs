//! The file, as the log needs it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::OpenError;

/// Where the log is kept.
pub trait LogStorage: Send {
    /// Opens the log, which exists. Called again after a failure, when the file that was open before is dropped.
    fn open(&mut self) -> Result<Box<dyn LogFile>, OpenError>;
}

/// An open log.
pub trait LogFile: Send {
    /// Its bytes, from the first.
    fn read(&mut self) -> io::Result<Box<dyn Read + '_>>;

    /// How many bytes it has.
    fn length(&mut self) -> io::Result<u64>;

    /// Writes all of `bytes` behind its end. After an error any part of them may have been written.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when everything appended so far survives a crash of the machine. After an error nothing is known of
    /// what was appended since the last success.
    fn sync(&mut self) -> io::Result<()>;

    /// Cuts it to its first `length` bytes.
    fn truncate(&mut self, length: u64) -> io::Result<()>;
}

/// A file on disk.
pub(crate) struct PathStorage {
    path: PathBuf,
}

impl PathStorage {
    /// The file at `path`; begins it, durably, if there is none.
    pub(crate) fn at(path: &Path) -> io::Result<Self> {
        let created = OpenOptions::new().append(true).create_new(true).mode(OWNER_ONLY).open(path);
        match created {
            Ok(file) => {
                file.sync_all()?;
                sync_directory_of(path)?;
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        Ok(Self { path: path.to_owned() })
    }
}

impl LogStorage for PathStorage {
    fn open(&mut self) -> Result<Box<dyn LogFile>, OpenError> {
        // Not created here: a log that has vanished is not the same as one that begins.
        let file = OpenOptions::new().read(true).append(true).open(&self.path)?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(Locked(file))),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse),
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}

/// A file that no other process writes to.
struct Locked(File);

impl Drop for Locked {
    fn drop(&mut self) {
        // Closing would do, were it not for a child process that holds a copy of the descriptor between fork and exec.
        let _ = self.0.unlock();
    }
}

impl LogFile for Locked {
    fn read(&mut self) -> io::Result<Box<dyn Read + '_>> {
        self.0.seek(SeekFrom::Start(0))?;
        Ok(Box::new(&mut self.0))
    }

    fn length(&mut self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }
}

fn sync_directory_of(path: &Path) -> io::Result<()> {
    match path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        Some(parent) => File::open(parent)?.sync_all(),
        None => File::open(".")?.sync_all(),
    }
}

const OWNER_ONLY: u32 = 0o600;
