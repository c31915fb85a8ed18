//! Ports: what the flows need from the outside, named by that need.
//!
//! | port | keeps | taken or read |
//! |---|---|---|
//! | [`PushedRequests`] | pushed authorization requests (RFC 9126) | read until the login completes |
//! | [`Logins`] | people who are away at their national IdP | taken at the callback |
//! | [`Grants`] | releases, from the consent page to the end of their tokens | approved once, redeemed once |
//! | [`RefreshTokens`] | what refresh tokens stand for | read; they die with their grant |
//! | [`Replay`] | what was seen once | |
//! | [`StoreHealth`] | | |
//! | [`Clock`] | | |
//!
//! What holds for every method of every storage port:
//!
//! - **One step.** A method is one atomic step and one round trip. Of any number of callers that race, each sees the
//!   world before or after the step, never in between.
//! - **Unknown is gone.** A thing that expired, was taken, was lost, or was written before a failover is the same
//!   as one that never existed. After a failover the person logs in again; nothing is ever used twice.
//! - **An error is "maybe".** After a [`StoreError`] the step may or may not have happened. The caller answers 503 and
//!   does not try again on its own: a thing whose taking failed counts as used.
//! - **Times to live** come from the caller and end by the store's clock, which does not follow changes of the
//!   wall clock where the store can help it.
//! - **Contents are sealed**, names are digests ([`crate::handles`]). A store never sees more.
//!
//! The contract suite (`hub_core::contract`, feature `contract`) checks all this on every backend, races included.
//!
//! To add a backend: 1. implement the storage ports on one type; 2. run the contract suite on it; 3. build
//! [`Stores`] from it where the hub is wired.

mod client_quota;
mod clock;
mod grants;
mod health;
mod hearsay;
mod logins;
mod pushed_requests;
mod refresh_tokens;
mod replay;

use std::fmt;
use std::sync::Arc;

pub use client_quota::{ClientQuota, QuotaExceeded};
pub use clock::{Clock, ManualClock};
pub use grants::{Grants, Redeemed};
pub use health::StoreHealth;
pub use hearsay::{HEARSAY_TTL, Hearsay};
pub use logins::Logins;
pub use pushed_requests::PushedRequests;
pub use refresh_tokens::{RefreshTokens, Refreshed};
pub use replay::Replay;

use crate::handles::ReplayKind;

/// The outcome of a step that first checks things which may be seen once.
///
/// Either all of them were new, all are remembered now and the step was taken; or one had been seen, none of the
/// others is remembered and nothing changed.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guarded<T> {
    /// All were new.
    Fresh(T),
    /// One of them, of this kind, had been seen.
    Replayed(ReplayKind),
}

/// The storage ports of a broker.
#[derive(Clone)]
pub struct Stores {
    /// Pushed authorization requests.
    pub pushed_requests: Arc<dyn PushedRequests>,
    /// Logins at national IdPs.
    pub logins: Arc<dyn Logins>,
    /// Grants.
    pub grants: Arc<dyn Grants>,
    /// Refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokens>,
    /// Things seen once.
    pub replay: Arc<dyn Replay>,
    /// What replicas tell each other.
    pub hearsay: Arc<dyn Hearsay>,
    /// Whether the store works.
    pub health: Arc<dyn StoreHealth>,
}

impl Stores {
    /// All ports on one backend.
    pub fn on<S>(store: Arc<S>) -> Self
    where
        S: PushedRequests + Logins + Grants + RefreshTokens + Replay + Hearsay + StoreHealth + 'static,
    {
        Self {
            pushed_requests: store.clone(),
            logins: store.clone(),
            grants: store.clone(),
            refresh_tokens: store.clone(),
            replay: store.clone(),
            hearsay: store.clone(),
            health: store,
        }
    }
}

impl fmt::Debug for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stores")
    }
}

/// The store did not do the step, or we cannot know that it did. To the peer: 503 `temporarily_unavailable` with
/// `Retry-After`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The store does not work for us now.
    #[error("the store is unavailable: {0}")]
    Unavailable(Outage),
    /// The store holds as many things as it may; they expire by themselves.
    #[error("the store is full")]
    Full,
}

/// Why a store does not work for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Outage {
    /// There is no connection.
    #[error("not connected")]
    NotConnected,
    /// No answer within the deadline.
    #[error("no answer in time")]
    TooSlow,
    /// It is a replica, or may not write now.
    #[error("it is read-only")]
    ReadOnly,
    /// It is out of memory.
    #[error("it is out of memory")]
    OutOfMemory,
    /// It refuses our credentials or our commands.
    #[error("it does not permit us")]
    NotPermitted,
    /// It is of a version or with an eviction policy that we cannot work with.
    #[error("it is too old or may evict; `hub check --with-store` says which")]
    Unsuitable,
    /// It answers something we do not understand.
    #[error("it answers nonsense")]
    Nonsense,
}
