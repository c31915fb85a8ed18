//! Verification: from a pinned root and an untrusted publisher to a [`VerifiedList`].
//!
//! The workflow is TUF's (§5.2 to 5.6) with three kinds of document. Steps are numbered as in [`update`]:
//!
//! 1. The time is fixed once; every check of this run uses it.
//! 2. `roots`: walk from the pinned root to the newest, each step by the quorum of both; keep each at once.
//! 3. A mark whose signers were rotated out binds no more (`Mark::binds`): recovery from fast-forward.
//! 4. `status`: quorum, rollback, equivocation, jump, times; keep its mark before anything it names is used.
//! 5. `lists`: length and hash before signatures, then quorum, then content. The regional list first, because it says
//!    who signs the national ones. A bad national list disables its member only.
//! 6. `orders`: the suspension orders, those of the status and those kept from before.
//! 7. The lists are joined; whoever claims what another claims stops the whole. Then the snapshot is swapped.

mod error;
mod lists;
mod named;
mod orders;
mod roots;
mod status;

use std::sync::Arc;

use strict_jose::{Limits, SignedDocument, UnixTime};

use crate::document::{DocumentPath, ListName, ListProblem, Role, Root};
use crate::high_water::{CachedDocument, HighWater, Mark};
use crate::publisher::Publisher;
use crate::quorum::Signers;
use crate::verified::lists::{Lists, Member};
use crate::verified::{Facts, VerifiedList};

pub use error::{Fault, UpdateError};
pub use orders::Notice;
pub use roots::MAX_ROOT_STEPS;

/// What an update found.
#[derive(Clone, Debug)]
pub enum Updated {
    /// The list in force is the newest.
    Unchanged,
    /// This list is newer; it takes the place of the one in force.
    Changed(Arc<VerifiedList>),
}

/// Verifies the publisher's newest documents.
///
/// `previous` is the list in force, if there is one: what did not change is not verified again. Whatever goes wrong,
/// `previous` stays in force until its own expiry.
///
/// Files are written and synced in here, and a large list takes a moment to verify, so give this a thread or a runtime
/// of its own.
pub async fn update(
    pinned_root: &[u8],
    publisher: &dyn Publisher,
    high_water: &mut HighWater,
    previous: Option<&VerifiedList>,
    now: UnixTime,
) -> Result<Updated, UpdateError> {
    // 1. TUF §5.1: one time for the whole run. It is the argument `now`; nothing below asks a clock.
    // 2. TUF §5.3: the chain of roots.
    let root = roots::walk(pinned_root, publisher, high_water, now).await?;
    // 3. and 4. TUF §5.4: the status document, against the marks that still bind.
    let status = status::fetch(&root, publisher, high_water.marks(), now).await?;
    keep_mark(high_water, None, status.mark(&root))?;
    if previous.is_some_and(|list| is_same(list, &root, &status)) {
        return Ok(Updated::Unchanged);
    }
    // 5. TUF §5.5, §5.6: the lists.
    let mut lists = lists::fetch(&root, &status.content, publisher, high_water, previous, now).await?;
    // 6. Suspension orders.
    let orders = orders::collect(&root, &status.content, &lists.regional, &high_water.marks().orders, now);
    keep_orders(high_water, orders.kept)?;
    // 7. The snapshot.
    let joined = lists.join(&orders.in_force, previous, now)?;
    let mut notices = orders.notices;
    notices.extend(keep_documents(high_water, &status, lists.documents));
    let list = VerifiedList::new(facts(&root, &status, &joined), joined, orders.in_force, notices, now);
    Ok(Updated::Changed(Arc::new(list)))
}

/// Nothing changed, and nothing that failed before may succeed now.
fn is_same(list: &VerifiedList, root: &Root, status: &status::Accepted) -> bool {
    let retry = |member: &Member| member.list.as_ref().is_err_and(ListProblem::may_pass);
    list.facts.status_digest == status.sha256
        && list.facts.root_version == root.version()
        && !list.lists.members.iter().any(retry)
}

fn facts(root: &Root, status: &status::Accepted, lists: &Lists) -> Facts {
    let ends = [root.document().expires, status.content.expires, lists.regional.next_update];
    Facts {
        region: root.document().region,
        root_version: root.version(),
        status_version: status.content.version,
        status_digest: status.sha256.clone(),
        issued: status.content.issued,
        expires: ends.into_iter().min().unwrap_or(status.content.expires),
    }
}

/// Keeps the mark of a list, or of the status document without a name. On return it is on disk.
fn keep_mark(high_water: &mut HighWater, name: Option<ListName>, mark: Mark) -> Result<(), UpdateError> {
    let mut marks = high_water.marks().clone();
    match name {
        None => marks.status = Some(mark),
        Some(name) => {
            marks.lists.insert(name, mark);
        }
    }
    Ok(high_water.keep_marks(marks)?)
}

fn keep_orders(high_water: &mut HighWater, orders: Vec<String>) -> Result<(), UpdateError> {
    let mut marks = high_water.marks().clone();
    marks.orders = orders;
    Ok(high_water.keep_marks(marks)?)
}

/// Fills the cache. The list is good without it, so a failure only means that the next start needs the network.
fn keep_documents(high_water: &mut HighWater, status: &status::Accepted, lists: Vec<CachedDocument>) -> Option<Notice> {
    let mut documents = lists;
    documents.push((DocumentPath::Status, Some(status.bytes.clone())));
    high_water.keep_documents(&documents).err().map(Notice::CacheNotWritten)
}

/// Reads a signed document.
fn open(bytes: &[u8], limits: &Limits) -> Result<SignedDocument, String> {
    SignedDocument::parse(bytes, limits).map_err(|error| error.to_string())
}

/// The mark that an accepted document leaves.
fn mark(version: u64, sha256: &str, issued: UnixTime, signers: &Signers) -> Mark {
    Mark { version, sha256: sha256.to_owned(), issued, keys: signers.thumbprints() }
}

/// The keys that must not sign lists: they are online.
fn is_online_key(root: &Root, key: &strict_jose::PublicJwk) -> bool {
    root.signers(Role::Status).country_of(key.thumbprint()).is_some()
}
