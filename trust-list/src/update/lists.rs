//! Step 5: the regional list and the national lists.

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::future::join_all;
use strict_jose::{Thumbprint, UnixTime};

use super::log::{LogView, Proof};
use super::named::Named;
use super::status::Accepted;
use super::{UpdateError, is_online_key, keep_mark, mark};
use crate::document::{
    DocumentPath, ListEntry, ListName, ListProblem, LogProblem, MemberEntry, NATIONAL_LIST, NationalList,
    REGIONAL_LIST, RegionalList, Requested, Role, Root, Typ,
};
use crate::high_water::{CachedDocument, HighWater, Mark};
use crate::publisher::Publisher;
use crate::quorum::{Quorum, Signers};
use crate::verified::VerifiedList;
use crate::verified::lists::{Conflict, Lists, Member};
use crate::verified::suspensions::Suspensions;
use crate::{CountryCode, ServiceStatus};

/// The lists of one snapshot, each verified by itself.
pub(super) struct Fetched {
    pub(super) regional: Arc<RegionalList>,
    members: Vec<Member>,
    /// The documents of the snapshot for the cache.
    pub(super) documents: Vec<CachedDocument>,
}

/// Fetches and verifies the lists that the status document names.
pub(super) async fn fetch(
    root: &Root,
    status: &Accepted,
    publisher: &dyn Publisher,
    high_water: &mut HighWater,
    previous: Option<&VerifiedList>,
    now: UnixTime,
) -> Result<Fetched, UpdateError> {
    let run = Run { root, status, publisher, previous, now };
    let mut log = LogView::new(root.log(), publisher, status.recalled);
    let mut documents = Vec::new();
    let regional = run.regional(&mut log, high_water, &mut documents).await?;
    // All at once: a slow answer for one member does not delay the others.
    let found = join_all(regional.members.iter().map(|entry| run.find_national(entry, high_water))).await;
    let found = run.prove(found, &mut log, high_water).await?;
    let mut members = Vec::with_capacity(regional.members.len());
    for (entry, found) in regional.members.iter().zip(found) {
        let list = match found {
            Ok((found, proof)) => run.national(entry, found, proof, high_water, &mut documents)?,
            Err(problem) => Err(problem),
        };
        members.push(Member { entry: entry.clone(), list });
    }
    Ok(Fetched { regional, members, documents })
}

/// What stays the same during the step.
struct Run<'r> {
    root: &'r Root,
    status: &'r Accepted,
    publisher: &'r dyn Publisher,
    previous: Option<&'r VerifiedList>,
    now: UnixTime,
}

/// A list and the keys that signed it.
type Signed<L> = (L, BTreeSet<Thumbprint>);

/// A national list that the status document names.
enum Found {
    /// The one of the snapshot in force.
    Known(Arc<NationalList>),
    /// Another one.
    New(ListEntry, Named),
}

