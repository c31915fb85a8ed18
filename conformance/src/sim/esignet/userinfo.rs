//! Userinfo: what IDA says about the person, signed by IDA and perhaps encrypted.

use std::collections::BTreeSet;

use actix_web::http::header::{HeaderName, HeaderValue, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse, web};
use aws_lc_rs::digest;
use serde_json::{Map, Value, json};

use super::config::{Encryption, UserinfoStyle};
use super::state::Login;
use super::{Esignet, USERINFO, dpop};
use crate::persona::Persona;
use crate::sim::faults::Fault;
use crate::sim::http;
use crate::sim::jwe;

pub(super) async fn answer(provider: web::Data<Esignet>, request: HttpRequest) -> HttpResponse {
    let now = provider.clock.seconds();
    let authorization = http::header(&request, "Authorization").unwrap_or_default();
    let Some((scheme, token)) = authorization.split_once(' ') else { return unauthorized() };
    let Some(login) = provider.with_state(|state| {
        state.sessions.get(token).filter(|session| session.ends > now).map(|session| session.value.clone())
    }) else {
        return unauthorized();
    };
    if let Some(jkt) = &login.jkt {
        let url = provider.endpoint(USERINFO);
        match dpop::proof(&provider, &request, &url, Some(token)) {
            Ok(proof) if scheme == "DPoP" && proof.jkt == *jkt => {
                if provider.behaviour.has(Fault::NonceForever) || !login.accepts_nonce(&proof.nonce, now) {
                    return nonce_challenge(&provider, token, now);
                }
            }
            _ => return bad_proof(),
        }
    }
    let Some(person) = &login.person else { return unauthorized() };
    match document(&provider, &login, person) {
        Ok(body) => HttpResponse::Ok().content_type("application/jwt").body(body),
        Err(error) => {
            tracing::error!(%error, "userinfo could not be made");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// 401 with an empty body and a challenge that lacks the scheme's name.
fn unauthorized() -> HttpResponse {
    HttpResponse::Unauthorized().insert_header((WWW_AUTHENTICATE, "error=\"invalid_token\"")).finish()
}

fn bad_proof() -> HttpResponse {
    let challenge = "DPoP error=\"invalid_dpop_proof\", error_description=\"invalid\", algs=\"ES256 PS256\"";
    HttpResponse::BadRequest().insert_header((WWW_AUTHENTICATE, challenge)).finish()
}

fn nonce_challenge(provider: &Esignet, token: &str, now: i64) -> HttpResponse {
    let nonce = provider
        .with_state(|state| state.sessions.get_mut(token).map(|session| session.value.fresh_nonce(now)))
        .unwrap_or_default();
    let challenge = "DPoP error=\"use_dpop_nonce\"";
    let mut answer = HttpResponse::Unauthorized().insert_header((WWW_AUTHENTICATE, challenge)).finish();
    set_nonce(&mut answer, &nonce);
    answer
}

/// Puts the transaction's nonce into the answer.
pub(super) fn set_nonce(answer: &mut HttpResponse, nonce: &str) {
    if let Ok(value) = HeaderValue::from_str(nonce) {
        answer.headers_mut().insert(HeaderName::from_static("dpop-nonce"), value);
    }
}

/// The subject for the hub as a partner: IDA's are 36 digits, the mock's 43 characters.
pub(super) fn subject(provider: &Esignet, person: &Persona) -> String {
    let hash = digest::digest(&digest::SHA256, format!("{}|hub", person.login).as_bytes());
    if provider.modes().userinfo == UserinfoStyle::Mock {
        return crate::jose::b64(hash.as_ref());
    }
    let digits: Vec<String> = hash.as_ref().iter().map(|byte| format!("{byte:03}")).collect();
    digits.concat().chars().take(36).collect()
}

fn document(provider: &Esignet, login: &Login, person: &Persona) -> anyhow::Result<String> {
    let modes = provider.modes();
    let mut claims = person_claims(provider, login, person);
    let sub =
        if provider.behaviour.has(Fault::UserinfoSubMismatch) { "1".repeat(36) } else { subject(provider, person) };
    claims.insert("sub".into(), json!(sub));
    match modes.userinfo {
        UserinfoStyle::Ida => {}
        UserinfoStyle::PartnerId => {
            claims.insert("aud".into(), json!("mpartner-hub"));
        }
        UserinfoStyle::Mock => {
            claims.insert("iss".into(), json!(provider.endpoint("/v1/esignet")));
            claims.insert("aud".into(), json!(login.client_id));
        }
    }
    let payload = Value::Object(claims).to_string();
    let header = provider.ida_key.header("RS256");
    let jws = if provider.behaviour.has(Fault::UserinfoUnknownKey) {
        provider.ida_key.like()?.sign(&header, payload.as_bytes())?
    } else {
        provider.ida_key.sign(&header, payload.as_bytes())?
    };
    let key = provider.clients.find(&login.client_id).and_then(|client| client.encryption_key);
    match (modes.encryption, key) {
        (Encryption::None, _) | (_, None) => Ok(jws),
        (Encryption::Jwe, Some(key)) => jwe::encrypt(&key, jws.as_bytes(), jwe::Zip::Never),
        (Encryption::JweZip, Some(key)) if provider.behaviour.has(Fault::UserinfoZipBomb) => {
            jwe::encrypt(&key, &vec![b'A'; 200 << 20], jwe::Zip::Deflate)
        }
        (Encryption::JweZip, Some(key)) => jwe::encrypt(&key, jws.as_bytes(), jwe::Zip::Deflate),
    }
}

/// What `profile` gives in the Java line.
const PROFILE: [&str; 6] = ["name", "address", "gender", "birthdate", "email", "phone_number"];

fn person_claims(provider: &Esignet, login: &Login, person: &Persona) -> Map<String, Value> {
    let asked = asked_claims(login);
    let locales: Vec<&str> = login.claims_locales.split(' ').filter(|word| !word.is_empty()).collect();
    let mut claims = Map::new();
    let mut plain = |name: &str, value: &str| {
        if asked.contains(name) && !value.is_empty() {
            claims.insert(name.into(), json!(value));
        }
    };
    plain("birthdate", &person.birthdate.replace('-', "/"));
    plain("email", &person.email);
    plain("phone_number", &person.phone);
    plain("gender", if person.gender == "female" { "Femme" } else { "Homme" });
    plain("nationalities", &person.nationality);
    plain("given_name", &person.given_name);
    plain("family_name", person.family_name.as_deref().unwrap_or_default());
    let formatted = format!("{}, {}", person.address, person.locality);
    for locale in &locales {
        let suffix = suffix(locale, provider.modes().three_letter_locales);
        let (name, formatted_name) = match locales.len() {
            1 => ("name".to_owned(), "formatted".to_owned()),
            _ => (format!("name#{suffix}"), format!("formatted#{suffix}")),
        };
        if asked.contains("name") {
            claims.insert(name.clone(), json!(in_language(person, locale)));
        }
        if asked.contains("address") {
            claims.insert(name.replace("name", "address"), json!({formatted_name: formatted}));
        }
    }
    if locales.is_empty() && asked.contains("name") {
        claims.insert("name".into(), json!(person.name));
    }
    if locales.is_empty() && asked.contains("address") {
        claims.insert("address".into(), json!({"formatted": formatted}));
    }
    claims
}

fn asked_claims(login: &Login) -> BTreeSet<String> {
    let by_parameter = login.claims.get("userinfo").and_then(Value::as_object);
    let mut asked: BTreeSet<String> = by_parameter.into_iter().flat_map(Map::keys).cloned().collect();
    if login.scope.split(' ').any(|scope| scope == "profile") {
        asked.extend(PROFILE.map(String::from));
    }
    asked
}

/// IDA cuts the three-letter code to its first two letters, so Portuguese becomes `po`.
fn suffix(locale: &str, three_letters: bool) -> &str {
    if three_letters { locale } else { locale.get(..2).unwrap_or(locale) }
}

fn in_language<'p>(person: &'p Persona, locale: &str) -> &'p str {
    let language = if locale.starts_with("ar") { "ar" } else { "" };
    person.names.get(language).unwrap_or(&person.name)
}
