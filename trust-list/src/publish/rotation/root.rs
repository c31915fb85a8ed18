//! Keys of the root: regulators' and publishers'.

use std::collections::BTreeSet;

use strict_jose::{PublicJwk, UnixTime};

use super::{Pace, Rotation, RotationError, Stage, history};
use crate::document::{Role, Root, RootKey};
use crate::publish::{Proposal, Published, RootBuilder};
use crate::quorum::{Quorum, Signers};

pub(super) fn stage(documents: &Published, old: &RootKey, new: &PublicJwk) -> Result<Stage, RotationError> {
    let root = documents.root()?;
    let Some(known) = entry(&root, new) else { return Ok(Stage::New) };
    if (known.country, &known.holder) != (old.country, &old.holder) {
        return Err(RotationError::SomebodyElses(format!("{} ({})", known.holder, known.country)));
    }
    let signs = |root: &Root| entry(root, new).is_some_and(|key| !key.roles.is_empty());
    let listed = |root: &Root| entry(root, new).is_some();
    let active = history::of_roots(documents, signs)?.map(|since| Stage::Active { since });
    let announced = history::of_roots(documents, listed)?.map(|since| Stage::Announced { since });
    Ok(active.or(announced).unwrap_or(Stage::New))
}

pub(super) fn announce(rotation: &Rotation<'_>, old: &RootKey, now: UnixTime) -> Result<Proposal, RotationError> {
    Ok(next(rotation, now)?.key(old.country, &*old.holder, &rotation.new, []).build()?)
}

/// The roles move. Only an online key keeps its own for the time of the overlap: one of them is enough there, and two
/// of them are no more than one.
pub(super) fn activate(
    rotation: &Rotation<'_>,
    old: &RootKey,
    pace: Pace,
    now: UnixTime,
) -> Result<Proposal, RotationError> {
    let root = next(rotation, now)?.key(old.country, &*old.holder, &rotation.new, old.roles.clone());
    let keeps = if is_online(old) { old.roles.clone() } else { BTreeSet::new() };
    Ok(match pace {
        Pace::Emergency => root.without_key(&rotation.old).build()?,
        Pace::Planned => root.key(old.country, &*old.holder, &old.key, keeps).build()?,
    })
}

pub(super) fn retire(rotation: &Rotation<'_>, old: &RootKey, now: UnixTime) -> Result<Proposal, RotationError> {
    if is_online(old) {
        status_by(rotation)?;
    }
    Ok(next(rotation, now)?.without_key(&rotation.old).build()?)
}

fn next(rotation: &Rotation<'_>, now: UnixTime) -> Result<RootBuilder, RotationError> {
    Ok(RootBuilder::successor_of(&rotation.documents.root()?, now))
}

fn entry<'r>(root: &'r Root, key: &PublicJwk) -> Option<&'r RootKey> {
    root.document().keys.iter().find(|known| known.key.thumbprint() == key.thumbprint())
}

fn is_online(key: &RootKey) -> bool {
    key.roles.contains(&Role::Status)
}

/// Whether the new online key signs what is published: without it the region would stand still when the old one leaves.
fn status_by(rotation: &Rotation<'_>) -> Result<(), RotationError> {
    let signers = alone(&rotation.new, rotation.documents)?;
    let current = rotation.documents.status_document()?;
    if current.tally(&signers).missing() == 0 { Ok(()) } else { Err(RotationError::StatusByOldKey) }
}

/// One key, which is enough.
pub(super) fn alone(key: &PublicJwk, documents: &Published) -> Result<Signers, RotationError> {
    let region = documents.root()?.document().region;
    let one = Quorum { threshold: 1, countries: 1 };
    let signers = Signers::new([(key, region)], one).map_err(crate::document::RootProblem::from);
    Ok(signers.map_err(crate::publish::PublishError::from)?)
}