impl Run<'_> {
    async fn regional(
        &self,
        log: &mut LogView<'_>,
        high_water: &mut HighWater,
        documents: &mut Vec<CachedDocument>,
    ) -> Result<Arc<RegionalList>, UpdateError> {
        let name = ListName::Regional;
        let entry = self.entry(name).map_err(UpdateError::Regional)?;
        let path = DocumentPath::List(name, entry.sequence);
        if let Some(known) = self.known_regional(entry) {
            documents.extend([(path, None), (DocumentPath::Proof(name, entry.sequence), None)]);
            return Ok(known);
        }
        let named = Named::obtain(entry, self.publisher, high_water).await.map_err(UpdateError::Regional)?;
        let signers = self.root.signers(Role::Regional);
        let (list, signed_by) = self.read_regional(entry, &named, signers).map_err(UpdateError::Regional)?;
        let proofs = log.prove(&[entry], high_water).await?;
        let proof =
            proofs.into_iter().collect::<Result<Vec<_>, _>>().map_err(|why| UpdateError::Regional(why.into()))?;
        // 5.7 The mark is on disk before the list is used.
        self.keep_mark(high_water, name, mark(list.sequence, &list.sha256, list.issued, signed_by))?;
        documents.push((path, named.into_new()));
        documents.extend(proof.into_iter().map(|proof| (DocumentPath::Proof(name, list.sequence), proof)));
        Ok(Arc::new(list))
    }

    /// 5.6 What is new must be in the log.
    async fn prove(
        &self,
        found: Vec<Result<Found, ListProblem>>,
        log: &mut LogView<'_>,
        high_water: &mut HighWater,
    ) -> Result<Vec<Result<(Found, Proof), ListProblem>>, UpdateError> {
        let new = found.iter().filter_map(|found| match found {
            Ok(Found::New(entry, _)) => Some(entry),
            _ => None,
        });
        let mut proofs = log.prove(&new.collect::<Vec<_>>(), high_water).await?.into_iter();
        let with_proof = |found: Result<Found, ListProblem>| match found? {
            known @ Found::Known(_) => Ok((known, None)),
            new @ Found::New(..) => Ok((new, proofs.next().unwrap_or(Err(LogProblem::NoCheckpoint))?)),
        };
        Ok(found.into_iter().map(with_proof).collect())
    }

    fn read_regional(
        &self,
        entry: &ListEntry,
        named: &Named,
        signers: &Signers,
    ) -> Result<Signed<RegionalList>, ListProblem> {
        let (signed, signed_by) = named.authenticate(signers, Typ::Regional)?;
        let location = self.root.regional_location();
        let requested = self.requested(REGIONAL_LIST, self.root.document().region, &location, entry);
        Ok((RegionalList::read(signed.payload(), &requested, entry.sha256.clone())?, signed_by))
    }

    async fn find_national(&self, member: &MemberEntry, high_water: &HighWater) -> Result<Found, ListProblem> {
        let entry = self.entry(ListName::Member(member.country))?;
        if let Some(known) = self.known_national(member, entry) {
            return Ok(Found::Known(known));
        }
        let named = Named::obtain(entry, self.publisher, high_water).await?;
        Ok(Found::New(entry.clone(), named))
    }

    /// One national list: the outer error stops the update, the inner one disables the member.
    fn national(
        &self,
        member: &MemberEntry,
        found: Found,
        proof: Proof,
        high_water: &mut HighWater,
        documents: &mut Vec<CachedDocument>,
    ) -> Result<Result<Arc<NationalList>, ListProblem>, UpdateError> {
        let name = ListName::Member(member.country);
        let named = match found {
            Found::New(_, named) => named,
            Found::Known(known) => {
                let (list, proof) =
                    (DocumentPath::List(name, known.sequence), DocumentPath::Proof(name, known.sequence));
                documents.extend([(list, None), (proof, None)]);
                return Ok(Ok(known));
            }
        };
        let read = member_signers(self.root, member).and_then(|signers| {
            let seen = high_water.marks().list(name, &signers).filter(|_| !self.status.recalled);
            self.read_national(member, &named, &signers, seen)
        });
        let (list, signed_by) = match read {
            Ok(read) => read,
            Err(problem) => return Ok(Err(problem)),
        };
        // 5.7 The mark is on disk before the list is used.
        self.keep_mark(high_water, name, mark(list.sequence, &list.sha256, list.issued, signed_by))?;
        documents.push((DocumentPath::List(name, list.sequence), named.into_new()));
        documents.push((DocumentPath::Proof(name, list.sequence), proof));
        Ok(Ok(Arc::new(list)))
    }

    fn read_national(
        &self,
        member: &MemberEntry,
        named: &Named,
        signers: &Signers,
        seen: Option<&Mark>,
    ) -> Result<Signed<NationalList>, ListProblem> {
        let entry = self.entry(ListName::Member(member.country))?;
        not_regressed(entry, seen, self.now)?;
        let (signed, signed_by) = named.authenticate(signers, Typ::National)?;
        let requested = self.requested(NATIONAL_LIST, member.country, &member.location, entry);
        let list = NationalList::read(signed.payload(), &requested, &member.permitted_hosts, entry.sha256.clone())?;
        Ok((list, signed_by))
    }

    /// A snapshot recalled from disk is older than its marks, perhaps, and lowers none.
    fn keep_mark(&self, high_water: &mut HighWater, name: ListName, mark: Mark) -> Result<(), UpdateError> {
        if self.status.recalled { Ok(()) } else { keep_mark(high_water, Some(name), mark) }
    }

    /// The list of the snapshot in force, when it is the same and the same root says who signs it.
    fn known_regional(&self, entry: &ListEntry) -> Option<Arc<RegionalList>> {
        let previous = self.previous.filter(|list| list.facts.root_version == self.root.version())?;
        let known = &previous.lists.regional;
        (known.sha256 == entry.sha256 && self.now < known.next_update).then(|| Arc::clone(known))
    }

    /// The list of the snapshot in force, when it is the same and the regional list says the same of its member.
    fn known_national(&self, member: &MemberEntry, entry: &ListEntry) -> Option<Arc<NationalList>> {
        let previous = self.previous.filter(|list| list.facts.root_version == self.root.version())?;
        let before = previous.lists.member(member.country).filter(|before| before.entry == *member)?;
        let known = before.list.as_ref().ok()?;
        (known.sha256 == entry.sha256 && self.now < known.next_update).then(|| Arc::clone(known))
    }

    fn entry(&self, name: ListName) -> Result<&ListEntry, ListProblem> {
        self.status.content.list(name).ok_or(ListProblem::NotInStatus)
    }

    fn requested<'q>(
        &self,
        lote_type: &'static str,
        territory: CountryCode,
        distribution_point: &'q str,
        entry: &ListEntry,
    ) -> Requested<'q> {
        Requested { lote_type, territory, distribution_point, sequence: entry.sequence, now: self.now }
    }
}

