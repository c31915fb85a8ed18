//! `trustctl propose national`

use std::path::{Path, PathBuf};

use serde_json::Value;
use strict_jose::{Thumbprint, UnixTime};
use trust_list::document::Typ;
use trust_list::publish::{NationalBuilder, Proposal, Published};
use trust_list::{CountryCode, EntityId, Organisation, ServiceStatus};

use crate::error::CliError;
use crate::names::{NamedLevel, NewStatus, OfEntry, list_name, published};
use crate::outcome::Outcome;
use crate::{clock, files};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Whose list.
    #[arg(long, value_name = "COUNTRY")]
    country: CountryCode,
    /// Who keeps the list; needed for the first one. See `trustctl template operator`.
    #[arg(long, value_name = "FILE")]
    operator: Option<PathBuf>,
    /// Enter an issuer or client, or change it. See `trustctl template issuer` and `client`. Repeat for each.
    #[arg(long, value_name = "FILE")]
    entry: Vec<PathBuf>,
    /// Give an entry another status: granted, suspended or withdrawn. Repeat for each.
    #[arg(long, value_name = "ID=STATUS")]
    entry_status: Vec<NewStatus<EntityId>>,
    /// Suspend an entry from now on. Repeat for each.
    #[arg(long, value_name = "ID")]
    suspend: Vec<EntityId>,
    /// Grant a suspended entry again. Orders by regulators are lifted by `propose regional --reinstate`. Repeat for each.
    #[arg(long, value_name = "ID")]
    reinstate: Vec<EntityId>,
    /// End an entry for good; it stays in the list with its history. Repeat for each.
    #[arg(long, value_name = "ID")]
    withdraw: Vec<EntityId>,
    /// Add a public key to an entry. Repeat for each.
    #[arg(long, value_name = "ID=FILE")]
    add_key: Vec<OfEntry<PathBuf>>,
    /// Take a key from an entry that has others. Repeat for each.
    #[arg(long, value_name = "ID=THUMBPRINT")]
    retire_key: Vec<OfEntry<Thumbprint>>,
    /// Set the highest level that an issuer vouches for: low, substantial or high. Repeat for each.
    #[arg(long, value_name = "ID=LEVEL")]
    set_level: Vec<OfEntry<NamedLevel>>,
    /// Take an entry out; a status keeps its history, this does not. Repeat for each.
    #[arg(long, value_name = "ID")]
    remove: Vec<EntityId>,
    /// The time by which the list must be replaced, YYYY-MM-DDThh:mm:ssZ; a month from now without this.
    #[arg(long, value_name = "TIME", value_parser = clock::parse)]
    next_update: Option<UnixTime>,
    /// Take a whole LoTE document from a file instead of changing the current one.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["operator", "entry", "entry_status", "suspend", "reinstate", "withdraw", "add_key", "retire_key", "set_level", "remove", "next_update"])]
    from: Option<PathBuf>,
    /// Where the proposal goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    if let Some(path) = &args.from {
        return super::write(&Proposal::of_list(Typ::National, files::read(path)?)?, &args.out);
    }
    let mut list = begin(&published(&args.dir)?, args.country, args.operator.as_deref(), now)?;
    for path in &args.entry {
        let entity: Value = files::read_json(path)?;
        list = list.entity(entity).map_err(|error| CliError::content(path, error))?;
    }
    for change in &args.entry_status {
        list = list.status(&change.name, change.status, now)?;
    }
    list = change(list, args, now)?;
    for id in &args.remove {
        list = list.remove(id)?;
    }
    if let Some(next_update) = args.next_update {
        list = list.next_update(next_update);
    }
    super::write(&list.build()?, &args.out)
}

/// The common acts. Keys are added before others are retired, so that one call can exchange them.
fn change(mut list: NationalBuilder, args: &Args, now: UnixTime) -> Result<NationalBuilder, CliError> {
    for OfEntry { id, value } in &args.add_key {
        list = list.add_key(id, &files::read_public_key(value)?)?;
    }
    for OfEntry { id, value } in &args.retire_key {
        list = list.retire_key(id, value)?;
    }
    for OfEntry { id, value } in &args.set_level {
        list = list.max_level(id, value.0)?;
    }
    for (ids, status) in [
        (&args.suspend, ServiceStatus::Suspended),
        (&args.reinstate, ServiceStatus::Granted),
        (&args.withdraw, ServiceStatus::Withdrawn),
    ] {
        for id in ids {
            list = list.status(id, status, now)?;
        }
    }
    Ok(list)
}

/// The list after the current one, or the first, at the place that the regional list says.
fn begin(
    documents: &Published,
    country: CountryCode,
    operator: Option<&Path>,
    now: UnixTime,
) -> Result<NationalBuilder, CliError> {
    if let Ok((_, current)) = documents.list(list_name(country)) {
        return Ok(NationalBuilder::revise(current.payload(), now)?);
    }
    let operator = operator.ok_or_else(|| CliError::Usage("the first national list needs --operator".to_owned()))?;
    let operator: Organisation = files::read_json(operator)?;
    let members = documents.members()?;
    let member = members.iter().find(|member| member.country == country);
    let member = member.ok_or_else(|| {
        CliError::Refused(format!(
            "{country} is not in the regional list; admit it first: trustctl propose regional --admit"
        ))
    })?;
    Ok(NationalBuilder::new(country, &member.location, &operator, now)?)
}
