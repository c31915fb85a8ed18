//! `trustctl`: the regulators' tool. Makes roots and lists, collects signatures, publishes, suspends, and looks at what
//! is published the way a client does.
//!
//! To add a command: 1. its file with `Args` and `run`, 2. a variant of [`Command`], 3. its line in [`run`].

mod assemble;
mod certificate;
mod clock;
mod deliver;
mod diff;
mod drill;
mod error;
mod expiry;
mod explain;
mod export;
mod files;
mod history;
mod init_root;
mod inspect;
mod keygen;
mod lint;
mod log;
mod merge;
mod names;
mod notify;
mod outcome;
mod parts;
mod place;
mod promote;
mod propose;
mod publish;
mod reject;
mod rotate;
mod rows;
mod sign;
mod signer;
mod snapshot;
mod stats;
mod status;
mod suspend;
mod template;
mod upload;
mod verify;
mod verify_lote;

use std::io::Write as _;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use strict_jose::UnixTime;
use trust_list::Language;

use error::CliError;
use outcome::Outcome;

/// Trust lists of a region: make, sign, publish, suspend, verify, explain.
///
/// A ceremony, start to end:
///   1. trustctl keygen --out xa.jwk                        each signer, and the online publisher
///   2. trustctl init-root ... --out root.json              once
///   3. trustctl propose regional|national ... --out p.json
///   4. trustctl diff p.json --dir DIR                      each signer looks, on its own machine
///   5. trustctl sign p.json --key xa.jwk                   each signer; copies may travel separately
///   6. trustctl status p.json --dir DIR                    who signed, who is missing
///   7. trustctl assemble p.json --dir DIR                  refused until the quorum signed
///   8. trustctl publish --dir DIR --key online.jwk         makes it current; run it again every few minutes
///   9. trustctl verify --root root.json --dir DIR          what a client makes of it
#[derive(Parser)]
#[command(version, verbatim_doc_comment, after_help = AFTER_HELP)]
struct Cli {
    /// Print JSON instead of text.
    #[arg(long, global = true)]
    json: bool,
    /// Act as if it were this time, YYYY-MM-DDThh:mm:ssZ: for rehearsals, and to ask about the past.
    #[arg(long, global = true, value_name = "TIME", value_parser = clock::parse)]
    time: Option<UnixTime>,
    /// The language of what people read before they decide: en, fr or pt. Codes and `--json` stay the same.
    #[arg(long, global = true, value_name = "LANG", default_value = "en")]
    lang: Language,
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Exit codes:
  0  done, or trusted
  1  refused: not trusted, not signed, or a client would not accept it
  2  wrong usage
  3  a file or a place cannot be read or written
  4  expiry: something runs out within 60 days (5: within 30, 6: within 7, 7: it has)
  8  published, but a hub could not be told: it finds out at its next turn";

#[derive(Subcommand)]
enum Command {
    /// Make a signer's key: in a file that only you can read, or in a PKCS#11 token; and its public half.
    Keygen(keygen::Args),
    /// Propose the first root of a region.
    InitRoot(init_root::Args),
    /// Propose the next root, regional list or national list.
    #[command(subcommand)]
    Propose(propose::Command),
    /// Show what a proposal changes.
    Diff(diff::Args),
    /// Sign a proposal.
    Sign(sign::Args),
    /// Say, signed, that you will not sign a proposal, and why.
    Reject(reject::Args),
    /// Put signatures that came alone, or on copies, into a proposal.
    Merge(merge::Args),
    /// Show who signed a proposal, who refused, and who is missing.
    Status(status::Args),
    /// Add a signed proposal to the published documents, if its quorum signed it.
    Assemble(assemble::Args),
    /// Change a key in steps: announce, activate, retire.
    #[command(subcommand)]
    Rotate(rotate::Command),
    /// Make the newest documents current with a new status document.
    Publish(publish::Args),
    /// Bring published documents to a folder or an object store where clients read them.
    Upload(upload::Args),
    /// Bring documents from staging to production, if a client would accept them there.
    Promote(promote::Args),
    /// Verify the published documents as a client does.
    Verify(verify::Args),
    /// Verify a list of trusted entities that somebody else publishes (ETSI TS 119 602, compact JAdES).
    VerifyLote(verify_lote::Args),
    /// Suspend a member or one of its entities.
    Suspend(suspend::Args),
    /// The transparency log of the lists: publish it, witness it, audit it.
    #[command(subcommand)]
    Log(log::Command),
    /// Show what a document says and who signed it, without judging it.
    Inspect(inspect::Args),
    /// Show every version of every document: when, by whom, what changed.
    History(history::Args),
    /// Check a list, of this region or any other, against the standards, clause by clause.
    Lint(lint::Args),
    /// Show what runs out soon; the exit code says how soon.
    Expiry(expiry::Args),
    /// Count what the region trusts, and how its signers take part.
    Stats(stats::Args),
    /// Show what would happen if keys leaked, and what to run then.
    Drill(drill::Args),
    /// Show each check behind "trusted" or "not trusted".
    #[command(subcommand)]
    Explain(explain::Command),
    /// Make a certificate for the operator of a list, or ask an authority for one.
    #[command(subcommand)]
    Certificate(certificate::Command),
    /// Write what others read: LoTE in compact JAdES, JWK sets, offline bundles, CSV, HTML.
    #[command(subcommand)]
    Export(export::Command),
    /// Print an example to fill in.
    #[command(subcommand)]
    Template(template::Command),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let now = cli.time.unwrap_or_else(clock::now);
    match run(cli.command, cli.lang, now) {
        Ok(outcome) => print(&outcome, cli.json),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "trustctl: {error}");
            ExitCode::from(error.code())
        }
    }
}

fn run(command: Command, language: Language, now: UnixTime) -> Result<Outcome, CliError> {
    match command {
        Command::Keygen(args) => keygen::run(&args),
        Command::InitRoot(args) => init_root::run(args, now),
        Command::Propose(command) => propose::run(command, now),
        Command::Diff(args) => diff::run(&args, language),
        Command::Sign(args) => sign::run(&args, now),
        Command::Reject(args) => reject::run(&args, now),
        Command::Merge(args) => merge::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Assemble(args) => assemble::run(&args, now),
        Command::Rotate(command) => rotate::run(&command, now),
        Command::Publish(args) => publish::run(&args, now),
        Command::Upload(args) => upload::run(&args, now),
        Command::Promote(args) => promote::run(&args, now),
        Command::Verify(args) => verify::run(&args, now),
        Command::VerifyLote(args) => verify_lote::run(&args, now),
        Command::Suspend(args) => suspend::run(&args, now),
        Command::Log(command) => log::run(&command, now),
        Command::Inspect(args) => inspect::run(&args),
        Command::Certificate(command) => certificate::run(&command, now),
        Command::Export(command) => export::run(&command, language, now),
        Command::History(args) => history::run(&args, language),
        Command::Lint(args) => lint::run(&args, now, language),
        Command::Expiry(args) => expiry::run(&args, now, language),
        Command::Stats(args) => stats::run(&args, now, language),
        Command::Drill(args) => drill::run(&args, language),
        Command::Explain(command) => explain::run(&command, now, language),
        Command::Template(command) => template::run(&command, now),
    }
}

fn print(outcome: &Outcome, json: bool) -> ExitCode {
    let text = if json { format!("{:#}\n", outcome.value) } else { outcome.text.clone() };
    // A reader that closed the pipe has seen enough.
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::from(outcome.code)
}
