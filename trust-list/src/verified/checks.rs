//! The checks behind a lookup, one rule each.

use strict_jose::UnixTime;

use super::NotTrusted;
use super::keys::Listed;
use super::lists::Member;
use crate::document::{ListProblem, NationalList};
use crate::{EntityId, Issuer, IssuerKind, Level, Recognition, ServiceStatus};

/// The regional list admits the member, as of the time asked for.
pub(super) fn member_admitted(member: &Member, at: UnixTime) -> Result<(), NotTrusted> {
    match member.entry.status_at(at) {
        Some(ServiceStatus::Granted) => Ok(()),
        Some(ServiceStatus::Suspended) => Err(NotTrusted::Suspended),
        Some(ServiceStatus::Withdrawn) | None => Err(NotTrusted::MemberNotAdmitted),
    }
}

/// The member's own list passed verification.
pub(super) fn list_usable(member: &Member) -> Result<&NationalList, NotTrusted> {
    member.list.as_deref().map_err(|problem| NotTrusted::MemberListUnusable(problem.clone()))
}

/// TS 119 602 NextUpdate: a list says nothing after it. Nor does it after the end of the documents that vouch for it:
/// whoever still holds a snapshot by then gets no answer out of it.
pub(super) fn list_current(list: &NationalList, vouched_until: UnixTime, at: UnixTime) -> Result<(), NotTrusted> {
    if at < list.next_update.min(vouched_until) {
        Ok(())
    } else {
        Err(NotTrusted::MemberListUnusable(ListProblem::Expired))
    }
}

/// The list names that service.
pub(super) fn service_listed<'l>(
    list: &'l NationalList,
    kind: IssuerKind,
    id: Option<&EntityId>,
) -> Result<&'l Listed<Issuer>, NotTrusted> {
    id.and_then(|id| list.issuer(id)).filter(|listed| listed.entity.kind == kind).ok_or(NotTrusted::NoSuchService)
}

/// The service's own status, as of the time asked for.
pub(super) fn service_granted(status: Option<ServiceStatus>) -> Result<(), NotTrusted> {
    match status {
        Some(ServiceStatus::Granted) => Ok(()),
        Some(ServiceStatus::Suspended) => Err(NotTrusted::Suspended),
        Some(ServiceStatus::Withdrawn) => Err(NotTrusted::Withdrawn),
        None => Err(NotTrusted::NotYetListed),
    }
}

/// Of the rows about this pair and purpose, the one in force: no two are at one time, or the list would be refused.
pub(super) fn recognition_in_force<'l>(rows: &[&'l Recognition], at: UnixTime) -> Result<&'l Recognition, NotTrusted> {
    rows.iter().find(|row| row.in_force(at)).copied().ok_or(NotTrusted::RecognitionNotInForce)
}

/// The level asked for can be reached: neither the entry, nor the recognition, nor an order caps it below.
pub(super) fn level_reachable(
    issuer: &Issuer,
    row: &Recognition,
    not_suspended: Level,
    asked: Level,
) -> Result<Level, NotTrusted> {
    let max = issuer.max_level.min(row.max_level).min(not_suspended);
    if asked <= max { Ok(max) } else { Err(NotTrusted::LevelNotReachable { max }) }
}