/// 5.4 The signers that the regional list pins for a member. An online key is none: it could admit.
fn member_signers(root: &Root, entry: &MemberEntry) -> Result<Signers, ListProblem> {
    if let Some(key) = entry.signers.iter().find(|key| is_online_key(root, key)) {
        return Err(ListProblem::OnlineSigner(key.thumbprint().clone()));
    }
    let keys = entry.signers.iter().map(|key| (key, entry.country));
    Signers::new(keys, Quorum { threshold: entry.threshold, countries: 1 })
        .map_err(|error| ListProblem::WrongForm(format!("a signer of {}: {error}", entry.country)))
}

/// 5.5 TUF §5.6.5: not lower than what was seen of this list.
fn not_regressed(entry: &ListEntry, seen: Option<&Mark>, now: UnixTime) -> Result<(), ListProblem> {
    seen.map_or(Ok(()), |mark| mark.judge(entry.sequence, &entry.sha256, now)).map_err(ListProblem::Regressed)
}

/// The members whose lists count: admitted and not suspended as a whole.
pub(crate) fn active(regional: &RegionalList, suspensions: &Suspensions, now: UnixTime) -> BTreeSet<CountryCode> {
    let granted = |entry: &&MemberEntry| {
        entry.status_at(now) == Some(ServiceStatus::Granted) && suspensions.check_member(entry.country, now).is_ok()
    };
    regional.members.iter().filter(granted).map(|entry| entry.country).collect()
}

impl Fetched {
    /// 7. Joins the lists, or takes those of the snapshot in force when all are the same.
    pub(super) fn join(
        &mut self,
        suspensions: &Suspensions,
        previous: Option<&VerifiedList>,
        now: UnixTime,
    ) -> Result<Arc<Lists>, Conflict> {
        let active = active(&self.regional, suspensions, now);
        if let Some(known) = previous.map(|list| &list.lists).filter(|known| self.is_same(known, &active)) {
            return Ok(Arc::clone(known));
        }
        let members = std::mem::take(&mut self.members);
        Lists::join(Arc::clone(&self.regional), members, active, now).map(Arc::new)
    }

    fn is_same(&self, known: &Lists, active: &BTreeSet<CountryCode>) -> bool {
        let same_list = |(ours, theirs): (&Member, &Member)| match (&ours.list, &theirs.list) {
            (Ok(ours), Ok(theirs)) => Arc::ptr_eq(ours, theirs),
            (ours, theirs) => ours.as_ref().err() == theirs.as_ref().err(),
        };
        Arc::ptr_eq(&self.regional, &known.regional)
            && *active == known.active
            && self.members.iter().zip(&known.members).all(same_list)
    }
}
