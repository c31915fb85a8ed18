//! The authorization request, and the login page it leads to.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;

use super::discovery::ACRS;
use super::state::{LOGIN_LIFE, Login, Timed};
use super::{Esignet, login};
use crate::jose;
use crate::sim::client::Client;
use crate::sim::faults::Fault;
use crate::sim::http::{Params, html, redirect};
use crate::sim::page;

/// Why a request is not accepted, and whether the browser may be sent back with it.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Nothing may be sent to an address that is not registered.
    NotRedirectable(&'static str),
    /// The client learns this code.
    Redirectable(&'static str),
}

impl Refusal {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotRedirectable(code) | Self::Redirectable(code) => code,
        }
    }
}

pub(super) async fn page(provider: web::Data<Esignet>, request: HttpRequest) -> HttpResponse {
    let (query, now) = (Params::query(&request), provider.clock.seconds());
    let Some(client) = provider.clients.find(query.text("client_id")) else {
        return html(StatusCode::BAD_REQUEST, page::page(&provider.country, "invalid_client_id", ""));
    };
    let asked = match query.get("request_uri") {
        None => query,
        Some(uri) => {
            let pushed = provider.with_state(|state| state.pushed.remove(uri)).and_then(|pushed| pushed.live(now));
            match pushed {
                Some(pushed) if pushed.client_id == client.client_id => pushed.request,
                _ => return html(StatusCode::BAD_REQUEST, page::page(&provider.country, "invalid_request_uri", "")),
            }
        }
    };
    match check(&provider, &client, &asked).and_then(|()| first_nonce(&provider, &asked)) {
        Err(Refusal::NotRedirectable(code)) => html(StatusCode::BAD_REQUEST, page::page(&provider.country, code, "")),
        Err(Refusal::Redirectable(code)) => login::error_redirect(&asked, code),
        Ok(()) if provider.behaviour.has(Fault::AccessDenied) => login::error_redirect(&asked, "access_denied"),
        Ok(()) if provider.behaviour.has(Fault::TemporarilyUnavailable) => {
            login::error_redirect(&asked, "temporarily_unavailable")
        }
        Ok(()) if provider.behaviour.has(Fault::UnknownError) => redirect(
            asked.text("redirect_uri"),
            &[
                ("error", "authorization_failed_msg"),
                ("error_description", "<script>alert(1)</script>\r\nSet-Cookie: a=b"),
                ("state", asked.get("state").unwrap_or("null")),
            ],
        ),
        Ok(()) if provider.behaviour.has(Fault::ErrorStateNull) => redirect(
            asked.text("redirect_uri"),
            &[("error", "invalid_transaction"), ("error_description", "Invalid transaction"), ("state", "null")],
        ),
        Ok(()) => login_page(&provider, &client, &asked, now),
    }
}

/// The checks of a request, at PAR and at the authorization endpoint alike.
pub(super) fn check(provider: &Esignet, client: &Client, asked: &Params) -> Result<(), Refusal> {
    if !client.redirect_uris.iter().any(|uri| uri == asked.text("redirect_uri")) {
        return Err(Refusal::NotRedirectable("invalid_redirect_uri"));
    }
    if asked.text("response_type") != "code" {
        return Err(Refusal::Redirectable("invalid_response_type"));
    }
    if !asked.has_word("scope", "openid") {
        return Err(Refusal::Redirectable("invalid_scope"));
    }
    if asked.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(Refusal::Redirectable("invalid_request"));
    }
    if asked.get("request").is_some() {
        return Err(Refusal::Redirectable("request_not_supported"));
    }
    let challenge = asked.text("code_challenge");
    if challenge.len() != 43 || asked.text("code_challenge_method") != "S256" {
        return Err(Refusal::Redirectable("invalid_pkce_challenge"));
    }
    if provider.clients.find(&client.client_id).is_none() {
        return Err(Refusal::NotRedirectable("invalid_client_id"));
    }
    Ok(())
}

/// A nonce may never repeat, whoever sends it.
fn first_nonce(provider: &Esignet, asked: &Params) -> Result<(), Refusal> {
    match asked.get("nonce") {
        Some(nonce) if !provider.clients.first_use("nonce", nonce) => Err(Refusal::Redirectable("invalid_request")),
        _ => Ok(()),
    }
}

fn login_page(provider: &Esignet, client: &Client, asked: &Params, now: i64) -> HttpResponse {
    let claims = asked.get("claims").and_then(|claims| serde_json::from_str(claims).ok()).unwrap_or(Value::Null);
    let login = Login {
        client_id: client.client_id.clone(),
        redirect_uri: asked.text("redirect_uri").into(),
        state: asked.get("state").map(Into::into),
        nonce: asked.get("nonce").map(Into::into),
        scope: asked.text("scope").into(),
        code_challenge: asked.get("code_challenge").map(Into::into),
        acr: asked_acr(asked, &claims),
        claims,
        claims_locales: asked.text("claims_locales").into(),
        person: None,
        auth_time: 0,
        attempts: 0,
        dpop_nonce: None,
        jkt: None,
    };
    let transaction = jose::random_id();
    provider.with_state(|state| state.logins.insert(transaction.clone(), Timed::new(login, now, LOGIN_LIFE)));
    html(StatusCode::OK, login::login_form(provider, &transaction, ""))
}

/// What was asked, less what this country does not know; if nothing is left, everything it knows.
fn asked_acr(asked: &Params, claims: &Value) -> Vec<String> {
    let by_claims = claims.pointer("/id_token/acr/values").and_then(Value::as_array);
    let wanted: Vec<String> = match by_claims {
        Some(values) => values.iter().filter_map(Value::as_str).map(Into::into).collect(),
        None => asked.text("acr_values").split(' ').map(Into::into).collect(),
    };
    let known: Vec<String> = wanted.into_iter().filter(|acr| ACRS.contains(&acr.as_str())).collect();
    if known.is_empty() { ACRS.iter().map(|acr| (*acr).into()).collect() } else { known }
}
