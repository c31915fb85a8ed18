//! What a document must keep to be published: the same as clients will check, as far as it can be known here.

use std::sync::Arc;

use strict_jose::UnixTime;

use super::draft::OwnWords;
use super::{Proposal, PublishError, Published};
use crate::document::{
    DocumentPath, ListName, ListProblem, NATIONAL_LIST, NationalList, REGIONAL_LIST, RegionalList, Role, Root,
    RootProblem, SuspensionOrder, Typ,
};
use crate::quorum::{Quorum, QuorumNotMet, Signers, Tally};
use crate::update::{active, suspensions};
use crate::verified::lists::{Lists, Member};
use crate::verified::suspensions::Suspensions;

impl Published {
    /// The first root needs its own quorum; the next also that of the root before.
    pub(super) fn check_root(&self, proposal: &Proposal) -> Result<DocumentPath, PublishError> {
        let root = Root::read(proposal.document())?;
        match self.root() {
            Ok(current) => current.require_successor(&root, proposal.document())?,
            Err(_) => root.require_own_quorum(proposal.document())?,
        }
        Ok(DocumentPath::Root(root.version()))
    }

    pub(super) fn check_regional(&self, proposal: &Proposal) -> Result<DocumentPath, PublishError> {
        let root = self.root()?;
        proposal.tally(root.signers(Role::Regional)).require()?;
        let list = regional_list(proposal)?;
        self.next_in_line(ListName::Regional, list.sequence)
    }

    /// A national list is signed by the signers that the newest regional list pins.
    pub(super) fn check_national(&self, proposal: &Proposal) -> Result<DocumentPath, PublishError> {
        let list = national_list(proposal)?;
        let name = ListName::Member(list.country);
        proposal.tally(&self.member_signers(name)?).require()?;
        self.next_in_line(name, list.sequence)
    }

    /// Everybody who may sign a proposal.
    pub fn may_sign(&self, proposal: &Proposal) -> Result<Vec<Signers>, PublishError> {
        self.quorums(proposal).map(|quorums| quorums.into_iter().map(|(_, signers)| signers).collect())
    }

    /// Who signed a proposal, counted against each quorum that it needs. A suspension order needs one of its two.
    pub fn tallies(&self, proposal: &Proposal) -> Result<Vec<(&'static str, Tally)>, PublishError> {
        let quorums = self.quorums(proposal)?;
        Ok(quorums.into_iter().map(|(label, signers)| (label, proposal.tally(&signers))).collect())
    }

    fn quorums(&self, proposal: &Proposal) -> Result<Vec<(&'static str, Signers)>, PublishError> {
        let of_root = |role| Ok::<_, PublishError>(self.root()?.signers(role).clone());
        Ok(match proposal.kind() {
            Typ::Root => {
                let own = Root::read(proposal.document())?.signers(Role::Root).clone();
                let before = of_root(Role::Root).ok().map(|before| ("the root before it", before));
                before.into_iter().chain([("its own keys", own)]).collect()
            }
            Typ::Regional => vec![("the regulators", of_root(Role::Regional)?)],
            Typ::Status => vec![("the online keys", of_root(Role::Status)?)],
            Typ::National => vec![("the member's signers", self.member_signers(proposal.list_name()?)?)],
            Typ::Suspension => self.order_quorums(proposal)?,
        })
    }

    fn order_quorums(&self, proposal: &Proposal) -> Result<Vec<(&'static str, Signers)>, PublishError> {
        let order: SuspensionOrder = serde_json::from_slice(proposal.payload())?;
        let root = self.root()?;
        let regulators = root.document().keys.iter().filter(|key| key.roles.contains(&Role::Regional));
        let regulators = regulators.map(|key| (&key.key, key.country));
        let signers = |keys: Vec<_>, quorum| Signers::new(keys, quorum).map_err(RootProblem::from);
        let any = signers(regulators.clone().collect(), Quorum { threshold: 2, countries: 2 })?;
        let one = Quorum { threshold: 1, countries: 1 };
        let own = signers(regulators.filter(|(_, country)| *country == order.target.country).collect(), one)?;
        let listed = self.member_signers(ListName::Member(order.target.country)).ok().map(|own| own.with_quorum(one));
        let alone = [Some(own), listed].into_iter().flatten().map(|own| ("the member itself", own));
        Ok(std::iter::once(("two regulators of two countries", any)).chain(alone).collect())
    }

