//! `trustctl verify-lote`

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use strict_jose::UnixTime;
use trust_list::CountryCode;
use trust_list::jades::{self, ForeignList, Record, Seen, SignerSet};
use trust_list::x509::{Authorities, pem};

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;

/// What was handed over out of band about the list, and the list.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The list: a compact JWS, as it was fetched.
    #[arg(value_name = "FILE")]
    list: PathBuf,
    /// Its LoTEType.
    #[arg(long = "type", value_name = "URI")]
    lote_type: String,
    /// Its SchemeTerritory.
    #[arg(long, value_name = "CC")]
    territory: CountryCode,
    /// Where it is published.
    #[arg(long, value_name = "URL")]
    location: String,
    /// A certificate that may sign it, PEM or DER; give each.
    #[arg(long, value_name = "CERT", required_unless_present = "anchors", conflicts_with = "anchors")]
    signer: Vec<PathBuf>,
    /// An authority whose certificates may sign it, PEM or DER; give each. Needs --crl.
    #[arg(long = "anchor", value_name = "CERT", requires = "crls")]
    anchors: Vec<PathBuf>,
    /// An authority between the signer and the anchor, if the list does not bring it along.
    #[arg(long, value_name = "CERT", requires = "anchors")]
    chain: Vec<PathBuf>,
    /// A revocation list, PEM or DER; one of every authority of the path.
    #[arg(long = "crl", value_name = "CRL", requires = "anchors")]
    crls: Vec<PathBuf>,
    /// Remembers the highest list accepted, and refuses an older or a different one.
    #[arg(long, value_name = "FILE")]
    seen: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let record = Record {
        location: args.location.clone(),
        lote_type: args.lote_type.clone(),
        territory: args.territory,
        signers: signers(args)?,
    };
    let seen: Option<Seen> = match &args.seen {
        Some(path) if path.exists() => Some(files::read_json(path)?),
        _ => None,
    };
    let list = jades::read(&files::read(&args.list)?, &record, seen.as_ref(), now)
        .map_err(|problem| CliError::content(&args.list, problem))?;
    if let Some(path) = &args.seen {
        files::write(path, format!("{:#}\n", json!(list.seen)).as_bytes())?;
    }
    Ok(Outcome::done(text(&list), value(&list)))
}

fn signers(args: &Args) -> Result<SignerSet, CliError> {
    if args.anchors.is_empty() {
        return args.signer.iter().map(|path| certificate(path)).collect::<Result<_, _>>().map(SignerSet::Pinned);
    }
    let all = |paths: &[PathBuf]| paths.iter().map(|path| certificate(path)).collect::<Result<Vec<_>, _>>();
    let mut revocation_lists = Vec::new();
    for path in &args.crls {
        revocation_lists
            .extend(pem::revocation_lists(&files::read(path)?).map_err(|problem| CliError::content(path, problem))?);
    }
    Ok(SignerSet::Certified {
        authorities: Authorities::new(all(&args.anchors)?),
        chain: all(&args.chain)?,
        revocation_lists,
    })
}

fn certificate(path: &Path) -> Result<Vec<u8>, CliError> {
    pem::certificate(&files::read(path)?).map_err(|problem| CliError::content(path, problem))
}

fn text(list: &ForeignList) -> String {
    let rows = [
        ("type", list.lote_type.clone()),
        ("territory", list.territory.to_string()),
        ("operator", list.operator.pick(&["en"]).to_owned()),
        ("sequence", list.seen.sequence.to_string()),
        ("sha256", list.seen.sha256.clone()),
        ("issued", list.issued.to_rfc3339()),
        ("expires", list.next_update.to_rfc3339()),
        ("entities", format!("{} with {} services", list.entities, list.services)),
        ("signer", format!("{}, valid until {}", list.signer.thumbprint(), list.signer.not_after().to_rfc3339())),
    ];
    rows.into_iter().fold(String::new(), |text, (name, value)| format!("{text}{name:<10} {value}\n"))
}

fn value(list: &ForeignList) -> Value {
    json!({
        "type": list.lote_type,
        "territory": list.territory,
        "operator": list.operator,
        "sequence": list.seen.sequence,
        "sha256": list.seen.sha256,
        "issued": list.issued.to_rfc3339(),
        "next_update": list.next_update.to_rfc3339(),
        "entities": list.entities,
        "services": list.services,
        "signer": { "x5t#S256": list.signer.thumbprint(), "not_after": list.signer.not_after().to_rfc3339() },
    })
}
