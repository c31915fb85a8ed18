//! Opening a log as a crash left it.

use hub_core::audit::{AuditEvent, AuditKind};
use hub_core::ports::Clock;
use strict_jose::UnixTime;

use crate::OpenError;
use crate::file::{LogFile, LogStorage};
use crate::record::Head;
use crate::scan::scan;

/// A log that is whole and open.
pub(crate) struct Recovered {
    pub(crate) file: Box<dyn LogFile>,
    pub(crate) head: Head,
    pub(crate) length: u64,
    pub(crate) last_event_time: Option<UnixTime>,
}

/// Reads the whole log; cuts an unfinished end off, durably, and records that.
pub(crate) fn recover(storage: &mut dyn LogStorage, clock: &dyn Clock) -> Result<Recovered, OpenError> {
    let mut file = storage.open()?;
    let scanned = scan(file.read()?)?;
    let cut_bytes = scanned.unfinished_bytes()?;
    let (mut head, mut length) = (scanned.head, scanned.length);
    if cut_bytes > 0 {
        tracing::warn!(index = head.next_index, cut_bytes, "audit log had an unfinished end");
        cut(&mut *file, clock, cut_bytes, &mut head, &mut length)?;
    }
    Ok(Recovered { file, head, length, last_event_time: scanned.latest_time })
}

/// Cuts the file to `length` and records that at its new end, durably. `head` and `length` move only if all succeeds.
pub(crate) fn cut(
    file: &mut dyn LogFile,
    clock: &dyn Clock,
    cut_bytes: u64,
    head: &mut Head,
    length: &mut u64,
) -> std::io::Result<()> {
    file.truncate(*length)?;
    // Synced before anything is written behind: else a crash could bring old bytes back under new ones.
    file.sync()?;
    let event = AuditEvent::new(clock.now(), AuditKind::Recovered { cut_bytes }, AuditEvent::OK);
    let (mut moved, mut line) = (*head, Vec::new());
    moved.append(&event, &mut line).map_err(|_| std::io::ErrorKind::InvalidData)?;
    file.append(&line)?;
    file.sync()?;
    (*head, *length) = (moved, *length + line.len() as u64);
    Ok(())
}
