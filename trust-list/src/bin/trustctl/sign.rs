//! `trustctl sign`

use std::io::{IsTerminal as _, Write as _, stderr, stdin};
use std::path::{Path, PathBuf};

use serde_json::json;
use strict_jose::UnixTime;
use strict_jose::general::Signed;
use trust_list::publish::Proposal;

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;
use crate::signer::Signer;

/// At a terminal it shows what is to be signed and asks for the beginning of the digest that the other signers named.
/// In a script nobody is asked; use --digest there.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The proposal. The signature goes into the file.
    proposal: PathBuf,
    /// Your private key: a file, or a pkcs11: URI.
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
    /// Write the signature alone to this file, one line that fits a QR code, and leave the proposal as it is.
    #[arg(long, value_name = "FILE")]
    detached: Option<PathBuf>,
    /// Sign only if this is the whole digest.
    #[arg(long, value_name = "DIGEST")]
    digest: Option<String>,
    /// Do not ask.
    #[arg(long, conflicts_with = "digest")]
    yes: bool,
}

/// How much of the digest is typed. All of it is shown, and signed; this is to make somebody look.
const TYPED: usize = 8;

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let mut proposal = files::read_proposal(&args.proposal)?;
    let summary = proposal.summary()?;
    confirm(args, &proposal, &summary)?;
    let key = files::read_private_key(&args.key)?;
    let signed = proposal.sign(&key, now)?;
    let written = write(args, &proposal, &key, signed)?;
    let added = signed == Signed::Added;
    let word = if added { "signed" } else { "had signed before" };
    let (digest, kind) = (proposal.payload_digest(), proposal.kind().as_str());
    let thumbprint = key.public_jwk().thumbprint();
    let text = format!(
        "{word}   {}\nkind     {kind}\nsays     {summary}\ndigest   {digest}\nkey      {thumbprint}",
        written.display()
    );
    let value = json!({ "kind": kind, "summary": summary, "digest": digest, "key": thumbprint, "added": added, "written": written });
    Ok(Outcome::done(text, value))
}

fn write<'a>(args: &'a Args, proposal: &Proposal, key: &Signer, signed: Signed) -> Result<&'a Path, CliError> {
    if let Some(out) = &args.detached {
        let signature = proposal.detached(key.public_jwk().thumbprint());
        let signature = signature.ok_or_else(|| CliError::Refused("the signature is not there".to_owned()))?;
        files::write(out, format!("{}\n", signature.to_line()?).as_bytes())?;
        return Ok(out);
    }
    if signed == Signed::Added {
        files::write(&args.proposal, &proposal.to_bytes())?;
    }
    Ok(&args.proposal)
}

fn confirm(args: &Args, proposal: &Proposal, summary: &str) -> Result<(), CliError> {
    let digest = proposal.payload_digest();
    match &args.digest {
        Some(told) if *told == digest => Ok(()),
        Some(told) => Err(CliError::Refused(format!("the digest is {digest}, not {told}: it is another proposal"))),
        None if args.yes || !stdin().is_terminal() => Ok(()),
        None => ask(&digest, proposal.kind().as_str(), summary),
    }
}

/// What is typed is what the others said, so that a file that was exchanged on the way is noticed.
fn ask(digest: &str, kind: &str, summary: &str) -> Result<(), CliError> {
    let failed = |error| CliError::Io(format!("cannot ask: {error}"));
    let question = format!(
        "kind     {kind}\nsays     {summary}\ndigest   {digest}\n\nIs it the digest that the other signers named? Type its first {TYPED} characters to sign: "
    );
    stderr().write_all(question.as_bytes()).map_err(failed)?;
    let mut typed = String::new();
    stdin().read_line(&mut typed).map_err(failed)?;
    if digest.get(..TYPED) == Some(typed.trim()) {
        return Ok(());
    }
    Err(CliError::Refused("that is not the beginning of the digest; nothing was signed".to_owned()))
}
