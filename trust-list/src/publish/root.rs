//! Making roots.

use std::collections::BTreeSet;

use strict_jose::{PublicJwk, Thumbprint, UnixTime};

use super::{Proposal, PublishError};
use crate::CountryCode;
use crate::document::{LogDescription, Role, RoleQuorums, Root, RootDocument, RootKey, Typ};
use crate::quorum::Quorum;

/// Makes the first root of a region, or the next.
#[derive(Clone, Debug)]
pub struct RootBuilder(RootDocument);

/// Sigstore's root lives 197 days: half a year and two weeks to hold the next ceremony.
const ROOT_LIFE: i64 = 197 * 24 * 3600;
/// An hour: sixty chances to sign anew at one a minute, and no longer can who holds a stolen online key, or holds back
/// newer documents, keep a suspension from a hub.
const STATUS_LIFE: i64 = 3_600;
const ONE: Quorum = Quorum { threshold: 1, countries: 1 };

impl RootBuilder {
    /// Root 1 of `region`, which publishes at `distribution`. It lives 197 days, a status document an hour at most; each
    /// quorum is one.
    pub fn new(region: CountryCode, distribution: impl Into<String>, issued: UnixTime) -> Self {
        let distribution: String = distribution.into();
        Self(RootDocument {
            version: 1,
            region,
            distribution: distribution.trim_end_matches('/').to_owned(),
            issued,
            expires: issued.plus(ROOT_LIFE),
            status_life: STATUS_LIFE,
            keys: Vec::new(),
            roles: RoleQuorums { root: ONE, regional: ONE, status: ONE },
            log: None,
        })
    }

    /// The root that follows `root`: the next version with the same keys and quorums.
    pub fn successor_of(root: &Root, issued: UnixTime) -> Self {
        let mut next = root.document().clone();
        next.version = next.version.saturating_add(1);
        (next.issued, next.expires) = (issued, issued.plus(ROOT_LIFE));
        Self(next)
    }

    /// Adds a key. A key that is there already gets these roles instead.
    #[must_use]
    pub fn key(
        mut self,
        country: CountryCode,
        holder: impl Into<String>,
        key: &PublicJwk,
        roles: impl IntoIterator<Item = Role>,
    ) -> Self {
        let roles: BTreeSet<Role> = roles.into_iter().collect();
        self.0.keys.retain(|known| known.key != *key);
        self.0.keys.push(RootKey { country, holder: holder.into(), key: key.clone(), roles });
        self
    }

    /// Adds a regulator: signs roots and regional lists.
    #[must_use]
    pub fn regulator(self, country: CountryCode, holder: impl Into<String>, key: &PublicJwk) -> Self {
        self.key(country, holder, key, [Role::Root, Role::Regional])
    }

    /// Adds an online key: signs status documents and nothing else.
    #[must_use]
    pub fn online(self, country: CountryCode, holder: impl Into<String>, key: &PublicJwk) -> Self {
        self.key(country, holder, key, [Role::Status])
    }

    /// Removes a key.
    #[must_use]
    pub fn without_key(mut self, key: &Thumbprint) -> Self {
        self.0.keys.retain(|known| known.key.thumbprint() != key);
        self
    }

    /// Sets the quorum of a role.
    #[must_use]
    pub fn quorum(mut self, role: Role, quorum: Quorum) -> Self {
        match role {
            Role::Root => self.0.roles.root = quorum,
            Role::Regional => self.0.roles.regional = quorum,
            Role::Status => self.0.roles.status = quorum,
        }
        self
    }

    /// Demands that every list is in a log; or, with `None`, no longer.
    #[must_use]
    pub fn log(mut self, log: Option<LogDescription>) -> Self {
        self.0.log = log;
        self
    }

    /// Sets the end.
    #[must_use]
    pub fn expires(mut self, expires: UnixTime) -> Self {
        self.0.expires = expires;
        self
    }

    /// Sets the longest life of a status document, in seconds.
    #[must_use]
    pub fn status_life(mut self, seconds: i64) -> Self {
        self.0.status_life = seconds;
        self
    }

    /// Sets the version: for tests of clients.
    #[must_use]
    pub fn version(mut self, version: u64) -> Self {
        self.0.version = version;
        self
    }

    /// The root to sign.
    pub fn build(self) -> Result<Proposal, PublishError> {
        let payload = serde_json::to_vec(&self.0)?;
        Root::new(self.0)?;
        Ok(Proposal::new(Typ::Root, payload))
    }
}
