//! Steps 3 and 4: the status document.

use std::collections::BTreeSet;

use strict_jose::{Thumbprint, UnixTime, b64, sha256};

use super::{Origin, UpdateError, mark, open};
use crate::document::{DocumentPath, ListName, Role, Root, STATUS_LIMITS, Status, StatusProblem, Typ};
use crate::high_water::{Good, Mark, Marks, Regression};
use crate::publisher::{Fetched, Publisher, Verdict};

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
    let offers = publisher.fetch_each(&path, STATUS_LIMITS.max_bytes).await;
    let verify = |offer: Fetched| {
        let bytes = offer?.ok_or(UpdateError::NoStatus)?;
        verify(root, bytes, origin, marks, now).map_err(UpdateError::Status)
    };
    let verified: Vec<_> = offers.into_iter().map(verify).collect();
    judge(&verified, publisher);
    newest(verified)
}

/// TUF §1.5.2 "malicious mirror": how fresh a mirror is shows in its content, beside that of the others.
fn judge(verified: &[Result<Accepted, UpdateError>], publisher: &dyn Publisher) {
    let newest = verified.iter().flatten().map(|status| status.content.version).max().unwrap_or_default();
    for (place, status) in verified.iter().enumerate() {
        let verdict = match status.as_ref().map(|status| status.content.version) {
            Ok(version) if version == newest => Verdict::Newest { version },
            Ok(version) => Verdict::Behind { version, newest },
            Err(error) => Verdict::Refused { code: error.code(), why: error.to_string() },
        };
        publisher.judged(place, &verdict);
    }
}

/// The newest that is good. Where none is, the gravest of the reasons.
fn newest(verified: Vec<Result<Accepted, UpdateError>>) -> Result<Accepted, UpdateError> {
    let mut newest: Option<Accepted> = None;
    let mut refused: Option<UpdateError> = None;
    for status in verified {
        match (status, &newest) {
            (Ok(status), Some(known)) if status.content.version <= known.content.version => {
                // 4.3 again: two good documents of one number, one from each mirror.
                not_contradicted(known, &status).map_err(UpdateError::Status)?;
            }
            (Ok(status), _) => newest = Some(status),
            (Err(error), _) => refused = Some(graver(refused, error)),
        }
    }
    newest.ok_or(refused.unwrap_or(UpdateError::NoStatus))
}

fn graver(known: Option<UpdateError>, other: UpdateError) -> UpdateError {
    known.filter(|known| known.fault() >= other.fault()).unwrap_or(other)
}

fn not_contradicted(known: &Accepted, other: &Accepted) -> Result<(), StatusProblem> {
    let version = known.content.version;
    if other.content.version == version && other.sha256 != known.sha256 {
        return Err(StatusProblem::Regressed(Regression::Equivocation(version)));
    }
    Ok(())
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
