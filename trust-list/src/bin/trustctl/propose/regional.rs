//! `trustctl propose regional`

use std::path::{Path, PathBuf};

use serde::Deserialize;
use strict_jose::{PublicJwk, UnixTime};
use trust_list::document::{ListName, MemberEntry, Reinstatement, SuspensionTarget, Typ};
use trust_list::publish::{Proposal, Published, RegionalBuilder};
use trust_list::{CountryCode, LocalizedText, Organisation, Recognition, ServiceStatus};

use crate::error::CliError;
use crate::names::{NewStatus, published};
use crate::outcome::Outcome;
use crate::rows::{EndOfRow, RowInWords};
use crate::{clock, files};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Who keeps the list; needed for the first one. See `trustctl template operator`.
    #[arg(long, value_name = "FILE")]
    operator: Option<PathBuf>,
    /// Admit a member, or change what is said of it. See `trustctl template member`. Repeat for each.
    #[arg(long, value_name = "FILE")]
    admit: Vec<PathBuf>,
    /// Give a member another status: granted, suspended or withdrawn. Repeat for each.
    #[arg(long, value_name = "COUNTRY=STATUS")]
    member_status: Vec<NewStatus<CountryCode>>,
    /// Suspend a member from now on, by the list: it takes the full quorum. `trustctl suspend` is faster. Repeat for each.
    #[arg(long, value_name = "COUNTRY")]
    suspend_member: Vec<CountryCode>,
    /// End a membership for good; it stays in the list with its history. Repeat for each.
    #[arg(long, value_name = "COUNTRY")]
    withdraw: Vec<CountryCode>,
    /// End a row of the recognition matrix, now or at TIME. It stays, with its end. Repeat for each.
    #[arg(long, value_name = "RECOGNISER:RECOGNISED:PURPOSE[=TIME]")]
    end_recognition: Vec<EndOfRow>,
    /// Enter a row in words; a row in force when it begins ends then. Repeat for each.
    #[arg(long, value_name = "XB recognises XA for PURPOSE up to LEVEL [from TIME] [until TIME] on BASIS")]
    recognise_row: Vec<RowInWords>,
    /// Enter a row of the recognition matrix. See `trustctl template recognition`. Repeat for each.
    #[arg(long, value_name = "FILE")]
    recognise: Vec<PathBuf>,
    /// Lift the suspension orders against a member, an entity or a part of one issued so far. An entity's lifts those
    /// against its parts too. Repeat for each.
    #[arg(long, value_name = "TARGET")]
    reinstate: Vec<SuspensionTarget>,
    /// The time by which the list must be replaced, YYYY-MM-DDThh:mm:ssZ; a month from now without this.
    #[arg(long, value_name = "TIME", value_parser = clock::parse)]
    next_update: Option<UnixTime>,
    /// Take a whole LoTE document from a file instead of changing the current one.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["operator", "admit", "member_status", "suspend_member", "withdraw", "end_recognition", "recognise_row", "recognise", "reinstate", "next_update"])]
    from: Option<PathBuf>,
    /// Where the proposal goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A member as a file says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberFile {
    country: CountryCode,
    name: LocalizedText,
    operator: LocalizedText,
    location: String,
    signers: Vec<PublicJwk>,
    threshold: usize,
    #[serde(default)]
    permitted_hosts: Vec<String>,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    if let Some(path) = &args.from {
        return super::write(&Proposal::of_list(Typ::Regional, files::read(path)?)?, &args.out);
    }
    let mut list = begin(&published(&args.dir)?, args.operator.as_deref(), now)?;
    for path in &args.admit {
        let member: MemberFile = files::read_json(path)?;
        list = admit(list, member, now);
    }
    for change in &args.member_status {
        list = list.member_status(change.name, change.status, now)?;
    }
    list = change(list, args, now)?;
    for path in &args.recognise {
        let row: Recognition = files::read_json(path)?;
        list = list.recognise(&row);
    }
    for target in &args.reinstate {
        list = granted_again(list, target, now)?;
        list = list.reinstate(Reinstatement { target: target.clone(), orders_before: now });
    }
    if let Some(next_update) = args.next_update {
        list = list.next_update(next_update);
    }
    super::write(&list.build()?, &args.out)
}

/// The common acts.
fn change(mut list: RegionalBuilder, args: &Args, now: UnixTime) -> Result<RegionalBuilder, CliError> {
    for (countries, status) in
        [(&args.suspend_member, ServiceStatus::Suspended), (&args.withdraw, ServiceStatus::Withdrawn)]
    {
        for country in countries {
            list = list.member_status(*country, status, now)?;
        }
    }
    for row in &args.end_recognition {
        list = list.end_recognition(row.recogniser, row.recognised, &row.purpose, row.end.unwrap_or(now))?;
    }
    for row in &args.recognise_row {
        list = list.recognise_instead(&row.beginning(now));
    }
    Ok(list)
}

/// A reinstatement of a member whose status is suspended grants it again.
fn granted_again(list: RegionalBuilder, target: &SuspensionTarget, now: UnixTime) -> Result<RegionalBuilder, CliError> {
    let suspended = list
        .members()
        .iter()
        .any(|member| member.country == target.country && member.status == ServiceStatus::Suspended);
    let whole = *target == SuspensionTarget::member(target.country);
    if suspended && whole { Ok(list.member_status(target.country, ServiceStatus::Granted, now)?) } else { Ok(list) }
}

/// The list after the current one, or the first.
fn begin(documents: &Published, operator: Option<&Path>, now: UnixTime) -> Result<RegionalBuilder, CliError> {
    if let Ok((_, current)) = documents.list(ListName::Regional) {
        return Ok(RegionalBuilder::revise(current.payload(), now)?);
    }
    let operator = operator.ok_or_else(|| CliError::Usage("the first regional list needs --operator".to_owned()))?;
    let operator: Organisation = files::read_json(operator)?;
    let root = documents.root()?;
    Ok(RegionalBuilder::new(root.document().region, &root.regional_location(), &operator, now)?)
}

/// A member that is there already keeps its status and history.
fn admit(list: RegionalBuilder, file: MemberFile, now: UnixTime) -> RegionalBuilder {
    let known = list.members().iter().find(|known| known.country == file.country).cloned();
    let member = known.unwrap_or_else(|| MemberEntry::draft(file.country, String::new(), Vec::new(), now));
    let MemberFile { country, name, operator, location, signers, threshold, permitted_hosts } = file;
    list.member(&MemberEntry { country, name, operator, location, signers, threshold, permitted_hosts, ..member })
}
