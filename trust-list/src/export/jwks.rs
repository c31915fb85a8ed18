//! The keys of a member's issuers as a JWK set.

use serde_json::{Value, json};
use strict_jose::{Algorithm, Kid, PublicJwk, UnixTime};

use super::ExportError;
use crate::{CountryCode, EntityId, Issuer, ServiceStatus, VerifiedList};

/// The keys (RFC 7517 §5) of the issuers of `country` that are granted at `now`, of one of them with `service`.
///
/// Each has `use`, `kid`, and `alg` where the kind of key leaves one choice. A member or issuer that is not trusted has
/// no keys, so who fetches the set stops with the region. Keys whose `exp` is past are left out.
pub fn jwks(
    region: &VerifiedList,
    country: CountryCode,
    service: Option<&EntityId>,
    now: UnixTime,
) -> Result<Value, ExportError> {
    let member = region.member(country).ok_or(ExportError::NoSuchMember(country))?;
    let trusted = member.disabled(now).is_none();
    let asked = |issuer: &&Issuer| service.is_none_or(|id| issuer.id == *id);
    let granted = |issuer: &&Issuer| {
        issuer.status_at(now) == Some(ServiceStatus::Granted)
            && region.entity_suspended(country, &issuer.id, now).is_none()
    };
    let issuers = member.issuers().filter(|_| trusted).filter(asked).filter(granted);
    let keys = issuers.flat_map(|issuer| {
        let suspended = |key: &&PublicJwk| region.key_suspended(country, &issuer.id, key.thumbprint(), now);
        issuer.keys.iter().filter(move |key| !key.is_expired(now) && !suspended(key))
    });
    let mut known: Vec<(Kid, &PublicJwk)> = Vec::new();
    for key in keys {
        let kid = name(key);
        match known.iter().find(|(other, _)| *other == kid) {
            None => known.push((kid, key)),
            Some((_, same)) if *same == key => {}
            // RFC 7517 §4.5: keys of one set have names of their own.
            Some(_) => return Err(ExportError::KidTwice { country, kid }),
        }
    }
    Ok(json!({ "keys": known.iter().map(|(kid, key)| entry(kid, key)).collect::<Vec<_>>() }))
}

/// Its name in the list, else its RFC 7638 thumbprint.
fn name(key: &PublicJwk) -> Kid {
    key.kid().cloned().unwrap_or_else(|| key.thumbprint().to_kid())
}

fn entry(kid: &Kid, key: &PublicJwk) -> Value {
    let mut value = key.to_value();
    if let Value::Object(members) = &mut value {
        members.insert("kid".to_owned(), kid.as_str().into());
        members.entry("use").or_insert_with(|| "sig".into());
        if let Some(alg) = only_algorithm(key) {
            members.insert("alg".to_owned(), alg.as_str().into());
        }
    }
    value
}

/// The algorithm, if only one can be meant. An RSA key without `alg` leaves two.
fn only_algorithm(key: &PublicJwk) -> Option<Algorithm> {
    let mut fitting = Algorithm::ALL.into_iter().filter(|alg| key.fits(*alg).is_ok());
    match (fitting.next(), fitting.next()) {
        (Some(alg), None) => Some(alg),
        _ => None,
    }
}
