//! Grants.

use std::time::Duration;

use async_trait::async_trait;

use super::{Guarded, StoreError};
use crate::handles::{GrantId, Once, RequestId};
use crate::sealed::Sealed;

/// Grants: a release, from the consent page to the end of its tokens.
///
/// ```text
/// open -> awaiting consent -- approve --> code issued -- redeem --> redeemed -- read, as often as asked
///                          \- deny                  \                       \- redeem again: revoked
///                                                    \_ revoke, or its time to live ends: gone, from any stage
/// ```
///
/// The sealed contents stay the same from stage to stage; the stage belongs to the store.
#[async_trait]
pub trait Grants: Send + Sync {
    /// Remembers the grant for `ttl`, awaiting consent. The id is fresh: no grant is ever opened twice.
    async fn open(&self, id: &GrantId, grant: Sealed, ttl: Duration) -> Result<(), StoreError>;

    /// The person agrees: from "awaiting consent" to "code issued", which lives for `ttl` from now (the life of an
    /// authorization code). The pushed request is used up: its `request_uri` begins no further login.
    ///
    /// Atomic, and once: `None`, and nothing changes, if the grant is in any other stage or gone, or the request was used up:
    /// of several logins for one request, one gets a code.
    async fn approve(&self, id: &GrantId, request: &RequestId, ttl: Duration) -> Result<Option<Sealed>, StoreError>;

    /// The person refuses: the grant and the pushed request are gone.
    ///
    /// Atomic, and once: `None`, and nothing changes, if the grant is not awaiting consent or the request was used up. Of an
    /// approval and a refusal that race, one wins and the other gets `None`.
    async fn deny(&self, id: &GrantId, request: &RequestId) -> Result<Option<Sealed>, StoreError>;

    /// An authorization code comes in: from "code issued" to "redeemed", which lives for `ttl` from now (the longest
    /// life of what is issued from it).
    ///
    /// Atomic together with `once`: of any number of callers, on any number of replicas, one gets
    /// [`Redeemed::First`]. Redeeming a redeemed grant revokes it in that same step (RFC 6749 §4.1.2: a code used
    /// more than once revokes what was issued from it). If one of `once` had been seen, the stage is not touched.
    async fn redeem(&self, id: &GrantId, ttl: Duration, once: &[Once]) -> Result<Guarded<Redeemed>, StoreError>;

    /// The grant behind an access token: in stage "redeemed" only, else `None`. Atomic together with `once`.
    async fn read(&self, id: &GrantId, once: &[Once]) -> Result<Guarded<Option<Sealed>>, StoreError>;

    /// The grant is gone, whatever its stage, and with it every token that was issued from it. Revoking what is gone
    /// changes nothing.
    async fn revoke(&self, id: &GrantId) -> Result<(), StoreError>;
}

/// What became of an authorization code.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// Redeemed now, for the first time.
    First(Sealed),
    /// It had been redeemed before: the grant is revoked now.
    Again,
    /// There is no such grant, or no code was issued for it.
    Unknown,
}
