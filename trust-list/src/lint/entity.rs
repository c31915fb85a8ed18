//! What the clauses say of organisations and services, beyond the schema.

use std::collections::BTreeMap;

use serde_json::Value;
use strict_jose::{Header, PublicJwk, UnixTime};

use super::finding::{Check, Findings};
use super::{elements, text};
use crate::document::vocabulary::{CLIENT_EXTENSION, ISSUER_EXTENSION};

pub(super) fn check(list: &Value, findings: &mut Findings) {
    let mut statuses = BTreeMap::new();
    for (at, entity) in elements(list, "/LoTE/TrustedEntitiesList") {
        let inside = format!("{at}/TrustedEntityInformation");
        address(entity, &at, findings);
        extensions(list, &format!("{inside}/TEInformationExtensions"), &[], findings);
        for (at, service) in elements(list, &format!("{at}/TrustedEntityServices")) {
            check_service(list, &at, service, findings);
            one_status_for_a_key(&at, service, &mut statuses, findings);
        }
    }
    for (at, _) in elements(list, "/LoTE/ListAndSchemeInformation/PointersToOtherLoTE") {
        for (at, identity) in elements(list, &format!("{at}/ServiceDigitalIdentities")) {
            check_identity(&at, identity, findings);
        }
    }
}

fn check_service(list: &Value, at: &str, service: &Value, findings: &mut Findings) {
    let info = format!("{at}/ServiceInformation");
    if let Some(identity) = service.pointer("/ServiceInformation/ServiceDigitalIdentity") {
        check_identity(&format!("{info}/ServiceDigitalIdentity"), identity, findings);
    }
    let known = [ISSUER_EXTENSION, CLIENT_EXTENSION];
    extensions(list, &format!("{info}/ServiceInformationExtensions"), &known, findings);
    history(at, service, findings);
}

fn address(entity: &Value, at: &str, findings: &mut Findings) {
    let place = "/TrustedEntityInformation/TEAddress/TEElectronicAddress";
    let addresses = elements(entity, place);
    let has = |scheme: &&str| {
        addresses.iter().any(|(_, address)| text(address, "/uriValue").is_some_and(|uri| uri.starts_with(*scheme)))
    };
    let missing: Vec<&str> = ["mailto:", "http", "tel:"].into_iter().filter(|scheme| !has(scheme)).collect();
    if !addresses.is_empty() && !missing.is_empty() {
        findings.add(Check::EntityAddress, format!("{at}{place}"), missing.join(" "));
    }
}

/// §6.6.9: each container says whether it is critical, and what is critical must be known. Elsewhere nothing of ours is.
pub(super) fn extensions(list: &Value, place: &str, known: &[&str], findings: &mut Findings) {
    for (at, container) in elements(list, place) {
        let critical = container.get("Critical");
        if critical.and_then(Value::as_bool).is_none() {
            findings.add(Check::ExtensionCriticality, at, "");
            continue;
        }
        let names = container.as_object().into_iter().flat_map(|members| members.keys());
        let unknown = names.filter(|name| *name != "Critical" && !known.contains(&name.as_str()));
        if critical == Some(&Value::Bool(true)) {
            for name in unknown {
                findings.add(Check::CriticalExtension, at.clone(), name.as_str());
            }
        }
    }
}

fn check_identity(at: &str, identity: &Value, findings: &mut Findings) {
    for (place, certificate) in elements(identity, "/X509Certificates") {
        let value = text(certificate, "/val").unwrap_or_default();
        if !is_der(value) {
            findings.add(
                Check::CertificateForm,
                format!("{at}{place}/val"),
                value.chars().take(27).collect::<String>(),
            );
        }
    }
    for (place, key) in elements(identity, "/PublicKeyValues") {
        if let Err(error) = PublicJwk::parse(key) {
            findings.add(Check::Key, format!("{at}{place}"), error.to_string());
        }
    }
}

/// DER of a certificate begins with a SEQUENCE; the base64 is the one of RFC 7515 §4.1.6.
fn is_der(text: &str) -> bool {
    let header = serde_json::Map::from_iter([
        ("alg".to_owned(), Value::from("ES256")),
        ("x5c".to_owned(), Value::from(vec![text])),
    ]);
    let decoded = Header::from_members(header).ok().and_then(|header| header.x5c().ok().flatten());
    decoded.is_some_and(|certificates| certificates.iter().all(|der| der.first() == Some(&0x30)))
}

/// §6.6.11: newest first, all before the present status.
fn history(at: &str, service: &Value, findings: &mut Findings) {
    let time = |value: &Value| UnixTime::parse_rfc3339(text(value, "/StatusStartingTime")?).ok();
    let mut newer = service.get("ServiceInformation").and_then(time);
    for (place, period) in elements(service, "/ServiceHistory") {
        let Some(older) = time(period) else { continue };
        if newer.is_some_and(|newer| older >= newer) {
            findings.add(Check::HistoryOrder, format!("{at}{place}"), older.to_rfc3339());
            return;
        }
        newer = Some(older);
    }
}

/// A reader that looks a key up must find one answer.
fn one_status_for_a_key(
    at: &str,
    service: &Value,
    statuses: &mut BTreeMap<(String, String), String>,
    findings: &mut Findings,
) {
    let info = |name: &str| text(service, &format!("/ServiceInformation/{name}")).unwrap_or_default().to_owned();
    let (kind, status) = (info("ServiceTypeIdentifier"), info("ServiceStatus"));
    let identity = "/ServiceInformation/ServiceDigitalIdentity";
    let keys = elements(service, &format!("{identity}/PublicKeyValues")).into_iter();
    let keys = keys.filter_map(|(_, key)| Some(PublicJwk::parse(key).ok()?.thumbprint().to_string()));
    let certificates = elements(service, &format!("{identity}/X509Certificates")).into_iter();
    let certificates = certificates.filter_map(|(_, certificate)| text(certificate, "/val").map(str::to_owned));
    for key in keys.chain(certificates) {
        let first = statuses.entry((kind.clone(), key)).or_insert_with(|| status.clone());
        if *first != status {
            findings.add(Check::ServiceTwice, at, format!("{first}, {status}"));
        }
    }
}