    /// The signers of a list, as the newest root or regional list names them.
    pub fn signers_of(&self, name: ListName) -> Result<Signers, PublishError> {
        match name {
            ListName::Regional => Ok(self.root()?.signers(Role::Regional).clone()),
            ListName::Member(_) => self.member_signers(name),
        }
    }

    /// The newest lists that the newest root and regional list no longer let their signatures carry: clients would
    /// refuse them. That happens when signers change and nobody signs the list anew.
    pub fn misfits(&self) -> Result<Vec<(ListName, QuorumNotMet)>, PublishError> {
        let mut misfits = Vec::new();
        for name in self.names() {
            let (_, newest) = self.list(name)?;
            let refused = match self.signers_of(name) {
                Ok(signers) => newest.tally(&signers).require().err(),
                // A list of a country that the regional list does not name is not published to anybody.
                Err(PublishError::NoSuchList(_)) => None,
                Err(error) => return Err(error),
            };
            misfits.extend(refused.map(|quorum| (name, quorum)));
        }
        Ok(misfits)
    }

    /// Refuses newest lists that contradict one another: two members that claim one identifier or host. Members that
    /// the regional list or an order suspends are not held to it, as clients do not hold them to it.
    pub fn require_agreement(&self, now: UnixTime) -> Result<(), PublishError> {
        let Some(regional) = self.regional()? else { return Ok(()) };
        let suspended = match self.status() {
            Ok(status) => suspensions(&self.root()?, &status, &regional, now),
            Err(_) => Suspensions::default(),
        };
        let mut members = Vec::new();
        for entry in &regional.members {
            let list = self.list(ListName::Member(entry.country)).and_then(|(_, list)| national_list(&list));
            // A list that is not there yet contradicts nothing.
            let list = list.map(Arc::new).map_err(|_| ListProblem::Missing);
            members.push(Member { entry: entry.clone(), list });
        }
        let active = active(&regional, &suspended, now);
        let joined = Lists::join(Arc::new(regional), members, active, now)?;
        let disabled = joined.members.iter().find_map(|member| match &member.list {
            Err(problem @ ListProblem::HostOfAnother { .. }) => Some((member.entry.country, problem.clone())),
            _ => None,
        });
        disabled.map_or(Ok(()), |(country, problem)| Err(PublishError::MemberDisabled { country, problem }))
    }

    fn member_signers(&self, name: ListName) -> Result<Signers, PublishError> {
        let regional = self.regional()?.ok_or(PublishError::NoSuchList(ListName::Regional))?;
        let member = regional.members.iter().find(|member| ListName::Member(member.country) == name);
        let member = member.ok_or(PublishError::NoSuchList(name))?;
        let keys = member.signers.iter().map(|key| (key, member.country));
        let quorum = Quorum { threshold: member.threshold, countries: 1 };
        Ok(Signers::new(keys, quorum).map_err(RootProblem::from)?)
    }

    /// Numbers rise, and a number that is taken is never given to other bytes.
    fn next_in_line(&self, name: ListName, sequence: u64) -> Result<DocumentPath, PublishError> {
        match self.list(name) {
            Ok((newest, _)) if sequence <= newest => Err(PublishError::NumberTaken { sequence, newest }),
            _ => Ok(DocumentPath::List(name, sequence)),
        }
    }
}

/// The content of a regional list.
pub(crate) fn regional_list(proposal: &Proposal) -> Result<RegionalList, PublishError> {
    let own = OwnWords::of(proposal.payload())?;
    Ok(RegionalList::read(proposal.payload(), &own.requested(REGIONAL_LIST), String::new())?)
}

/// The content of a national list. What the regional list permits its hosts is for clients to check.
pub(crate) fn national_list(proposal: &Proposal) -> Result<NationalList, PublishError> {
    let own = OwnWords::of(proposal.payload())?;
    Ok(NationalList::read(proposal.payload(), &own.requested(NATIONAL_LIST), &[], String::new())?)
}
