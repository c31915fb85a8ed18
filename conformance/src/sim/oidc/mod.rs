//! XE: a generic OpenID provider, shaped like a Keycloak realm.
//!
//! The one thing it does wrong on purpose even when it is honest: `preferred_username` is the national number, so a
//! broker that passes claims through would leak it.

mod claims;
mod config;
mod login;
mod token;

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::client::Clients;
use super::faults::{Behaviour, Fault};
use super::http::{Params, json_answer};
use crate::clock::Clock;
use crate::jose::Key;
use crate::persona::{self, Persona};
use crate::pki::TestPki;
use crate::serve::{self, Served};

/// A running provider.
pub struct Oidc {
    /// The register of clients.
    pub clients: Clients,
    /// What it does wrong.
    pub behaviour: Behaviour,
    /// Another country's key, for [`Fault::OtherCountrysKey`].
    pub foreign_key: OnceLock<Arc<Key>>,
    /// Its signing key (ES256).
    pub key: Arc<Key>,
    country: String,
    issuer: String,
    clock: Clock,
    persons: Vec<Persona>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    logins: BTreeMap<String, Params>,
    codes: BTreeMap<String, Session>,
    tokens: BTreeMap<String, Session>,
}

/// A person who logged in for a client's request.
#[derive(Clone)]
struct Session {
    client_id: String,
    request: Params,
    person: Persona,
    auth_time: i64,
    ends: i64,
}

impl Oidc {
    /// Starts the provider of `country` on `listener`.
    pub fn start(
        pki: &TestPki,
        listener: TcpListener,
        country: &str,
        clock: &Clock,
    ) -> anyhow::Result<(Arc<Self>, Served)> {
        let provider = Arc::new(Self {
            clients: Clients::default(),
            behaviour: Behaviour::default(),
            foreign_key: OnceLock::new(),
            key: Arc::new(Key::p256("xe-realm-2026")?),
            country: country.into(),
            issuer: format!("https://localhost:{}{REALM}", listener.local_addr()?.port()),
            clock: clock.clone(),
            persons: persona::of(country)?,
            state: Mutex::default(),
        });
        let shared = web::Data::from(provider.clone());
        let served = serve::serve(pki, listener, move |app| routes(app, &shared))?;
        Ok((provider, served))
    }

    /// The issuer, a URL with the realm's path.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// An ID token for a client of this provider, as a login would give it: for callers that need many.
    pub fn mint_id_token(&self, client_id: &str, person: &Persona) -> anyhow::Result<String> {
        token::mint(self, client_id, person)
    }

    fn with_state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn endpoint(&self, name: &str) -> String {
        format!("{}/protocol/openid-connect/{name}", self.issuer)
    }
}

const REALM: &str = "/realms/digital-id";
/// Seconds an access token lives, as Keycloak ships it.
const TOKEN_LIFE: i64 = 300;
/// Seconds a code lives.
const CODE_LIFE: i64 = 60;

fn routes(app: &mut ServiceConfig, provider: &web::Data<Oidc>) {
    let below = |name: &str| format!("{REALM}/protocol/openid-connect/{name}");
    app.app_data(provider.clone())
        .route(&format!("{REALM}/.well-known/openid-configuration"), web::get().to(discovery))
        .route(&below("certs"), web::get().to(jwks))
        .route(&below("auth"), web::get().to(login::page))
        .route(&below("login"), web::post().to(login::authenticate))
        .route(&below("token"), web::post().to(token::exchange))
        .route(&below("userinfo"), web::get().to(token::userinfo))
        .route("/nothing", web::get().to(HttpResponse::NoContent))
        .route("/config", web::get().to(config::show))
        .route("/config", web::post().to(config::change));
}

async fn discovery(provider: web::Data<Oidc>) -> HttpResponse {
    let document = json!({
        "issuer": provider.issuer,
        "authorization_endpoint": provider.endpoint("auth"),
        "token_endpoint": provider.endpoint("token"),
        "userinfo_endpoint": provider.endpoint("userinfo"),
        "jwks_uri": provider.endpoint("certs"),
        "grant_types_supported": ["authorization_code"],
        "acr_values_supported": ["bronze", "silver"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256", "PS256", "HS256"],
        "response_modes_supported": ["query"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256", "PS256", "RS256"],
        "claims_supported": ["aud", "sub", "iss", "auth_time", "name", "given_name", "family_name",
                             "preferred_username", "email", "acr"],
        "claims_parameter_supported": true,
        "scopes_supported": ["openid", "profile", "email", "phone"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    json_answer(StatusCode::OK, &document)
}

async fn jwks(provider: web::Data<Oidc>) -> HttpResponse {
    if provider.behaviour.has(Fault::JwksUnavailable) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let keys = if provider.behaviour.has(Fault::JwksEmpty) { json!([]) } else { json!([provider.key.jwk("ES256")]) };
    json_answer(StatusCode::OK, &json!({"keys": keys}))
}

fn bearer(request: &HttpRequest) -> Option<&str> {
    super::http::header(request, "Authorization")?.strip_prefix("Bearer ")
}
