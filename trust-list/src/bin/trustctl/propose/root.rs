//! `trustctl propose root`

use std::path::PathBuf;

use strict_jose::{Thumbprint, UnixTime};
use trust_list::Quorum;
use trust_list::document::Role;
use trust_list::publish::RootBuilder;

use crate::error::CliError;
use crate::names::{Holder, holder_key, published};
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The published documents.
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Add a regulator. Repeat for each.
    #[arg(long = "add-regulator", value_name = "COUNTRY=NAME=FILE")]
    regulators: Vec<Holder>,
    /// Add an online publisher. Repeat for each.
    #[arg(long = "add-online", value_name = "COUNTRY=NAME=FILE")]
    online: Vec<Holder>,
    /// Remove a key by its thumbprint. Orders it signed lose their force: let others sign them first. Repeat for each.
    #[arg(long = "remove-key", value_name = "THUMBPRINT", allow_hyphen_values = true)]
    remove: Vec<Thumbprint>,
    /// How many regulators must sign a root or a regional list from now on.
    #[arg(long, value_name = "N", requires = "countries")]
    threshold: Option<usize>,
    /// From how many different countries they must be.
    #[arg(long, value_name = "N", requires = "threshold")]
    countries: Option<usize>,
    #[command(flatten)]
    log: super::log::LogArgs,
    /// How many days the root lives.
    #[arg(long, value_name = "DAYS", default_value_t = 197)]
    life_days: i64,
    /// Where the proposal goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(args: Args, now: UnixTime) -> Result<Outcome, CliError> {
    let current = published(&args.dir)?.root()?;
    let mut root =
        RootBuilder::successor_of(&current, now).expires(now.plus(args.life_days.saturating_mul(24 * 3_600)));
    for key in &args.remove {
        if !current.document().keys.iter().any(|known| known.key.thumbprint() == key) {
            return Err(CliError::Usage(format!("root {} has no key {key}", current.version())));
        }
        root = root.without_key(key);
    }
    for holder in args.regulators {
        let key = holder_key(&holder)?;
        root = root.regulator(holder.country, holder.name, &key);
    }
    for holder in args.online {
        let key = holder_key(&holder)?;
        root = root.online(holder.country, holder.name, &key);
    }
    if let (Some(threshold), Some(countries)) = (args.threshold, args.countries) {
        let quorum = Quorum { threshold, countries };
        root = root.quorum(Role::Root, quorum).quorum(Role::Regional, quorum);
    }
    if let Some(log) = args.log.description()? {
        root = root.log(Some(log));
    } else if args.log.without_log {
        root = root.log(None);
    }
    super::write(&root.build()?, &args.out)
}
