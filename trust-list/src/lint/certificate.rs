//! The certificate that comes along, and the signature by its key. It is no anchor: whose it is says the one who pins it.

use serde_json::{Map, Value};
use strict_jose::{Algorithm, CompactJws, Header, Limits, Verifier, b64, sha256};
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::envelope::{Compact, Opened};
use super::finding::{Check, Findings};
use super::scheme::{Scheme, is_code};
use crate::x509::key;

pub(super) fn check(opened: &Opened, scheme: &Scheme<'_>, findings: &mut Findings) {
    let Some(compact) = &opened.compact else { return };
    if !compact.header.contains_key("x5c") {
        return;
    }
    let Some(der) = first(&compact.header) else {
        findings.add(Check::Certificate, "", "");
        return;
    };
    let Ok((_, certificate)) = X509Certificate::from_der(&der) else {
        findings.add(Check::Certificate, "", "");
        return;
    };
    digest(&compact.header, &der, findings);
    authority(&certificate, findings);
    subject(&certificate, scheme, findings);
    signature(compact, &certificate, findings);
}

/// The leaf of `x5c`, base64 and not base64url.
fn first(header: &Map<String, Value>) -> Option<Vec<u8>> {
    let only = Map::from_iter([
        ("alg".to_owned(), "ES256".into()),
        ("x5c".to_owned(), header.get("x5c").cloned().unwrap_or(Value::Null)),
    ]);
    Header::from_members(only).ok()?.x5c().ok()??.into_iter().next()
}

fn digest(header: &Map<String, Value>, der: &[u8], findings: &mut Findings) {
    let own = b64::encode(sha256(der));
    if header.get("x5t#S256").is_some_and(|said| *said != own) {
        findings.add(Check::CertificateDigest, "", own);
    }
}

/// TS 119 612 §5.7.1: CA is false.
fn authority(certificate: &X509Certificate<'_>, findings: &mut Findings) {
    if certificate.is_ca() {
        findings.add(Check::SignerIsAuthority, "", certificate.subject().to_string());
    }
}

/// O is one of SchemeOperatorName, C is SchemeTerritory (GB and EL as the EU writes them are left to their lists).
fn subject(certificate: &X509Certificate<'_>, scheme: &Scheme<'_>, findings: &mut Findings) {
    let subject = certificate.subject();
    let organisation = subject.iter_organization().find_map(|name| name.as_str().ok());
    if !organisation.is_some_and(|name| scheme.operator_names().any(|operator| operator == name)) {
        findings.add(Check::SignerOrganisation, "", organisation.unwrap_or_default());
    }
    let country = subject.iter_country().find_map(|name| name.as_str().ok());
    if scheme.territory().is_some_and(|territory| is_code(territory) && country != Some(territory)) {
        findings.add(Check::SignerCountry, "", country.unwrap_or_default());
    }
}

/// RFC 7515 §5.2. A header that is refused for itself says so already.
fn signature(compact: &Compact, certificate: &X509Certificate<'_>, findings: &mut Findings) {
    let Ok(jws) = CompactJws::parse(&compact.text, &Limits::BULK_LIST) else { return };
    let alg = jws.header().alg();
    let Some(verifier) = verifier(certificate, alg) else {
        findings.add(Check::Signature, "", format!("the key is not one for {alg}"));
        return;
    };
    if let Err(error) = jws.verify(&verifier) {
        findings.add(Check::Signature, "", error.to_string());
    }
}

fn verifier(certificate: &X509Certificate<'_>, alg: Algorithm) -> Option<Verifier> {
    Verifier::new(&key::read(certificate.public_key()).ok()?, alg).ok()
}
