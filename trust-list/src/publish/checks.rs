//! What a document must keep to be published: the same as clients will check, as far as it can be known here.

use super::draft::OwnWords;
use super::{Proposal, PublishError, Published};
use crate::document::{
    DocumentPath, ListName, NATIONAL_LIST, NationalList, REGIONAL_LIST, RegionalList, Role, Root, RootProblem,
};
use crate::quorum::{Quorum, Signers};

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
        let own = OwnWords::of(proposal.payload())?;
        let requested = own.requested(NATIONAL_LIST);
        let name = ListName::Member(requested.territory);
        let signers = self.member_signers(name)?;
        proposal.tally(&signers).require()?;
        let list = NationalList::read(proposal.payload(), &requested, &[], String::new())?;
        self.next_in_line(name, list.sequence)
    }

    /// The signers of a list, as the newest root or regional list names them.
    pub fn signers_of(&self, name: ListName) -> Result<Signers, PublishError> {
        match name {
            ListName::Regional => Ok(self.root()?.signers(Role::Regional).clone()),
            ListName::Member(_) => self.member_signers(name),
        }
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
pub(super) fn regional_list(proposal: &Proposal) -> Result<RegionalList, PublishError> {
    let own = OwnWords::of(proposal.payload())?;
    Ok(RegionalList::read(proposal.payload(), &own.requested(REGIONAL_LIST), String::new())?)
}
