//! `trustctl export bundle`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::UnixTime;
use trust_list::CountryCode;
use trust_list::export::{Bundle, BundleDraft};

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;
use crate::snapshot::Source;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// The country whose devices it is for.
    #[arg(long, value_name = "COUNTRY")]
    recogniser: CountryCode,
    /// A key that signs that country's list: a file, or a pkcs11: URI. Repeat for each that must sign.
    #[arg(long = "key", value_name = "KEY", required = true)]
    keys: Vec<PathBuf>,
    /// How many days it lives: at most 92, and never longer than the regional list.
    #[arg(long, value_name = "DAYS", default_value_t = 28)]
    life_days: i64,
    /// Where it goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Where that goes which a device must know before its first bundle.
    #[arg(long, value_name = "FILE")]
    pin_out: Option<PathBuf>,
}

const DAY: i64 = 24 * 3600;

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let region = args.source.verify(now)?;
    let mut draft = BundleDraft::new(&region, args.recogniser, now, args.life_days.saturating_mul(DAY))?;
    for path in &args.keys {
        draft.sign(&files::read_private_key(path)?)?;
    }
    let pinned = draft.pinned().clone();
    let bytes = draft.finish()?;
    files::write(&args.out, &bytes)?;
    if let Some(path) = &args.pin_out {
        files::write(path, format!("{:#}\n", json!(pinned)).as_bytes())?;
    }
    let bundle = Bundle::verify(&bytes, &pinned, now).map_err(|error| CliError::Refused(error.to_string()))?;
    let expires = bundle.expires_at().to_rfc3339();
    let countries: Vec<String> = bundle.members().map(|member| member.code().to_string()).collect();
    let text = format!(
        "written    {}\nbytes      {}\nsequence   {}\nexpires    {expires}\ncountries  {}",
        args.out.display(),
        bytes.len(),
        bundle.sequence(),
        countries.join(" "),
    );
    let value = json!({
        "file": args.out,
        "bytes": bytes.len(),
        "sequence": bundle.sequence(),
        "expires": expires,
        "countries": countries,
    });
    Ok(Outcome::done(text, value))
}
