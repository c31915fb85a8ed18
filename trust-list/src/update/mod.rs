//! Verification: from a pinned root and an untrusted publisher to a [`VerifiedList`].
//!
//! The workflow is TUF's (§5.2 to 5.6) with three kinds of document. Steps are numbered as in [`update`]:
//!
//! 1. The time is fixed once; every check of this run uses it.
//! 2. `roots`: walk from the pinned root to the newest, each step by the quorum of both; keep each at once.
//! 3. A mark whose signers were taken away binds no more (`Mark::binds`): recovery from fast-forward.
//! 4. `status`: quorum, rollback, equivocation, jump, times; keep its mark before anything it names is used.
//! 5. `lists`: length and hash before signatures, then quorum, then content. The regional list first, because it says
//!    who signs the national ones. `log`: where the root names a transparency log, each list must be in it, under a
//!    checkpoint that witnesses cosigned and that continues all seen before. A bad national list disables its member
//!    only; two views of the log stop the update.
//! 6. `orders`: the suspension orders, those of the status and those kept from before. If 5 or 7 fails, they narrow the
//!    snapshot in force.
//! 7. The lists are joined; whoever claims what another claims stops the whole. Then the snapshot is swapped.

mod error;
mod lists;
mod log;
mod named;
mod orders;
mod roots;
mod status;
mod tiles;

use std::collections::BTreeSet;
use std::sync::Arc;

use strict_jose::{Limits, SignedDocument, Thumbprint, UnixTime};

use crate::document::{DocumentPath, ListName, ListProblem, RegionalList, Role, Root, Status};
use crate::high_water::{CachedDocument, HighWater, HighWaterError, KeptOrder, Mark};
use crate::publisher::Publisher;
use crate::verified::lists::{Lists, Member};
use crate::verified::suspensions::Suspensions;
use crate::verified::{Facts, VerifiedList};

use status::Accepted;

pub(crate) use lists::active;

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
    /// The newest lists cannot be used, and the newest status document suspends more than before. This is the list in
    /// force with those suspensions, to its old end; it takes its place.
    Narrowed {
        /// The list.
        list: Arc<VerifiedList>,
        /// Why the newest lists cannot be used.
        why: UpdateError,
    },
}

/// Where documents are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Anybody.
    Publisher,
    /// Our own cache, when a client starts.
    Disk,
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
    update_from(Origin::Publisher, pinned_root, publisher, high_water, previous, now).await
}

/// [`update`] with documents that may be from our own disk.
pub(crate) async fn update_from(
    origin: Origin,
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
    let status = status::fetch(&root, publisher, origin, high_water.marks(), now).await?;
    let outcome = advance(&root, &status, publisher, high_water, previous, now).await;
    match (outcome, previous) {
        (Err(why), Some(previous)) => narrow(&root, &status, high_water, previous, why, now),
        (outcome, _) => outcome,
    }
}

/// From a verified status document to the snapshot it names.
async fn advance(
    root: &Root,
    status: &Accepted,
    publisher: &dyn Publisher,
    high_water: &mut HighWater,
    previous: Option<&VerifiedList>,
    now: UnixTime,
) -> Result<Updated, UpdateError> {
    if !status.recalled {
        keep_mark(high_water, None, status.mark())?;
    }
    if previous.is_some_and(|list| is_same(list, root, status)) {
        return Ok(Updated::Unchanged);
    }
    // 5. TUF §5.5, §5.6: the lists.
    let mut lists = lists::fetch(root, status, publisher, high_water, previous, now).await?;
    // 6. Suspension orders.
    let orders = orders::collect(root, &status.content, &lists.regional, &high_water.marks().orders, now);
    keep_orders(high_water, orders.kept)?;
    // 7. The snapshot.
    let joined = lists.join(&orders.in_force, previous, now)?;
    let mut notices = orders.notices;
    notices.extend(keep_documents(high_water, status, lists.documents));
    // Also when the cache was not written: once this snapshot is in force, an earlier one in the cache is no start.
    keep_good(high_water, status)?;
    let list = VerifiedList::new(facts(root, status, &joined), joined, orders.in_force, notices, now);
    Ok(Updated::Changed(Arc::new(list)))
}

