//! Who signed a proposal, and who still can.

use serde::Serialize;
use strict_jose::{PublicJwk, Thumbprint};

use crate::document::{MemberEntry, Root, RootKey, Typ};
use crate::publish::{Proposal, PublishError, Published};
use crate::{CountryCode, Tally};

/// One quorum that a proposal needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct QuorumReview {
    /// Whose quorum, as [`Published::tallies`] calls it.
    pub by: &'static str,
    /// Who signed.
    pub signed: Vec<Signatory>,
    /// Who has not signed and may.
    pub open: Vec<Signatory>,
    /// How many countries signed.
    pub countries: usize,
    /// Signatures needed.
    pub threshold: usize,
    /// Countries needed.
    pub countries_needed: usize,
    /// How many signatures are missing at least.
    pub missing: usize,
}

/// A key and who holds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Signatory {
    /// The country it belongs to.
    pub country: CountryCode,
    /// Who holds it.
    pub holder: String,
    /// The key.
    pub key: Thumbprint,
}

/// Every quorum that `proposal` needs under the published documents. A suspension order needs one of its quorums only.
pub fn signatures(documents: &Published, proposal: &Proposal) -> Result<Vec<QuorumReview>, PublishError> {
    let tallies = documents.tallies(proposal)?;
    let known = known_keys(documents, proposal);
    Ok(tallies.into_iter().map(|(by, tally)| review(by, &tally, &known)).collect())
}

fn review(by: &'static str, tally: &Tally, known: &[Signatory]) -> QuorumReview {
    let named = |keys: &[Thumbprint]| {
        let known = keys.iter().filter_map(|key| known.iter().find(|known| known.key == *key).cloned());
        let mut named: Vec<Signatory> = known.collect();
        named.sort();
        named
    };
    QuorumReview {
        by,
        signed: named(&tally.signed),
        open: named(&tally.open),
        countries: tally.countries.len(),
        threshold: tally.quorum.threshold,
        countries_needed: tally.quorum.countries,
        missing: tally.missing(),
    }
}

/// The keys of the proposed root, of the newest one, and of the members' lists.
fn known_keys(documents: &Published, proposal: &Proposal) -> Vec<Signatory> {
    let proposed = (proposal.kind() == Typ::Root).then(|| Root::read(proposal.document()).ok()).flatten();
    let roots = proposed.into_iter().chain(documents.root().ok());
    let mut known: Vec<Signatory> = roots.flat_map(|root| of_root(&root)).collect();
    known.extend(of_members(documents));
    known
}

/// Every key of a root with its holder.
fn of_root(root: &Root) -> Vec<Signatory> {
    root.document().keys.iter().map(Signatory::of_root_key).collect()
}

impl Signatory {
    /// A key of a root with its holder.
    pub(crate) fn of_root_key(known: &RootKey) -> Self {
        let RootKey { key, holder, country, .. } = known;
        Self { key: key.thumbprint().clone(), holder: holder.clone(), country: *country }
    }

    /// A key that signs a member's list, held by the operator of that list.
    pub(crate) fn of_member(member: &MemberEntry, key: &PublicJwk) -> Self {
        let holder = member.operator.pick::<&str>(&[]).to_owned();
        Self { key: key.thumbprint().clone(), holder, country: member.country }
    }
}

/// Every key that signs a national list.
fn of_members(documents: &Published) -> Vec<Signatory> {
    let members = documents.members().unwrap_or_default();
    let signers = |member: &MemberEntry| -> Vec<Signatory> {
        member.signers.iter().map(|key| Signatory::of_member(member, key)).collect()
    };
    members.iter().flat_map(signers).collect()
}
