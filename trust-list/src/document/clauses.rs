//! The checks that every list passes before anything in it is used.

use strict_jose::{Limits, UnixTime, json};

use super::lote::{Document, Lote, SchemeInformation};
use super::vocabulary::LOTE_VERSION;
use super::{ListProblem, MAX_CLOCK_SKEW};
use crate::CountryCode;

/// Which list was asked for, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Requested<'r> {
    pub(crate) lote_type: &'r str,
    pub(crate) territory: CountryCode,
    /// The one place the list is published at, as its superior names it.
    pub(crate) distribution_point: &'r str,
    /// The sequence number in the status document.
    pub(crate) sequence: u64,
    pub(crate) now: UnixTime,
}

/// TS 119 602 leaves the time between lists to the scheme; the EU profiles say six months, which are at most 184 days.
pub(crate) const MAX_LIFE: i64 = 184 * 24 * 3600;

/// Reads an authenticated payload as the list that was asked for.
pub(crate) fn read(payload: &[u8], requested: &Requested<'_>) -> Result<Lote, ListProblem> {
    let lote = parse(payload)?;
    let info = &lote.list_and_scheme_information;
    version(info)?;
    lote_type(info, requested)?;
    territory(info, requested)?;
    distribution_point(info, requested)?;
    sequence(info, requested)?;
    issue_time(info, requested)?;
    next_update(info, requested)?;
    scheme_name(info)?;
    operator_address(info)?;
    Ok(lote)
}

/// One LoTE, strictly, and nothing beside it.
pub(crate) fn parse(payload: &[u8]) -> Result<Lote, ListProblem> {
    let document: Document =
        json::parse_as(payload, &Limits::BULK_LIST).map_err(|error| ListProblem::WrongForm(error.to_string()))?;
    Ok(document.lote)
}

/// Cl. 6.3.1: a higher version has rules we do not know.
pub(crate) fn version(info: &SchemeInformation) -> Result<(), ListProblem> {
    if info.version == LOTE_VERSION {
        return Ok(());
    }
    Err(ListProblem::clause("TS 119 602 cl. 6.3.1", format!("version {} is not {LOTE_VERSION}", info.version)))
}

/// Another list under the right name is no list (TUF: wrong software).
pub(crate) fn lote_type(info: &SchemeInformation, requested: &Requested<'_>) -> Result<(), ListProblem> {
    if info.lote_type == requested.lote_type { Ok(()) } else { Err(ListProblem::WrongType) }
}

pub(crate) fn territory(info: &SchemeInformation, requested: &Requested<'_>) -> Result<(), ListProblem> {
    if info.scheme_territory == requested.territory.as_str() {
        return Ok(());
    }
    Err(ListProblem::WrongTerritory(info.scheme_territory.clone()))
}

pub(crate) fn distribution_point(info: &SchemeInformation, requested: &Requested<'_>) -> Result<(), ListProblem> {
    let named = info.distribution_points.iter().any(|point| point == requested.distribution_point);
    if named { Ok(()) } else { Err(ListProblem::WrongDistributionPoint) }
}

/// TUF §5.5.4, §5.6.4: the version is the one that the status document names.
pub(crate) fn sequence(info: &SchemeInformation, requested: &Requested<'_>) -> Result<(), ListProblem> {
    match info.sequence {
        // Cl. 6.3.2: the first release is 1.
        0 => Err(ListProblem::clause("TS 119 602 cl. 6.3.2", "the sequence number is 0")),
        found if found == requested.sequence => Ok(()),
        found => Err(ListProblem::WrongSequence { found, expected: requested.sequence }),
    }
}

pub(crate) fn issue_time(info: &SchemeInformation, requested: &Requested<'_>) -> Result<(), ListProblem> {
    if info.list_issue_date_time <= requested.now.plus(MAX_CLOCK_SKEW) {
        return Ok(());
    }
    Err(ListProblem::IssuedInFuture)
}

pub(crate) fn next_update(info: &SchemeInformation, requested: &Requested<'_>) -> Result<(), ListProblem> {
    let life = info.next_update.since(info.list_issue_date_time);
    if !(1..=MAX_LIFE).contains(&life) {
        let what = "NextUpdate is not after ListIssueDateTime, or more than six months after it";
        return Err(ListProblem::clause("TS 119 602 cl. 6.3.15", what));
    }
    if requested.now < info.next_update { Ok(()) } else { Err(ListProblem::Expired) }
}

/// Cl. 6.3.6: the name starts with the territory, a colon after it.
pub(crate) fn scheme_name(info: &SchemeInformation) -> Result<(), ListProblem> {
    let starts =
        |name: &str| name.strip_prefix(info.scheme_territory.as_str()).is_some_and(|rest| rest.starts_with(':'));
    if info.scheme_name.iter().all(|name| starts(&name.value)) {
        return Ok(());
    }
    Err(ListProblem::clause("TS 119 602 cl. 6.3.6", "SchemeName does not start with SchemeTerritory and a colon"))
}

/// Cl. 6.3.4: an e-mail address and a website.
pub(crate) fn operator_address(info: &SchemeInformation) -> Result<(), ListProblem> {
    let addresses = &info.scheme_operator_address.electronic;
    let has = |scheme: &str| addresses.iter().any(|address| address.uri_value.starts_with(scheme));
    if has("mailto:") && (has("https:") || has("http:")) {
        return Ok(());
    }
    Err(ListProblem::clause("TS 119 602 cl. 6.3.4", "the operator's address needs mailto and https"))
}
