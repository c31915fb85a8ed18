//! `trustctl export lote`

use std::path::PathBuf;

use serde_json::json;
use strict_jose::{PublicJwk, UnixTime};
use trust_list::document::ListName;
use trust_list::export::{CertificateChain, ListDocument, SignedList};
use trust_list::{ListView, VerifiedList};

use crate::error::CliError;
use crate::files;
use crate::outcome::Outcome;
use crate::snapshot::Source;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: Source,
    /// Which list: regional, or the code of a member.
    #[arg(long, value_name = "NAME")]
    list: ListName,
    /// The operator's certificate in PEM, those above it behind it: O is the list's SchemeOperatorName, C its
    /// SchemeTerritory.
    #[arg(long, value_name = "FILE")]
    certificate: PathBuf,
    /// The private key of the certificate: a file, or a pkcs11: URI.
    #[arg(long, value_name = "KEY")]
    key: PathBuf,
    /// Where it goes. Publish it as the list's DistributionPoint says: lists/regional.jwt, lists/XA.jwt.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args, now: UnixTime) -> Result<Outcome, CliError> {
    let region = args.source.verify(now)?;
    let document = args.source.list(&region, args.list)?;
    let document = ListDocument::open(&region, args.list, &document, now)?;
    let chain = CertificateChain::from_pem(&files::read(&args.certificate)?)
        .map_err(|error| CliError::content(&args.certificate, error))?;
    let signed = SignedList::sign(document, &chain, &files::read_private_key(&args.key)?, now)?;
    files::write(&args.out, signed.as_str().as_bytes())?;
    let digest = signed.certificate().thumbprint();
    let pinned = is_pinned(&region, args.list, signed.certificate().key());
    let (bytes, list) = (signed.as_str().len(), signed.name());
    let text = format!(
        "written   {}\nlist      {list}\nbytes     {bytes}\nx5t#S256  {digest}\n\nHand the x5t#S256 to whoever reads it: a reader pins the certificate, not its issuer.{}",
        args.out.display(),
        if pinned { "" } else { NOT_PINNED },
    );
    let value = json!({ "file": args.out, "list": list, "bytes": bytes, "x5t#S256": digest, "list_signer": pinned });
    Ok(Outcome::done(text, value))
}

const NOT_PINNED: &str =
    "\nThe key is not one that the regional list names for this list, so a pointer does not lead to it.";

/// Whether the regional list's pointer names the key; nothing points at the regional list.
fn is_pinned(region: &VerifiedList, list: ListName, key: &PublicJwk) -> bool {
    match list {
        ListName::Regional => true,
        ListName::Member(country) => region.member(country).is_some_and(|member| member.signers().contains(key)),
    }
}

impl Source {
    /// The document of a list that the region was verified with.
    fn list(&self, region: &VerifiedList, name: ListName) -> Result<Vec<u8>, CliError> {
        let of = |view: &ListView<'_>| view.country.map_or(ListName::Regional, ListName::Member) == name;
        let view = region.lists().find(of).ok_or(trust_list::export::ExportError::NotUsable(name))?;
        self.document(trust_list::document::DocumentPath::List(name, view.sequence))
    }
}
