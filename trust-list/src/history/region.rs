//! The region as it stood at a time.

use serde::Serialize;
use strict_jose::UnixTime;

use super::ledger::{Version, versions};
use crate::document::{DocumentPath, ListName};
use crate::publish::{Proposal, PublishError, Published, national_list, regional_list};
use crate::{CountryCode, Recognition};

/// The region at a time.
#[derive(Clone, Debug)]
pub struct Then {
    /// The newest root that had been issued.
    pub root: Option<Version>,
    /// The newest regional list.
    pub regional: Option<Version>,
    /// Its members.
    pub members: Vec<MemberThen>,
    /// The rows of its recognition matrix that were in force.
    pub recognitions: Vec<Recognition>,
}

/// A member at a time.
#[derive(Clone, Debug)]
pub struct MemberThen {
    /// Which.
    pub country: CountryCode,
    /// Its status then; none before it was admitted.
    pub status: Option<&'static str>,
    /// The newest of its lists that had been issued.
    pub list: Option<Version>,
    /// The entries of that list.
    pub entries: Vec<EntryThen>,
}

/// An entry at a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntryThen {
    /// Its id.
    pub id: String,
    /// What it is.
    pub kind: &'static str,
    /// Its status then; none before it was listed.
    pub status: Option<&'static str>,
}

/// The region as its documents of the time say it stood at `at`.
pub fn then(documents: &Published, at: UnixTime) -> Result<Then, PublishError> {
    let versions = versions(documents)?;
    let newest = |wanted: &dyn Fn(DocumentPath) -> bool| {
        let issued = versions.iter().filter(|version| version.issued <= at && wanted(version.place));
        issued.max_by_key(|version| version.place).cloned()
    };
    let root = newest(&|place| matches!(place, DocumentPath::Root(_)));
    let regional = newest(&|place| matches!(place, DocumentPath::List(ListName::Regional, _)));
    let mut then = Then { root, members: Vec::new(), recognitions: Vec::new(), regional };
    let Some(place) = then.regional.as_ref().map(|version| version.place) else { return Ok(then) };
    let list = regional_list(&document(documents, place)?)?;
    then.recognitions = list.recognitions.into_iter().filter(|row| row.in_force(at)).collect();
    for member in list.members {
        let name = ListName::Member(member.country);
        let list = newest(&|place| matches!(place, DocumentPath::List(list, _) if list == name));
        let entries = list.as_ref().map(|list| entries(documents, list.place, at)).transpose()?.unwrap_or_default();
        let status = member.status_at(at).map(crate::ServiceStatus::as_str);
        then.members.push(MemberThen { country: member.country, status, list, entries });
    }
    Ok(then)
}

fn document(documents: &Published, place: DocumentPath) -> Result<Proposal, PublishError> {
    Proposal::parse(documents.get(place).ok_or(PublishError::Missing(place))?)
}

fn entries(documents: &Published, place: DocumentPath, at: UnixTime) -> Result<Vec<EntryThen>, PublishError> {
    let list = national_list(&document(documents, place)?)?;
    let issuers = list.issuers.iter().map(|listed| &listed.entity).map(|issuer| EntryThen {
        id: issuer.id.to_string(),
        kind: issuer.kind.as_str(),
        status: issuer.status_at(at).map(crate::ServiceStatus::as_str),
    });
    let clients = list.clients.iter().map(|listed| &listed.entity).map(|client| EntryThen {
        id: client.entity.to_string(),
        kind: client.kind.as_str(),
        status: client.status_at(at).map(crate::ServiceStatus::as_str),
    });
    Ok(issuers.chain(clients).collect())
}
