//! Changing a key without a gap.
//!
//! 1. **Announce**: the new key is in the documents beside the old one. A root lists it without a role, so it signs
//!    nothing yet; a member's entry has no such thing, so there both keys sign from now on.
//! 2. **Wait** [`Rotation::lead`]: whoever reads the documents has seen the new key before it is used.
//! 3. **Activate**: the new key takes the roles. A regulator's old key loses its roles in the same root, so that nobody
//!    ever signs twice; an online key keeps signing beside the new one, so that there is no minute without a status. A
//!    member's list is signed by the new key.
//! 4. **Retire**: the old key leaves, once no client can hold a document that needs it.
//!
//! In an emergency the old key leaves and the new one comes in one document, at once.
//!
//! Nothing here is a rule of the format: clients judge each document by the quorum before it. These are the rules of the
//! people, kept by the tool; where a rotation stands is read from the published documents.

mod error;
mod history;
mod member;
mod root;

use strict_jose::{PublicJwk, Thumbprint, UnixTime};

use super::{Proposal, Published};
use crate::document::{MemberEntry, RootKey};

pub use error::RotationError;

/// A key that takes the place of another.
#[derive(Clone, Debug)]
pub struct Rotation<'p> {
    documents: &'p Published,
    subject: Subject,
    old: Thumbprint,
    new: PublicJwk,
    stage: Stage,
    /// The longest life of a status document: so long may a client not know better.
    lifetime: i64,
}

/// Whose key it is.
#[derive(Clone, Debug)]
enum Subject {
    /// A key of the root: a regulator's or the publisher's.
    Root(RootKey),
    /// A signer of a member's list.
    Member(Box<MemberEntry>),
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The new key is in no document.
    New,
    /// It is announced.
    Announced {
        /// Since when, by the latest signature of the document that did it.
        since: UnixTime,
    },
    /// It signs.
    Active {
        /// Since when.
        since: UnixTime,
    },
}

/// A planned step keeps the waiting times; an emergency does not, and the old key leaves at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// With time.
    Planned,
    /// The old key is stolen or lost.
    Emergency,
}

/// Five times the life of what clients may still hold, and a day at least, so that every member's office hours fall
/// into it.
const LIFETIMES: i64 = 5;
const DAY: i64 = 24 * 3_600;

impl<'p> Rotation<'p> {
    /// The rotation of `old` to `new`, as far as the documents say it is.
    pub fn of(documents: &'p Published, old: &Thumbprint, new: &PublicJwk) -> Result<Self, RotationError> {
        if new.thumbprint() == old {
            return Err(RotationError::SameKey);
        }
        let root = documents.root()?;
        let lifetime = root.document().status_life;
        let (subject, stage) = match root.document().keys.iter().find(|key| key.key.thumbprint() == old) {
            Some(key) => (Subject::Root(key.clone()), root::stage(documents, key, new)?),
            None => member::find(documents, old, new)?,
        };
        Ok(Self { documents, subject, old: old.clone(), new: new.clone(), stage, lifetime })
    }

    /// How far it is.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Whose key it is, in words.
    pub fn whose(&self) -> String {
        match &self.subject {
            Subject::Root(key) => format!("{} ({})", key.holder, key.country),
            Subject::Member(entry) => format!("list signer of {}", entry.country),
        }
    }

    /// How many seconds a new key is announced ahead.
    pub fn lead(&self) -> i64 {
        self.lifetime.saturating_mul(LIFETIMES).max(DAY)
    }

    /// When the next planned step may be made; `None` if it may be made at any time.
    pub fn earliest(&self) -> Option<UnixTime> {
        match self.stage {
            Stage::New => None,
            Stage::Announced { since } => Some(since.plus(self.lead())),
            Stage::Active { since } => Some(since.plus(self.lifetime)),
        }
    }

    /// The document that announces the new key.
    pub fn announce(&self, now: UnixTime) -> Result<Proposal, RotationError> {
        match (self.stage, &self.subject) {
            (Stage::New, Subject::Root(key)) => root::announce(self, key, now),
            (Stage::New, Subject::Member(entry)) => member::announce(self, entry, now),
            (Stage::Announced { since } | Stage::Active { since }, _) => Err(RotationError::AlreadyAnnounced(since)),
        }
    }

    /// The document with which the new key takes over.
    pub fn activate(&self, pace: Pace, now: UnixTime) -> Result<Proposal, RotationError> {
        match (self.stage, pace) {
            (Stage::Active { since }, _) => return Err(RotationError::AlreadyActive(since)),
            (Stage::New, Pace::Planned) => return Err(RotationError::NotAnnounced),
            (Stage::Announced { .. }, Pace::Planned) => self.not_too_early(now)?,
            (_, Pace::Emergency) => {}
        }
        match &self.subject {
            Subject::Root(key) => root::activate(self, key, pace, now),
            Subject::Member(entry) => member::activate(self, entry, pace, now),
        }
    }

    /// The document without the old key.
    pub fn retire(&self, now: UnixTime) -> Result<Proposal, RotationError> {
        match self.stage {
            Stage::New => return Err(RotationError::NotAnnounced),
            Stage::Announced { .. } => return Err(RotationError::NotActive),
            Stage::Active { .. } => self.not_too_early(now)?,
        }
        match &self.subject {
            Subject::Root(key) => root::retire(self, key, now),
            Subject::Member(entry) => member::retire(self, entry, now),
        }
    }

    fn not_too_early(&self, now: UnixTime) -> Result<(), RotationError> {
        match self.earliest() {
            Some(earliest) if now < earliest => Err(RotationError::TooEarly { earliest }),
            _ => Ok(()),
        }
    }
}
