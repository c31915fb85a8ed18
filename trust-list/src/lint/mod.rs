//! A list against the standards, clause by clause: ETSI TS 119 602 for what it says, TS 119 182-1 (JAdES) for how it is
//! signed. Own lists or foreign ones; nothing here trusts anything.
//!
//! 1. `envelope`: which of the three forms it is (compact JAdES, JWS in JSON, bare JSON), and the header.
//! 2. `certificate`: the certificate beside the signature, and the signature by its key.
//! 3. `schema`: members, types and arrays as the JSON schema has them.
//! 4. `scheme` and `entity`: what the clauses say beyond the schema; `profile`: what the type of list adds.
//! 5. For lists of ours without an error so far: what a client would say.
//!
//! To add a check: 1. a variant of [`Check`] with its clause, 2. a function beside those of its part, 3. its words in
//! `texts`, 4. a defect in `tests/defects/lint`, which must be found by it and by nothing else.

mod certificate;
mod entity;
mod envelope;
mod finding;
mod profile;
mod schema;
mod scheme;
mod texts;

use std::fmt::Write as _;

use serde_json::Value;
use strict_jose::{UnixTime, b64, sha256};

pub use finding::{Check, Finding, Severity};

use crate::document::Typ;
use crate::publish::Proposal;
use finding::Findings;

/// A list and what is expected of it.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// The file.
    pub bytes: &'q [u8],
    /// As of when.
    pub now: UnixTime,
    /// The LoTEType that was asked for, if any.
    pub lote_type: Option<&'q str>,
    /// Where it was fetched from, if known.
    pub location: Option<&'q str>,
    /// The SHA-256 that is published beside it, in hexadecimal or base64url, if any.
    pub sha256: Option<&'q str>,
}

/// Every finding, in the order of the checks. None: the list keeps to the standards as far as it can be seen.
pub fn lint(question: &Question<'_>) -> Vec<Finding> {
    let mut findings = Findings::default();
    sidecar(question, &mut findings);
    if let Some(opened) = envelope::open(question.bytes, &mut findings) {
        payload(question, &opened, &mut findings);
    }
    findings.into_vec()
}

fn payload(question: &Question<'_>, opened: &envelope::Opened, findings: &mut Findings) {
    schema::check(&opened.list, findings);
    let scheme = scheme::Scheme::of(&opened.list);
    scheme.check(question, findings);
    entity::check(&opened.list, findings);
    profile::check(&scheme, &opened.list, findings);
    certificate::check(opened, &scheme, findings);
    if !findings.has_errors() {
        own(&opened.payload, findings);
    }
}

/// The digest published beside a list lets readers skip a download, so a wrong one keeps them on an old list.
fn sidecar(question: &Question<'_>, findings: &mut Findings) {
    let Some(said) = question.sha256 else { return };
    let digest = sha256(question.bytes);
    let hex = digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    let said = said.split_whitespace().next().unwrap_or_default();
    if !said.eq_ignore_ascii_case(&hex) && said != b64::encode(digest) {
        findings.add(Check::SidecarDigest, "", hex);
    }
}

/// A list of ours must also be one that clients accept.
fn own(payload: &[u8], findings: &mut Findings) {
    let Some(kind @ (Typ::Regional | Typ::National)) = Proposal::kind_of_payload(payload) else { return };
    if let Err(problem) = Proposal::of_list(kind, payload.to_vec()) {
        findings.add(Check::RefusedByClients, "", problem.to_string());
    }
}

/// The text at a place.
fn text<'v>(value: &'v Value, pointer: &str) -> Option<&'v str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// The elements of an array at a place with their own places.
fn elements<'v>(value: &'v Value, pointer: &str) -> Vec<(String, &'v Value)> {
    let array = value.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    array.enumerate().map(|(at, element)| (format!("{pointer}/{at}"), element)).collect()
}
