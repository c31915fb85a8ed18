//! `trustctl explain`

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};
use strict_jose::UnixTime;
use trust_list::{CountryCode, EntityId, Explanation, IssuerKind, IssuerQuery, Level, Outcome as Check, Purpose};

use crate::error::CliError;
use crate::outcome::Outcome;
use crate::snapshot::Source;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Is this issuer trusted by a country, for a purpose, at a level?
    Issuer(IssuerArgs),
    /// Is this client trusted?
    Client(ClientArgs),
}

#[derive(clap::Args)]
pub(crate) struct IssuerArgs {
    #[command(flatten)]
    source: Source,
    /// The country of the issuer.
    #[arg(long, value_name = "COUNTRY")]
    country: CountryCode,
    /// Its id in the national list; without it, the first of its kind that may be trusted.
    #[arg(long, value_name = "ID")]
    service: Option<EntityId>,
    /// What kind of issuer.
    #[arg(long, value_enum, default_value = "identity-provider")]
    kind: Kind,
    /// The country that would accept the person.
    #[arg(long, value_name = "COUNTRY")]
    recogniser: CountryCode,
    /// For which purpose.
    #[arg(long)]
    purpose: Purpose,
    /// At which level at least.
    #[arg(long, value_enum, default_value = "low")]
    level: LevelArg,
    /// As of which time, YYYY-MM-DDThh:mm:ssZ; now without this. The documents are those of today.
    #[arg(long, value_name = "TIME", value_parser = crate::clock::parse)]
    at: Option<UnixTime>,
}

#[derive(clap::Args)]
pub(crate) struct ClientArgs {
    #[command(flatten)]
    source: Source,
    /// Its OAuth client identifier.
    #[arg(long, value_name = "ID")]
    client_id: String,
    /// As of which time, YYYY-MM-DDThh:mm:ssZ; now without this. The documents are those of today.
    #[arg(long, value_name = "TIME", value_parser = crate::clock::parse)]
    at: Option<UnixTime>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    IdentityProvider,
    CredentialIssuer,
}

#[derive(Clone, Copy, ValueEnum)]
enum LevelArg {
    Low,
    Substantial,
    High,
}

pub(crate) fn run(command: &Command, now: UnixTime) -> Result<Outcome, CliError> {
    let explanation = match command {
        Command::Issuer(args) => args.source.verify(now)?.explain_issuer(&query(args, now)),
        Command::Client(args) => args.source.verify(now)?.explain_client(&args.client_id, args.at.unwrap_or(now)),
    };
    let trusted = explanation.trusted();
    let verdict = if trusted { "trusted" } else { "not trusted" };
    let value = json!({ "trusted": trusted, "checks": checks(&explanation) });
    Ok(Outcome::done(format!("{explanation}\n{verdict}"), value).refused_if(!trusted))
}

fn query(args: &IssuerArgs, now: UnixTime) -> IssuerQuery<'_> {
    IssuerQuery {
        country: args.country,
        service: args.service.as_ref(),
        kind: match args.kind {
            Kind::IdentityProvider => IssuerKind::IdentityProvider,
            Kind::CredentialIssuer => IssuerKind::CredentialIssuer,
        },
        recogniser: args.recogniser,
        purpose: &args.purpose,
        level: match args.level {
            LevelArg::Low => Level::Low,
            LevelArg::Substantial => Level::Substantial,
            LevelArg::High => Level::High,
        },
        at: args.at.unwrap_or(now),
    }
}

fn checks(explanation: &Explanation) -> Vec<Value> {
    let row = |(rule, outcome): &(trust_list::Rule, Check)| match outcome {
        Check::Passed => json!({ "check": rule.text(), "result": "pass" }),
        Check::Failed(why) => {
            json!({ "check": rule.text(), "result": "fail", "why": why.to_string(), "code": why.code() })
        }
        Check::NotReached => json!({ "check": rule.text(), "result": "not reached" }),
    };
    explanation.checks.iter().map(row).collect()
}
