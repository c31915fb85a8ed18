//! The content of a bundle, before it is compressed.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strict_jose::{PublicJwk, UnixTime};

use super::Pinned;
use crate::document::{ListName, rfc3339};
use crate::{
    CountryCode, EntityId, Issuer, IssuerKind, Level, LocalizedText, Organisation, Recognition, StatusHistory,
    StatusPeriod, SuspensionInForce,
};

/// Rises when the rules for reading change; members that are only added are skipped by readers that do not know them.
pub(super) const FORMAT: u64 = 1;

/// The content.
#[derive(Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) format: u64,
    /// The signers of the next bundle, and whose devices it is for.
    #[serde(flatten)]
    pub(super) pinned: Pinned,
    /// The version and hash of the status document it was made from.
    pub(super) sequence: u64,
    pub(super) status_sha256: String,
    pub(super) root_version: u64,
    #[serde(with = "rfc3339")]
    pub(super) issued: UnixTime,
    #[serde(with = "rfc3339")]
    pub(super) expires: UnixTime,
    /// The regional list and the lists of `members`.
    pub(super) lists: Vec<ListReference>,
    pub(super) members: Vec<Member>,
    /// The rows of the recogniser that have not ended.
    pub(super) recognitions: Vec<Recognition>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) suspensions: Vec<SuspensionInForce>,
}

/// A list that the bundle was made from.
#[derive(Serialize, Deserialize)]
pub(super) struct ListReference {
    pub(super) name: ListName,
    pub(super) sequence: u64,
    pub(super) sha256: String,
    #[serde(with = "rfc3339")]
    pub(super) next_update: UnixTime,
}

/// A country and its issuers.
#[derive(Serialize, Deserialize)]
pub(super) struct Member {
    pub(super) country: CountryCode,
    pub(super) name: LocalizedText,
    #[serde(flatten)]
    pub(super) current: StatusPeriod,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) history: StatusHistory,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) issuers: Vec<Entry>,
}

/// An issuer.
#[derive(Serialize, Deserialize)]
pub(super) struct Entry {
    id: EntityId,
    kind: IssuerKind,
    name: LocalizedText,
    organisation: Organisation,
    adapter: String,
    /// What the kit needs to read its credentials. Left out for identity providers: nobody logs in offline.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    profile: Map<String, Value>,
    identifiers: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    keys: Vec<PublicJwk>,
    max_level: Level,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    claims: BTreeSet<String>,
    #[serde(flatten)]
    current: StatusPeriod,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    history: StatusHistory,
}

impl Entry {
    pub(super) fn of(issuer: &Issuer) -> Self {
        let profile = match (issuer.kind, &issuer.profile) {
            (IssuerKind::CredentialIssuer, Value::Object(profile)) => profile.clone(),
            _ => Map::new(),
        };
        Self {
            id: issuer.id.clone(),
            kind: issuer.kind,
            name: issuer.name.clone(),
            organisation: issuer.organisation.clone(),
            adapter: issuer.adapter.clone(),
            profile,
            identifiers: issuer.issuer_identifiers.clone(),
            keys: issuer.keys.clone(),
            max_level: issuer.max_level,
            claims: issuer.claims.clone(),
            current: issuer.status_period(),
            history: issuer.history.clone(),
        }
    }

    /// The entry as a list would have it; without hosts, as there is nothing to call.
    pub(super) fn into_issuer(self, country: CountryCode) -> Issuer {
        Issuer {
            id: self.id,
            country,
            kind: self.kind,
            name: self.name,
            organisation: self.organisation,
            adapter: self.adapter,
            profile: Value::Object(self.profile),
            issuer_identifiers: self.identifiers,
            keys: self.keys,
            hosts: Vec::new(),
            max_level: self.max_level,
            claims: self.claims,
            status: self.current.status,
            status_since: self.current.since,
            history: self.history,
        }
    }
}
