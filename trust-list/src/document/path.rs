//! Where a document is published, relative to the publisher.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tile_log::{Slot, Tile};

use crate::CountryCode;

/// The place of a document. Built from numbers and country codes only, so no document can name a file outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentPath {
    /// `root/<version>.json`
    Root(u64),
    /// `status.json`
    Status,
    /// `lists/<name>.<sequence>.json`
    List(ListName, u64),
    /// `lists/<name>.<sequence>.from-<older sequence>.delta`: what turns the older release into the newer.
    Delta(ListName, u64, u64),
    /// `lists/<name>.<sequence>.tlog-proof`: that the list is in the log. Clients keep it beside the list.
    Proof(ListName, u64),
    /// `log/<path>`
    Log(LogPath),
}

/// A file of the log (C2SP tlog-tiles), in the order in which they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogPath {
    /// `tile/…`
    Tile(Tile),
    /// `head`, the newest that the log signed, and `checkpoint`, the one that witnesses cosigned.
    Checkpoint(Slot),
}

/// The name of a list in the status document: `regional`, or the code of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ListName {
    /// The regional list.
    Regional,
    /// A member's list.
    Member(CountryCode),
}

impl fmt::Display for DocumentPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root(version) => write!(f, "root/{version}.json"),
            Self::Status => f.write_str("status.json"),
            Self::List(name, sequence) => write!(f, "lists/{name}.{sequence}.json"),
            Self::Delta(name, sequence, older) => write!(f, "lists/{name}.{sequence}.from-{older}.delta"),
            Self::Proof(name, sequence) => write!(f, "lists/{name}.{sequence}.tlog-proof"),
            Self::Log(LogPath::Tile(tile)) => write!(f, "log/{tile}"),
            Self::Log(LogPath::Checkpoint(slot)) => write!(f, "log/{}", slot.path()),
        }
    }
}

impl FromStr for DocumentPath {
    type Err = NotADocument;

    /// Reads exactly what [`DocumentPath`] writes; publishers use it to refuse every other path.
    fn from_str(text: &str) -> Result<Self, NotADocument> {
        let path = parse(text).ok_or(NotADocument)?;
        // One spelling each: no leading zero, no plus sign.
        if path.to_string() == text { Ok(path) } else { Err(NotADocument) }
    }
}

fn parse(text: &str) -> Option<DocumentPath> {
    if text == "status.json" {
        return Some(DocumentPath::Status);
    }
    if let Some(version) = text.strip_prefix("root/") {
        return Some(DocumentPath::Root(version.strip_suffix(".json")?.parse().ok()?));
    }
    if let Some(path) = text.strip_prefix("log/") {
        let slot = [Slot::Head, Slot::Checkpoint].into_iter().find(|slot| slot.path() == path);
        let path = slot.map(LogPath::Checkpoint).or_else(|| path.parse().ok().map(LogPath::Tile));
        return path.map(DocumentPath::Log);
    }
    let (name, release) = text.strip_prefix("lists/")?.split_once('.')?;
    let name = name.parse().ok()?;
    if let Some(numbers) = release.strip_suffix(".delta") {
        let (sequence, older) = numbers.split_once(".from-")?;
        return Some(DocumentPath::Delta(name, sequence.parse().ok()?, older.parse().ok()?));
    }
    if let Some(sequence) = release.strip_suffix(".tlog-proof") {
        return Some(DocumentPath::Proof(name, sequence.parse().ok()?));
    }
    Some(DocumentPath::List(name, release.strip_suffix(".json")?.parse().ok()?))
}

impl fmt::Display for ListName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Regional => f.write_str("regional"),
            Self::Member(country) => country.fmt(f),
        }
    }
}

impl FromStr for ListName {
    type Err = NotADocument;

    fn from_str(text: &str) -> Result<Self, NotADocument> {
        match text {
            "regional" => Ok(Self::Regional),
            code => code.parse().map(Self::Member).map_err(|_| NotADocument),
        }
    }
}

impl TryFrom<String> for ListName {
    type Error = NotADocument;

    fn try_from(text: String) -> Result<Self, NotADocument> {
        text.parse()
    }
}

impl From<ListName> for String {
    fn from(name: ListName) -> Self {
        name.to_string()
    }
}

/// The text names no trust document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a list is named \"regional\" or by its country code, a document root/N.json, status.json, lists/NAME.N.json or log/..."
)]
pub struct NotADocument;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_back_as_what_was_written() {
        let member = ListName::Member("XA".parse().unwrap());
        for path in [
            DocumentPath::Root(2),
            DocumentPath::Status,
            DocumentPath::List(ListName::Regional, 7),
            DocumentPath::List(member, u64::MAX),
            DocumentPath::Delta(member, 9, 8),
            DocumentPath::Proof(member, 3),
            DocumentPath::Log(LogPath::Checkpoint(Slot::Head)),
            DocumentPath::Log(LogPath::Checkpoint(Slot::Checkpoint)),
            DocumentPath::Log(LogPath::Tile("tile/entries/x001/234.p/5".parse().unwrap())),
        ] {
            assert_eq!(path.to_string().parse(), Ok(path));
        }
        assert_eq!(DocumentPath::List(member, 3).to_string(), "lists/XA.3.json");
        assert_eq!(DocumentPath::Delta(member, 3, 2).to_string(), "lists/XA.3.from-2.delta");
    }

    #[test]
    fn h25_no_other_path_is_a_document() {
        for text in [
            "",
            "/",
            "status.json/",
            "../status.json",
            "root/../status.json",
            "root/01.json",
            "root/+1.json",
            "root/1.json?x",
            "root/1.json#",
            "root/%2e%2e/1.json",
            "lists/../../etc/passwd",
            "lists/xa.1.json",
            "lists/XA.json",
            "lists/XA.1.json.json",
            "lists/regional.-1.json",
            "lists/XA..1.json",
            "lists/XA.2.from-01.delta",
            "lists/XA.2.from-1.json",
            "lists/XA.2.from-../1.delta",
            "ROOT/1.json",
            "lists/XA.1.tlog-proof.json",
            "log/",
            "log/head.next",
            "log/tile/0/../000",
            "log/tile/00/000",
            "log/tile/0/000.p/256",
            "tile/0/000",
        ] {
            assert_eq!(text.parse::<DocumentPath>(), Err(NotADocument), "{text}");
        }
        assert!(format!("root/{}.json", "9".repeat(300)).parse::<DocumentPath>().is_err());
        for name in ["", "../x", "?", "#", "%2e%2e", "Regional", "XAA"] {
            assert_eq!(name.parse::<ListName>(), Err(NotADocument), "{name}");
        }
    }
}
