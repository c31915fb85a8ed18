//! Steps 6 to 12: what an authenticated payload says.

use strict_jose::UnixTime;

use super::{LoteProblem, Record, Seen, services};
use crate::document::clauses::{self, Requested};
use crate::document::lote::{self, SchemeInformation};
use crate::document::vocabulary::EXTENSIONS;
use crate::document::{ListProblem, extension};
use crate::x509::OperatorCertificate;
use crate::{CountryCode, LocalizedText};

/// A payload whose signature is good.
pub(super) struct Authenticated<'p> {
    pub(super) payload: &'p [u8],
    pub(super) sha256: String,
    pub(super) signer: OperatorCertificate,
}

/// A list that passed every step. Only [`super::read`] makes one.
#[derive(Clone, Debug)]
pub struct ForeignList {
    /// LoTEType.
    pub lote_type: String,
    /// SchemeTerritory.
    pub territory: CountryCode,
    /// SchemeOperatorName.
    pub operator: LocalizedText,
    /// What to remember of it: LoTESequenceNumber and the SHA-256 of the file.
    pub seen: Seen,
    /// ListIssueDateTime.
    pub issued: UnixTime,
    /// NextUpdate.
    pub next_update: UnixTime,
    /// How many trusted entities it has.
    pub entities: usize,
    /// How many services they have.
    pub services: usize,
    /// Who signed it.
    pub signer: OperatorCertificate,
}

/// What steps 6 to 11 leave.
pub(super) struct Read {
    info: SchemeInformation,
    seen: Seen,
    entities: usize,
    services: usize,
}

pub(super) fn interpret(
    found: Authenticated<'_>,
    record: &Record,
    seen: Option<&Seen>,
    now: UnixTime,
) -> Result<ForeignList, LoteProblem> {
    let Read { info, seen, entities, services } = check(found.payload, record, seen, &found.sha256, now)?;
    // Step 7, the last of it.
    let names: Vec<&str> = info.scheme_operator_name.iter().map(|name| name.value.as_str()).collect();
    let signer = found.signer.named(&names)?;
    // Step 12.
    Ok(ForeignList {
        lote_type: info.lote_type,
        territory: record.territory,
        operator: lote::localized(info.scheme_operator_name),
        seen,
        issued: info.list_issue_date_time,
        next_update: info.next_update,
        entities,
        services,
        signer,
    })
}

pub(super) fn check(
    payload: &[u8],
    record: &Record,
    seen: Option<&Seen>,
    sha256: &str,
    now: UnixTime,
) -> Result<Read, LoteProblem> {
    // Step 6.
    let lote = clauses::parse(payload)?;
    let info = lote.list_and_scheme_information;
    clauses::version(&info)?;
    // Step 7.
    let requested = Requested {
        lote_type: &record.lote_type,
        territory: record.territory,
        distribution_point: &record.location,
        sequence: info.sequence,
        now,
    };
    clauses::lote_type(&info, &requested)?;
    clauses::territory(&info, &requested)?;
    place(&info, &requested)?;
    // Step 9.
    clauses::sequence(&info, &requested)?;
    let own = Seen { sequence: info.sequence, sha256: sha256.to_owned() };
    not_below(&own, seen)?;
    // Step 10.
    clauses::issue_time(&info, &requested)?;
    clauses::next_update(&info, &requested)?;
    // Step 11.
    clauses::scheme_name(&info)?;
    clauses::operator_address(&info)?;
    let services = services::check(payload)?;
    extension::understood(&info.scheme_extensions, &EXTENSIONS)?;
    Ok(Read { info, seen: own, entities: lote.trusted_entities_list.len(), services })
}

/// TS 119 602 cl. 6.3.16: a list need not say where it is published. One that does is not served elsewhere.
fn place(info: &SchemeInformation, requested: &Requested<'_>) -> Result<(), ListProblem> {
    if info.distribution_points.is_empty() { Ok(()) } else { clauses::distribution_point(info, requested) }
}

/// TS 119 602 cl. 6.3.2: numbers only rise; TUF §5.4.4: one number, one list.
fn not_below(own: &Seen, seen: Option<&Seen>) -> Result<(), LoteProblem> {
    match seen {
        Some(seen) if own.sequence < seen.sequence => {
            Err(LoteProblem::Rollback { found: own.sequence, seen: seen.sequence })
        }
        Some(seen) if own.sequence == seen.sequence && own.sha256 != seen.sha256 => {
            Err(LoteProblem::Equivocation(own.sequence))
        }
        _ => Ok(()),
    }
}
