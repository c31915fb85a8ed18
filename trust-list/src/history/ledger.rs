//! Every version of every document with its good signatures.

use serde::Serialize;
use serde_json::Value;
use strict_jose::{Limits, UnixTime, b64, json, sha256};

use crate::document::{DocumentPath, ListName, MemberEntry, Role, Root, Typ};
use crate::publish::{Proposal, PublishError, Published};
use crate::quorum::{Quorum, Signers, Tally};
use crate::review::Signatory;
use crate::{CountryCode, VerifiedList};

/// One version of a root or list.
#[derive(Clone, Debug)]
pub struct Version {
    /// Its place.
    pub place: DocumentPath,
    /// Which kind.
    pub kind: Typ,
    /// When it was issued.
    pub issued: UnixTime,
    /// When it must have been replaced.
    pub until: UnixTime,
    /// The SHA-256 of the document in base64url.
    pub sha256: String,
    /// The good signatures of keys that could sign it then.
    pub signed: Vec<Signature>,
    /// Those who could sign it then.
    pub able: Vec<Signatory>,
    /// Whether they are the quorum it needed.
    pub complete: bool,
    /// The root that said who may sign it; of a root, the one before it.
    pub root: u64,
    /// What was signed.
    pub payload: Value,
}

/// A good signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// By whom.
    #[serde(flatten)]
    pub by: Signatory,
    /// When, as the signature says.
    pub at: Option<String>,
}

/// Every root and list, in the order of their times of issue.
pub fn versions(documents: &Published) -> Result<Vec<Version>, PublishError> {
    let roots = roots(documents)?;
    let mut versions = Vec::new();
    for (at, root) in roots.iter().enumerate() {
        versions.push(root_version(root, at.checked_sub(1).and_then(|before| roots.get(before)))?);
    }
    let mut regionals: Vec<(UnixTime, u64, Vec<MemberEntry>)> = Vec::new();
    for (place, bytes) in documents.iter() {
        let DocumentPath::List(ListName::Regional, _) = place else { continue };
        let proposal = Proposal::parse(bytes)?;
        let list = crate::publish::regional_list(&proposal)?;
        let signers =
            |root: &RootFile| (root.root.signers(Role::Regional).clone(), of_role(&root.root, Role::Regional));
        let (root, signers, able) = best(&roots, &proposal, list.issued, signers);
        let dates = (list.issued, list.next_update);
        versions.push(version(place, &proposal, bytes, dates, Judged { tally: proposal.tally(&signers), able, root })?);
        regionals.push((list.issued, root, list.members));
    }
    for (place, bytes) in documents.iter() {
        let DocumentPath::List(ListName::Member(country), _) = place else { continue };
        let proposal = Proposal::parse(bytes)?;
        let list = crate::publish::national_list(&proposal)?;
        let (tally, able, root) = national(&regionals, country, &proposal, list.issued);
        versions.push(version(place, &proposal, bytes, (list.issued, list.next_update), Judged { tally, able, root })?);
    }
    versions.sort_by_key(|version| (version.issued, version.place));
    Ok(versions)
}

/// The documents behind what `list` says of a country, or of the region: root, status, regional list, national list.
pub fn evidence(
    documents: &Published,
    list: &VerifiedList,
    country: Option<CountryCode>,
) -> Result<Vec<Version>, PublishError> {
    let hashes: Vec<&str> =
        list.lists().filter(|view| view.country.is_none() || view.country == country).map(|view| view.sha256).collect();
    let mut versions = versions(documents)?;
    versions.retain(|version| match version.place {
        DocumentPath::Root(number) => number == list.root_version(),
        _ => hashes.contains(&version.sha256.as_str()),
    });
    versions.extend(status_version(documents)?);
    versions.sort_by_key(|version| version.place);
    Ok(versions)
}

fn status_version(documents: &Published) -> Result<Option<Version>, PublishError> {
    let Some(bytes) = documents.get(DocumentPath::Status) else { return Ok(None) };
    let (proposal, status, root) = (Proposal::parse(bytes)?, documents.status()?, documents.root()?);
    let (tally, able) = (proposal.tally(root.signers(Role::Status)), of_role(&root, Role::Status));
    let judged = Judged { tally, able, root: root.version() };
    version(DocumentPath::Status, &proposal, bytes, (status.issued, status.expires), judged).map(Some)
}

/// A root with its file.
struct RootFile {
    root: Root,
    proposal: Proposal,
    bytes: Vec<u8>,
}

