//! Reading a bundle: on a device, without a network.

use std::sync::Arc;

use strict_jose::{Limits, SignedDocument, UnixTime, b64, deflate, json, sha256};

use super::wire::{Content, FORMAT, ListReference, Member};
use super::{Bundle, BundleProblem, MAX_BUNDLE_BYTES, MAX_CONTENT_BYTES, MAX_LIFE, Pinned, Seen};
use crate::document::vocabulary::BUNDLE_TYP;
use crate::document::{ListName, ListProblem, MAX_CLOCK_SKEW, MemberEntry, NationalList, RegionalList};
use crate::quorum::{Quorum, Signers};
use crate::verified::keys::Listed;
use crate::verified::lists::{self, Lists};
use crate::verified::suspensions::Suspensions;
use crate::verified::{Facts, VerifiedList};
use crate::{CountryCode, update};

/// The file is flat; an entry nests six deep.
const LIMITS: Limits = Limits { max_bytes: MAX_BUNDLE_BYTES, max_depth: 8 };
const CONTENT_LIMITS: Limits = Limits { max_bytes: MAX_CONTENT_BYTES, max_depth: 16 };

impl Bundle {
    /// Checks a bundle against what the device knows. `now` is the device's clock.
    pub fn verify(bytes: &[u8], pinned: &Pinned, now: UnixTime) -> Result<Self, BundleProblem> {
        // 1. The quorum of the pinned signers, over the bytes as received; before anything is inflated.
        let compressed = authenticated(bytes, pinned)?;
        // 2. The content, to a cap, as strict JSON.
        let plain = deflate::inflate(&compressed, MAX_CONTENT_BYTES)?;
        let content = read(&plain)?;
        // 3. It is what was asked for.
        require_audience(&content, pinned)?;
        // 4. TUF §5.4.4: neither from the future nor past its end, and not longer-lived than a bundle may be.
        require_times(&content, now)?;
        // 5. TUF §5.4.3: not older than what the device has seen.
        let seen = Seen { sequence: content.sequence, issued: content.issued, sha256: b64::encode(sha256(&plain)) };
        not_regressed(&seen, pinned.seen.as_ref())?;
        // 6. The lists are joined as a hub joins them.
        let next = Pinned { seen: Some(seen), ..content.pinned.clone() };
        signers(&next)?;
        Ok(Self { recogniser: next.recogniser, list: joined(content, now)?, next })
    }
}

fn authenticated(bytes: &[u8], pinned: &Pinned) -> Result<Vec<u8>, BundleProblem> {
    let document =
        SignedDocument::parse(bytes, &LIMITS).map_err(|error| BundleProblem::NotSigned(error.to_string()))?;
    signers(pinned)?.require(&document, BUNDLE_TYP)?;
    Ok(document.payload().to_vec())
}

/// TUF §5.1: a threshold of zero would let anybody sign.
fn signers(pinned: &Pinned) -> Result<Signers, BundleProblem> {
    let keys = pinned.signers.iter().map(|key| (key, pinned.recogniser));
    Ok(Signers::new(keys, Quorum { threshold: pinned.threshold.max(1), countries: 1 })?)
}

fn read(plain: &[u8]) -> Result<Content, BundleProblem> {
    let wrong = |error: strict_jose::JsonError| BundleProblem::WrongForm(error.to_string());
    let format = json::parse(plain, &CONTENT_LIMITS).map_err(wrong)?.get("format").and_then(serde_json::Value::as_u64);
    match format {
        Some(FORMAT) => json::parse_as(plain, &CONTENT_LIMITS).map_err(wrong),
        Some(other) => Err(BundleProblem::WrongFormat(other)),
        None => Err(BundleProblem::WrongForm("it has no format".to_owned())),
    }
}

fn require_audience(content: &Content, pinned: &Pinned) -> Result<(), BundleProblem> {
    if content.pinned.region != pinned.region {
        return Err(BundleProblem::WrongRegion(content.pinned.region));
    }
    if content.pinned.recogniser != pinned.recogniser {
        return Err(BundleProblem::WrongRecogniser(content.pinned.recogniser));
    }
    Ok(())
}

fn require_times(content: &Content, now: UnixTime) -> Result<(), BundleProblem> {
    if content.issued > now.plus(MAX_CLOCK_SKEW) {
        return Err(BundleProblem::IssuedInFuture { at: content.issued });
    }
    if !(1..=MAX_LIFE).contains(&content.expires.since(content.issued)) {
        return Err(BundleProblem::LivesTooLong { max: MAX_LIFE });
    }
    if now < content.expires { Ok(()) } else { Err(BundleProblem::Expired { at: content.expires }) }
}

/// Numbers and times rise together; of one number and time there is one bundle.
fn not_regressed(new: &Seen, seen: Option<&Seen>) -> Result<(), BundleProblem> {
    let Some(seen) = seen else { return Ok(()) };
    if new.sequence < seen.sequence || new.issued < seen.issued {
        return Err(BundleProblem::Rollback { found: new.sequence, seen: seen.sequence });
    }
    let same_place = (new.sequence, new.issued) == (seen.sequence, seen.issued);
    if same_place && new.sha256 != seen.sha256 { Err(BundleProblem::Equivocation) } else { Ok(()) }
}

/// The part of the region that the bundle holds, to be asked like the whole.
fn joined(content: Content, now: UnixTime) -> Result<VerifiedList, BundleProblem> {
    let suspensions = Suspensions::new(content.suspensions);
    let (issued, expires) = (content.issued, content.expires);
    let regional = reference(&content.lists, ListName::Regional)?;
    let regional = RegionalList {
        sequence: regional.sequence,
        issued,
        next_update: regional.next_update,
        sha256: regional.sha256.clone(),
        members: content.members.iter().map(member_entry).collect(),
        recognitions: content.recognitions,
        reinstatements: Vec::new(),
    };
    let member = |member: Member| {
        let entry = member_entry(&member);
        let list = national(member, &content.lists, issued, now)?;
        Ok::<_, BundleProblem>(lists::Member { entry, list: Ok(Arc::new(list)) })
    };
    let members = content.members.into_iter().map(member).collect::<Result<_, _>>()?;
    let active = update::active(&regional, &suspensions, now);
    let lists = Lists::join(Arc::new(regional), members, active, now)?;
    let facts = Facts {
        region: content.pinned.region,
        root_version: content.root_version,
        status_version: content.sequence,
        status_digest: content.status_sha256,
        issued,
        expires,
        vouched_until: expires,
    };
    Ok(VerifiedList::new(facts, Arc::new(lists), suspensions, Vec::new(), now))
}

/// Without pointer: a device fetches no list.
fn member_entry(member: &Member) -> MemberEntry {
    MemberEntry {
        name: member.name.clone(),
        status: member.current.status,
        history: member.history.clone(),
        ..MemberEntry::draft(member.country, String::new(), Vec::new(), member.current.since)
    }
}

fn national(
    member: Member,
    lists: &[ListReference],
    issued: UnixTime,
    now: UnixTime,
) -> Result<NationalList, BundleProblem> {
    let country: CountryCode = member.country;
    let of = reference(lists, ListName::Member(country))?;
    let mut list = NationalList::empty(country, of.sequence, [issued, of.next_update], of.sha256.clone());
    list.issuers = member.issuers.into_iter().map(|entry| Listed::new(entry.into_issuer(country))).collect();
    Ok(list.indexed(now)?)
}

fn reference(lists: &[ListReference], name: ListName) -> Result<&ListReference, BundleProblem> {
    lists.iter().find(|list| list.name == name).ok_or(BundleProblem::Entries(ListProblem::NotInStatus))
}
