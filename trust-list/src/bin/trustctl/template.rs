//! `trustctl template`

use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};
use strict_jose::{JwkSet, UnixTime};
use trust_list::publish::entry;
use trust_list::{
    Client, ClientKind, CountryCode, EntityId, GrantType, Issuer, IssuerKind, Level, LocalizedText, Organisation,
    RegisteredPurpose,
};

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The authority that keeps a list, for `propose regional|national --operator`.
    Operator(OfCountry),
    /// A member, for `propose regional --admit`.
    Member(WithKey),
    /// A row of the recognition matrix, for `propose regional --recognise`.
    Recognition(Pair),
    /// An identity provider, for `propose national --entry`.
    Issuer(Named),
    /// A relying party, for `propose national --entry`.
    Client(NamedWithKey),
}

#[derive(clap::Args)]
pub(crate) struct OfCountry {
    /// The country.
    #[arg(long, value_name = "COUNTRY")]
    country: CountryCode,
}

#[derive(clap::Args)]
pub(crate) struct WithKey {
    /// The country.
    #[arg(long, value_name = "COUNTRY")]
    country: CountryCode,
    /// Where the region publishes.
    #[arg(long, value_name = "URL")]
    distribution: String,
    /// The public key that signs the national list.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct Pair {
    /// The country that accepts.
    #[arg(long, value_name = "COUNTRY")]
    recogniser: CountryCode,
    /// The country whose identities are accepted.
    #[arg(long, value_name = "COUNTRY")]
    recognised: CountryCode,
}

#[derive(clap::Args)]
pub(crate) struct Named {
    /// The country.
    #[arg(long, value_name = "COUNTRY")]
    country: CountryCode,
    /// The id of the entry.
    #[arg(long, value_name = "ID")]
    id: EntityId,
}

#[derive(clap::Args)]
pub(crate) struct NamedWithKey {
    #[command(flatten)]
    named: Named,
    /// The client's public key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

pub(crate) fn run(command: &Command, now: UnixTime) -> Result<Outcome, CliError> {
    let value = match command {
        Command::Operator(args) => json(&operator(args.country))?,
        Command::Member(args) => member(args)?,
        Command::Recognition(args) => recognition(args, now),
        Command::Issuer(args) => entry::of_issuer(&issuer(args, now))?,
        Command::Client(args) => entry::of_client(&client(args, now)?)?,
    };
    Ok(Outcome::done(format!("{value:#}"), value))
}

fn json(value: &impl serde::Serialize) -> Result<Value, CliError> {
    serde_json::to_value(value).map_err(|error| CliError::Refused(error.to_string()))
}

fn operator(country: CountryCode) -> Organisation {
    let name = LocalizedText::en(format!("Trust authority of {country}"));
    Organisation::draft(country, name, &format!("trust.{}.example", country.to_lower()))
}

/// The members of the file that `propose regional --admit` reads.
fn member(args: &WithKey) -> Result<Value, CliError> {
    let (country, distribution) = (args.country, args.distribution.trim_end_matches('/'));
    Ok(json!({
        "country": country,
        "name": { "en": format!("Country {country}") },
        "operator": { "en": format!("Trust authority of {country}") },
        "location": format!("{distribution}/lists/{country}.json"),
        "signers": [files::read_public_key(&args.key)?],
        "threshold": 1,
        "permitted_hosts": [format!(".{}.example", country.to_lower())],
    }))
}

fn recognition(args: &Pair, now: UnixTime) -> Value {
    json!({
        "recogniser": args.recogniser,
        "recognised": args.recognised,
        "purpose": "account-opening",
        "max_level": "substantial",
        "legal_basis": "which agreement or law",
        "from": now.to_rfc3339(),
    })
}

fn issuer(args: &Named, now: UnixTime) -> Issuer {
    let host = format!("{}.{}.example", args.id, args.country.to_lower());
    Issuer {
        issuer_identifiers: vec![format!("https://{host}")],
        profile: json!({ "discovery_url": format!("https://{host}/.well-known/openid-configuration") }),
        hosts: vec![host],
        max_level: Level::Substantial,
        claims: ["given_name", "family_name", "birthdate"].map(str::to_owned).into(),
        ..Issuer::draft(args.country, args.id.clone(), IssuerKind::IdentityProvider, now)
    }
}

fn client(args: &NamedWithKey, now: UnixTime) -> Result<Client, CliError> {
    let keys = JwkSet::from_keys([files::read_public_key(&args.key)?]);
    let named = &args.named;
    let draft = Client::draft(named.country, named.id.clone(), ClientKind::RelyingParty, keys, now);
    let purpose = "account-opening".parse().map_err(|error| CliError::Usage(format!("{error}")))?;
    Ok(Client {
        redirect_uris: vec![format!("{}/callback", draft.client_id)],
        grant_types: [GrantType::AuthorizationCode].into(),
        scopes: ["openid", "profile"].map(str::to_owned).into(),
        purposes: vec![RegisteredPurpose {
            purpose,
            claims: ["given_name", "family_name", "birthdate"].map(str::to_owned).into(),
            min_level: Level::Substantial,
            legal_basis: "which law or contract".to_owned(),
            text: LocalizedText::en("To open an account"),
            document: None,
        }],
        ..draft
    })
}
