//! `trustctl keygen`

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;
use strict_jose::{Algorithm, SigningKey};

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where the private key goes; the public one goes beside it with the ending .pub.jwk. Existing files stay.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The algorithm it signs with.
    #[arg(long, value_enum, default_value = "es256")]
    alg: SignerAlgorithm,
}

/// What a list may be signed with.
#[derive(Clone, Copy, ValueEnum)]
enum SignerAlgorithm {
    Es256,
    Es384,
    Eddsa,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    let alg = match args.alg {
        SignerAlgorithm::Es256 => Algorithm::ES256,
        SignerAlgorithm::Es384 => Algorithm::ES384,
        SignerAlgorithm::Eddsa => Algorithm::EdDSA,
    };
    let key = SigningKey::generate(alg, None).map_err(|error| CliError::Refused(error.to_string()))?;
    files::write_private(&args.out, &key.to_private_jwk())?;
    let public = args.out.with_extension("pub.jwk");
    files::write(&public, format!("{}\n", key.public_jwk().to_value()).as_bytes())?;
    let thumbprint = key.public_jwk().thumbprint();
    let text = format!(
        "private key  {}\npublic key   {}\nthumbprint   {thumbprint}\n\nHand the public key to whoever proposes the root or the member, and read the thumbprint to them.",
        args.out.display(),
        public.display(),
    );
    let value = json!({ "private_key": args.out, "public_key": public, "thumbprint": thumbprint });
    Ok(Outcome::done(text, value))
}
