//! The verified snapshot and what can be asked of it.

mod checks;
mod explain;
mod hosts;
pub(crate) mod keys;
pub(crate) mod lists;
mod not_trusted;
pub(crate) mod suspensions;
mod texts;
mod trusted;
mod view;

use std::sync::Arc;

use strict_jose::UnixTime;

pub use explain::{Explanation, Outcome, Rule};
pub use lists::Conflict;
pub use not_trusted::NotTrusted;
pub use suspensions::{SuspensionInForce, SuspensionSigner};
pub use trusted::{IssuerQuery, TrustedClient, TrustedIssuer};
pub use view::{ListView, MemberView};

use crate::document::NationalList;
use crate::update::Notice;
use crate::{CountryCode, EntityId, Recognition};
use explain::{Recorder, Silent, Trace};
use lists::{Lists, Member};
use suspensions::Suspensions;

/// Root, regional list, national lists and status of one moment, every signature checked.
///
/// Only [`crate::update`] makes one; an offline [`crate::export::Bundle`] keeps one inside. It never changes: a newer one takes its place whole, and whoever began with this
/// one ends with it.
pub struct VerifiedList {
    pub(crate) facts: Facts,
    pub(crate) lists: Arc<Lists>,
    pub(crate) suspensions: Suspensions,
    notices: Vec<Notice>,
    anchors: usize,
}

/// What the documents say of themselves.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub(crate) region: CountryCode,
    pub(crate) root_version: u64,
    pub(crate) status_version: u64,
    pub(crate) status_digest: String,
    pub(crate) issued: UnixTime,
    /// The earliest of the ends of root, status and regional list.
    pub(crate) expires: UnixTime,
    /// The same without the status: how long the offline signatures hold.
    pub(crate) vouched_until: UnixTime,
}

impl VerifiedList {
    pub(crate) fn new(
        facts: Facts,
        lists: Arc<Lists>,
        suspensions: Suspensions,
        notices: Vec<Notice>,
        now: UnixTime,
    ) -> Self {
        let mut list = Self { facts, lists, suspensions, notices, anchors: 0 };
        list.anchors = list.count_anchors(now);
        list
    }

    /// The issuer asked for, if every rule allows it as of `q.at`.
    pub fn trusted_issuer(&self, q: &IssuerQuery<'_>) -> Result<TrustedIssuer<'_>, NotTrusted> {
        match q.service {
            Some(id) => self.decide_issuer(q, Some(id), &mut Silent),
            None => self.first_trusted_issuer(q),
        }
    }

    /// The client of that identifier, if every rule allows it as of `at`.
    pub fn trusted_client(&self, client_id: &str, at: UnixTime) -> Result<TrustedClient<'_>, NotTrusted> {
        self.decide_client(client_id, at, &mut Silent)
    }

    /// Every check of [`VerifiedList::trusted_issuer`] with its result.
    pub fn explain_issuer(&self, q: &IssuerQuery<'_>) -> Explanation {
        let chosen = self.trusted_issuer(q).ok().map(|trusted| &trusted.issuer().id);
        let first = || self.candidates(q).next();
        let mut recorder = Recorder::default();
        let _ = self.decide_issuer(q, q.service.or(chosen).or_else(first), &mut recorder);
        recorder.finish(&explain::ISSUER)
    }

    /// Every check of [`VerifiedList::trusted_client`] with its result.
    pub fn explain_client(&self, client_id: &str, at: UnixTime) -> Explanation {
        let mut recorder = Recorder::default();
        let _ = self.decide_client(client_id, at, &mut recorder);
        recorder.finish(&explain::CLIENT)
    }

    /// Country and id of the issuer that signs as `iss`. What an assertion says of its country is never asked.
    ///
    /// This says who it is, not that it is trusted: go on with [`VerifiedList::trusted_issuer`].
    pub fn issuer_by_identifier(&self, iss: &str) -> Option<(&CountryCode, &EntityId)> {
        self.lists.issuer_by_identifier(iss).map(|listed| (&listed.entity.country, &listed.entity.id))
    }

