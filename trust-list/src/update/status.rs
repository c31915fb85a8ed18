//! Steps 3 and 4: the status document.

use std::collections::BTreeSet;

use strict_jose::{Thumbprint, UnixTime, b64, sha256};

use super::{Origin, UpdateError, mark, open};
use crate::document::{DocumentPath, ListName, Role, Root, STATUS_LIMITS, Status, StatusProblem, Typ};
use crate::high_water::{Good, Mark, Marks};
use crate::publisher::Publisher;

/// A status document that passed every check.
pub(super) struct Accepted {
    pub(super) content: Status,
    pub(super) bytes: Vec<u8>,
    pub(super) sha256: String,
    signed_by: BTreeSet<Thumbprint>,
    /// It is from our own disk, and the last one that led to a snapshot: a newer one was seen since, perhaps, and its
    /// lists never came.
    pub(super) recalled: bool,
}

impl Accepted {
    pub(super) fn mark(&self) -> Mark {
        mark(self.content.version, &self.sha256, self.content.issued, self.signed_by.clone())
    }

    pub(super) fn good(&self) -> Good {
        Good { version: self.content.version, sha256: self.sha256.clone() }
    }
}

/// Fetches and verifies the status document.
pub(super) async fn fetch(
    root: &Root,
    publisher: &dyn Publisher,
    origin: Origin,
    marks: &Marks,
    now: UnixTime,
) -> Result<Accepted, UpdateError> {
    let path = DocumentPath::Status.to_string();
    let bytes = publisher.fetch(&path, STATUS_LIMITS.max_bytes).await?.ok_or(UpdateError::NoStatus)?;
    verify(root, bytes, origin, marks, now).map_err(UpdateError::Status)
}

fn verify(
    root: &Root,
    bytes: Vec<u8>,
    origin: Origin,
    marks: &Marks,
    now: UnixTime,
) -> Result<Accepted, StatusProblem> {
    // 4.1 TUF §5.4.2: the quorum of the status role, over the bytes as received.
    let signed = open(&bytes, &STATUS_LIMITS).map_err(StatusProblem::NotSigned)?;
    let signed_by = root.signers(Role::Status).require(&signed, Typ::Status.as_str())?;
    let content = Status::read(signed.payload())?;
    // 4.2 Of this region, under a root that we have.
    content.require_root(root)?;
    let sha256 = b64::encode(sha256(&bytes));
    // Off-spec: a start from disk goes on with the snapshot that was in force before, until its own end. The marks may
    // be above it, when the lists of a newer status did not come.
    let recalled = origin == Origin::Disk && marks.is_good(content.version, &sha256);
    if !recalled {
        // 4.3 TUF §5.4.3: not lower than what was seen; equal only if it is the same.
        not_regressed(root, &content, &sha256, marks, now)?;
        // 4.4 TUF §5.5.5: the regional list it names is not older either. (A national list that is disables its
        //     member: step 5.)
        regional_not_regressed(root, &content, marks, now)?;
    }
    // 4.5 TUF §5.4.4: neither past its end nor from the future, and not longer-lived than the root allows.
    content.require_times(root, now)?;
    Ok(Accepted { content, bytes, sha256, signed_by, recalled })
}

fn not_regressed(
    root: &Root,
    content: &Status,
    sha256: &str,
    marks: &Marks,
    now: UnixTime,
) -> Result<(), StatusProblem> {
    // 3. TUF §5.3.11: a mark made by keys that were taken away binds no more.
    let Some(mark) = marks.status(root.signers(Role::Status)) else { return Ok(()) };
    mark.judge(content.version, sha256, now).map_err(StatusProblem::Regressed)
}

fn regional_not_regressed(root: &Root, content: &Status, marks: &Marks, now: UnixTime) -> Result<(), StatusProblem> {
    let name = ListName::Regional;
    let (Some(mark), Some(entry)) = (marks.list(name, root.signers(Role::Regional)), content.list(name)) else {
        return Ok(());
    };
    let judged = mark.judge(entry.sequence, &entry.sha256, now);
    judged.map_err(|regression| StatusProblem::ListRegressed { name, regression })
}
