//! A national list: the entities that one member vouches for.

mod hosts;
mod reader;
mod redirect;

pub(crate) use redirect::problem as redirect_problem;

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strict_jose::UnixTime;

use super::clauses::{self, Requested};
use super::{ListProblem, extension};
use crate::verified::keys::Listed;
use crate::{
    Client, ClientProfile, CountryCode, EntityId, ExchangePolicy, GrantType, Issuer, Level, RegisteredPurpose,
};
use reader::Reader;

/// A national list, read and checked.
pub struct NationalList {
    /// Whose list it is.
    pub country: CountryCode,
    /// Its number.
    pub sequence: u64,
    /// When it was issued.
    pub issued: UnixTime,
    /// When it must have been replaced.
    pub next_update: UnixTime,
    /// The SHA-256 of the signed document in base64url.
    pub sha256: String,
    pub(crate) issuers: Vec<Listed<Issuer>>,
    pub(crate) clients: Vec<Listed<Client>>,
    /// The hosts of the issuers that are not withdrawn.
    pub(crate) hosts: BTreeSet<String>,
    issuer_ids: HashMap<EntityId, usize>,
}

/// What the hub needs to know of an issuer and TS 119 602 has no field for.
#[derive(Serialize, Deserialize)]
pub(crate) struct IssuerExtension {
    pub(crate) id: EntityId,
    pub(crate) adapter: String,
    pub(crate) profile: Value,
    pub(crate) max_level: Level,
    #[serde(default)]
    pub(crate) claims: BTreeSet<String>,
}

/// What the hub needs to know of a client and TS 119 602 has no field for.
#[derive(Serialize, Deserialize)]
pub(crate) struct ClientExtension {
    pub(crate) id: EntityId,
    pub(crate) sector: String,
    pub(crate) profile: ClientProfile,
    #[serde(default)]
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) grant_types: BTreeSet<GrantType>,
    #[serde(default)]
    pub(crate) scopes: BTreeSet<String>,
    #[serde(default)]
    pub(crate) purposes: Vec<RegisteredPurpose>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) exchange: Option<ExchangePolicy>,
}

impl NationalList {
    /// Reads an authenticated payload as the national list that was asked for. `permitted_hosts` is what the regional
    /// list permits the member.
    pub(crate) fn read(
        payload: &[u8],
        requested: &Requested<'_>,
        permitted_hosts: &[String],
        sha256: String,
    ) -> Result<Self, ListProblem> {
        let lote = clauses::read(payload, requested)?;
        let info = lote.list_and_scheme_information;
        extension::refuse_critical(info.scheme_extensions)?;
        let times = [info.list_issue_date_time, info.next_update];
        let mut list = Self::empty(requested.territory, info.sequence, times, sha256);
        let mut reader = Reader::new(requested.territory, permitted_hosts);
        for entity in lote.trusted_entities_list {
            reader.entity(entity, &mut list)?;
        }
        list.indexed(requested.now)
    }

    /// The list with what lookups and joining go by.
    pub(crate) fn indexed(mut self, now: UnixTime) -> Result<Self, ListProblem> {
        self.require_distinct(now)?;
        self.hosts = self.standing_issuers(now).flat_map(hosts::of_issuer).collect();
        let ids = self.issuers.iter().enumerate();
        self.issuer_ids = ids.map(|(at, listed)| (listed.entity.id.clone(), at)).collect();
        Ok(self)
    }

    /// A list without entries.
    pub(crate) fn empty(country: CountryCode, sequence: u64, times: [UnixTime; 2], sha256: String) -> Self {
        let [issued, next_update] = times;
        Self {
            country,
            sequence,
            issued,
            next_update,
            sha256,
            issuers: Vec::new(),
            clients: Vec::new(),
            hosts: BTreeSet::new(),
            issuer_ids: HashMap::new(),
        }
    }

    /// Identifiers are unique in the list, as lookups go by them. A withdrawn entry may stand beside its successor.
    fn require_distinct(&self, now: UnixTime) -> Result<(), ListProblem> {
        distinct(self.standing_issuers(now).flat_map(|issuer| &issuer.issuer_identifiers))?;
        let clients = self.clients.iter().map(|listed| &listed.entity);
        distinct(clients.filter(|client| !client.is_withdrawn(now)).map(|client| &client.client_id))
    }

    fn standing_issuers(&self, now: UnixTime) -> impl Iterator<Item = &Issuer> {
        self.issuers.iter().map(|listed| &listed.entity).filter(move |issuer| !issuer.is_withdrawn(now))
    }

    /// The issuer of that id.
    pub(crate) fn issuer(&self, id: &EntityId) -> Option<&Listed<Issuer>> {
        self.issuer_ids.get(id).and_then(|at| self.issuers.get(*at))
    }
}

fn distinct<'l>(identifiers: impl Iterator<Item = &'l String>) -> Result<(), ListProblem> {
    let mut seen = HashSet::new();
    for identifier in identifiers {
        if !seen.insert(identifier) {
            return Err(ListProblem::DuplicateIdentifier(identifier.clone()));
        }
    }
    Ok(())
}
