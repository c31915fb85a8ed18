//! Why a key is not changed this way.

use strict_jose::{Thumbprint, UnixTime};

use crate::publish::PublishError;

/// Why a key is not changed this way, and what to do instead.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// Neither the newest root nor the newest regional list has the old key.
    #[error("no key {0} is in the newest root or regional list; `trustctl inspect` shows theirs")]
    NoSuchKey(Thumbprint),
    /// Old and new are one key.
    #[error("the new key is the old one; make a new one with `trustctl keygen`")]
    SameKey,
    /// The new key is somebody else's.
    #[error("the new key is that of {0} already; a key has one holder")]
    SomebodyElses(String),
    /// It cannot be used before it was announced.
    #[error(
        "the new key is not announced yet: `trustctl rotate announce`; or, if the old one is stolen, `activate --emergency`"
    )]
    NotAnnounced,
    /// It was announced.
    #[error("the new key was announced at {}", .0.to_rfc3339())]
    AlreadyAnnounced(UnixTime),
    /// It signs.
    #[error("the new key signs since {}; next is `trustctl rotate retire`", .0.to_rfc3339())]
    AlreadyActive(UnixTime),
    /// The old key is still needed.
    #[error("the new key does not sign yet: `trustctl rotate activate`, and let it sign, before the old one leaves")]
    NotActive,
    /// Somebody may not have seen the step before.
    #[error("not before {}: everybody must have seen the step before; if the old key is stolen, `activate --emergency`", earliest.to_rfc3339())]
    TooEarly {
        /// When.
        earliest: UnixTime,
    },
    /// The published status is still by the old key alone.
    #[error("the status document is not signed by the new key yet: `trustctl publish` with it first")]
    StatusByOldKey,
    /// The documents cannot be read, or the new one would be refused.
    #[error(transparent)]
    Publish(#[from] PublishError),
}
