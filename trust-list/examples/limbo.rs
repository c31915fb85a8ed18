//! Runs the corpus of C2SP x509-limbo against the rules for certificates.
//!
//! `cargo run -p trust-list --features testing --example limbo -- limbo.json`
//!
//! The corpus is about TLS servers; see `trust_list::x509::tls_server` for what stands in for a list signer. Cases for TLS
//! clients are left out. The exit code is 1 if anything is accepted that the corpus says must be refused.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde::Deserialize;
use strict_jose::UnixTime;
use trust_list::x509::{Authorities, Evidence, pem, tls_server};

#[derive(Deserialize)]
struct Corpus {
    testcases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    validation_kind: String,
    trusted_certs: Vec<String>,
    untrusted_intermediates: Vec<String>,
    peer_certificate: String,
    validation_time: Option<String>,
    expected_result: String,
    expected_peer_name: Option<Peer>,
    max_chain_depth: Option<u32>,
    #[serde(default)]
    crls: Vec<String>,
}

#[derive(Deserialize)]
struct Peer {
    value: String,
}

/// Cases without a time were written about this one, 2026-01-01T00:00:00Z.
const DEFAULT_TIME: UnixTime = UnixTime::new(1_767_225_600);

/// Rules for TLS servers and public roots that a list signer's profile does not have.
const NOT_OURS: [(&str, &str); 6] = [
    ("webpki::cn::", "the common name of a TLS server; a list signer is known by O and C"),
    ("webpki::san::public-suffix", "wildcards on public suffixes; a list signer's host names mean nothing"),
    ("webpki::eku::ee-critical-eku", "CA/Browser Forum: the extended key usage of a TLS server is not critical"),
    ("webpki::eku::root-has-eku", "CA/Browser Forum: a public root has no extended key usage"),
    ("webpki::aki::root-with-aki-authoritycert", "CA/Browser Forum: a public root names its issuer by key alone"),
    ("webpki::aki::root-with-aki-all-fields", "CA/Browser Forum: a public root names its issuer by key alone"),
];

#[derive(Default)]
struct Tally {
    accepted: usize,
    refused: usize,
    left_out: usize,
    /// By the rule of others.
    not_ours: BTreeMap<&'static str, Vec<String>>,
    unexpected_accepts: Vec<String>,
    /// By reason.
    unexpected_refusals: BTreeMap<String, Vec<String>>,
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("give the path of limbo.json")?;
    let corpus: Corpus = serde_json::from_slice(&std::fs::read(path)?)?;
    let mut tally = Tally::default();
    for case in &corpus.testcases {
        tally.count(case);
    }
    tally.print(corpus.testcases.len());
    Ok(ExitCode::from(u8::from(!tally.unexpected_accepts.is_empty())))
}

impl Tally {
    fn count(&mut self, case: &Case) {
        let Some(peer) = &case.expected_peer_name else {
            self.left_out += 1;
            return;
        };
        if case.validation_kind != "SERVER" || case.max_chain_depth.is_some() {
            self.left_out += 1;
            return;
        }
        match (judge(case, &peer.value), case.expected_result.as_str()) {
            (Ok(()), "SUCCESS") => self.accepted += 1,
            (Ok(()), _) => match NOT_OURS.iter().find(|(prefix, _)| case.id.starts_with(prefix)) {
                Some((_, rule)) => self.not_ours.entry(rule).or_default().push(case.id.clone()),
                None => self.unexpected_accepts.push(case.id.clone()),
            },
            (Err(why), "SUCCESS") => self.unexpected_refusals.entry(why).or_default().push(case.id.clone()),
            (Err(_), _) => self.refused += 1,
        }
    }

    fn print(&self, all: usize) {
        let refusals: usize = self.unexpected_refusals.values().map(Vec::len).sum();
        println!("cases {all}: accepted as expected {}, refused as expected {}", self.accepted, self.refused);
        println!("left out {}, unexpected accepts {}", self.left_out, self.unexpected_accepts.len());
        self.unexpected_accepts.iter().for_each(|id| println!("  ACCEPTED {id}"));
        println!("accepted, by rules that are not ours {}", self.not_ours.values().map(Vec::len).sum::<usize>());
        self.not_ours.iter().for_each(|(why, ids)| print_row(why, ids));
        println!("unexpected refusals {refusals}");
        self.unexpected_refusals.iter().for_each(|(why, ids)| print_row(why, ids));
    }
}

fn print_row(why: &str, ids: &[String]) {
    println!("  {} {why}\n      {}", ids.len(), ids.join(" "));
}

fn judge(case: &Case, host: &str) -> Result<(), String> {
    let certificate = |pem: &String| pem::certificate(pem.as_bytes()).map_err(|problem| problem.to_string());
    let leaf = certificate(&case.peer_certificate)?;
    let chain = case.untrusted_intermediates.iter().map(certificate).collect::<Result<Vec<_>, _>>()?;
    let pinned = case.trusted_certs.iter().map(certificate).collect::<Result<Vec<_>, _>>()?;
    let mut revocation_lists = Vec::new();
    for crl in &case.crls {
        revocation_lists.extend(pem::revocation_lists(crl.as_bytes()).map_err(|problem| problem.to_string())?);
    }
    let now = case.validation_time.as_deref().map_or(Ok(DEFAULT_TIME), time)?;
    let evidence = Evidence { chain: &chain, revocation_lists: &revocation_lists };
    tls_server::verify(&leaf, host, &Authorities::new(pinned), &evidence, now)
        .map_err(|problem| reason(&problem.to_string()))
}

/// The corpus writes `+00:00` and sometimes milliseconds, where we write `Z`.
fn time(text: &str) -> Result<UnixTime, String> {
    let seconds = text.get(..19).ok_or("a time is too short")?;
    UnixTime::parse_rfc3339(&format!("{seconds}Z")).map_err(|error| error.to_string())
}

/// Without the name of the certificate, so that equal reasons are counted together.
fn reason(problem: &str) -> String {
    problem.split_once("\": ").map_or(problem, |(_, reason)| reason).to_owned()
}
