//! The pension fund of XA, a country system: it checks cards of XF and exchanges assertions of XE.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use anyhow::Context as _;
use serde_json::{Value, json};
use url::Url;

use super::pages;
use crate::jose::Parsed;
use crate::json::at;
use crate::national_client::{NationalClient, Pending};
use crate::pki::TestPki;
use crate::region::PENSION_AUDIENCE;
use crate::rp::{Answer, RelyingParty};
use crate::serve::{self, Served};
use crate::sim::http::{Params, html};

/// The fund's own application.
pub(super) struct Pension {
    at_hub: RelyingParty,
    at_xe: NationalClient,
    /// Logins on their way, by `state`.
    pending: Mutex<BTreeMap<String, Pending>>,
}

const TITLE: &str = "Pension fund of XA";

impl Pension {
    pub(super) fn serve(
        pki: &TestPki,
        listener: TcpListener,
        at_hub: RelyingParty,
        at_xe: NationalClient,
    ) -> anyhow::Result<Served> {
        let fund = web::Data::from(Arc::new(Self { at_hub, at_xe, pending: Mutex::default() }));
        serve::serve(pki, listener, move |app| {
            app.app_data(fund.clone())
                .route("/", web::get().to(index))
                .route("/card", web::post().to(card))
                .route("/login", web::get().to(login))
                .route("/callback", web::get().to(callback));
        })
    }
}

/// Has the hub check a card: a token for the fund itself, then the federation endpoint.
pub(super) async fn verify_card(fund: &RelyingParty, qr: &str) -> anyhow::Result<Answer> {
    let token = fund.client_credentials("verify").await?;
    let access_token = at(&token.json(), "access_token").as_str().context(token.body.clone())?.to_owned();
    let url = format!("{}/federation/v1/verify", fund.hub.issuer);
    let body = json!({"country": "XF", "credential": qr, "purpose": "pension"});
    fund.post_protected(&url, &access_token, &body).await
}

/// Exchanges an ID token of XE for an access token of the hub; gives the answer and what the token says.
pub(super) async fn exchange(fund: &RelyingParty, id_token: &str) -> anyhow::Result<(Value, Value)> {
    let answer = fund.exchange(id_token, &[("audience", PENSION_AUDIENCE)]).await?;
    anyhow::ensure!(answer.status == 200, "the exchange was refused: {} {}", answer.status, answer.body);
    let answer = answer.json();
    let token = at(&answer, "access_token").as_str().context("no access token")?;
    let claims = Parsed::new(token)?.claims;
    Ok((answer, claims))
}

async fn index() -> HttpResponse {
    let body = "<h2>A pensioner of XE logs in</h2><p><a class=\"go\" href=\"/login\">Log in at XE</a></p>\
        <h2>A pensioner of XF shows a card</h2><form method=\"post\" action=\"/card\"><p><label>Text of the QR code<br>\
        <textarea name=\"qr\"></textarea></label></p><button>Check the card</button></form>";
    html(StatusCode::OK, pages::page(TITLE, body))
}

async fn card(fund: web::Data<Pension>, body: web::Bytes) -> HttpResponse {
    // Base45 has spaces; a browser adds a line break at most.
    let qr = Params::parse(&body).text("qr").trim_matches(['\r', '\n']).to_owned();
    match verify_card(&fund.at_hub, &qr).await {
        Err(error) => html(StatusCode::BAD_GATEWAY, pages::problem(TITLE, &error.to_string())),
        Ok(answer) => html(StatusCode::OK, pages::page("The card", &pages::table(&answer.json(), "card"))),
    }
}

async fn login(fund: web::Data<Pension>) -> HttpResponse {
    match fund.at_xe.begin().await {
        Err(error) => html(StatusCode::BAD_GATEWAY, pages::problem(TITLE, &error.to_string())),
        Ok((start, pending)) => {
            let mut all = fund.pending.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(pending.state.clone(), pending);
            HttpResponse::SeeOther().insert_header((LOCATION, start.as_str())).finish()
        }
    }
}

async fn callback(fund: web::Data<Pension>, request: HttpRequest) -> HttpResponse {
    match finish(&fund, &request).await {
        Err(error) => html(StatusCode::OK, pages::problem(TITLE, &error.to_string())),
        Ok(claims) => html(StatusCode::OK, pages::page("The hub's token", &pages::table(&claims, "token"))),
    }
}

async fn finish(fund: &Pension, request: &HttpRequest) -> anyhow::Result<Value> {
    let state = Params::query(request).text("state").to_owned();
    let pending = fund.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(&state);
    let back = Url::parse(&format!("{}?{}", fund.at_xe.redirect_uri, request.query_string()))?;
    let id_token = fund.at_xe.finish(&pending.context("this login did not begin here")?, &back).await?;
    Ok(exchange(&fund.at_hub, &id_token).await?.1)
}
