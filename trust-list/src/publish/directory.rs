//! The documents of a region in a directory, which any static web server can serve.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use strict_jose::sha256;

use super::{PublishError, Published};
use crate::document::DocumentPath;
use crate::high_water::write_durably;
use crate::publisher::{FetchError, Publisher};

/// Reads documents out of a directory: for demonstrations, tests, and media that travel by hand.
#[derive(Clone, Debug)]
pub struct DirectoryPublisher(PathBuf);

impl DirectoryPublisher {
    /// The documents in `dir`.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self(dir.into())
    }
}

#[async_trait]
impl Publisher for DirectoryPublisher {
    async fn fetch(&self, path: &str, max_bytes: usize) -> Result<Option<Vec<u8>>, FetchError> {
        // Only what a document path can spell reaches the file system.
        let place: DocumentPath = path.parse().map_err(|_| FetchError::NotADocument { path: path.to_owned() })?;
        match read_capped(&self.0.join(place.to_string()), max_bytes) {
            Ok(bytes) if bytes.len() > max_bytes => Err(FetchError::TooLarge { path: path.to_owned(), max_bytes }),
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(FetchError::Unreachable { path: path.to_owned(), reason: error.to_string() }),
        }
    }
}

/// At most one byte more than allowed.
fn read_capped(path: &Path, max_bytes: usize) -> std::io::Result<Vec<u8>> {
    let cap = u64::try_from(max_bytes).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)?.take(cap).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Every document in `dir`; other files are none of ours.
pub(super) fn read(dir: &Path) -> Result<BTreeMap<DocumentPath, Vec<u8>>, PublishError> {
    let mut documents = BTreeMap::new();
    let mut folders = ["", "root", "lists", "log"].map(PathBuf::from).to_vec();
    while let Some(part) = folders.pop() {
        let folder = dir.join(&part);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(PublishError::io("cannot read", &folder)(error)),
        };
        for entry in entries.filter_map(Result::ok) {
            let name = part.join(entry.file_name());
            // Only the tiles of the log lie deeper.
            if part.starts_with("log") && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(name);
                continue;
            }
            let Some(place) = name.to_str().and_then(|name| name.parse::<DocumentPath>().ok()) else { continue };
            let path = entry.path();
            documents.insert(place, fs::read(&path).map_err(PublishError::io("cannot read", &path))?);
        }
    }
    Ok(documents)
}

/// Roots and lists first, then the log, its checkpoints after its tiles; the status, which makes them current, last.
pub(super) fn write(dir: &Path, documents: &Published) -> Result<(), PublishError> {
    for part in ["root", "lists"] {
        let path = dir.join(part);
        fs::create_dir_all(&path).map_err(PublishError::io("cannot make", &path))?;
    }
    let is_status = |place: &DocumentPath| *place == DocumentPath::Status;
    for (place, bytes) in documents.iter().filter(|(place, _)| !is_status(place)) {
        write_one(dir, place, bytes)?;
    }
    write_latest(dir, documents)?;
    documents.get(DocumentPath::Status).map_or(Ok(()), |bytes| write_one(dir, DocumentPath::Status, bytes))
}

/// One document, which becomes current with the next status only.
pub(super) fn write_one(dir: &Path, place: DocumentPath, bytes: &[u8]) -> Result<(), PublishError> {
    let path = dir.join(place.to_string());
    let parent = path.parent().unwrap_or(dir);
    fs::create_dir_all(parent).map_err(PublishError::io("cannot make", parent))?;
    // The log is its own proof.
    if matches!(place, DocumentPath::Log(_)) {
        return write_if_new(&path, bytes);
    }
    write_with_sidecar(dir, &place.to_string(), bytes)
}

/// The list of each name without its number, for readers that follow DistributionPoints.
fn write_latest(dir: &Path, documents: &Published) -> Result<(), PublishError> {
    let Ok(status) = documents.status() else { return Ok(()) };
    for entry in &status.lists {
        if let Some(bytes) = documents.get(DocumentPath::List(entry.name, entry.sequence)) {
            write_with_sidecar(dir, &format!("lists/{}.json", entry.name), bytes)?;
        }
    }
    Ok(())
}

/// The line that `sha256sum --check` reads, in a file beside the document: `NAME.sha256`. It finds a copy that was cut
/// short; only the signatures say who it is from.
pub fn sidecar(name: &str, bytes: &[u8]) -> String {
    let mut line = String::new();
    for byte in sha256(bytes) {
        let _ = write!(line, "{byte:02x}");
    }
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    let _ = writeln!(line, "  {name}");
    line
}

/// The sidecar first: a document, and the status document above all, is there last.
fn write_with_sidecar(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), PublishError> {
    write_if_new(&dir.join(format!("{name}.sha256")), sidecar(name, bytes).as_bytes())?;
    write_if_new(&dir.join(name), bytes)
}

fn write_if_new(path: &Path, bytes: &[u8]) -> Result<(), PublishError> {
    if fs::read(path).is_ok_and(|known| known == bytes) {
        return Ok(());
    }
    Ok(write_durably(path, bytes)?)
}
