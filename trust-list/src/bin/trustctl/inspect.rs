//! `trustctl inspect`

use std::fmt::Write as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use strict_jose::{Limits, UnixTime};

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// A proposal or a published document.
    document: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    let proposal = files::read_proposal(&args.document)?;
    let payload: Value = strict_jose::json::parse(proposal.payload(), &Limits::BULK_LIST)
        .map_err(|error| CliError::content(&args.document, error))?;
    let (kind, digest) = (proposal.kind().as_str(), proposal.payload_digest());
    let mut text = format!("kind    {kind}\ndigest  {digest}\n");
    let mut signatures = Vec::new();
    for signature in proposal.document().signatures() {
        let (key, at) = (signature.claimed_signer(), signature.iat().map(UnixTime::to_rfc3339));
        let _ = writeln!(text, "signed  {key}  {}  (not verified)", at.as_deref().unwrap_or("no time"));
        signatures.push(json!({ "key": key, "at": at }));
    }
    let _ = writeln!(text, "\n{payload:#}");
    Ok(Outcome::done(text, json!({ "kind": kind, "digest": digest, "signatures": signatures, "payload": payload })))
}
