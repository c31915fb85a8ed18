//! The regional list: the members, and who recognises whom.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strict_jose::{PublicJwk, UnixTime};

use super::clauses::{self, Requested};
use super::lote::{self, Pointer};
use super::vocabulary::{
    MEMBERS_EXTENSION, NATIONAL_LIST, PART_REINSTATEMENTS_EXTENSION, RECOGNITION_EXTENSION, REINSTATEMENTS_EXTENSION,
};
use super::{ListProblem, SuspensionOrder, SuspensionTarget, extension, rfc3339};
use crate::entity::{is_newest_first, status_at};
use crate::{CountryCode, LocalizedText, Recognition, ServiceStatus, StatusHistory, StatusPeriod};

/// The regional list, read and checked.
#[derive(Clone, Debug)]
pub struct RegionalList {
    /// Its number.
    pub sequence: u64,
    /// When it was issued.
    pub issued: UnixTime,
    /// When it must have been replaced.
    pub next_update: UnixTime,
    /// The SHA-256 of the signed document in base64url.
    pub sha256: String,
    /// The members, in the order of their pointers.
    pub members: Vec<MemberEntry>,
    /// The recognition matrix.
    pub recognitions: Vec<Recognition>,
    /// Targets whose earlier suspension orders are lifted.
    pub reinstatements: Vec<Reinstatement>,
}

/// What the regional list says of one member: where its list is and who signs it.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberEntry {
    /// The member.
    pub country: CountryCode,
    /// Its name.
    pub name: LocalizedText,
    /// The name of the authority that keeps its list.
    pub operator: LocalizedText,
    /// Where its list is published; the list says the same in its DistributionPoints.
    pub location: String,
    /// The keys that sign its list.
    pub signers: Vec<PublicJwk>,
    /// How many of them must sign.
    pub threshold: usize,
    /// Its status now.
    pub status: ServiceStatus,
    /// Since when.
    pub status_since: UnixTime,
    /// The periods before, newest first.
    pub history: StatusHistory,
    /// The hosts its issuers may have: `id.xa.example`, or `.xa.example` for every host below (RFC 5280 §4.2.1.10).
    /// Empty: any host that no other country claims.
    pub permitted_hosts: Vec<String>,
}

/// "Orders against this target issued before that time are lifted." Takes the full quorum, as it is in the regional
/// list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reinstatement {
    /// What is trusted again.
    #[serde(flatten)]
    pub target: SuspensionTarget,
    /// Orders issued before this time are void.
    #[serde(with = "rfc3339")]
    pub orders_before: UnixTime,
}

impl Reinstatement {
    /// Whether it lifts `order`: one against its target, or against a part of the entity that is its target.
    pub fn lifts(&self, order: &SuspensionOrder) -> bool {
        order.target.is_within(&self.target) && order.issued < self.orders_before
    }
}

impl MemberEntry {
    /// A granted member whose list `signers` sign, any one of them: set the public fields you need.
    pub fn draft(country: CountryCode, location: String, signers: Vec<PublicJwk>, since: UnixTime) -> Self {
        Self {
            country,
            name: LocalizedText::en(format!("Country {country}")),
            operator: LocalizedText::en(format!("Trust authority of {country}")),
            location,
            signers,
            threshold: 1,
            status: ServiceStatus::Granted,
            status_since: since,
            history: Vec::new(),
            permitted_hosts: Vec::new(),
        }
    }

    /// Its status at `at`; `None` before it was admitted.
    pub fn status_at(&self, at: UnixTime) -> Option<ServiceStatus> {
        status_at(self.status_period(), &self.history, at)
    }

    pub(crate) fn status_period(&self) -> StatusPeriod {
        StatusPeriod { status: self.status, since: self.status_since }
    }
}

/// One element of the members extension. The pointer has no room for it (its schema is closed).
#[derive(Serialize, Deserialize)]
pub(crate) struct MemberExtension {
    pub(crate) country: CountryCode,
    pub(crate) name: LocalizedText,
    pub(crate) threshold: usize,
    #[serde(flatten)]
    pub(crate) current: StatusPeriod,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) history: StatusHistory,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) permitted_hosts: Vec<String>,
}

impl RegionalList {
    /// Reads an authenticated payload as the regional list that was asked for.
    pub(crate) fn read(payload: &[u8], requested: &Requested<'_>, sha256: String) -> Result<Self, ListProblem> {
        let info = clauses::read(payload, requested)?.list_and_scheme_information;
        let known = [MEMBERS_EXTENSION, RECOGNITION_EXTENSION, REINSTATEMENTS_EXTENSION, PART_REINSTATEMENTS_EXTENSION];
        let [members, recognitions, whole, parts] = extension::take(info.scheme_extensions, known)?;
        let mut reinstatements = read_rows(REINSTATEMENTS_EXTENSION, whole)?;
        reinstatements.extend(read_rows(PART_REINSTATEMENTS_EXTENSION, parts)?);
        Ok(Self {
            sequence: info.sequence,
            issued: info.list_issue_date_time,
            next_update: info.next_update,
            sha256,
            members: read_members(info.pointers, read_rows(MEMBERS_EXTENSION, members)?)?,
            recognitions: checked_recognitions(read_rows(RECOGNITION_EXTENSION, recognitions)?)?,
            reinstatements,
        })
    }
}