    fn decide_issuer<'l>(
        &'l self,
        q: &IssuerQuery<'_>,
        id: Option<&EntityId>,
        trace: &mut impl Trace,
    ) -> Result<TrustedIssuer<'l>, NotTrusted> {
        let member = trace.step(Rule::CountryListed, self.lists.member(q.country).ok_or(NotTrusted::UnknownCountry))?;
        let national = self.list_in_force(member, q.at, trace)?;
        let listed = trace.step(Rule::ServiceListed, checks::service_listed(national, q.kind, id))?;
        let issuer = &listed.entity;
        trace.step(Rule::ServiceGranted, checks::service_granted(issuer.status_at(q.at)))?;
        let not_suspended = self.suspensions.check_entity(issuer.country, &issuer.id, q.at);
        trace.step(Rule::ServiceNotSuspendedByOrder, not_suspended)?;
        let rows = trace.step(Rule::Recognised, self.rows(q))?;
        let recognition = trace.step(Rule::RecognitionInForce, checks::recognition_in_force(&rows, q.at))?;
        let highest = self.suspensions.highest_level(issuer.country, &issuer.id, q.at);
        let ceiling = checks::level_reachable(issuer, recognition, highest, q.level);
        let ceiling = trace.step(Rule::LevelReachable, ceiling)?;
        Ok(TrustedIssuer { list: self, listed, recognition, ceiling, at: q.at })
    }

    fn decide_client(
        &self,
        client_id: &str,
        at: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<TrustedClient<'_>, NotTrusted> {
        let (member, listed) = trace.step(Rule::ClientListed, self.lists.client(client_id))?;
        self.list_in_force(member, at, trace)?;
        let client = &listed.entity;
        trace.step(Rule::ServiceGranted, checks::service_granted(client.status_at(at)))?;
        let not_suspended = self.suspensions.check_entity(client.country, &client.entity, at);
        trace.step(Rule::ServiceNotSuspendedByOrder, not_suspended)?;
        Ok(TrustedClient { list: self, listed, at })
    }

    /// The list of a member that may speak at `at`.
    fn list_in_force<'l>(
        &'l self,
        member: &'l Member,
        at: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<&'l NationalList, NotTrusted> {
        trace.step(Rule::MemberAdmitted, checks::member_admitted(member, at))?;
        let not_suspended = self.suspensions.check_member(member.entry.country, at);
        trace.step(Rule::MemberNotSuspendedByOrder, not_suspended)?;
        let list = trace.step(Rule::MemberListUsable, checks::list_usable(member))?;
        trace.step(Rule::MemberListCurrent, checks::list_current(list, self.facts.expires, at))?;
        Ok(list)
    }

    /// The rows about the two countries and the purpose of `q`.
    fn rows(&self, q: &IssuerQuery<'_>) -> Result<Vec<&Recognition>, NotTrusted> {
        let rows = self.lists.recognitions(q.recogniser, q.country).filter(|row| row.purpose == *q.purpose);
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() { Err(NotTrusted::NotRecognised) } else { Ok(rows) }
    }

    fn first_trusted_issuer(&self, q: &IssuerQuery<'_>) -> Result<TrustedIssuer<'_>, NotTrusted> {
        let mut first_refusal = None;
        for id in self.candidates(q) {
            match self.decide_issuer(q, Some(id), &mut Silent) {
                Ok(trusted) => return Ok(trusted),
                Err(refusal) => first_refusal = first_refusal.or(Some(refusal)),
            }
        }
        match first_refusal {
            Some(refusal) => Err(refusal),
            // No such service: the checks before that one may say more.
            None => self.decide_issuer(q, None, &mut Silent),
        }
    }

    /// The ids of the services of that country and kind.
    fn candidates(&self, q: &IssuerQuery<'_>) -> impl Iterator<Item = &EntityId> {
        let list = self.lists.member(q.country).and_then(|member| member.list.as_ref().ok());
        let kind = q.kind;
        let issuers = list.into_iter().flat_map(|list| &list.issuers).map(|listed| &listed.entity);
        issuers.filter(move |issuer| issuer.kind == kind).map(|issuer| &issuer.id)
    }

    /// The issuers that could be trusted by someone at `now`.
    fn count_anchors(&self, now: UnixTime) -> usize {
        let usable = |member| self.list_in_force(member, now, &mut Silent).ok();
        let issuers = self.lists.members.iter().filter_map(usable).flat_map(|list| &list.issuers);
        let granted = |issuer: &&crate::Issuer| {
            checks::service_granted(issuer.status_at(now)).is_ok()
                && self.suspensions.check_entity(issuer.country, &issuer.id, now).is_ok()
        };
        issuers.map(|listed| &listed.entity).filter(granted).count()
    }

    /// How many issuers there were to trust when the list was verified. With none the list is not in force.
    pub fn anchor_count(&self) -> usize {
        self.anchors
    }

    /// What an operator should see, although the list is good.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }
}
