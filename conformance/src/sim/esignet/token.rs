//! The token endpoint.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};

use super::state::{Login, TOKEN_LIFE, Timed};
use super::userinfo::subject;
use super::{Esignet, SIGNING_ALGS, TOKEN, dpop};
use crate::jose;
use crate::persona::{Persona, Situation};
use crate::sim::broken;
use crate::sim::client::Client;
use crate::sim::faults::Fault;
use crate::sim::http::{Params, json_answer, oauth_error};
use crate::sim::id_token::Issuance;

pub(super) async fn exchange(provider: web::Data<Esignet>, request: HttpRequest, body: web::Bytes) -> HttpResponse {
    if let Some(broken) = broken::token_answer(&provider.behaviour).await {
        return broken;
    }
    let (form, now) = (Params::parse(&body), provider.clock.seconds());
    let endpoint = provider.endpoint(TOKEN);
    let audiences = [endpoint.as_str(), provider.issuer.as_str()];
    let client = match provider.clients.authenticate(&form, &audiences, &SIGNING_ALGS, now) {
        Ok(client) => client,
        // 400 and not 401: a quirk that clients must know.
        Err(error) => return oauth_error(StatusCode::BAD_REQUEST, "invalid_client", &error.to_string()),
    };
    if form.text("grant_type") != "authorization_code" {
        return oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type", "unsupported_grant_type");
    }
    let Ok(proof) = binding(&provider, &request, &client, &endpoint) else {
        return oauth_error(StatusCode::BAD_REQUEST, "invalid_request", "invalid_dpop_proof");
    };
    if let Some(proof) = &proof
        && let Some(challenge) = nonce_challenge(&provider, form.text("code"), proof, now)
    {
        return challenge;
    }
    let code = provider.with_state(|state| state.codes.remove(form.text("code"))).and_then(|code| code.live(now));
    let Some(login) = code.filter(|login| login_fits(login, &client, &form)) else {
        return oauth_error(StatusCode::BAD_REQUEST, "invalid_grant", "invalid_transaction");
    };
    if login.person.as_ref().is_some_and(|person| person.situation == Situation::ProviderDown) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    answer(&provider, login, proof.map(|proof| proof.jkt), now)
        .unwrap_or_else(|_| json_answer(StatusCode::INTERNAL_SERVER_ERROR, &json!({"error": "unknown_error"})))
}

/// A client that sends a proof gets a bound token even if it need not.
fn binding(
    provider: &Esignet,
    request: &HttpRequest,
    client: &Client,
    endpoint: &str,
) -> anyhow::Result<Option<dpop::Proof>> {
    if !client.dpop && !request.headers().contains_key("DPoP") {
        return Ok(None);
    }
    dpop::proof(provider, request, endpoint, None).map(Some)
}

/// The nonce belongs to the transaction, so the first proof can never carry it.
fn nonce_challenge(provider: &Esignet, code: &str, proof: &dpop::Proof, now: i64) -> Option<HttpResponse> {
    let forever = provider.behaviour.has(Fault::NonceForever);
    let nonce = provider.with_state(|state| {
        let login = &mut state.codes.get_mut(code)?.value;
        (forever || !login.accepts_nonce(&proof.nonce, now)).then(|| login.fresh_nonce(now))
    })?;
    let body = json!({"error": "use_dpop_nonce"});
    let mut answer = json_answer(StatusCode::BAD_REQUEST, &body);
    super::userinfo::set_nonce(&mut answer, &nonce);
    Some(answer)
}

fn login_fits(login: &Login, client: &Client, form: &Params) -> bool {
    let verifier = jose::sha256_b64(form.text("code_verifier").as_bytes());
    login.client_id == client.client_id
        && login.redirect_uri == form.text("redirect_uri")
        && login.code_challenge.as_ref().is_some_and(|challenge| *challenge == verifier)
}

fn answer(provider: &Esignet, mut login: Login, jkt: Option<String>, now: i64) -> anyhow::Result<HttpResponse> {
    let Some(person) = login.person.clone() else { anyhow::bail!("nobody logged in") };
    let sub = subject(provider, &person);
    let mut access = json!({"iss": provider.issuer, "sub": sub, "aud": login.client_id, "azp": login.client_id,
        "client_id": login.client_id, "scope": login.scope, "iat": now, "exp": now + TOKEN_LIFE,
        "jti": jose::random_id()});
    if let Some(jkt) = &jkt {
        access = jose::with(access, &[("cnf", json!({"jkt": jkt}))]);
    }
    let access_token = provider.key.sign(&provider.key.header("PS256"), access.to_string().as_bytes())?;
    let mut claims = json!({"iss": provider.issuer, "sub": sub, "aud": login.client_id, "iat": now,
        "exp": now + TOKEN_LIFE, "auth_time": login.auth_time, "acr": reached(provider, &login, &person),
        "at_hash": jose::at_hash(&access_token)});
    if let Some(nonce) = &login.nonce {
        claims = jose::with(claims, &[("nonce", json!(nonce))]);
    }
    let issuance = Issuance {
        key: &provider.key,
        alg: "PS256",
        typ: None,
        foreign: provider.foreign_key.get().map(AsRef::as_ref),
        behaviour: &provider.behaviour,
        now,
    };
    let id_token = issuance.issue(claims)?;
    let token_type = if jkt.is_some() { "DPoP" } else { "Bearer" };
    login.jkt = jkt;
    let body: Value = json!({"id_token": id_token, "token_type": token_type, "access_token": access_token,
        "expires_in": TOKEN_LIFE});
    provider.with_state(|state| state.sessions.insert(access_token, Timed::new(login, now, TOKEN_LIFE)));
    Ok(json_answer(StatusCode::OK, &body))
}

/// The class this login reached: never one the person's means cannot give.
fn reached(provider: &Esignet, login: &Login, person: &Persona) -> String {
    if person.best == "low" || provider.behaviour.has(Fault::AcrDowngrade) {
        return "mosip:idp:acr:static-code".into();
    }
    let otp = "mosip:idp:acr:generated-code";
    login.acr.iter().find(|acr| *acr == otp).or(login.acr.first()).map_or_else(|| otp.into(), Clone::clone)
}
