//! The snapshot to look at: what it is, its members, rows and orders.

use std::fmt;

use strict_jose::{PublicJwk, Thumbprint, UnixTime};

use super::explain::Silent;
use super::lists::Member;
use super::{NotTrusted, SuspensionInForce, VerifiedList};
use crate::{Client, CountryCode, EntityId, Issuer, LocalizedText, Recognition, ServiceStatus};

/// What the snapshot is.
impl VerifiedList {
    /// The version of the status document, which rises with every change of any list.
    pub fn sequence(&self) -> u64 {
        self.facts.status_version
    }

    /// The SHA-256 of the status document in base64url; it covers every list, so it is what evidence records.
    pub fn digest(&self) -> &str {
        &self.facts.status_digest
    }

    /// When the status document was issued.
    pub fn issued_at(&self) -> UnixTime {
        self.facts.issued
    }

    /// From when on the snapshot may not be used: the earliest end of root, regional list and status.
    pub fn expires_at(&self) -> UnixTime {
        self.facts.expires
    }

    /// The code of the region.
    pub fn region(&self) -> CountryCode {
        self.facts.region
    }

    /// The version of the root that authorised it.
    pub fn root_version(&self) -> u64 {
        self.facts.root_version
    }

    /// The regional list's number, and each usable national list's.
    pub fn lists(&self) -> impl Iterator<Item = ListView<'_>> {
        let regional = &self.lists.regional;
        let first = ListView {
            country: None,
            sequence: regional.sequence,
            next_update: regional.next_update,
            sha256: &regional.sha256,
        };
        let usable = self.lists.members.iter().filter_map(|member| member.list.as_ref().ok());
        std::iter::once(first).chain(usable.map(|list| ListView {
            country: Some(list.country),
            sequence: list.sequence,
            next_update: list.next_update,
            sha256: &list.sha256,
        }))
    }

    /// Every member of the regional list, admitted or not, in its order.
    pub fn members(&self) -> impl Iterator<Item = MemberView<'_>> {
        self.lists.members.iter().map(|member| MemberView { list: self, member })
    }

    /// The member of that code.
    pub fn member(&self, country: CountryCode) -> Option<MemberView<'_>> {
        self.lists.member(country).map(|member| MemberView { list: self, member })
    }

    /// The recognition matrix.
    pub fn recognitions(&self) -> &[Recognition] {
        &self.lists.regional.recognitions
    }

    /// Whether an order suspends the whole member at `at`.
    pub fn member_suspended(&self, country: CountryCode, at: UnixTime) -> Option<NotTrusted> {
        self.suspensions.check_member(country, at).err()
    }

    /// Whether an order suspends that entity of a member at `at`.
    pub fn entity_suspended(&self, country: CountryCode, id: &EntityId, at: UnixTime) -> Option<NotTrusted> {
        self.suspensions.check_entity(country, id, at).err()
    }

    /// Whether an order suspends that key of an entity at `at`.
    pub fn key_suspended(&self, country: CountryCode, id: &EntityId, key: &Thumbprint, at: UnixTime) -> bool {
        self.suspensions.suspends_key(country, id, key, at)
    }

    /// The orders in force.
    pub fn suspensions(&self) -> &[SuspensionInForce] {
        self.suspensions.all()
    }
}

impl fmt::Debug for VerifiedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { facts, anchors, .. } = self;
        f.debug_struct("VerifiedList").field("facts", facts).field("anchors", anchors).finish_non_exhaustive()
    }
}

/// One list of the snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListView<'l> {
    /// Whose list; `None` is the regional one.
    pub country: Option<CountryCode>,
    /// Its sequence number.
    pub sequence: u64,
    /// Its NextUpdate.
    pub next_update: UnixTime,
    /// The SHA-256 of the signed document in base64url.
    pub sha256: &'l str,
}

/// A member to look at: for the picker, for consoles. Looking is not trusting.
#[derive(Clone, Copy)]
pub struct MemberView<'l> {
    list: &'l VerifiedList,
    member: &'l Member,
}

impl<'l> MemberView<'l> {
    /// Its code.
    pub fn code(&self) -> CountryCode {
        self.member.entry.country
    }

    /// Its name.
    pub fn name(&self) -> &'l LocalizedText {
        &self.member.entry.name
    }

    /// Its identity providers and credential issuers, whatever their status. None when its list cannot be used.
    pub fn issuers(&self) -> impl Iterator<Item = &'l Issuer> + use<'l> {
        let list = self.member.list.as_ref().ok();
        list.into_iter().flat_map(|list| &list.issuers).map(|listed| &listed.entity)
    }

    /// Its relying parties and country systems, whatever their status. None when its list cannot be used.
    pub fn clients(&self) -> impl Iterator<Item = &'l Client> + use<'l> {
        let list = self.member.list.as_ref().ok();
        list.into_iter().flat_map(|list| &list.clients).map(|listed| &listed.entity)
    }

    /// What the regional list says of it at `at`; `None` before it was admitted. Orders are not in it.
    pub fn listed_status(&self, at: UnixTime) -> Option<ServiceStatus> {
        self.member.entry.status_at(at)
    }

    /// The keys that sign its list.
    pub fn signers(&self) -> &'l [PublicJwk] {
        &self.member.entry.signers
    }

    /// How many of them must.
    pub fn threshold(&self) -> usize {
        self.member.entry.threshold
    }

    /// Why nothing of this member is trusted at `at`, if so.
    pub fn disabled(&self, at: UnixTime) -> Option<NotTrusted> {
        self.list.list_in_force(self.member, at, &mut Silent).err()
    }
}