/// 6. again, when the lists cannot be used: what is suspended does not wait for them. Nothing is lifted this way.
fn narrow(
    root: &Root,
    status: &Accepted,
    high_water: &mut HighWater,
    previous: &VerifiedList,
    why: UpdateError,
    now: UnixTime,
) -> Result<Updated, UpdateError> {
    let orders = orders::collect(root, &status.content, &previous.lists.regional, &high_water.marks().orders, now);
    let suspensions = previous.suspensions.and(&orders.in_force);
    let not_kept = keep_orders(high_water, orders.kept).err().map(Notice::OrdersNotKept);
    if suspensions == previous.suspensions {
        return Err(why);
    }
    let notices = orders.notices.into_iter().chain(not_kept).collect();
    let (facts, lists) = (previous.facts.clone(), Arc::clone(&previous.lists));
    let list = Arc::new(VerifiedList::new(facts, lists, suspensions, notices, now));
    Ok(Updated::Narrowed { list, why })
}

/// Nothing changed, and nothing that failed before may succeed now.
fn is_same(list: &VerifiedList, root: &Root, status: &Accepted) -> bool {
    let retry = |member: &Member| member.list.as_ref().is_err_and(ListProblem::may_pass);
    list.facts.status_digest == status.sha256
        && list.facts.root_version == root.version()
        && !list.lists.members.iter().any(retry)
}

fn facts(root: &Root, status: &Accepted, lists: &Lists) -> Facts {
    let vouched_until = root.document().expires.min(lists.regional.next_update);
    Facts {
        region: root.document().region,
        root_version: root.version(),
        status_version: status.content.version,
        status_digest: status.sha256.clone(),
        issued: status.content.issued,
        expires: vouched_until.min(status.content.expires),
        vouched_until,
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

/// What a status document suspends for who sees it first.
pub(crate) fn suspensions(root: &Root, status: &Status, regional: &RegionalList, now: UnixTime) -> Suspensions {
    orders::collect(root, status, regional, &[], now).in_force
}

fn keep_orders(high_water: &mut HighWater, orders: Vec<KeptOrder>) -> Result<(), HighWaterError> {
    let mut marks = high_water.marks().clone();
    marks.orders = orders;
    high_water.keep_marks(marks)
}

fn keep_good(high_water: &mut HighWater, status: &Accepted) -> Result<(), HighWaterError> {
    let mut marks = high_water.marks().clone();
    marks.good = Some(status.good());
    high_water.keep_marks(marks)
}

/// Fills the cache. The list is good without it, so a failure only means that the next start needs the network.
fn keep_documents(high_water: &mut HighWater, status: &Accepted, lists: Vec<CachedDocument>) -> Option<Notice> {
    let mut documents = lists;
    documents.push((DocumentPath::Status, Some(status.bytes.clone())));
    high_water.keep_documents(&documents).err().map(Notice::CacheNotWritten)
}

/// Reads a signed document.
fn open(bytes: &[u8], limits: &Limits) -> Result<SignedDocument, String> {
    SignedDocument::parse(bytes, limits).map_err(|error| error.to_string())
}

/// The mark that an accepted document leaves.
fn mark(version: u64, sha256: &str, issued: UnixTime, signed_by: BTreeSet<Thumbprint>) -> Mark {
    Mark { version, sha256: sha256.to_owned(), issued, signed_by }
}

/// The keys that must not sign lists: they are online.
fn is_online_key(root: &Root, key: &strict_jose::PublicJwk) -> bool {
    root.signers(Role::Status).country_of(key.thumbprint()).is_some()
}
