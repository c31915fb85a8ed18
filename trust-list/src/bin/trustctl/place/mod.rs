//! Where published documents lie: a folder that a web server serves, or an object store.
//!
//! 1. [`tree`] reads all files of a place and says in which order they go out.
//! 2. [`Place::send`] brings them there. Whoever reads meanwhile, and whoever reads after a crash, sees the old state or
//!    the new one: files that others name go first, the status document last.
//!
//! To add a kind of place: 1. a variant of [`Place`], 2. its words in [`Place::open`], 3. `names`, `read` and `send_one`,
//! 4. an emulator in `conformance/peers/test_stores.py`.

mod folder;
#[cfg(feature = "upload")]
mod objects;
pub(crate) mod tree;

use trust_list::document::Status;
use trust_list::publish::Proposal;

use crate::error::CliError;
use tree::{File, Tree};

/// A place that was opened.
pub(crate) enum Place {
    Folder(folder::Folder),
    #[cfg(feature = "upload")]
    Objects(objects::Objects),
}

/// How much was to do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) new: usize,
    pub(crate) unchanged: usize,
}

/// What became of one file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    New,
    Unchanged,
}

impl Place {
    /// The place that is named by the path of a folder, `file://…`, `s3://bucket/prefix`, `gs://bucket/prefix` or
    /// `az://container/prefix`.
    pub(crate) fn open(name: &str) -> Result<Self, CliError> {
        match name.split_once("://") {
            None => Ok(Self::Folder(folder::Folder::new(name))),
            Some(("file", path)) => Ok(Self::Folder(folder::Folder::new(path))),
            Some(_) => Self::remote(name),
        }
    }

    #[cfg(feature = "upload")]
    fn remote(name: &str) -> Result<Self, CliError> {
        objects::Objects::open(name).map(Self::Objects)
    }

    #[cfg(not(feature = "upload"))]
    fn remote(name: &str) -> Result<Self, CliError> {
        Err(CliError::Usage(format!("this trustctl is built without the feature upload: it cannot reach {name}")))
    }

    /// The names of all files, relative, with slashes.
    fn names(&self) -> Result<Vec<String>, CliError> {
        match self {
            Self::Folder(folder) => folder.names(),
            #[cfg(feature = "upload")]
            Self::Objects(objects) => objects.names(),
        }
    }

    /// A file, if it is there.
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, CliError> {
        match self {
            Self::Folder(folder) => folder.read(name),
            #[cfg(feature = "upload")]
            Self::Objects(objects) => objects.read(name),
        }
    }

    fn send_one(&self, file: &File) -> Result<Change, CliError> {
        match self {
            Self::Folder(folder) => folder.send(file),
            #[cfg(feature = "upload")]
            Self::Objects(objects) => objects.send(file),
        }
    }

    /// Brings every file there that is not there yet. Stops at the first that cannot be brought: the status document,
    /// which names the others, is then still the old one.
    pub(crate) fn send(&self, tree: &Tree) -> Result<Sent, CliError> {
        self.refuse_to_go_back(tree)?;
        let mut sent = Sent::default();
        for file in tree.in_order() {
            match self.send_one(file)? {
                Change::New => sent.new += 1,
                Change::Unchanged => sent.unchanged += 1,
            }
        }
        Ok(sent)
    }

    /// Attacks H01, H02: clients that saw the newer status would refuse ours, those that did not would be set back.
    fn refuse_to_go_back(&self, tree: &Tree) -> Result<(), CliError> {
        let (Some(ours), Some(theirs)) = (tree.bytes(tree::STATUS), self.read(tree::STATUS)?) else { return Ok(()) };
        let (Some(our_version), Some(their_version)) = (status_version(ours), status_version(&theirs)) else {
            return Ok(());
        };
        if our_version < their_version || (our_version == their_version && ours != theirs) {
            return Err(CliError::Refused(format!(
                "status {their_version} is already there and ours is {our_version}: another publisher is ahead; \
                 fetch its documents and publish from them"
            )));
        }
        Ok(())
    }
}

/// The number that a status document carries; whoever reads it verifies it.
fn status_version(bytes: &[u8]) -> Option<u64> {
    let document = Proposal::parse(bytes).ok()?;
    Status::read(document.payload()).ok().map(|status| status.version)
}

/// A number is used once: clients keep the hash of what they saw under it.
fn number_taken(name: &str) -> CliError {
    CliError::Refused(format!(
        "{name} is already there with other content, and clients may have seen it; publish the change under the next number"
    ))
}
