//! `trustctl init-root`

use std::path::PathBuf;

use strict_jose::UnixTime;
use trust_list::document::Role;
use trust_list::publish::RootBuilder;
use trust_list::{CountryCode, Quorum};

use crate::error::CliError;
use crate::names::{Holder, holder_key};
use crate::outcome::Outcome;
use crate::propose;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The code of the region; ISO 3166-1 leaves XA to XZ and QM to QZ to their users.
    #[arg(long, value_name = "CODE")]
    region: CountryCode,
    /// Where the region publishes.
    #[arg(long, value_name = "URL")]
    distribution: String,
    /// A regulator: signs roots and regional lists. Repeat for each.
    #[arg(long = "regulator", value_name = "COUNTRY=NAME=FILE", required = true)]
    regulators: Vec<Holder>,
    /// An online publisher: signs status documents and nothing else. Repeat for each.
    #[arg(long = "online", value_name = "COUNTRY=NAME=FILE", required = true)]
    online: Vec<Holder>,
    /// How many regulators must sign a root or a regional list.
    #[arg(long, value_name = "N")]
    threshold: usize,
    /// From how many different countries they must be.
    #[arg(long, value_name = "N")]
    countries: usize,
    /// How many days the root lives.
    #[arg(long, value_name = "DAYS", default_value_t = 197)]
    life_days: i64,
    /// How many seconds a status document lives at most: minutes to hours. So long can who holds back newer documents,
    /// or a stolen online key, keep a suspension from a hub; and so long may the publisher be down.
    #[arg(long, value_name = "SECONDS", default_value_t = 3_600)]
    status_life: i64,
    /// Where the proposal goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(args: Args, now: UnixTime) -> Result<Outcome, CliError> {
    let quorum = Quorum { threshold: args.threshold, countries: args.countries };
    let mut root = RootBuilder::new(args.region, args.distribution, now)
        .quorum(Role::Root, quorum)
        .quorum(Role::Regional, quorum)
        .expires(now.plus(args.life_days.saturating_mul(24 * 3_600)))
        .status_life(args.status_life);
    for holder in args.regulators {
        let key = holder_key(&holder)?;
        root = root.regulator(holder.country, holder.name, &key);
    }
    for holder in args.online {
        let key = holder_key(&holder)?;
        root = root.online(holder.country, holder.name, &key);
    }
    propose::write(&root.build()?, &args.out)
}
