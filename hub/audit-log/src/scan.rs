//! Reading a chain and finding its first flaw.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use strict_jose::UnixTime;

use crate::OpenError;
use crate::record::{Head, MAX_LINE, ReadRecord};

/// Checks the log at `path` without changing it.
///
/// An unfinished end is reported, not refused: a log that is being written to may have one.
pub fn verify(path: &Path) -> Result<Verified, OpenError> {
    let scanned = scan(File::open(path)?)?;
    let unfinished_bytes = scanned.unfinished_bytes()?;
    let Scan { head, latest_time, .. } = scanned;
    Ok(Verified { records: head.next_index, head: head.hash, latest_event_time: latest_time, unfinished_bytes })
}

/// A log whose chain holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How many records it has.
    pub records: u64,
    /// The hash of the last one.
    pub head: [u8; 32],
    /// The latest time of any event.
    pub latest_event_time: Option<UnixTime>,
    /// How many bytes stand behind the last record.
    pub unfinished_bytes: u64,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Other records follow it, or more bytes than one write has.
    #[error("it is not as it was written")]
    Altered,
    /// It is a record, of another index.
    #[error("a record of index {0} is in its place")]
    Misplaced(u64),
    /// It does not continue the record before.
    #[error("it does not continue the record before it")]
    NotContinuing,
}

/// What was found in a log.
#[derive(Debug)]
pub(crate) struct Scan {
    /// The end of the good part.
    pub(crate) head: Head,
    /// How many bytes the good part has.
    pub(crate) length: u64,
    /// The latest time of any event in the good part.
    pub(crate) latest_time: Option<UnixTime>,
    rest: Rest,
}

/// What stands behind the good part.
#[derive(Debug)]
enum Rest {
    /// This many bytes without a whole record in them.
    Unfinished(u64),
    /// Something that a crash does not leave behind.
    Flawed(Flaw),
}

impl Scan {
    /// How many bytes a crash left behind the good part; an error if it was no crash.
    pub(crate) fn unfinished_bytes(&self) -> Result<u64, OpenError> {
        match self.rest {
            Rest::Unfinished(bytes) => Ok(bytes),
            Rest::Flawed(flaw) => Err(OpenError::Broken { index: self.head.next_index, offset: self.length, flaw }),
        }
    }
}

/// Reads a chain up to its end or its first flaw.
pub(crate) fn scan(source: impl Read) -> io::Result<Scan> {
    let mut lines = Lines { source: BufReader::with_capacity(READ_BUFFER, source), line: Vec::new() };
    let mut scan = Scan { head: Head::START, length: 0, latest_time: None, rest: Rest::Unfinished(0) };
    while let Some(line) = lines.next()? {
        let Some(record) = ReadRecord::parse(line) else {
            scan.rest = lines.rest()?;
            return Ok(scan);
        };
        if let Some(flaw) = flaw(&record, &scan.head) {
            scan.rest = Rest::Flawed(flaw);
            return Ok(scan);
        }
        scan.length += line.len() as u64;
        scan.latest_time = scan.latest_time.max(Some(record.time));
        scan.head = Head { next_index: record.index + 1, hash: record.hash, time: Some(record.time) };
    }
    Ok(scan)
}

/// What is wrong with a whole record at this place.
fn flaw(record: &ReadRecord, head: &Head) -> Option<Flaw> {
    if record.index != head.next_index {
        Some(Flaw::Misplaced(record.index))
    } else if record.previous != head.hash {
        Some(Flaw::NotContinuing)
    } else {
        None
    }
}

/// The lines of a log, each with its line feed; what is longer than two records can be comes in pieces.
struct Lines<R> {
    source: BufReader<R>,
    line: Vec<u8>,
}

impl<R: Read> Lines<R> {
    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        let read = self.source.by_ref().take(2 * MAX_LINE as u64).read_until(b'\n', &mut self.line)?;
        Ok((read > 0).then_some(&self.line))
    }

    /// What stands behind the good part, beginning with the line read last. A crash cuts or scrambles the last write; it
    /// leaves no whole record behind the flaw, and not more bytes than one write has.
    fn rest(&mut self) -> io::Result<Rest> {
        let mut unfinished = 0;
        while !self.line.is_empty() {
            unfinished += self.line.len() as u64;
            if ReadRecord::is_in(&self.line) || unfinished > MAX_BATCH_BYTES as u64 {
                return Ok(Rest::Flawed(Flaw::Altered));
            }
            self.next()?;
        }
        Ok(Rest::Unfinished(unfinished))
    }
}

const READ_BUFFER: usize = 256 * 1_024;
/// The most that is written and synced at once.
pub(crate) const MAX_BATCH_BYTES: usize = 1_024 * 1_024;
