//! A folder, as any static web server serves it.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::tree::File;
use super::{Change, number_taken};
use crate::error::CliError;
use crate::files;

pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// None where nothing was ever brought.
    pub(super) fn names(&self) -> Result<Vec<String>, CliError> {
        let mut names = Vec::new();
        if self.0.exists() {
            collect(&self.0, "", &mut names)?;
        }
        Ok(names)
    }

    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, CliError> {
        let path = self.0.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CliError::io("cannot read", &path, error)),
        }
    }

    pub(super) fn send(&self, file: &File) -> Result<Change, CliError> {
        match self.read(&file.name)? {
            Some(known) if known == file.bytes => return Ok(Change::Unchanged),
            Some(_) if file.is_signed_number() => return Err(number_taken(&file.name)),
            Some(_) | None => {}
        }
        let path = self.0.join(&file.name);
        let parent = path.parent().unwrap_or(&self.0);
        fs::create_dir_all(parent).map_err(|error| CliError::io("cannot make", parent, error))?;
        files::write(&path, &file.bytes)?;
        Ok(Change::New)
    }
}

/// Everything below `dir` with its name from there. Links are not followed.
fn collect(dir: &Path, prefix: &str, names: &mut Vec<String>) -> Result<(), CliError> {
    let unreadable = |error| CliError::io("cannot read", dir, error);
    for entry in fs::read_dir(dir).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let name = format!("{prefix}{name}");
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            collect(&entry.path(), &format!("{name}/"), names)?;
        } else if kind.is_file() {
            names.push(name);
        }
    }
    Ok(())
}
