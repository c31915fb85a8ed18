//! The regional list and the national lists of one snapshot, joined and indexed.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use strict_jose::UnixTime;

use super::keys::Listed;
use super::{NotTrusted, hosts};
use crate::document::{ListProblem, MemberEntry, NationalList, RegionalList};
use crate::{Client, CountryCode, Issuer, Recognition};

/// The lists of one snapshot. Shared between snapshots as long as no list changes, so that a fresh status document
/// costs nothing here.
pub(crate) struct Lists {
    pub(crate) regional: Arc<RegionalList>,
    pub(crate) members: Vec<Member>,
    /// The members whose lists count: admitted and not suspended when the lists were joined.
    pub(crate) active: BTreeSet<CountryCode>,
    by_country: HashMap<CountryCode, usize>,
    issuers: HashMap<String, (usize, usize)>,
    clients: HashMap<String, (usize, usize)>,
    recognitions: HashMap<(CountryCode, CountryCode), Vec<usize>>,
}

/// A member: what the regional list says of it, and its own list or why that cannot be used.
pub(crate) struct Member {
    pub(crate) entry: MemberEntry,
    pub(crate) list: Result<Arc<NationalList>, ListProblem>,
}

/// Two countries' lists claim one identifier, so neither can be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{identifier:?} is claimed by {first} and by {second}")]
pub struct Conflict {
    /// The issuer identifier or client identifier.
    pub identifier: String,
    /// One country.
    pub first: CountryCode,
    /// The other.
    pub second: CountryCode,
}

impl Lists {
    /// Joins the lists of a region. `members` are in the order of the regional list.
    pub(crate) fn join(
        regional: Arc<RegionalList>,
        mut members: Vec<Member>,
        active: BTreeSet<CountryCode>,
        now: UnixTime,
    ) -> Result<Self, Conflict> {
        hosts::refuse_trespassers(&mut members, &active);
        let by_country = members.iter().enumerate().map(|(at, member)| (member.entry.country, at)).collect();
        let mut recognitions: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, row) in regional.recognitions.iter().enumerate() {
            recognitions.entry((row.recogniser, row.recognised)).or_default().push(at);
        }
        let (issuers, clients) = (HashMap::new(), HashMap::new());
        let mut lists = Self { regional, members, active, by_country, issuers, clients, recognitions };
        lists.index_identifiers(now)?;
        if hosts::refuse_disputed(&mut lists.members, &lists.active) {
            lists.index_identifiers(now)?;
        }
        Ok(lists)
    }

    /// Identifiers are unique in the region. Only active members are held to it, and only what they have not
    /// withdrawn: suspending the member that claims what is not its own cures the region.
    fn index_identifiers(&mut self, now: UnixTime) -> Result<(), Conflict> {
        let mut issuers = Claims::default();
        let mut clients = Claims::default();
        for (at, member) in self.members.iter().enumerate() {
            let Ok(list) = &member.list else { continue };
            let weight = |withdrawn| match (self.active.contains(&list.country), withdrawn) {
                (true, false) => Weight::Binding,
                (true, true) => Weight::Withdrawn,
                (false, _) => Weight::Inactive,
            };
            for (place, listed) in list.issuers.iter().enumerate() {
                let weight = weight(listed.entity.is_withdrawn(now));
                for identifier in &listed.entity.issuer_identifiers {
                    issuers.claim(identifier, Claim { country: list.country, place: (at, place), weight })?;
                }
            }
            for (place, listed) in list.clients.iter().enumerate() {
                let weight = weight(listed.entity.is_withdrawn(now));
                let claim = Claim { country: list.country, place: (at, place), weight };
                clients.claim(&listed.entity.client_id, claim)?;
            }
        }
        (self.issuers, self.clients) = (issuers.into_index(), clients.into_index());
        Ok(())
    }

    pub(crate) fn member(&self, country: CountryCode) -> Option<&Member> {
        self.by_country.get(&country).and_then(|at| self.members.get(*at))
    }

    pub(crate) fn issuer_by_identifier(&self, identifier: &str) -> Option<&Listed<Issuer>> {
        let (member, place) = self.issuers.get(identifier)?;
        self.members.get(*member)?.list.as_ref().ok()?.issuers.get(*place)
    }

    pub(crate) fn client(&self, client_id: &str) -> Result<(&Member, &Listed<Client>), NotTrusted> {
        let found = self.clients.get(client_id).and_then(|(member, place)| {
            let member = self.members.get(*member)?;
            Some((member, member.list.as_ref().ok()?.clients.get(*place)?))
        });
        found.ok_or(NotTrusted::UnknownClient)
    }

    /// The rows by which `recogniser` recognises `accepted`, whatever the purpose.
    pub(crate) fn recognitions(
        &self,
        recogniser: CountryCode,
        accepted: CountryCode,
    ) -> impl Iterator<Item = &Recognition> {
        let places = self.recognitions.get(&(recogniser, accepted)).into_iter().flatten();
        places.filter_map(|at| self.regional.recognitions.get(*at))
    }
}

/// Who claims which identifier.
#[derive(Default)]
struct Claims<'a>(HashMap<&'a str, Claim>);

struct Claim {
    country: CountryCode,
    place: (usize, usize),
    weight: Weight,
}

/// Of two claims the heavier one is found; two binding ones of two countries contradict one another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    Inactive,
    Withdrawn,
    Binding,
}

impl<'a> Claims<'a> {
    /// Inside one list no two binding claims meet: it would have been refused when it was read.
    fn claim(&mut self, identifier: &'a str, claim: Claim) -> Result<(), Conflict> {
        let Some(earlier) = self.0.get(identifier) else {
            self.0.insert(identifier, claim);
            return Ok(());
        };
        if claim.weight == Weight::Binding && earlier.weight == Weight::Binding && claim.country != earlier.country {
            return Err(Conflict { identifier: identifier.to_owned(), first: earlier.country, second: claim.country });
        }
        if claim.weight > earlier.weight {
            self.0.insert(identifier, claim);
        }
        Ok(())
    }

    fn into_index(self) -> HashMap<String, (usize, usize)> {
        self.0.into_iter().map(|(identifier, claim)| (identifier.to_owned(), claim.place)).collect()
    }
}
