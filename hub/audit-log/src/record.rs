//! One record as one line.

use hub_core::audit::AuditEvent;
use serde::{Deserialize, Serialize};
use strict_jose::{UnixTime, b64, sha256};

/// The end of a chain: what the next record needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The index of the next record.
    pub(crate) next_index: u64,
    /// The hash of the last record.
    pub(crate) hash: [u8; 32],
    /// When the last event was.
    pub(crate) time: Option<UnixTime>,
}

impl Head {
    /// Before the first record.
    pub(crate) const START: Self = Self { next_index: 0, hash: [0; 32], time: None };

    /// Writes the record of `event` at this end, behind `line`, and moves the end.
    pub(crate) fn append(&mut self, event: &AuditEvent, lines: &mut Vec<u8>) -> Result<[u8; 32], NotEncodable> {
        let record = Record { index: self.next_index, previous: b64::encode(self.hash), event };
        let record = serde_json::to_vec(&record).map_err(|_| NotEncodable)?;
        if record.len() > MAX_RECORD {
            return Err(NotEncodable);
        }
        let hash = sha256(&record);
        for part in [OPENS, b64::encode(hash).as_bytes(), CONTINUES, &record, CLOSES] {
            lines.extend_from_slice(part);
        }
        *self = Self { next_index: self.next_index + 1, hash, time: Some(event.at) };
        Ok(hash)
    }
}

/// The event does not fit into a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NotEncodable;

#[derive(Serialize)]
struct Record<'e> {
    index: u64,
    previous: String,
    event: &'e AuditEvent,
}

/// A record that was read: it is as it was written, wherever it belongs.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReadRecord {
    pub(crate) index: u64,
    pub(crate) previous: [u8; 32],
    pub(crate) hash: [u8; 32],
    pub(crate) time: UnixTime,
}

impl ReadRecord {
    /// Reads a line with its line feed; `None` if it is not exactly as a record is written.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let rest = line.strip_prefix(OPENS)?;
        let (hash, rest) = rest.split_at_checked(HASH_TEXT)?;
        let record = rest.strip_prefix(CONTINUES)?.strip_suffix(CLOSES)?;
        let hash = decode(std::str::from_utf8(hash).ok()?)?;
        if sha256(record) != hash {
            return None;
        }
        let fields: Fields = serde_json::from_slice(record).ok()?;
        Some(Self { index: fields.index, previous: decode(&fields.previous)?, hash, time: fields.event.at })
    }

    /// Whether a line ends with a record, whatever stands before it: a line feed may be what was altered.
    pub(crate) fn is_in(line: &[u8]) -> bool {
        let starts = line.windows(OPENS.len()).enumerate().filter(|(_, window)| *window == OPENS);
        starts.filter_map(|(start, _)| line.get(start..)).any(|rest| Self::parse(rest).is_some())
    }
}

#[derive(Deserialize)]
struct Fields {
    index: u64,
    previous: String,
    event: EventTime,
}

#[derive(Deserialize)]
struct EventTime {
    at: UnixTime,
}

fn decode(text: &str) -> Option<[u8; 32]> {
    b64::decode(text).ok()?.try_into().ok()
}

const OPENS: &[u8] = br#"{"hash":""#;
const CONTINUES: &[u8] = br#"","record":"#;
const CLOSES: &[u8] = b"}\n";
/// 32 bytes in base64url.
const HASH_TEXT: usize = 43;
/// A release of a hundred claims with names of 64 characters is below 8 KiB.
const MAX_RECORD: usize = 16 * 1_024;
/// The longest line.
pub(crate) const MAX_LINE: usize = MAX_RECORD + 128;
