//! The token and userinfo endpoints.

use actix_web::http::StatusCode;
use actix_web::http::header::WWW_AUTHENTICATE;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::{Oidc, Session, TOKEN_LIFE, bearer, claims};
use crate::jose;
use crate::persona::{Persona, Situation};
use crate::sim::broken;
use crate::sim::faults::Fault;
use crate::sim::http::{Params, json_answer, oauth_error};
use crate::sim::id_token::Issuance;

pub(super) async fn exchange(provider: web::Data<Oidc>, body: web::Bytes) -> HttpResponse {
    if let Some(broken) = broken::token_answer(&provider.behaviour).await {
        return broken;
    }
    let (form, now) = (Params::parse(&body), provider.clock.seconds());
    let endpoint = provider.endpoint("token");
    let audiences = [endpoint.as_str(), provider.issuer.as_str()];
    let client = match provider.clients.authenticate(&form, &audiences, &["ES256", "PS256", "RS256"], now) {
        Ok(client) => client,
        Err(error) => return oauth_error(StatusCode::UNAUTHORIZED, "invalid_client", &error.to_string()),
    };
    if form.text("grant_type") != "authorization_code" {
        return oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type", "Unsupported grant_type");
    }
    let verifier = jose::sha256_b64(form.text("code_verifier").as_bytes());
    let session = provider.with_state(|state| state.codes.remove(form.text("code"))).filter(|session| {
        session.ends > now
            && session.client_id == client.client_id
            && session.request.text("redirect_uri") == form.text("redirect_uri")
            && session.request.text("code_challenge") == verifier
    });
    match session {
        None => oauth_error(StatusCode::BAD_REQUEST, "invalid_grant", "Code not valid"),
        Some(session) if session.person.situation == Situation::ProviderDown => {
            HttpResponse::ServiceUnavailable().finish()
        }
        Some(session) => answer(&provider, session, now)
            .unwrap_or_else(|_| oauth_error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "no key")),
    }
}

fn answer(provider: &Oidc, mut session: Session, now: i64) -> anyhow::Result<HttpResponse> {
    let access = json!({"iss": provider.issuer, "sub": claims::subject(&session.person), "azp": session.client_id,
        "typ": "Bearer", "jti": jose::random_id(), "iat": now, "exp": now + TOKEN_LIFE});
    let access_token = provider.key.sign(&provider.key.header("ES256"), access.to_string().as_bytes())?;
    let id_token = issuance(provider, now).issue(id_token_claims(provider, &session, &access_token, now))?;
    session.ends = now + TOKEN_LIFE;
    let body = json!({"access_token": access_token, "expires_in": TOKEN_LIFE, "refresh_expires_in": 0,
        "token_type": "Bearer", "id_token": id_token, "not-before-policy": 0,
        "scope": session.request.text("scope")});
    provider.with_state(|state| state.tokens.insert(access_token, session));
    Ok(json_answer(StatusCode::OK, &body))
}

fn issuance(provider: &Oidc, now: i64) -> Issuance<'_> {
    Issuance {
        key: &provider.key,
        alg: "ES256",
        typ: Some("JWT"),
        foreign: provider.foreign_key.get().map(AsRef::as_ref),
        behaviour: &provider.behaviour,
        now,
    }
}

/// An ID token without a browser, a code and an access token behind it.
pub(super) fn mint(provider: &Oidc, client_id: &str, person: &Persona) -> anyhow::Result<String> {
    let now = provider.clock.seconds();
    let session = Session {
        client_id: client_id.into(),
        request: Params::default(),
        person: person.clone(),
        auth_time: now,
        ends: now,
    };
    issuance(provider, now).issue(id_token_claims(provider, &session, "none", now))
}

fn id_token_claims(provider: &Oidc, session: &Session, access_token: &str, now: i64) -> Value {
    let mut all = claims::person(session);
    let own = json!({"iss": provider.issuer, "sub": claims::subject(&session.person), "aud": session.client_id,
        "azp": session.client_id, "typ": "ID", "jti": jose::random_id(), "sid": jose::random_id(), "iat": now,
        "exp": now + TOKEN_LIFE, "auth_time": session.auth_time, "acr": claims::acr(provider, session),
        "at_hash": jose::at_hash(access_token)});
    if let Value::Object(own) = own {
        all.extend(own);
    }
    if let Some(nonce) = session.request.get("nonce") {
        all.insert("nonce".into(), json!(nonce));
    }
    Value::Object(all)
}

pub(super) async fn userinfo(provider: web::Data<Oidc>, request: HttpRequest) -> HttpResponse {
    let now = provider.clock.seconds();
    let session = bearer(&request)
        .and_then(|token| provider.with_state(|state| state.tokens.get(token).cloned()))
        .filter(|session| session.ends > now);
    let Some(session) = session else {
        let challenge = "Bearer realm=\"digital-id\", error=\"invalid_token\"";
        return HttpResponse::Unauthorized().insert_header((WWW_AUTHENTICATE, challenge)).finish();
    };
    let mismatch = provider.behaviour.has(Fault::UserinfoSubMismatch);
    let sub = if mismatch { "f:somebody-else".into() } else { claims::subject(&session.person) };
    let mut all = claims::person(&session);
    all.insert("sub".into(), json!(sub));
    json_answer(StatusCode::OK, &Value::Object(all))
}
