//! Step 2: the chain of roots.

use strict_jose::{SignedDocument, UnixTime};

use super::{UpdateError, open};
use crate::document::{DocumentPath, MAX_CLOCK_SKEW, ROOT_LIMITS, Root, RootProblem};
use crate::high_water::{HighWater, HighWaterError};
use crate::publisher::{Fetched, Publisher};

/// How many roots may follow the pinned one. A root a month lasts 85 years; an endless chain ends here (TUF §5.3.2).
pub const MAX_ROOT_STEPS: u64 = 1_024;

/// Walks from the pinned root to the newest one the publisher has.
///
/// TUF §5.2 starts from a root trusted on disk. Off-spec: every run starts from the pinned root and walks over the
/// roots kept on disk first, so the disk is believed no more than the network.
pub(super) async fn walk(
    pinned: &[u8],
    publisher: &dyn Publisher,
    high_water: &mut HighWater,
    now: UnixTime,
) -> Result<Root, UpdateError> {
    // 2.1 The pinned root is trusted because it is pinned; what it must be is well made.
    let mut root = read_pinned(pinned)?;
    match high_water.root(root.version())? {
        Some(kept) if kept != pinned => return Err(UpdateError::PinnedDiffers { version: root.version() }),
        Some(_) => {}
        None => high_water.keep_root(root.version(), pinned)?,
    }
    let last_allowed = root.version().saturating_add(MAX_ROOT_STEPS);
    // 2.2 TUF §5.3.3: root N+1, N+2, … until there is none.
    while let Some((next, bytes)) = next_root(&root, publisher, high_water, now).await? {
        if next.version() > last_allowed {
            return Err(UpdateError::TooManyRoots { max: MAX_ROOT_STEPS });
        }
        // 2.5 TUF §5.3.8: kept at once, so that a crash does not make us walk back.
        high_water.keep_root(next.version(), &bytes)?;
        root = next;
    }
    // 2.6 TUF §5.3.10: the expiry of the roots in between does not matter; that of the last one does.
    let at = root.document().expires;
    if now >= at {
        return Err(UpdateError::RootExpired { version: root.version(), at });
    }
    Ok(root)
}

fn read_pinned(pinned: &[u8]) -> Result<Root, UpdateError> {
    let signed = open(pinned, &ROOT_LIMITS).map_err(|why| UpdateError::Pinned(RootProblem::NotSigned(why)))?;
    let root = Root::read(&signed).map_err(UpdateError::Pinned)?;
    root.require_own_quorum(&signed).map_err(UpdateError::Pinned)?;
    Ok(root)
}

/// The root after `root`, verified: from disk if it was accepted before, else from the publisher.
async fn next_root(
    root: &Root,
    publisher: &dyn Publisher,
    high_water: &HighWater,
    now: UnixTime,
) -> Result<Option<(Root, Vec<u8>)>, UpdateError> {
    let version = root.version().saturating_add(1);
    if let Some(kept) = high_water.root(version)? {
        let next = verify(root, &kept).map_err(|problem| HighWaterError::Damaged {
            path: format!("marks/roots/{version}.json").into(),
            reason: problem.to_string(),
        })?;
        return Ok(Some((next, kept)));
    }
    let path = DocumentPath::Root(version).to_string();
    let offers = publisher.fetch_each(&path, ROOT_LIMITS.max_bytes).await;
    let judge = |offer: Fetched| {
        let Some(bytes) = offer? else { return Ok(None) };
        let next = verify(root, &bytes).and_then(|next| not_from_the_future(next, now));
        let next = next.map_err(|problem| UpdateError::Root { version, problem })?;
        Ok(Some((next, bytes)))
    };
    first_good(offers.into_iter().map(judge))
}

/// The first mirror that has the next root, verified. A bad one, or none at all, does not hide another mirror's good
/// one; and a mirror that says there is none is believed before one that has a bad one.
fn first_good<R>(offers: impl Iterator<Item = Result<Option<R>, UpdateError>>) -> Result<Option<R>, UpdateError> {
    let mut otherwise = None;
    for offer in offers {
        match offer {
            Ok(Some(root)) => return Ok(Some(root)),
            Ok(None) => otherwise = Some(Ok(None)),
            Err(error) => otherwise = otherwise.or(Some(Err(error))),
        }
    }
    otherwise.unwrap_or(Ok(None))
}

fn verify(root: &Root, bytes: &[u8]) -> Result<Root, RootProblem> {
    let signed: SignedDocument = open(bytes, &ROOT_LIMITS).map_err(RootProblem::NotSigned)?;
    let next = Root::read(&signed)?;
    // 2.3 TUF §5.3.4, §5.3.5: exactly the next version, by the quorum of the root before and by its own.
    root.require_successor(&next, &signed)?;
    Ok(next)
}

/// 2.4 A root from the future was signed by somebody whose clock is wrong. Asked when a root is new only: a clock of
/// ours that is set back makes no kept root a bad one.
fn not_from_the_future(next: Root, now: UnixTime) -> Result<Root, RootProblem> {
    if next.document().issued > now.plus(MAX_CLOCK_SKEW) {
        return Err(RootProblem::IssuedInFuture);
    }
    Ok(next)
}
