//! The bank in XE: one page with a link, one page with what the hub said.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::Value;
use url::Url;

use super::pages;
use crate::jose;
use crate::json::text;
use crate::pki::TestPki;
use crate::rp::{RelyingParty, Request};
use crate::serve::{self, Served};
use crate::sim::http::html;

/// The bank's own application.
pub(super) struct Bank {
    party: RelyingParty,
    /// Logins on their way, by the browser's cookie.
    pending: Mutex<BTreeMap<String, Request>>,
}

const TITLE: &str = "Bank of the Coast";
const COOKIE: &str = "__Host-bank";

impl Bank {
    pub(super) fn serve(pki: &TestPki, listener: TcpListener, party: RelyingParty) -> anyhow::Result<Served> {
        let bank = web::Data::from(Arc::new(Self { party, pending: Mutex::default() }));
        serve::serve(pki, listener, move |app| {
            app.app_data(bank.clone())
                .route("/", web::get().to(index))
                .route("/login", web::get().to(login))
                .route("/callback", web::get().to(callback));
        })
    }

    async fn finish(&self, request: &HttpRequest) -> anyhow::Result<(Value, Value)> {
        let session = request.cookie(COOKIE).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner).remove(&session);
        let pending = pending.ok_or_else(|| anyhow::anyhow!("this login did not begin in this browser"))?;
        let back = Url::parse(&format!("{}?{}", self.party.redirect_uri, request.query_string()))?;
        let tokens = self.party.finish(&pending, &back).await?;
        let access_token = text(&tokens.answer, "access_token");
        let userinfo = self.party.userinfo(access_token).await?.json();
        Ok((tokens.claims, userinfo))
    }
}

async fn index() -> HttpResponse {
    let body = "<p>Open an account in five minutes, from home.</p>\
        <p><a class=\"go\" data-testid=\"continue\" href=\"/login\">Continue with your national digital ID</a></p>";
    html(StatusCode::OK, pages::page(TITLE, body))
}

async fn login(bank: web::Data<Bank>) -> HttpResponse {
    let request = bank.party.request("openid profile", &[]);
    match bank.party.push(&request).await {
        Err(error) => html(StatusCode::BAD_GATEWAY, pages::problem(TITLE, &error.to_string())),
        Ok(start) => {
            let session = jose::random_id();
            bank.pending.lock().unwrap_or_else(PoisonError::into_inner).insert(session.clone(), request);
            let cookie = Cookie::build(COOKIE, session).path("/").secure(true).http_only(true).same_site(SameSite::Lax);
            HttpResponse::SeeOther().cookie(cookie.finish()).insert_header((LOCATION, start.as_str())).finish()
        }
    }
}

async fn callback(bank: web::Data<Bank>, request: HttpRequest) -> HttpResponse {
    match bank.finish(&request).await {
        Err(error) => html(StatusCode::OK, pages::problem("No account was opened", &error.to_string())),
        Ok((claims, userinfo)) => {
            let name = text(&userinfo, "name");
            let body = format!(
                "<h2>What the hub said about you</h2>{}<h2>The ID token</h2>{}<p><a href=\"/\">Back</a></p>",
                pages::table(&userinfo, "userinfo"),
                pages::table(&claims, "id-token")
            );
            html(StatusCode::OK, pages::page(&format!("Welcome, {name}"), &body))
        }
    }
}
