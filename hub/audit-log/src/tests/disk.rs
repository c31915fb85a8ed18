//! A disk in memory.

use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::{LogFile, LogStorage, OpenError};

/// A disk in memory that can be told to fail.
#[derive(Clone, Default)]
pub(super) struct Disk {
    state: Arc<Mutex<DiskState>>,
    pub(super) syncs: Arc<AtomicUsize>,
}

#[derive(Default)]
pub(super) struct DiskState {
    pub(super) bytes: Vec<u8>,
    pub(super) synced: usize,
    pub(super) fault: Option<Fault>,
    pub(super) sync_takes: Duration,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// Writes this many bytes and fails.
    Append { kind: ErrorKind, partial: usize },
    /// Writes, and fails to sync.
    Sync { kind: ErrorKind },
}

impl Disk {
    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, DiskState> {
        self.state.lock().unwrap()
    }
}

impl LogStorage for Disk {
    fn open(&mut self) -> Result<Box<dyn LogFile>, OpenError> {
        Ok(Box::new(self.clone()))
    }
}

impl LogFile for Disk {
    fn read(&mut self) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(io::Cursor::new(self.lock().bytes.clone())))
    }

    fn length(&mut self) -> io::Result<u64> {
        Ok(self.lock().bytes.len() as u64)
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        if let Some(Fault::Append { kind, partial }) = state.fault {
            state.bytes.extend_from_slice(&bytes[..partial.min(bytes.len())]);
            return Err(kind.into());
        }
        state.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        let takes = self.lock().sync_takes;
        std::thread::sleep(takes);
        let mut state = self.lock();
        if let Some(Fault::Sync { kind }) = state.fault {
            return Err(kind.into());
        }
        state.synced = state.bytes.len();
        self.syncs.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        let mut state = self.lock();
        state.bytes.truncate(usize::try_from(length).unwrap());
        state.synced = state.synced.min(state.bytes.len());
        Ok(())
    }
}
