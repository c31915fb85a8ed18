//! `trustctl export`: what others read, out of documents that a client would accept.

mod bundle;
mod csv;
mod html;
mod jwks;
mod lote;

use std::path::Path;

use clap::Subcommand;
use serde_json::{Value, json};
use strict_jose::UnixTime;
use trust_list::Language;

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// One list as compact JAdES baseline B (ETSI TS 119 602), signed with the operator's certificate.
    Lote(lote::Args),
    /// The keys of a member's granted issuers as a JWK set.
    Jwks(jwks::Args),
    /// One small signed file for a country's devices that have no network for weeks.
    Bundle(bundle::Args),
    /// One table for a spreadsheet.
    Csv(csv::Args),
    /// The whole region as one HTML page, in the language of `--lang`.
    Html(html::Args),
}

pub(crate) fn run(command: &Command, language: Language, now: UnixTime) -> Result<Outcome, CliError> {
    match command {
        Command::Lote(args) => lote::run(args, now),
        Command::Jwks(args) => jwks::run(args, now),
        Command::Bundle(args) => bundle::run(args, now),
        Command::Csv(args) => csv::run(args, now),
        Command::Html(args) => html::run(args, language, now),
    }
}

/// Writes an export to its file, or prints it.
fn deliver(out: Option<&Path>, content: String, value: Value) -> Result<Outcome, CliError> {
    let Some(out) = out else { return Ok(Outcome::done(content, value)) };
    files::write(out, content.as_bytes())?;
    let text = format!("written  {}\nbytes    {}", out.display(), content.len());
    Ok(Outcome::done(text, json!({ "file": out, "bytes": content.len() })))
}
