//! `trustctl certificate`

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;
use strict_jose::UnixTime;
use trust_list::CountryCode;
use trust_list::export::{RequestError, Subject};

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// A PKCS #10 request, for an authority.
    Request(OfKey),
    /// A certificate signed by its own key: enough for readers, who pin it by its SHA-256.
    SelfSigned(SelfSigned),
}

#[derive(clap::Args)]
pub(crate) struct OfKey {
    /// The private key: a file, or a pkcs11: URI.
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
    /// O: the list's SchemeOperatorName, letter for letter.
    #[arg(long, value_name = "NAME")]
    organisation: String,
    /// C: the list's SchemeTerritory.
    #[arg(long, value_name = "COUNTRY")]
    country: CountryCode,
    /// CN: a name for the key.
    #[arg(long, value_name = "NAME", default_value = "Trust list signer")]
    name: String,
    /// Where it goes, in PEM.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct SelfSigned {
    #[command(flatten)]
    of: OfKey,
    /// How many days it is valid from now on.
    #[arg(long, value_name = "DAYS", default_value_t = 730)]
    days: u16,
}

const DAY: i64 = 24 * 3600;

pub(crate) fn run(command: &Command, now: UnixTime) -> Result<Outcome, CliError> {
    let (of, until) = match command {
        Command::Request(of) => (of, None),
        Command::SelfSigned(args) => (&args.of, Some(now.plus(i64::from(args.days) * DAY))),
    };
    let key = files::read_private_key(&of.key)?;
    let subject = Subject { organisation: of.organisation.clone(), country: of.country, common_name: of.name.clone() };
    let pem = match until {
        Some(until) => subject.self_signed(&key, now, until),
        None => subject.request(&key),
    };
    let pem = pem.map_err(|error| match error {
        RequestError::KindOfKey => CliError::content(&of.key, error),
        other => CliError::Refused(other.to_string()),
    })?;
    files::write(&of.out, pem.as_bytes())?;
    let until = until.map(UnixTime::to_rfc3339);
    let text = until.as_ref().map(|until| format!("\nvalid until  {until}")).unwrap_or_default();
    Ok(Outcome::done(
        format!("written      {}{text}", of.out.display()),
        json!({ "file": of.out, "valid_until": until }),
    ))
}
