//! The hub's audit log in a file: a chain of records, durable before anything leaves.
//!
//! 1. [`FileAuditLog::open`] reads the whole chain. An unfinished end, as a crash leaves it, is cut off and recorded; a
//!    flaw anywhere else stops the start and names the record.
//! 2. [`AuditLog::record`] hands the event to one writer thread. That writes all
//!    events which wait, with one write and one fdatasync, and then answers each. While it syncs the next events
//!    gather: under load one sync serves many, and nobody waits for a timer.
//! 3. After an error of the disk nothing is recorded, and so no token is issued, until the file could be opened
//!    again, cut back to what is durable and written to.
//! 4. [`verify`] checks a file without opening it for writing.
//!
//! # The file
//!
//! One JSON object a line; what is hashed are the bytes of `record` as they stand there, from byte 63 to the byte
//! before the last brace:
//!
//! ```json
//! {"hash":"…","record":{"index":1,"previous":"…","event":{"at":1800000000,"kind":"token_issued",…}}}
//! ```
//!
//! `hash` is the SHA-256 of those bytes in base64url, `previous` the hash of the record before; the first one's is
//! all zeros. So whoever knows one hash can tell whether anything before it was changed.
//!
//! A later version may keep the same events in another form; the hub knows only the port.

mod file;
mod record;
mod recover;
mod scan;
mod writer;

use std::fmt;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use hub_core::audit::{AuditError, AuditEvent, AuditLog, AuditReceipt};
use hub_core::ports::Clock;
use strict_jose::UnixTime;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

pub use file::{LogFile, LogStorage};
pub use scan::{Flaw, Verified, verify};

use file::PathStorage;
use writer::{Message, Writer};

/// The audit log in a file.
pub struct FileAuditLog {
    writer: mpsc::Sender<Message>,
    last_event_time: Option<UnixTime>,
}

impl FileAuditLog {
    /// Opens the log at `path`, or begins one there, and reads it whole: about a second for two million records.
    ///
    /// The file is locked: two hubs on one log would break its chain.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Self::open_on(Box::new(PathStorage::at(path)?), clock)
    }

    /// Opens the log on a storage of the caller's.
    pub fn open_on(mut storage: Box<dyn LogStorage>, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let recovered = recover::recover(&mut *storage, &*clock)?;
        let last_event_time = recovered.last_event_time;
        let (sender, messages) = mpsc::channel(QUEUE);
        let writer = Writer::new(storage, recovered, clock);
        std::thread::Builder::new().name("audit-log".into()).spawn(move || writer.run(messages))?;
        Ok(Self { writer: sender, last_event_time })
    }

    /// When the last event before this start was, as the clock said then. A clock that is far behind it is wrong, and
    /// a hub with a wrong clock must not issue anything.
    pub fn last_event_time(&self) -> Option<UnixTime> {
        self.last_event_time
    }

    /// Waits until everything handed over so far is written, and ends the log.
    pub async fn close(&self) -> Result<(), AuditError> {
        self.ask(Message::Close).await
    }

    /// Sends a message and waits for its answer, within the deadline.
    async fn ask<T>(
        &self,
        message: impl FnOnce(oneshot::Sender<Result<T, AuditError>>) -> Message,
    ) -> Result<T, AuditError> {
        let (answer, answered) = oneshot::channel();
        let asking = async {
            self.writer.send(message(answer)).await.map_err(|_| AuditError::Closed)?;
            answered.await.map_err(|_| AuditError::Closed)?
        };
        timeout(DEADLINE, asking).await.unwrap_or(Err(AuditError::TooSlow))
    }
}

#[async_trait]
impl AuditLog for FileAuditLog {
    async fn record(&self, event: AuditEvent) -> Result<AuditReceipt, AuditError> {
        self.ask(|answer| Message::Record { event: Box::new(event), answer }).await
    }

    async fn health(&self) -> Result<(), AuditError> {
        self.ask(Message::Health).await
    }
}

impl fmt::Debug for FileAuditLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileAuditLog").field("last_event_time", &self.last_event_time).finish_non_exhaustive()
    }
}

/// Why the log cannot be opened. The operator's to mend.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read or written.
    #[error("the audit log cannot be opened: {0}")]
    Io(#[from] io::Error),
    /// Another process writes to it.
    #[error("the audit log is in use by another process")]
    InUse,
    /// The chain is broken.
    #[error(
        "the audit log is broken at record {index} (byte {offset}): {flaw}; keep the file for the investigation, \
         start with a new one, and report the incident"
    )]
    Broken {
        /// The first record that is not as it was written.
        index: u64,
        /// Where it begins in the file.
        offset: u64,
        /// What is wrong.
        flaw: Flaw,
    },
}

/// Events that wait for the writer. At 1 KiB each that is 4 MiB.
const QUEUE: usize = 4_096;
/// How long an event may wait to become durable: a slow disk syncs in 100 ms, a hanging one must not hold the hub.
const DEADLINE: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests;
