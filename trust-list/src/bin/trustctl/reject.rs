//! `trustctl reject`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;
use trust_list::publish::Refusal;

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

/// A refusal is no veto, the quorum decides; `status` shows it to the others.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The proposal that you will not sign.
    proposal: PathBuf,
    /// Your private key: a file, or a pkcs11: URI.
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
    /// Why, in your words.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Where the refusal goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let proposal = files::read_proposal(&args.proposal)?;
    let refusal = Refusal::of(&proposal, &args.reason, now)?;
    let key = files::read_private_key(&args.key)?;
    files::write(&args.out, &refusal.sign(&key)?.to_bytes())?;
    let (file, digest, thumbprint) = (args.out.display(), proposal.payload_digest(), key.public_jwk().thumbprint());
    let text = format!(
        "refused  {digest}\nkey      {thumbprint}\nfile     {file}\n\nNext: send it to the others; `trustctl status {} {file}` shows it.",
        args.proposal.display(),
    );
    Ok(Outcome::done(text, json!({ "refused": digest, "key": thumbprint, "refusal": args.out })))
}
