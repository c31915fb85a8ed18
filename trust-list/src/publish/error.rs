//! Why nothing was made or published.

use std::path::{Path, PathBuf};

use strict_jose::DocumentError;

use crate::document::{DocumentPath, ListName, ListProblem, LogProblem, RootProblem, StatusProblem};
use crate::quorum::QuorumNotMet;
use crate::{Conflict, CountryCode};

/// Why nothing was made or published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// A client would refuse the root.
    #[error("the root would be refused: {0}")]
    Root(#[from] RootProblem),
    /// A client would refuse the list.
    #[error("the list would be refused: {0}")]
    List(#[from] ListProblem),
    /// A client would refuse the status document.
    #[error("the status document would be refused: {0}")]
    Status(#[from] StatusProblem),
    /// Clients would refuse everything.
    #[error("every list would be refused: {0}")]
    Conflict(#[from] Conflict),
    /// Clients would not use a member's list.
    #[error("clients would not use the list of {country}: {problem}")]
    MemberDisabled {
        /// The member.
        country: CountryCode,
        /// Why.
        #[source]
        problem: ListProblem,
    },
    /// The quorum did not sign.
    #[error("it cannot be published yet: {0}")]
    Quorum(#[from] QuorumNotMet),
    /// The document cannot be read or signed.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Not one of our kinds of document.
    #[error("it is none of: root, regional list, national list, status document, suspension order")]
    UnknownKind,
    /// Two files are not copies of one proposal.
    #[error("it is not a copy of the same proposal: what is signed differs")]
    AnotherProposal,
    /// A refusal without a reason, or with a report.
    #[error("a reason has at least a word and at most {0} characters")]
    Reason(usize),
    /// An entry that is to be changed does not exist.
    #[error("there is no entry {0}")]
    NoSuchEntry(String),
    /// A withdrawn entry or member does not come back.
    #[error("{0} is withdrawn for good; enter a new one under another id")]
    Withdrawn(String),
    /// It has the status already.
    #[error("{0} has that status already")]
    SameStatus(String),
    /// The key is not there, or is there already, or is the last one.
    #[error("{entry}: {problem}")]
    Key {
        /// Whose key.
        entry: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// No row of the recognition matrix can be ended then.
    #[error("no row about {0} is in force then; `trustctl inspect` shows the rows")]
    NoRecognition(String),
    /// A document that is needed is not there.
    #[error("{0} is missing")]
    Missing(DocumentPath),
    /// No document of that list is there.
    #[error("there is no {0} list")]
    NoSuchList(ListName),
    /// The sequence number is not higher than the newest.
    #[error("sequence number {sequence} is not higher than {newest}, the newest; make the proposal anew from that one")]
    NumberTaken {
        /// The proposal's.
        sequence: u64,
        /// The newest there is.
        newest: u64,
    },
    /// The root names no log.
    #[error("the root names no log; give the proposal of the root that will")]
    NoLog,
    /// The root names a log, and no checkpoint of it is shown to clients.
    #[error(
        "clients are shown no checkpoint of the log, and the root demands one: publish with --log-key, let the \
         witnesses cosign, add their cosignatures with `trustctl log add-cosignature`"
    )]
    NoCheckpoint,
    /// Clients would find no regional list in the log.
    #[error(
        "no regional list is in the part of the log that the witnesses cosigned: publish with --log-key, let them \
         cosign, add their cosignatures with `trustctl log add-cosignature`"
    )]
    RegionalNotLogged,
    /// Clients would refuse the log.
    #[error("the log: {0}")]
    Log(#[source] LogProblem),
    /// The log cannot be written.
    #[error("the log: {0}")]
    WriteLog(#[from] tile_log::LogError),
    /// The log cannot be read.
    #[error("the log: {0}")]
    ReadLog(#[from] tile_log::ReadError),
    /// The files of the log cannot be read or written.
    #[error("the log: {0}")]
    StoreLog(#[from] tile_log::StorageError),
    /// The file system refuses a write.
    #[error(transparent)]
    Write(#[from] crate::high_water::HighWaterError),
    /// The document cannot be written as JSON.
    #[error("it cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The file system refuses.
    #[error("{action} {}: {reason}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
}

impl PublishError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |reason| Self::Io { action, path, reason }
    }
}
