//! What a proposed root says of the log.

use std::path::PathBuf;

use trust_list::Quorum;
use trust_list::document::{LogDescription, LogWitness};

use crate::error::CliError;
use crate::log::read_key;
use crate::names::Holder;

#[derive(clap::Args)]
pub(crate) struct LogArgs {
    /// Demand that every list is in the log of this public key.
    #[arg(long = "log", value_name = "FILE", requires_all = ["witnesses", "witness_threshold", "witness_countries"])]
    key: Option<PathBuf>,
    /// A witness of the log and its public key. Repeat for each.
    #[arg(long = "witness", value_name = "COUNTRY=NAME=FILE", requires = "key")]
    witnesses: Vec<Holder>,
    /// How many witnesses must cosign a checkpoint.
    #[arg(long, value_name = "N", requires = "key")]
    witness_threshold: Option<usize>,
    /// From how many different countries they must be.
    #[arg(long, value_name = "N", requires = "key")]
    witness_countries: Option<usize>,
    /// Demand no log any more.
    #[arg(long, conflicts_with = "key")]
    pub(super) without_log: bool,
}

impl LogArgs {
    /// The log, if one is named. Its origin is the name of its key.
    pub(super) fn description(&self) -> Result<Option<LogDescription>, CliError> {
        let (Some(key), Some(threshold), Some(countries)) = (&self.key, self.witness_threshold, self.witness_countries)
        else {
            return Ok(None);
        };
        let key = read_key(key)?;
        let witness = |holder: &Holder| {
            let key = read_key(&holder.key)?.to_string();
            Ok(LogWitness { country: holder.country, name: holder.name.clone(), key })
        };
        Ok(Some(LogDescription {
            origin: key.name().to_string(),
            key: key.to_string(),
            witnesses: self.witnesses.iter().map(witness).collect::<Result<_, CliError>>()?,
            quorum: Quorum { threshold, countries },
        }))
    }
}
