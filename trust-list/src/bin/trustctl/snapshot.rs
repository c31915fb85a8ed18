//! Verifying published documents the way a client does.

use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt as _;
use strict_jose::{UnixTime, b64, sha256};
use trust_list::document::DocumentPath;
use trust_list::publish::{DirectoryPublisher, Published};
use trust_list::{HighWater, Publisher, Updated, VerifiedList, update};

use crate::error::CliError;
use crate::files;

/// Which documents, and what they are trusted by.
#[derive(clap::Args)]
pub(crate) struct Source {
    /// The root that clients pin.
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// The memory of a client: older documents than it has seen are refused. Without it, a client that has seen none.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
}

impl Source {
    /// Every published document.
    pub(crate) fn documents(&self) -> Result<Published, CliError> {
        Ok(Published::read_from(&self.dir)?)
    }

    /// The snapshot, if a client would accept it at `now`.
    pub(crate) fn verify(&self, now: UnixTime) -> Result<Arc<VerifiedList>, CliError> {
        let root = files::read(&self.root)?;
        let mut memory = match &self.state {
            Some(dir) => HighWater::open(dir)?,
            None => HighWater::volatile(),
        };
        run(&root, &DirectoryPublisher::new(&self.dir), &mut memory, now)
    }

    /// The bytes of a published document, verified by nobody.
    pub(crate) fn document(&self, path: DocumentPath) -> Result<Vec<u8>, CliError> {
        files::read(&self.dir.join(path.to_string()))
    }
}

/// What a client that pinned the first root makes of documents before they are published.
pub(crate) fn verify_documents(documents: &Published, now: UnixTime) -> Result<Arc<VerifiedList>, CliError> {
    let root =
        documents.get(DocumentPath::Root(1)).ok_or_else(|| CliError::Refused("root/1.json is missing".to_owned()))?;
    run(root, documents, &mut HighWater::volatile(), now)
}

/// Every list that the status document names is there, byte by byte. A client would only disable the member whose list
/// is not; whoever brings documents out has lost or damaged it on the way.
pub(crate) fn require_whole(documents: &Published) -> Result<(), CliError> {
    for entry in documents.status()?.lists {
        let place = DocumentPath::List(entry.name, entry.sequence);
        let bytes = documents.get(place).ok_or_else(|| CliError::Refused(format!("{place} is missing")))?;
        if b64::encode(sha256(bytes)) != entry.sha256 {
            return Err(CliError::Refused(format!("{place} is not the list that the status document names")));
        }
    }
    Ok(())
}

/// What a client that pinned `root` and remembers `memory` makes of documents.
pub(crate) fn run(
    root: &[u8],
    publisher: &dyn Publisher,
    memory: &mut HighWater,
    now: UnixTime,
) -> Result<Arc<VerifiedList>, CliError> {
    // Files are read without waiting, so the run ends at once.
    let run = update(root, publisher, memory, None, now).now_or_never();
    match run.ok_or_else(|| CliError::Io("the documents could not be read at once".to_owned()))?? {
        Updated::Changed(list) => Ok(list),
        Updated::Unchanged => Err(CliError::Refused("there is no list".to_owned())),
        Updated::Narrowed { why, .. } => Err(why.into()),
    }
}
