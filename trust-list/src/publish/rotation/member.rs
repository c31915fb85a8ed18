//! Signers of a member's list.

use strict_jose::{PublicJwk, Thumbprint, UnixTime};

use super::root::alone;
use super::{Pace, Rotation, RotationError, Stage, Subject, history};
use crate::document::{ListName, MemberEntry};
use crate::publish::checks::{national_list, regional_list};
use crate::publish::{NationalBuilder, Proposal, PublishError, Published, RegionalBuilder};

/// The member whose list `old` signs, and how far its rotation is.
pub(super) fn find(
    documents: &Published,
    old: &Thumbprint,
    new: &PublicJwk,
) -> Result<(Subject, Stage), RotationError> {
    let members = documents.members().map_err(|_| RotationError::NoSuchKey(old.clone()))?;
    let signs = |entry: &MemberEntry, key: &Thumbprint| entry.signers.iter().any(|known| known.thumbprint() == key);
    let entry = members.iter().find(|entry| signs(entry, old)).ok_or_else(|| RotationError::NoSuchKey(old.clone()))?;
    let other = members.iter().find(|entry| signs(entry, new.thumbprint()) && !signs(entry, old));
    if let Some(other) = other {
        return Err(RotationError::SomebodyElses(format!("list signer of {}", other.country)));
    }
    let announced = announced_since(documents, entry, new)?;
    let stage = match (announced, active_since(documents, entry, new)?) {
        (None, _) => Stage::New,
        (Some(since), None) => Stage::Announced { since },
        (Some(_), Some(since)) => Stage::Active { since },
    };
    Ok((Subject::Member(Box::new(entry.clone())), stage))
}

fn announced_since(
    documents: &Published,
    entry: &MemberEntry,
    new: &PublicJwk,
) -> Result<Option<UnixTime>, PublishError> {
    history::of_list(documents, ListName::Regional, |proposal| {
        let list = regional_list(proposal)?;
        let own = list.members.iter().find(|known| known.country == entry.country);
        Ok(own.is_some_and(|own| own.signers.contains(new)).then_some(list.issued))
    })
}

fn active_since(
    documents: &Published,
    entry: &MemberEntry,
    new: &PublicJwk,
) -> Result<Option<UnixTime>, RotationError> {
    let signers = alone(new, documents)?;
    let since = history::of_list(documents, ListName::Member(entry.country), |proposal| {
        let signed = proposal.tally(&signers).missing() == 0;
        Ok(if signed { Some(national_list(proposal)?.issued) } else { None })
    });
    Ok(since?)
}

pub(super) fn announce(rotation: &Rotation<'_>, entry: &MemberEntry, now: UnixTime) -> Result<Proposal, RotationError> {
    let mut signers = entry.signers.clone();
    signers.push(rotation.new.clone());
    with_signers(rotation, entry, signers, now)
}

/// The next list with the same content, for the new key to sign. In an emergency the old one is taken out at once.
pub(super) fn activate(
    rotation: &Rotation<'_>,
    entry: &MemberEntry,
    pace: Pace,
    now: UnixTime,
) -> Result<Proposal, RotationError> {
    match pace {
        Pace::Planned => {
            let (_, current) = rotation.documents.list(ListName::Member(entry.country))?;
            Ok(NationalBuilder::revise(current.payload(), now)?.build()?)
        }
        Pace::Emergency => {
            let mut signers = without_old(rotation, entry);
            signers.retain(|key| *key != rotation.new);
            signers.push(rotation.new.clone());
            with_signers(rotation, entry, signers, now)
        }
    }
}

pub(super) fn retire(rotation: &Rotation<'_>, entry: &MemberEntry, now: UnixTime) -> Result<Proposal, RotationError> {
    with_signers(rotation, entry, without_old(rotation, entry), now)
}

fn without_old(rotation: &Rotation<'_>, entry: &MemberEntry) -> Vec<PublicJwk> {
    entry.signers.iter().filter(|key| *key.thumbprint() != rotation.old).cloned().collect()
}

/// The next regional list with these signers of the member and nothing else changed.
fn with_signers(
    rotation: &Rotation<'_>,
    entry: &MemberEntry,
    signers: Vec<PublicJwk>,
    now: UnixTime,
) -> Result<Proposal, RotationError> {
    let (_, current) = rotation.documents.list(ListName::Regional)?;
    let list = RegionalBuilder::revise(current.payload(), now)?;
    Ok(list.member(&MemberEntry { signers, ..entry.clone() }).build()?)
}
