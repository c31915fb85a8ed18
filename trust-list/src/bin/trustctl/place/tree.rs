//! The files of a place.

use std::collections::BTreeMap;

use trust_list::document::{DocumentPath, LogPath};
use trust_list::publish::{Published, sidecar};

use super::Place;
use crate::error::CliError;

/// The document that makes all others current.
pub(super) const STATUS: &str = "status.json";

/// One file to publish.
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// All files of a place, each with a sidecar.
pub(crate) struct Tree(Vec<File>);

impl Tree {
    /// Everything in a place but what begins with a dot or is half written. A private key there is a mistake that
    /// nobody wants to make public.
    pub(crate) fn of(place: &Place) -> Result<Self, CliError> {
        let mut files = BTreeMap::new();
        for name in place.names()?.into_iter().filter(|name| is_published(name)) {
            if is_key(&name) {
                let advice = "looks like a key; keep keys out of the folder that is published";
                return Err(CliError::Refused(format!("{name} {advice}")));
            }
            let bytes = place.read(&name)?;
            files.extend(bytes.map(|bytes| (name, bytes)));
        }
        let sidecars: Vec<_> = files.iter().filter(|(name, _)| has_sidecar(name)).map(with_sidecar).collect();
        files.extend(sidecars);
        Ok(Self(files.into_iter().map(|(name, bytes)| File { name, bytes }).collect()))
    }

    /// The content of a file.
    pub(super) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|file| file.name == name).map(|file| file.bytes.as_slice())
    }

    /// The signed documents among the files.
    pub(crate) fn documents(&self) -> Published {
        let mut documents = Published::new();
        for file in &self.0 {
            if let Ok(path) = file.name.parse() {
                documents.put_unchecked(path, file.bytes.clone());
            }
        }
        documents
    }

    /// What is named before what names it.
    pub(super) fn in_order(&self) -> Vec<&File> {
        let mut files: Vec<_> = self.0.iter().collect();
        files.sort_by_key(|file| (file.stage(), &file.name));
        files
    }
}

/// When a file goes out.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Names that never change their content.
    Numbered,
    /// Names that follow the newest.
    Latest,
    /// What the status document will be.
    StatusSidecar,
    /// It makes the rest current.
    Status,
}

impl File {
    fn stage(&self) -> Stage {
        match self.name.as_str() {
            STATUS => Stage::Status,
            "status.json.sha256" => Stage::StatusSidecar,
            _ if self.is_numbered() => Stage::Numbered,
            _ => Stage::Latest,
        }
    }

    /// Whether another content under this name would be a lie.
    pub(super) fn is_signed_number(&self) -> bool {
        matches!(self.name.parse(), Ok(DocumentPath::Root(_) | DocumentPath::List(..)))
    }

    fn is_numbered(&self) -> bool {
        match self.name.strip_suffix(".sha256").unwrap_or(&self.name).parse() {
            Ok(DocumentPath::Root(_) | DocumentPath::List(..) | DocumentPath::Delta(..)) => true,
            Ok(DocumentPath::Log(path)) => matches!(path, LogPath::Tile(_)),
            // A proof is made anew as more witnesses sign.
            Ok(DocumentPath::Status | DocumentPath::Proof(..)) | Err(_) => false,
        }
    }

    /// RFC 9110 §8.3.
    #[cfg(feature = "upload")]
    pub(super) fn content_type(&self) -> &'static str {
        let extension = self.name.rsplit_once('.').map_or("", |(_, extension)| extension);
        let signed = self.name == STATUS || self.name.starts_with("root/") || self.name.starts_with("lists/");
        match extension {
            "json" if signed => "application/jose+json",
            "json" => "application/json",
            "jose" | "jws" | "jwt" => "application/jose",
            "csv" => "text/csv; charset=utf-8",
            "html" => "text/html; charset=utf-8",
            "xml" => "application/xml",
            "sha256" | "txt" | "tlog-proof" => "text/plain; charset=utf-8",
            // C2SP tlog-tiles: the checkpoint is text, the tiles are bytes.
            _ if matches!(self.name.as_str(), "log/checkpoint" | "log/head") => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        }
    }

    /// RFC 9111 §5.2.2, RFC 8246: a number is for ever; anything else is asked for again each time, by its ETag.
    #[cfg(feature = "upload")]
    pub(super) fn cache_control(&self) -> &'static str {
        if self.is_numbered() { "public, max-age=31536000, immutable" } else { "no-cache" }
    }
}

fn is_published(name: &str) -> bool {
    !name.split('/').any(|part| part.starts_with('.')) && extension(name) != "tmp"
}

fn is_key(name: &str) -> bool {
    matches!(extension(name), "jwk" | "pem" | "key" | "p12")
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The log is its own proof.
fn has_sidecar(name: &str) -> bool {
    extension(name) != "sha256" && !name.starts_with("log/")
}

fn with_sidecar((name, bytes): (&String, &Vec<u8>)) -> (String, Vec<u8>) {
    (format!("{name}.sha256"), sidecar(name, bytes).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(names: &[&str]) -> Tree {
        Tree(names.iter().map(|name| File { name: (*name).to_owned(), bytes: Vec::new() }).collect())
    }

    #[test]
    fn the_status_goes_last_and_what_follows_the_newest_after_what_has_a_number() {
        let tree = tree(&[
            "status.json",
            "log/checkpoint",
            "status.json.sha256",
            "lists/XA.json",
            "lists/XA.2.json",
            "exports/list.csv",
            "lists/XA.2.from-1.delta",
            "root/1.json.sha256",
            "log/tile/0/000",
        ]);
        let order: Vec<_> = tree.in_order().iter().map(|file| file.name.as_str()).collect();
        assert_eq!(
            order,
            [
                "lists/XA.2.from-1.delta",
                "lists/XA.2.json",
                "log/tile/0/000",
                "root/1.json.sha256",
                "exports/list.csv",
                "lists/XA.json",
                "log/checkpoint",
                "status.json.sha256",
                "status.json",
            ]
        );
    }

    #[cfg(feature = "upload")]
    #[test]
    fn numbers_are_kept_for_a_year_and_everything_else_is_asked_for_again() {
        for (name, content_type, kept) in [
            ("root/1.json", "application/jose+json", true),
            ("lists/XA.2.json.sha256", "text/plain; charset=utf-8", true),
            ("lists/XA.2.from-1.delta", "application/octet-stream", true),
            ("log/tile/0/000", "application/octet-stream", true),
            ("log/checkpoint", "text/plain; charset=utf-8", false),
            ("lists/XA.2.tlog-proof", "text/plain; charset=utf-8", false),
            ("lists/XA.json", "application/jose+json", false),
            ("exports/stats.json", "application/json", false),
            ("status.json", "application/jose+json", false),
        ] {
            let file = File { name: name.to_owned(), bytes: Vec::new() };
            assert_eq!(file.content_type(), content_type, "{name}");
            assert_eq!(file.cache_control().contains("immutable"), kept, "{name}");
            assert_eq!(file.cache_control() == "no-cache", !kept, "{name}");
        }
    }
}