fn roots(documents: &Published) -> Result<Vec<RootFile>, PublishError> {
    let files = documents.iter().filter(|(place, _)| matches!(place, DocumentPath::Root(_)));
    let read = |(_, bytes): (DocumentPath, &[u8])| {
        let proposal = Proposal::parse(bytes)?;
        Ok(RootFile { root: Root::read(proposal.document())?, proposal, bytes: bytes.to_owned() })
    };
    files.map(read).collect()
}

fn of_role(root: &Root, role: Role) -> Vec<Signatory> {
    let keys = root.document().keys.iter().filter(|key| key.roles.contains(&role));
    keys.map(Signatory::of_root_key).collect()
}

fn root_version(file: &RootFile, before: Option<&RootFile>) -> Result<Version, PublishError> {
    let document = file.root.document();
    let own = file.proposal.tally(file.root.signers(Role::Root));
    let mut able = of_role(&file.root, Role::Root);
    let mut tally = own.clone();
    let mut complete = own.missing() == 0;
    if let Some(before) = before {
        let old = file.proposal.tally(before.root.signers(Role::Root));
        complete &= old.missing() == 0;
        able.extend(of_role(&before.root, Role::Root));
        tally.signed.extend(old.signed);
    }
    able.sort();
    able.dedup();
    let root = before.map_or(document.version, |before| before.root.version());
    let judged = Judged { tally, able, root };
    let place = DocumentPath::Root(document.version);
    let dates = (document.issued, document.expires);
    Ok(Version { complete, ..version(place, &file.proposal, &file.bytes, dates, judged)? })
}

/// The root that was the newest when a list was issued; if its quorum did not sign, any whose quorum did.
fn best(
    roots: &[RootFile],
    proposal: &Proposal,
    issued: UnixTime,
    signers: impl Fn(&RootFile) -> (Signers, Vec<Signatory>),
) -> (u64, Signers, Vec<Signatory>) {
    let newest = roots.iter().rev().find(|file| file.root.document().issued <= issued).or(roots.first());
    let met = |file: &&RootFile| proposal.tally(&signers(file).0).missing() == 0;
    let chosen = newest.filter(met).or_else(|| roots.iter().rev().find(met)).or(newest);
    chosen.map_or_else(
        || (0, Signers::none(), Vec::new()),
        |file| {
            let (signers, able) = signers(file);
            (file.root.version(), signers, able)
        },
    )
}

/// The signers that the regional list of the time pins.
fn national(
    regionals: &[(UnixTime, u64, Vec<MemberEntry>)],
    country: CountryCode,
    proposal: &Proposal,
    issued: UnixTime,
) -> (Tally, Vec<Signatory>, u64) {
    let named = || {
        let entries = regionals.iter().rev().filter_map(|(at, root, members)| {
            members.iter().find(|member| member.country == country).map(|member| (*at, *root, member))
        });
        entries.map(|(at, root, member)| {
            let keys = member.signers.iter().map(|key| (key, country));
            let signers = Signers::new(keys, Quorum { threshold: member.threshold, countries: 1 });
            let tally = proposal.tally(&signers.unwrap_or_else(|_| Signers::none()));
            let able: Vec<_> = member.signers.iter().map(|key| Signatory::of_member(member, key)).collect();
            (at, (tally, able, root))
        })
    };
    let then = named().find(|(at, _)| *at <= issued).map(|(_, found)| found);
    let met = |found: &(Tally, Vec<Signatory>, u64)| found.0.missing() == 0;
    let any = || named().map(|(_, found)| found).find(met);
    then.clone().filter(met).or_else(any).or(then).unwrap_or_else(|| (proposal.tally(&Signers::none()), Vec::new(), 0))
}

/// Who signed under which root.
struct Judged {
    tally: Tally,
    able: Vec<Signatory>,
    root: u64,
}

fn version(
    place: DocumentPath,
    proposal: &Proposal,
    bytes: &[u8],
    (issued, until): (UnixTime, UnixTime),
    Judged { tally, able, root }: Judged,
) -> Result<Version, PublishError> {
    let at = |key: &strict_jose::Thumbprint| {
        let signatures = proposal.document().signatures().iter();
        let own = signatures.filter(|signature| signature.claimed_signer() == key);
        own.filter_map(strict_jose::general::DocumentSignature::iat).map(UnixTime::to_rfc3339).next()
    };
    let good = able.iter().filter(|signatory| tally.signed.contains(&signatory.key));
    let signed = good.map(|by| Signature { by: by.clone(), at: at(&by.key) }).collect();
    let payload = json::parse(proposal.payload(), &Limits::BULK_LIST)
        .map_err(|error| crate::document::ListProblem::WrongForm(error.to_string()))?;
    let complete = tally.missing() == 0;
    let sha256 = b64::encode(sha256(bytes));
    Ok(Version { place, kind: proposal.kind(), issued, until, sha256, signed, able, complete, root, payload })
}
