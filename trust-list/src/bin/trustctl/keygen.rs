//! `trustctl keygen`

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::json;
use strict_jose::{Algorithm, PublicJwk, SigningKey};

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;
use crate::signer::{Signer, token_uri};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where the private key goes; the public one goes beside it with the ending .pub.jwk. With --token, where the public
    /// key goes. Existing files stay.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Make the key inside a PKCS#11 token, which it cannot leave: pkcs11:token=LABEL;object=NEW-KEY?module-path=LIBRARY
    /// (RFC 7512). The PIN comes from pin-source=FILE in it, from TRUSTCTL_PIN, or is asked for.
    #[arg(long, value_name = "URI")]
    token: Option<String>,
    /// With --token: the key is there already, made by the vendor's tool; write its public half only.
    #[arg(long, requires = "token")]
    existing: bool,
    /// The algorithm it signs with; not every token offers each.
    #[arg(long, value_enum, default_value = "es256")]
    alg: SignerAlgorithm,
}

/// What a list may be signed with.
#[derive(Clone, Copy, ValueEnum)]
enum SignerAlgorithm {
    Es256,
    Es384,
    Eddsa,
    Ps256,
}

pub(crate) fn run(args: &Args) -> Result<Outcome, CliError> {
    let alg = match args.alg {
        SignerAlgorithm::Es256 => Algorithm::ES256,
        SignerAlgorithm::Es384 => Algorithm::ES384,
        SignerAlgorithm::Eddsa => Algorithm::EdDSA,
        SignerAlgorithm::Ps256 => Algorithm::PS256,
    };
    match &args.token {
        Some(uri) => in_token(args, uri, alg),
        None => in_file(args, alg),
    }
}

fn in_file(args: &Args, alg: Algorithm) -> Result<Outcome, CliError> {
    let key = SigningKey::generate(alg, None).map_err(|error| CliError::Refused(error.to_string()))?;
    files::write_private(&args.out, &key.to_private_jwk())?;
    let public = args.out.with_extension("pub.jwk");
    files::write(&public, line(key.public_jwk()).as_bytes())?;
    let thumbprint = key.public_jwk().thumbprint();
    let text = format!(
        "private key  {}\npublic key   {}\nthumbprint   {thumbprint}\n\n{HAND_ON}",
        args.out.display(),
        public.display(),
    );
    let value = json!({ "private_key": args.out, "public_key": public, "thumbprint": thumbprint });
    Ok(Outcome::done(text, value))
}

fn in_token(args: &Args, uri: &str, alg: Algorithm) -> Result<Outcome, CliError> {
    let uri = token_uri(uri)?;
    // Before there is a key that no file tells of.
    let folder = args.out.parent().filter(|folder| !folder.as_os_str().is_empty());
    if args.out.exists() || folder.is_some_and(|folder| !folder.is_dir()) {
        return Err(CliError::io("cannot make", &args.out, "it exists, or its folder does not"));
    }
    let key = if args.existing { Signer::in_token(&uri)? } else { Signer::generate_in_token(&uri, alg)? };
    files::write_new(&args.out, line(key.public_jwk()).trim_end(), 0o644)?;
    let thumbprint = key.public_jwk().thumbprint();
    let text = format!(
        "private key  {uri}\npublic key   {}\nthumbprint   {thumbprint}\n\n{HAND_ON} Wherever a command takes a key file, \
         it takes the URI of the private key, in quotes.",
        args.out.display(),
    );
    let value = json!({ "private_key": uri.to_string(), "public_key": args.out, "thumbprint": thumbprint });
    Ok(Outcome::done(text, value))
}

fn line(public: &PublicJwk) -> String {
    format!("{}\n", public.to_value())
}

const HAND_ON: &str =
    "Hand the public key to whoever proposes the root or the member, and read the thumbprint to them.";
