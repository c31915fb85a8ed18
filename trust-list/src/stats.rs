//! Counts of what a region trusts, and how its signers take part.

use std::collections::BTreeMap;

use serde::Serialize;
use strict_jose::{Algorithm, PublicJwk, UnixTime};

use crate::history::{Version, versions};
use crate::publish::{PublishError, Published};
use crate::review::Signatory;
use crate::{CountryCode, ServiceStatus, VerifiedList};

/// The counts at one time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stats {
    /// Members by status.
    pub members: BTreeMap<&'static str, usize>,
    /// Entries by kind.
    pub kinds: BTreeMap<&'static str, usize>,
    /// Entries by country.
    pub countries: BTreeMap<CountryCode, usize>,
    /// Entries by their own status.
    pub statuses: BTreeMap<&'static str, usize>,
    /// Providers by the highest level they vouch for.
    pub levels: BTreeMap<&'static str, usize>,
    /// Keys of entries by algorithm.
    pub algorithms: BTreeMap<&'static str, usize>,
    /// Suspensions by order, in force.
    pub orders: usize,
    /// Who accepts whom, now.
    pub recognition: Vec<Pair>,
    /// The signers that can sign now, and what they signed of what they could.
    pub signers: Vec<Participation>,
}

/// One country accepts another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The country that accepts.
    pub recogniser: CountryCode,
    /// The country whose citizens are accepted.
    pub recognised: CountryCode,
    /// For how many purposes.
    pub purposes: usize,
}

/// A signer's part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Participation {
    /// The signer.
    #[serde(flatten)]
    pub signer: Signatory,
    /// Documents it signed.
    pub signed: usize,
    /// Documents it could have signed.
    pub of: usize,
    /// When it last signed.
    pub last: Option<String>,
}

/// The counts of a verified snapshot at `now`, and the signers' part in everything that was published.
pub fn stats(list: &VerifiedList, documents: &Published, now: UnixTime) -> Result<Stats, PublishError> {
    let mut stats = Stats {
        members: BTreeMap::new(),
        kinds: BTreeMap::new(),
        countries: BTreeMap::new(),
        statuses: BTreeMap::new(),
        levels: BTreeMap::new(),
        algorithms: BTreeMap::new(),
        orders: list.suspensions().len(),
        recognition: pairs(list, now),
        signers: participation(&versions(documents)?),
    };
    for member in list.members() {
        count(&mut stats.members, member.listed_status(now).map_or("not-yet", ServiceStatus::as_str));
        for issuer in member.issuers() {
            stats.entry(member.code(), issuer.kind.as_str(), issuer.status_at(now), &issuer.keys);
            count(&mut stats.levels, issuer.max_level.as_str());
        }
        for client in member.clients() {
            stats.entry(member.code(), client.kind.as_str(), client.status_at(now), client.keys.keys());
        }
    }
    Ok(stats)
}

impl Stats {
    fn entry(&mut self, country: CountryCode, kind: &'static str, status: Option<ServiceStatus>, keys: &[PublicJwk]) {
        count(&mut self.kinds, kind);
        count(&mut self.countries, country);
        count(&mut self.statuses, status.map_or("not-yet", ServiceStatus::as_str));
        for key in keys {
            let fitting = Algorithm::ALL.into_iter().find(|alg| key.fits(*alg).is_ok());
            count(&mut self.algorithms, fitting.map_or("other", Algorithm::as_str));
        }
    }
}

fn count<K: Ord>(counts: &mut BTreeMap<K, usize>, of: K) {
    *counts.entry(of).or_default() += 1;
}

fn pairs(list: &VerifiedList, now: UnixTime) -> Vec<Pair> {
    let mut purposes = BTreeMap::new();
    for row in list.recognitions().iter().filter(|row| row.in_force(now)) {
        count(&mut purposes, (row.recogniser, row.recognised));
    }
    let pair = |((recogniser, accepted), purposes)| Pair { recogniser, recognised: accepted, purposes };
    purposes.into_iter().map(pair).collect()
}

/// Those who could sign the newest version of any document, and everything they ever could.
fn participation(versions: &[Version]) -> Vec<Participation> {
    let mut signers: Vec<Signatory> = Vec::new();
    for version in versions.iter().rev() {
        let newest = !versions.iter().any(|other| other.kind == version.kind && same(other, version));
        signers.extend(version.able.iter().filter(|_| newest).cloned());
    }
    signers.sort();
    signers.dedup_by(|a, b| a.key == b.key);
    signers.into_iter().map(|signer| part(signer, versions)).collect()
}

/// Whether `other` is a later version of the same document.
fn same(other: &Version, version: &Version) -> bool {
    use crate::document::DocumentPath::{List, Root};
    match (other.place, version.place) {
        (Root(other), Root(version)) => other > version,
        (List(name, other), List(same, version)) => name == same && other > version,
        _ => false,
    }
}

fn part(signer: Signatory, versions: &[Version]) -> Participation {
    let could = versions.iter().filter(|version| version.able.iter().any(|able| able.key == signer.key));
    let signatures: Vec<_> = versions
        .iter()
        .flat_map(|version| &version.signed)
        .filter(|signature| signature.by.key == signer.key)
        .collect();
    let last = signatures.iter().filter_map(|signature| signature.at.clone()).max();
    Participation { signed: signatures.len(), of: could.count(), last, signer }
}
