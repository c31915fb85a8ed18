//! A host speaks for one country.

use std::collections::{BTreeMap, BTreeSet};

use super::lists::Member;
use crate::CountryCode;
use crate::document::ListProblem;

/// Refuses the lists of active members that have a host which the regional list permits to another by name: the quorum
/// decided whose it is, and who claims it falsely stops nobody else.
pub(super) fn refuse_trespassers(members: &mut [Member], active: &BTreeSet<CountryCode>) {
    refuse(members, active, |owner| owner.is_some());
}

/// Refuses the lists of active members that have a host in common, whoever was first: who answers there could speak for
/// both. Whether there were any.
pub(super) fn refuse_disputed(members: &mut [Member], active: &BTreeSet<CountryCode>) -> bool {
    refuse(members, active, |owner| owner.is_none())
}

fn refuse(members: &mut [Member], active: &BTreeSet<CountryCode>, which: fn(Option<usize>) -> bool) -> bool {
    let refused: Vec<_> = shared(members, active, which);
    let any = !refused.is_empty();
    for (at, problem) in refused {
        if let Some(member) = members.get_mut(at) {
            member.list = Err(problem);
        }
    }
    any
}

/// The members that must do without a host that others have too. Hosts are compared with their ports: two ports of one
/// machine are two services.
fn shared(
    members: &[Member],
    active: &BTreeSet<CountryCode>,
    which: fn(Option<usize>) -> bool,
) -> Vec<(usize, ListProblem)> {
    // Sorted, so that every client names the same host.
    let mut claimants: BTreeMap<&str, Vec<(usize, &Member)>> = BTreeMap::new();
    for (at, member) in members.iter().enumerate().filter(|(_, member)| active.contains(&member.entry.country)) {
        for host in member.list.iter().flat_map(|list| &list.hosts) {
            claimants.entry(host).or_default().push((at, member));
        }
    }
    let disputed = claimants.into_iter().filter(|(_, claimants)| claimants.len() > 1);
    let disputed = disputed.map(|(host, claimants)| (host, owner(&claimants), claimants));
    disputed
        .filter(|(_, owner, _)| which(*owner))
        .flat_map(|(host, owner, claimants)| without(host, owner, &claimants))
        .collect()
}

/// The one claimant whose rules name the host. Its list was read, so a member with rules has only hosts they permit.
fn owner(claimants: &[(usize, &Member)]) -> Option<usize> {
    let mut by_name = claimants.iter().filter(|(_, member)| !member.entry.permitted_hosts.is_empty());
    match (by_name.next(), by_name.next()) {
        (Some((owner, _)), None) => Some(*owner),
        _ => None,
    }
}

fn without(host: &str, owner: Option<usize>, claimants: &[(usize, &Member)]) -> Vec<(usize, ListProblem)> {
    let others = claimants.iter().map(|(at, _)| *at).filter(|at| Some(*at) != owner);
    let refused = others.filter_map(|at| {
        let (_, other) = claimants.iter().find(|(other, _)| owner.map_or(*other != at, |owner| *other == owner))?;
        Some((at, ListProblem::HostOfAnother { host: host.to_owned(), other: other.entry.country }))
    });
    refused.collect()
}
