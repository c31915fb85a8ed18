//! `trustctl log keygen`

use std::path::PathBuf;

use serde_json::json;
use tile_log::{KeyKind, KeyName, NoteSigner};

use super::{key_name, refused};
use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// What it is called: for a log where it is published without https://, such as trust.region.example/log; for a
    /// witness a name of its own, such as witness.xa.example.
    #[arg(long, value_name = "NAME", value_parser = key_name)]
    name: KeyName,
    /// Make the key of a witness.
    #[arg(long)]
    witness: bool,
    /// Where the private key goes; the public one goes beside it with the ending .vkey. Existing files stay.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    let kind = if args.witness { KeyKind::Witness } else { KeyKind::Log };
    let key = NoteSigner::generate(args.name.clone(), kind).map_err(refused)?;
    files::write_private(&args.out, &key.to_private_text().map_err(refused)?)?;
    let public = args.out.with_extension("vkey");
    files::write(&public, format!("{}\n", key.verifier()).as_bytes())?;
    let text = format!(
        "private key  {}\npublic key   {}\nkey          {}\n\nHand the public key to whoever proposes the root, and read it \
         to them.",
        args.out.display(),
        public.display(),
        key.verifier(),
    );
    let value = json!({ "private_key": args.out, "public_key": public, "key": key.verifier().to_string() });
    Ok(Outcome::done(text, value))
}
