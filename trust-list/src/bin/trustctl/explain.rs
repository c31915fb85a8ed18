//! `trustctl explain`

use std::fmt::Write as _;

use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};
use strict_jose::{Thumbprint, UnixTime};
use trust_list::history::{Signature, Version, evidence};
use trust_list::{
    CountryCode, EntityId, Explanation, IssuerKind, IssuerQuery, Language, Level, MemberView, Outcome as Check,
    Purpose, SuspensionInForce, drill,
};

use crate::error::CliError;
use crate::history::version_value;
use crate::outcome::Outcome;
use crate::snapshot::Source;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Is this issuer trusted by a country, for a purpose, at a level?
    Issuer(IssuerArgs),
    /// Is this client trusted?
    Client(ClientArgs),
    /// What may this key do?
    Key(KeyArgs),
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

#[derive(clap::Args)]
pub(crate) struct KeyArgs {
    #[command(flatten)]
    source: Source,
    /// Its thumbprint.
    // It may begin with a dash.
    #[arg(value_name = "THUMBPRINT", allow_hyphen_values = true, value_parser = crate::drill::thumbprint)]
    key: Thumbprint,
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

pub(crate) fn run(command: &Command, now: UnixTime, language: Language) -> Result<Outcome, CliError> {
    match command {
        Command::Issuer(args) => {
            let list = args.source.verify(now)?;
            let explanation = list.explain_issuer(&query(args, now));
            Ok(answer(&explanation, &evidence(&args.source.documents()?, &list, Some(args.country))?, language))
        }
        Command::Client(args) => {
            let list = args.source.verify(now)?;
            let explanation = list.explain_client(&args.client_id, args.at.unwrap_or(now));
            let client = |member: &MemberView<'_>| member.clients().any(|client| client.client_id == args.client_id);
            let country = list.members().find(client).map(|member| member.code());
            Ok(answer(&explanation, &evidence(&args.source.documents()?, &list, country)?, language))
        }
        Command::Key(args) => key(args, now, language),
    }
}

fn answer(explanation: &Explanation, evidence: &[Version], language: Language) -> Outcome {
    let trusted = explanation.trusted();
    let words = words(language);
    let verdict = if trusted { words.trusted } else { words.not_trusted };
    let text = format!("{}\n{verdict}\n\n{}", explanation.text(language), signatures(evidence, words));
    let value = json!({
        "trusted": trusted,
        "checks": checks(explanation),
        "signatures": evidence.iter().map(version_value).collect::<Vec<_>>(),
    });
    Outcome::done(text, value).refused_if(!trusted)
}

/// What a key may do, by which documents, and what is suspended of it.
fn key(args: &KeyArgs, now: UnixTime, language: Language) -> Result<Outcome, CliError> {
    let list = args.source.verify(now)?;
    let documents = args.source.documents()?;
    let holding = drill::holding(&documents, &args.key)?;
    let words = words(language);
    let mut text = holding.text(language);
    let mut named_by = Vec::new();
    for held in &holding.holds {
        named_by.extend(evidence(&documents, &list, held.country_of_list())?);
    }
    named_by.sort_by_key(|version| version.place);
    named_by.dedup_by_key(|version| version.place);
    let of = |order: &&SuspensionInForce| holding.holds.iter().any(|held| held.is_under(&order.target));
    let orders: Vec<String> = list.suspensions().iter().filter(of).map(|order| order.target.to_string()).collect();
    for target in &orders {
        let _ = writeln!(text, "    {}: {target}", words.suspended);
    }
    let _ = write!(text, "\n{}", signatures(&named_by, words));
    let value = json!({
        "key": args.key,
        "holds": holding.holds,
        "suspended": orders,
        "signatures": named_by.iter().map(version_value).collect::<Vec<_>>(),
    });
    Ok(Outcome::done(text, value).refused_if(holding.holds.is_empty()))
}

/// The documents behind an answer, with who signed them under which root.
fn signatures(evidence: &[Version], words: &Words) -> String {
    let mut text = format!("{}\n", words.signatures);
    for version in evidence {
        let _ = writeln!(text, "    {}  {}  ({} {})", version.place, version.sha256, words.root, version.root);
        for Signature { by, .. } in &version.signed {
            let _ = writeln!(text, "      {}  {} ({})", by.key, by.holder, by.country);
        }
    }
    text
}

/// The words of one language.
struct Words {
    trusted: &'static str,
    not_trusted: &'static str,
    suspended: &'static str,
    signatures: &'static str,
    root: &'static str,
}

const fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &Words {
            trusted: "trusted",
            not_trusted: "not trusted",
            suspended: "suspended by order",
            signatures: "By which signatures",
            root: "under root",
        },
        Language::Fr => &Words {
            trusted: "admis",
            not_trusted: "non admis",
            suspended: "suspendu par ordre",
            signatures: "Par quelles signatures",
            root: "sous la racine",
        },
        Language::Pt => &Words {
            trusted: "aceite",
            not_trusted: "não aceite",
            suspended: "suspenso por ordem",
            signatures: "Por que assinaturas",
            root: "sob a raiz",
        },
    }
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
