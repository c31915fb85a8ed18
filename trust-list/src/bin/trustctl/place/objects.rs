//! An object store: S3 and what speaks like it, Google Cloud Storage, Azure Blob Storage.
//!
//! Credentials come from the environment in the names of each cloud's own tools (`AWS_…`, `GOOGLE_…`, `AZURE_…`), or from
//! the machine's identity. Each object carries the SHA-256 of its content as metadata, so that what is there already is
//! recognised without fetching it: an ETag is a hash in one store and a counter in the next.

use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, GetOptions, GetResult, ObjectStore, PutMode, PutOptions, UpdateVersion,
    parse_url_opts,
};
use strict_jose::{Limits, b64, sha256};
use tokio::runtime::{Builder, Runtime};
use url::Url;

use super::tree::{File, STATUS};
use super::{Change, number_taken};
use crate::error::CliError;

pub(crate) struct Objects {
    store: Box<dyn ObjectStore>,
    prefix: Path,
    runtime: Runtime,
}

/// The metadata with the hash.
const DIGEST: Attribute = Attribute::Metadata(std::borrow::Cow::Borrowed("sha256"));

impl Objects {
    pub(super) fn open(name: &str) -> Result<Self, CliError> {
        let usage = |error: String| CliError::Usage(format!("{name} is no place for documents: {error}"));
        let url = Url::parse(name).map_err(|error| usage(error.to_string()))?;
        // Only the clouds' own names: `parse_url_opts` would take TOKEN or REGION for a credential too.
        let options = std::env::vars().map(|(key, value)| (key.to_ascii_lowercase(), value));
        let options = options.filter(|(key, _)| ["aws_", "google_", "azure_"].iter().any(|own| key.starts_with(own)));
        let (store, prefix) = parse_url_opts(&url, options).map_err(|error| usage(error.to_string()))?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| CliError::Io(format!("cannot begin: {error}")))?;
        Ok(Self { store, prefix, runtime })
    }

    pub(super) fn names(&self) -> Result<Vec<String>, CliError> {
        let listed: Vec<_> =
            self.runtime.block_on(self.store.list(Some(&self.prefix)).try_collect()).map_err(|error| away(&error))?;
        let relative = listed.iter().filter_map(|object| {
            let parts = object.location.prefix_match(&self.prefix)?;
            Some(parts.map(|part| part.as_ref().to_owned()).collect::<Vec<_>>().join("/"))
        });
        Ok(relative.collect())
    }

    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, CliError> {
        let Some(found) = self.get(name, false)? else { return Ok(None) };
        if found.meta.size > Limits::BULK_LIST.max_bytes as u64 {
            return Err(CliError::Refused(format!("{name} is larger than any document may be")));
        }
        Ok(Some(self.runtime.block_on(found.bytes()).map_err(|error| away(&error))?.to_vec()))
    }

    pub(super) fn send(&self, file: &File) -> Result<Change, CliError> {
        let digest = b64::encode(sha256(&file.bytes));
        let known = self.get(&file.name, true)?;
        if let Some(known) = &known {
            if known.attributes.get(&DIGEST).is_some_and(|known| known.as_ref() == digest) {
                return Ok(Change::Unchanged);
            }
            if file.is_signed_number() && self.read(&file.name)?.is_some_and(|known| known != file.bytes) {
                return Err(number_taken(&file.name));
            }
        }
        let options =
            PutOptions { mode: mode(file, known), attributes: attributes(file, digest), ..PutOptions::default() };
        let path = self.path(&file.name);
        let put = self.store.put_opts(&path, file.bytes.clone().into(), options);
        match self.runtime.block_on(put) {
            Ok(_) => Ok(Change::New),
            Err(Error::Precondition { .. } | Error::AlreadyExists { .. }) => Err(CliError::Refused(format!(
                "somebody else has just written {}: look at what is there, then try again",
                file.name
            ))),
            Err(error) => Err(away(&error)),
        }
    }

    fn get(&self, name: &str, head: bool) -> Result<Option<GetResult>, CliError> {
        let options = GetOptions { head, ..GetOptions::default() };
        match self.runtime.block_on(self.store.get_opts(&self.path(name), options)) {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(away(&error)),
        }
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.prefix.clone(), Path::join)
    }
}

/// Two publishers at one moment: the status document is replaced only if it is still the one that was looked at.
fn mode(file: &File, known: Option<GetResult>) -> PutMode {
    match known {
        _ if file.name != STATUS => PutMode::Overwrite,
        None => PutMode::Create,
        Some(known) => PutMode::Update(UpdateVersion { e_tag: known.meta.e_tag, version: known.meta.version }),
    }
}

fn attributes(file: &File, digest: String) -> Attributes {
    let attributes = [
        (Attribute::ContentType, file.content_type().to_owned()),
        (Attribute::CacheControl, file.cache_control().to_owned()),
        (DIGEST, digest),
    ];
    attributes.into_iter().collect()
}

fn away(error: &Error) -> CliError {
    CliError::Io(format!("the object store: {error}; look at the address, and at the credentials in the environment"))
}