fn read_rows<T: serde::de::DeserializeOwned>(name: &str, value: Option<Value>) -> Result<Vec<T>, ListProblem> {
    value.map_or_else(|| Ok(Vec::new()), |value| extension::read(name, value))
}

/// Pointers and extension say one thing together: each member is in both, once.
fn read_members(pointers: Vec<Pointer>, extensions: Vec<MemberExtension>) -> Result<Vec<MemberEntry>, ListProblem> {
    let mut by_country = BTreeMap::new();
    for extension in extensions {
        let country = extension.country;
        if by_country.insert(country, extension).is_some() {
            return Err(ListProblem::DuplicateCountry(country));
        }
    }
    let mut members: Vec<MemberEntry> = Vec::new();
    for pointer in pointers {
        let Some((country, operator)) = national_pointer(&pointer)? else { continue };
        if members.iter().any(|member| member.country == country) {
            return Err(ListProblem::DuplicateCountry(country));
        }
        let extension = by_country.remove(&country).ok_or_else(|| unpaired(country))?;
        members.push(read_member(pointer, operator, extension)?);
    }
    match by_country.keys().next() {
        Some(country) => Err(unpaired(*country)),
        None => Ok(members),
    }
}

fn unpaired(country: CountryCode) -> ListProblem {
    ListProblem::WrongForm(format!("{country} is not both in PointersToOtherLoTE and in {MEMBERS_EXTENSION}"))
}

/// The member that a pointer leads to. Pointers to lists of other types are for other readers.
fn national_pointer(pointer: &Pointer) -> Result<Option<(CountryCode, LocalizedText)>, ListProblem> {
    let Some(qualifier) = pointer.qualifiers.iter().find(|qualifier| qualifier.lote_type == NATIONAL_LIST) else {
        return Ok(None);
    };
    let territory = qualifier.scheme_territory.as_deref().unwrap_or_default();
    let country = territory.parse().map_err(|_| ListProblem::WrongTerritory(territory.to_owned()))?;
    let names = qualifier.scheme_operator_name.iter();
    let names = names.map(|name| lote::LangString { lang: name.lang.clone(), value: name.value.clone() });
    Ok(Some((country, lote::localized(names.collect()))))
}

fn read_member(
    pointer: Pointer,
    operator: LocalizedText,
    extension: MemberExtension,
) -> Result<MemberEntry, ListProblem> {
    let MemberExtension { country, name, threshold, current, history, permitted_hosts } = extension;
    // TUF §5.1: a threshold of zero would let anybody sign.
    if threshold == 0 {
        return Err(ListProblem::WrongForm(format!("{country} needs no signature")));
    }
    if !is_newest_first(current, &history) {
        return Err(ListProblem::WrongForm(format!("the history of {country} is not newest first")));
    }
    Ok(MemberEntry {
        country,
        name,
        operator,
        location: pointer.location,
        signers: read_signers(country, &pointer.identities)?,
        threshold,
        status: current.status,
        status_since: current.since,
        history,
        permitted_hosts,
    })
}

fn read_signers(country: CountryCode, identities: &[lote::DigitalIdentity]) -> Result<Vec<PublicJwk>, ListProblem> {
    let mut signers: Vec<PublicJwk> = Vec::new();
    for value in identities.iter().flat_map(|identity| &identity.public_key_values) {
        let key = PublicJwk::parse(value)
            .map_err(|error| ListProblem::WrongForm(format!("a signer of {country}: {error}")))?;
        // A signer named twice would look like two.
        if signers.contains(&key) {
            return Err(ListProblem::WrongForm(format!("{country} names one signer twice")));
        }
        signers.push(key);
    }
    Ok(signers)
}

fn checked_recognitions(rows: Vec<Recognition>) -> Result<Vec<Recognition>, ListProblem> {
    ends_after_beginning(&rows)?;
    no_overlap(&rows)?;
    Ok(rows)
}

fn ends_after_beginning(rows: &[Recognition]) -> Result<(), ListProblem> {
    match rows.iter().find(|row| row.until.is_some_and(|until| until <= row.from)) {
        Some(row) => Err(ListProblem::WrongForm(format!(
            "the recognition of {} by {} for {} ends before it begins",
            row.recognised, row.recogniser, row.purpose
        ))),
        None => Ok(()),
    }
}

/// One answer at a time: with two rows in force, the one that somebody forgot to end could be the one that decides.
fn no_overlap(rows: &[Recognition]) -> Result<(), ListProblem> {
    let about = |row: &Recognition| (row.recogniser, row.recognised, row.purpose.clone());
    let mut by_date: Vec<&Recognition> = rows.iter().collect();
    by_date.sort_by_key(|row| (about(row), row.from));
    for (before, after) in by_date.iter().zip(by_date.iter().skip(1)) {
        if about(before) == about(after) && before.until.is_none_or(|until| after.from < until) {
            let Recognition { recogniser, recognised: accepted, purpose, .. } = (*before).clone();
            return Err(ListProblem::OverlappingRecognitions { recogniser, recognised: accepted, purpose });
        }
    }
    Ok(())
}
