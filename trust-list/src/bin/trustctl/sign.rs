//! `trustctl sign`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;
use strict_jose::general::Signed;

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The proposal. The signature goes into the file.
    proposal: PathBuf,
    /// Your private key: a file, or a pkcs11: URI.
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let mut proposal = files::read_proposal(&args.proposal)?;
    let key = files::read_private_key(&args.key)?;
    let signed = proposal.sign(&key, now)?;
    if signed == Signed::Added {
        files::write(&args.proposal, &proposal.to_bytes())?;
    }
    let word = if signed == Signed::Added { "signed" } else { "had signed before" };
    let (digest, kind) = (proposal.payload_digest(), proposal.kind().as_str());
    let thumbprint = key.public_jwk().thumbprint();
    let text =
        format!("{word}   {}\nkind     {kind}\ndigest   {digest}\nkey      {thumbprint}", args.proposal.display());
    let added = signed == Signed::Added;
    Ok(Outcome::done(text, json!({ "kind": kind, "digest": digest, "key": thumbprint, "added": added })))
}
