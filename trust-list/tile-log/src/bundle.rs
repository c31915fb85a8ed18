//! Entry bundles: the entries of a log, each behind its length (C2SP tlog-tiles, Log entries).

use crate::tile::{Tile, WrongTile};

/// The longest entry: its length is a uint16.
pub const MAX_ENTRY: usize = 65_535;

/// The entries one after the other, each behind its length. `None` if one is too long.
pub(crate) fn encode(entries: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.extend(u16::try_from(entry.len()).ok()?.to_be_bytes());
        bytes.extend(entry);
    }
    Some(bytes)
}

impl Tile {
    /// Reads the entries of this bundle out of its bytes.
    pub fn read_entries(self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, WrongTile> {
        let wrong = WrongTile::Bundle { tile: self };
        let mut entries = Vec::new();
        let mut rest = bytes;
        for _ in 0..self.width() {
            let (entry, after) = take(rest).ok_or(wrong)?;
            entries.push(entry.to_vec());
            rest = after;
        }
        if rest.is_empty() { Ok(entries) } else { Err(wrong) }
    }
}

fn take(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
}
