//! Making a bundle.

use std::collections::BTreeSet;

use strict_jose::{DocumentSigner, SignedDocument, UnixTime, deflate};

use super::wire::{Content, Entry, FORMAT, ListReference, Member};
use super::{Bundle, BundleProblem, Pinned};
use crate::document::ListName;
use crate::document::vocabulary::BUNDLE_TYP;
use crate::export::ExportError;
use crate::verified::lists;
use crate::{CountryCode, Recognition, VerifiedList};

/// A bundle while it is signed.
#[derive(Debug)]
pub struct BundleDraft {
    document: SignedDocument,
    pinned: Pinned,
    now: UnixTime,
}

impl BundleDraft {
    /// What the devices of `recogniser` need of `region`, for `life` seconds from `now`; shorter where the regional list
    /// or the root end before.
    pub fn new(region: &VerifiedList, recogniser: CountryCode, now: UnixTime, life: i64) -> Result<Self, ExportError> {
        let unknown = BundleProblem::NoSuchRecogniser(recogniser);
        let member = region.member(recogniser).filter(|member| member.disabled(now).is_none()).ok_or(unknown)?;
        let pinned = Pinned {
            region: region.region(),
            recogniser,
            signers: member.signers().to_vec(),
            threshold: member.threshold(),
            seen: None,
        };
        let content = serde_json::to_vec(&content(region, pinned.clone(), now, life))?;
        let compressed = deflate::deflate(&content).map_err(BundleProblem::from)?;
        Ok(Self { document: SignedDocument::new(compressed), pinned, now })
    }

    /// What devices of the country pin.
    pub fn pinned(&self) -> &Pinned {
        &self.pinned
    }

    /// Adds a signature.
    pub fn sign(&mut self, signer: &dyn DocumentSigner) -> Result<(), ExportError> {
        let added = self.document.sign_with(signer, BUNDLE_TYP, self.now);
        added.map(drop).map_err(|error| BundleProblem::NotSigned(error.to_string()).into())
    }

    /// The file, if a device would accept it.
    pub fn finish(self) -> Result<Vec<u8>, ExportError> {
        let bytes = self.document.to_json_bytes();
        Bundle::verify(&bytes, &self.pinned, self.now)?;
        Ok(bytes)
    }
}

fn content(region: &VerifiedList, pinned: Pinned, now: UnixTime, life: i64) -> Content {
    let recognitions = rows(region, pinned.recogniser, now);
    let recognised: BTreeSet<CountryCode> = recognitions.iter().map(|row| row.recognised).collect();
    let about = |member: &&lists::Member| recognised.contains(&member.entry.country) && member.list.is_ok();
    let members: Vec<&lists::Member> = region.lists.members.iter().filter(about).collect();
    let suspensions = region.suspensions().iter().filter(|order| recognised.contains(&order.target.country));
    Content {
        format: FORMAT,
        sequence: region.sequence(),
        status_sha256: region.digest().to_owned(),
        root_version: region.root_version(),
        issued: now,
        expires: now.plus(life).min(region.facts.vouched_until),
        lists: references(region, &members),
        members: members.iter().map(|member| entry(member, now)).collect(),
        suspensions: suspensions.cloned().collect(),
        recognitions,
        pinned,
    }
}

/// The rows of the recogniser that have not ended.
fn rows(region: &VerifiedList, recogniser: CountryCode, now: UnixTime) -> Vec<Recognition> {
    let rows = region.recognitions().iter().filter(|row| row.recogniser == recogniser);
    rows.filter(|row| row.until.is_none_or(|until| now < until)).cloned().collect()
}

/// The regional list and the lists of the members.
fn references(region: &VerifiedList, members: &[&lists::Member]) -> Vec<ListReference> {
    let wanted = |country: &Option<CountryCode>| {
        country.is_none_or(|country| members.iter().any(|member| member.entry.country == country))
    };
    let reference = |view: crate::ListView<'_>| ListReference {
        name: view.country.map_or(ListName::Regional, ListName::Member),
        sequence: view.sequence,
        sha256: view.sha256.to_owned(),
        next_update: view.next_update,
    };
    region.lists().filter(|view| wanted(&view.country)).map(reference).collect()
}

/// A member with its issuers that are not withdrawn for good.
fn entry(member: &lists::Member, now: UnixTime) -> Member {
    let issuers = member.list.iter().flat_map(|list| &list.issuers).map(|listed| &listed.entity);
    Member {
        country: member.entry.country,
        name: member.entry.name.clone(),
        current: member.entry.status_period(),
        history: member.entry.history.clone(),
        issuers: issuers.filter(|issuer| !issuer.is_withdrawn(now)).map(Entry::of).collect(),
    }
}
