//! National identity providers and credential issuers.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strict_jose::{PublicJwk, UnixTime};

use super::status::status_at;
use super::{Organisation, ServiceStatus, StatusHistory, StatusPeriod};
use crate::{CountryCode, EntityId, Level, LocalizedText};

/// Whether a person logs in there or carries what it issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IssuerKind {
    /// Persons log in there.
    IdentityProvider,
    /// Persons present what it issued.
    CredentialIssuer,
}

impl IssuerKind {
    /// The word for the kind.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdentityProvider => "identity-provider",
            Self::CredentialIssuer => "credential-issuer",
        }
    }
}

/// A national identity provider or credential issuer: an entry of a national list.
///
/// Anyone can make one (the publishing side does); that it is *trusted* is said by [`crate::TrustedIssuer`] alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Issuer {
    /// Its name inside the national list.
    pub id: EntityId,
    /// Its country, which is the country of the list.
    pub country: CountryCode,
    /// What it does.
    pub kind: IssuerKind,
    /// The name people know it by.
    pub name: LocalizedText,
    /// Who answers for it.
    pub organisation: Organisation,
    /// The protocol kit that speaks with it: `oidc`, `esignet`, `claim169`.
    pub adapter: String,
    /// What that kit needs to know about it.
    pub profile: serde_json::Value,
    /// The names it gives itself in what it signs (`iss` of tokens or credentials); unique in the region.
    pub issuer_identifiers: Vec<String>,
    /// Its pinned keys. Empty when the kit takes them from the issuer's key set.
    pub keys: Vec<PublicJwk>,
    /// The `host[:port]` the hub may call, and no other.
    pub hosts: Vec<String>,
    /// The highest level it can vouch for.
    pub max_level: Level,
    /// The claims it may assert, in our normalised names.
    pub claims: BTreeSet<String>,
    /// Its status now.
    pub status: ServiceStatus,
    /// Since when.
    pub status_since: UnixTime,
    /// The periods before, newest first.
    pub history: StatusHistory,
}

impl Issuer {
    /// A granted issuer with nothing filled in but its names: set the public fields you need.
    pub fn draft(country: CountryCode, id: EntityId, kind: IssuerKind, since: UnixTime) -> Self {
        let name = LocalizedText::en(format!("{id} of {country}"));
        let organisation = Organisation::draft(country, name.clone(), &format!("{}.example", country.to_lower()));
        Self {
            id,
            country,
            kind,
            name,
            organisation,
            adapter: "oidc".to_owned(),
            profile: serde_json::json!({}),
            issuer_identifiers: Vec::new(),
            keys: Vec::new(),
            hosts: Vec::new(),
            max_level: Level::Low,
            claims: BTreeSet::new(),
            status: ServiceStatus::Granted,
            status_since: since,
            history: Vec::new(),
        }
    }

    /// Its status at `at`; `None` before it was first listed.
    pub fn status_at(&self, at: UnixTime) -> Option<ServiceStatus> {
        status_at(self.status_period(), &self.history, at)
    }

    /// Whether it is withdrawn for good.
    pub(crate) fn is_withdrawn(&self, at: UnixTime) -> bool {
        self.status_period().is_the_end(at)
    }

    pub(crate) fn status_period(&self) -> StatusPeriod {
        StatusPeriod { status: self.status, since: self.status_since }
    }
}
