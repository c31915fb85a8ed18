//! Every reader of others' documents as a function of bytes, for fuzzing. None may panic, hang or grow without limit;
//! where something can be compared, a disagreement is a panic too.
//!
//! To add one: 1. a function here and its row in [`TARGETS`], 2. a seed in `fuzz/seeds`.

use strict_jose::fuzzing::Target;
use strict_jose::{Limits, SignedDocument, UnixTime, json};
use url::Url;

use crate::delta;
use crate::document::vocabulary::{NATIONAL_LIST, REGIONAL_LIST};
use crate::document::{NationalList, RegionalList, Requested, Root, Status, SuspensionOrder, redirect_problem};
use crate::jades::{self, Record, SignerSet};
use crate::x509::{Authorities, Evidence, crl, operator_certificate, pem, verify_signer};
use crate::{CountryCode, high_water};

/// The readers by name.
pub const TARGETS: &[Target] = &[
    ("root", root),
    ("regional_list", regional_list),
    ("national_list", national_list),
    ("status", status),
    ("suspension_order", suspension_order),
    ("marks", marks),
    ("redirect_uri", redirect_uri),
    ("jades", jades_list),
    ("lote_payload", lote_payload),
    ("certificate", certificate),
    ("certificate_path", certificate_path),
    ("revocation_list", revocation_list),
    ("pem", pem_file),
    ("delta", delta),
];

/// A delta against a small release, which is to become one of 64 bytes.
pub fn delta(bytes: &[u8]) {
    let older = br#"{"payload":"eyJhIjoiYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eiJ9","signatures":[]}"#;
    let _ = delta::apply(older, bytes, 64);
}

/// 2027-01-15T08:00:00Z, when the seeds are good.
const NOW: UnixTime = UnixTime::new(1_800_000_000);

/// A root as it is signed, whoever signed it: what is read says the same when it is written.
fn root(bytes: &[u8]) {
    if let Ok(root) = Root::read(&SignedDocument::new(bytes.to_vec())) {
        let text = serde_json::to_vec(root.document()).unwrap_or_default();
        assert!(Root::read(&SignedDocument::new(text)).is_ok(), "it reads back");
    }
}

fn requested(lote_type: &str, country: CountryCode) -> Requested<'_> {
    let distribution_point = "https://lists.example/list";
    Requested { lote_type, territory: country, distribution_point, sequence: 1, now: NOW }
}

fn regional_list(bytes: &[u8]) {
    if let Ok(region) = "QM".parse() {
        drop(RegionalList::read(bytes, &requested(REGIONAL_LIST, region), String::new()));
    }
}

fn national_list(bytes: &[u8]) {
    if let Ok(country) = "XA".parse() {
        drop(NationalList::read(bytes, &requested(NATIONAL_LIST, country), &[], String::new()));
    }
}

fn status(bytes: &[u8]) {
    if let Ok(status) = Status::read(bytes) {
        let text = serde_json::to_vec(&status).unwrap_or_default();
        let again = Status::read(&text).map(|again| serde_json::to_vec(&again).unwrap_or_default());
        assert!(again.is_ok_and(|again| again == text), "it reads back");
    }
}

fn suspension_order(bytes: &[u8]) {
    if let Ok(order) = json::parse_as::<SuspensionOrder>(bytes, &Limits::SMALL) {
        let text = serde_json::to_vec(&order).unwrap_or_default();
        assert!(
            json::parse_as(&text, &Limits::SMALL).is_ok_and(|again: SuspensionOrder| again == order),
            "it reads back"
        );
    }
}

fn marks(bytes: &[u8]) {
    high_water::fuzz_marks(bytes);
}

/// What the hub takes for a redirect URI means one place to the URL standard, and that place is spelled out in it.
fn redirect_uri(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if redirect_problem(text).is_some() {
        return;
    }
    let url = Url::parse(text).ok().filter(|url| url.scheme() == "https" && url.fragment().is_none());
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let own = text.strip_prefix("https://").unwrap_or_default();
    assert!(!host.is_empty() && own.len() >= host.len(), "it names a host");
    let spelled = own.get(..host.len()).unwrap_or_default();
    let after = own.get(host.len()..).and_then(|rest| rest.chars().next());
    assert!(spelled.eq_ignore_ascii_case(host), "the host {spelled:?} is read as {host:?}");
    assert!(matches!(after, None | Some('/' | '?' | ':')), "the host {host:?} goes on");
}

fn record(signers: SignerSet) -> Option<Record> {
    let territory = "XA".parse().ok()?;
    Some(Record {
        location: "https://lists.example/list".to_owned(),
        lote_type: "urn:x".to_owned(),
        territory,
        signers,
    })
}

/// No list is accepted that nobody pinned can have signed.
fn jades_list(bytes: &[u8]) {
    let authorities = Authorities::new(Vec::new());
    let certified = SignerSet::Certified { authorities, chain: Vec::new(), revocation_lists: Vec::new() };
    for signers in [SignerSet::Pinned(Vec::new()), certified] {
        let Some(record) = record(signers) else { return };
        assert!(jades::read(bytes, &record, None, NOW).is_err(), "signed by nobody");
    }
}

/// What an authenticated payload may say.
fn lote_payload(bytes: &[u8]) {
    if let Some(record) = record(SignerSet::Pinned(Vec::new())) {
        jades::fuzz_payload(bytes, &record, NOW);
    }
}

/// A certificate that is accepted is the bytes that were given, with a key of its own.
fn certificate(bytes: &[u8]) {
    if let Ok(country) = "XA".parse()
        && let Ok(certificate) = operator_certificate(bytes, &["Trust authority of XA"], country, NOW)
    {
        assert!(certificate.der() == bytes && certificate.country() == country, "another certificate");
    }
}

/// Nobody is vouched for by an authority that was not pinned. Two bytes give the length of the first certificate.
fn certificate_path(bytes: &[u8]) {
    let Some(([high, low], rest)) = bytes.split_first_chunk::<2>() else { return };
    let (leaf, above) = rest.split_at(usize::from(u16::from_be_bytes([*high, *low])).min(rest.len()));
    let Ok(country) = "XA".parse() else { return };
    let chain = [above.to_vec()];
    let evidence = Evidence { chain: &chain, revocation_lists: &[] };
    for pinned in [vec![], vec![above.to_vec()]] {
        let found = verify_signer(leaf, &["Trust authority of XA"], country, &Authorities::new(pinned), &evidence, NOW);
        assert!(found.is_err(), "without a revocation list nobody is verified");
    }
}

fn revocation_list(bytes: &[u8]) {
    drop(crl::RevocationLists::read(&[bytes.to_vec()]).map(|_| ()));
}

/// A file holds one certificate or none.
fn pem_file(bytes: &[u8]) {
    let all = pem::certificates(bytes);
    if pem::certificate(bytes).is_ok() {
        assert!(all.is_ok_and(|all| all.len() == 1), "one certificate of several");
    }
    drop(pem::revocation_lists(bytes));
}
