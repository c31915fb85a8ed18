//! The form a list comes in, and the header of its signature.

use std::collections::BTreeSet;

use serde_json::{Map, Value};
use strict_jose::{JsonError, Limits, SignedDocument, b64, json};

use super::finding::{Check, Findings};

/// A list out of its envelope.
pub(super) struct Opened {
    /// What it says.
    pub(super) list: Value,
    /// The bytes that say so.
    pub(super) payload: Vec<u8>,
    /// The signature, of a compact JWS.
    pub(super) compact: Option<Compact>,
}

/// A compact JWS: its header, and the text that is signed.
pub(super) struct Compact {
    pub(super) header: Map<String, Value>,
    pub(super) text: String,
}

/// Takes the list out of whatever it is in. Without one there is nothing more to check.
pub(super) fn open(bytes: &[u8], findings: &mut Findings) -> Option<Opened> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        findings.add(Check::NotAList, "", "not UTF-8");
        return None;
    };
    if text.trim_start().starts_with('{') { in_json(text, findings) } else { compact(text, findings) }
}

/// JSON: the list itself, or a JWS in the general form around it.
fn in_json(text: &str, findings: &mut Findings) -> Option<Opened> {
    let value = whole(text, findings)?;
    if value.get("payload").is_none() {
        findings.add(Check::Unsigned, "", "");
        return Some(Opened { list: value, payload: text.trim().as_bytes().to_owned(), compact: None });
    }
    match SignedDocument::parse(text.trim().as_bytes(), &Limits::BULK_LIST) {
        Ok(document) => {
            if document.signatures().is_empty() {
                findings.add(Check::Unsigned, "", "");
            }
            let payload = document.payload().to_owned();
            let list = read(&payload, findings)?;
            Some(Opened { list, payload, compact: None })
        }
        Err(error) => {
            findings.add(Check::NotAList, "", error.to_string());
            None
        }
    }
}

fn compact(text: &str, findings: &mut Findings) -> Option<Opened> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(text.len());
    let (jws, rest) = text.split_at(end);
    if !rest.is_empty() {
        findings.add(Check::TrailingBytes, "", format!("{} bytes", rest.len()));
    }
    let parts: Vec<Option<Vec<u8>>> = jws.split('.').map(|part| b64::decode(part).ok()).collect();
    let [Some(header), Some(payload), Some(_)] = parts.as_slice() else {
        findings.add(Check::NotAList, "", "");
        return None;
    };
    let Value::Object(header) = read(header, findings)? else {
        findings.add(Check::NotAList, "", "the header is no object");
        return None;
    };
    check_header(&header, findings);
    let list = read(payload, findings)?;
    Some(Opened { list, payload: payload.clone(), compact: Some(Compact { header, text: jws.to_owned() }) })
}

fn read(bytes: &[u8], findings: &mut Findings) -> Option<Value> {
    match std::str::from_utf8(bytes) {
        Ok(text) => whole(text, findings),
        Err(error) => {
            findings.add(Check::NotJson, "", error.to_string());
            None
        }
    }
}

/// One JSON text; what comes after it is a finding of its own, and so are names given twice.
fn whole(text: &str, findings: &mut Findings) -> Option<Value> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    let first = match values.next() {
        Some(Ok(value)) => value,
        Some(Err(error)) => {
            findings.add(Check::NotJson, "", error.to_string());
            return None;
        }
        None => return None,
    };
    let rest = text.get(values.byte_offset()..).unwrap_or_default().trim();
    if !rest.is_empty() {
        findings.add(Check::TrailingBytes, "", format!("{} bytes", rest.len()));
    }
    let own = text.get(..values.byte_offset()).unwrap_or_default();
    match json::checked_text(own.as_bytes(), &Limits::BULK_LIST) {
        Ok(_) => {}
        Err(JsonError::DuplicateName { at }) => findings.add(Check::DuplicateMember, "", format!("byte {at}")),
        Err(error) => findings.add(Check::NotJson, "", error.to_string()),
    }
    Some(first)
}

fn check_header(header: &Map<String, Value>, findings: &mut Findings) {
    algorithm(header, findings);
    signing_time(header, findings);
    certificate_reference(header, findings);
    critical(header, findings);
}

/// Asymmetric and modern; `none` is no signature, RS256 is for national identity providers.
const ALGORITHMS: [&str; 4] = ["ES256", "ES384", "PS256", "EdDSA"];

fn algorithm(header: &Map<String, Value>, findings: &mut Findings) {
    let alg = header.get("alg");
    if !alg.and_then(Value::as_str).is_some_and(|alg| ALGORITHMS.contains(&alg)) {
        findings.add(Check::Algorithm, "", alg.map_or_else(String::new, ToString::to_string));
    }
}

/// Since 2025-07-15 `iat` is required, and `sigT` must not be there.
fn signing_time(header: &Map<String, Value>, findings: &mut Findings) {
    if header.get("iat").and_then(Value::as_u64).is_none() {
        findings.add(Check::SigningTime, "", "");
    }
    if let Some(sig_t) = header.get("sigT") {
        findings.add(Check::ObsoleteSigningTime, "", sig_t.to_string());
    }
}

fn certificate_reference(header: &Map<String, Value>, findings: &mut Findings) {
    let names: Vec<&str> =
        ["x5t#S256", "x5t#o", "sigX5ts"].into_iter().filter(|name| header.contains_key(*name)).collect();
    if names.len() != 1 {
        findings.add(Check::CertificateReference, "", names.join(", "));
    }
    if !header.contains_key("x5c") {
        findings.add(Check::CertificateMissing, "", "");
    }
}

/// RFC 7515 §4.1.11: not empty, each name once, each there, none of the RFC's own; and here: understood.
fn critical(header: &Map<String, Value>, findings: &mut Findings) {
    const UNDERSTOOD: [&str; 2] = ["sigD", "b64"];
    let crit = header.get("crit");
    let mut seen = BTreeSet::new();
    let good = |name: &Value| {
        let name = name.as_str().unwrap_or_default().to_owned();
        UNDERSTOOD.contains(&name.as_str()) && header.contains_key(&name)
    };
    let names = crit.and_then(Value::as_array);
    let well_made = names
        .is_some_and(|names| !names.is_empty() && names.iter().all(|name| good(name) && seen.insert(name.to_string())));
    // TS 119 182-1 §5.1.9: sigD and b64 are there only when crit says so.
    let unnamed = UNDERSTOOD
        .iter()
        .any(|name| header.contains_key(*name) && !names.is_some_and(|names| names.iter().any(|other| other == name)));
    if (crit.is_some() && !well_made) || unnamed {
        findings.add(Check::CriticalHeader, "", crit.map_or_else(String::new, ToString::to_string));
    }
}
