//! What a realm says about a person.

use serde_json::{Map, Value, json};

use super::{Oidc, Session};
use crate::jose;
use crate::persona::Persona;
use crate::sim::faults::Fault;

/// The realm's subject: the same for every client (`public`), a UUID-like word.
pub(super) fn subject(person: &Persona) -> String {
    let hash = jose::sha256_b64(person.login.as_bytes());
    format!("f:{}", hash.get(..22).unwrap_or(&hash))
}

/// The class this login reached.
pub(super) fn acr(provider: &Oidc, session: &Session) -> &'static str {
    if session.person.best == "low" || provider.behaviour.has(Fault::AcrDowngrade) { "bronze" } else { "silver" }
}

/// The person's claims: the same in the ID token and at userinfo, as Keycloak's default mappers do it.
pub(super) fn person(session: &Session) -> Map<String, Value> {
    let person = &session.person;
    let mut claims = Map::new();
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    put("name", json!(person.name));
    put("given_name", json!(person.given_name));
    if let Some(family_name) = &person.family_name {
        put("family_name", json!(family_name));
    }
    // The leak: the user name of the realm is the national number.
    put("preferred_username", json!(person.national_number));
    put("birthdate", json!(person.birthdate));
    put("gender", json!(person.gender));
    put("nationalities", json!([person.nationality]));
    put("email", json!(person.email));
    put("email_verified", json!(true));
    put("phone_number", json!(person.phone));
    put("address", json!({"street_address": person.address, "locality": person.locality}));
    for (language, name) in &person.names {
        put(&format!("name#{language}"), json!(name));
    }
    put("person_status", json!(person.person_status));
    put("document_status", json!(person.document.status));
    put("document_number", json!(person.document.number));
    put("document_expires", json!(person.document.expires));
    if let Some(until) = &person.document.extended_until {
        put("document_valid_until", json!(until));
    }
    claims
}
