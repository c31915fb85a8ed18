//! Step 11 for the entities: what makes a service usable for anybody, whatever kind of service it is.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value};
use strict_jose::{JwkError, Limits, PublicJwk, UnixTime, json};

use super::LoteProblem;
use crate::document::vocabulary::EXTENSIONS;
use crate::document::{ListProblem, extension, rfc3339};
use crate::x509;

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "LoTE")]
    lote: Lote,
}

#[derive(Deserialize)]
struct Lote {
    #[serde(rename = "TrustedEntitiesList", default)]
    entities: Vec<Entity>,
}

#[derive(Deserialize)]
struct Entity {
    #[serde(rename = "TrustedEntityServices")]
    services: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Service {
    service_information: Information,
    #[serde(default)]
    service_history: Vec<Past>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Information {
    service_name: Vec<Name>,
    #[serde(default)]
    service_type_identifier: Option<String>,
    service_digital_identity: Identity,
    #[serde(default)]
    service_status: Option<String>,
    #[serde(default, with = "rfc3339::optional")]
    status_starting_time: Option<UnixTime>,
    #[serde(default)]
    service_information_extensions: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Past {
    #[serde(with = "rfc3339")]
    status_starting_time: UnixTime,
}

#[derive(Deserialize)]
struct Name {
    value: String,
}

#[derive(Deserialize)]
struct Identity {
    #[serde(rename = "X509Certificates", default)]
    certificates: Vec<Certificate>,
    #[serde(rename = "X509SubjectNames", default)]
    subject_names: Vec<Value>,
    #[serde(rename = "PublicKeyValues", default)]
    keys: Vec<Value>,
    #[serde(rename = "X509SKIs", default)]
    key_identifiers: Vec<Value>,
    #[serde(rename = "OtherIds", default)]
    others: Vec<Value>,
}

#[derive(Deserialize)]
struct Certificate {
    val: String,
}

/// Checks every service, and says how many there are.
pub(super) fn check(payload: &[u8]) -> Result<usize, LoteProblem> {
    let document: Document =
        json::parse_as(payload, &Limits::LIST).map_err(|error| ListProblem::WrongForm(error.to_string()))?;
    let mut statuses = BTreeMap::new();
    let mut count = 0;
    for service in document.lote.entities.into_iter().flat_map(|entity| entity.services) {
        count += 1;
        let name = service.service_information.service_name.first().map_or_else(String::new, |name| name.value.clone());
        certificates(&service.service_information.service_digital_identity, &name)?;
        keys(&service.service_information.service_digital_identity, &name)?;
        identified(&service.service_information.service_digital_identity, &name)?;
        newest_first(&service, &name)?;
        one_status(&service.service_information, &name, &mut statuses)?;
        extension::understood(&service.service_information.service_information_extensions, &EXTENSIONS)?;
    }
    Ok(count)
}

/// TS 119 602 cl. 6.6.3: base64 of one certificate in DER.
fn certificates(identity: &Identity, service: &str) -> Result<(), LoteProblem> {
    let der = |certificate: &Certificate| STANDARD.decode(&certificate.val).ok();
    let readable = |certificate: &Certificate| der(certificate).is_some_and(|der| x509::is_certificate(&der));
    if identity.certificates.iter().all(readable) {
        return Ok(());
    }
    Err(LoteProblem::ServiceCertificate { service: service.to_owned() })
}

/// Keys of kinds that are not used here are for other readers; a private one is for nobody.
fn keys(identity: &Identity, service: &str) -> Result<(), LoteProblem> {
    let private = |key: &Value| matches!(PublicJwk::parse(key), Err(JwkError::Secret));
    if identity.keys.iter().any(private) {
        return Err(LoteProblem::PrivateKey { service: service.to_owned() });
    }
    Ok(())
}

/// TS 119 602 cl. 6.6.3: at least one of the forms.
fn identified(identity: &Identity, service: &str) -> Result<(), LoteProblem> {
    let forms = [&identity.subject_names, &identity.keys, &identity.key_identifiers, &identity.others];
    if !identity.certificates.is_empty() || forms.iter().any(|form| !form.is_empty()) {
        return Ok(());
    }
    Err(LoteProblem::NoIdentity { service: service.to_owned() })
}

/// TS 119 602 cl. 6.6.12: the history is before the current status, and newest first.
fn newest_first(service: &Service, name: &str) -> Result<(), LoteProblem> {
    let past = service.service_history.iter().map(|past| past.status_starting_time);
    let times: Vec<UnixTime> = service.service_information.status_starting_time.into_iter().chain(past).collect();
    if times.iter().zip(times.iter().skip(1)).all(|(later, earlier)| later > earlier) {
        return Ok(());
    }
    Err(LoteProblem::History { service: name.to_owned() })
}

/// One key has one status for one type of service.
fn one_status(
    information: &Information,
    name: &str,
    statuses: &mut BTreeMap<(Option<String>, String), Option<String>>,
) -> Result<(), LoteProblem> {
    let identity = &information.service_digital_identity;
    let certificates = identity.certificates.iter().map(|certificate| certificate.val.clone());
    let keys = identity
        .keys
        .iter()
        .map(|key| PublicJwk::parse(key).map_or_else(|_| key.to_string(), |key| key.thumbprint().to_string()));
    for key in certificates.chain(keys) {
        let own = &information.service_status;
        let earlier = statuses.insert((information.service_type_identifier.clone(), key), own.clone());
        if earlier.is_some_and(|earlier| earlier != *own) {
            return Err(LoteProblem::TwoStatuses { service: name.to_owned() });
        }
    }
    Ok(())
}
