//! XA: an eSignet 1.8 with a MOSIP IDA behind it, as a relying party meets them.
//!
//! What is imitated on purpose, because a client must live with it:
//! 1. discovery, tokens and redirects have one issuer, the host; the endpoints hang below `/v1/esignet` ([`discovery`]);
//! 2. the JWKS holds an EC entry without coordinates, a key past its numeric `exp`, and IDA's key beside eSignet's own;
//! 3. a nonce may never repeat, an unknown `acr` is dropped without a word ([`authorize`]);
//! 4. errors come back to the redirect URI as raw MOSIP codes, without `iss` ([`login`]);
//! 5. the first DPoP proof is always refused, an unknown client gets 400 and not 401 ([`token`], [`dpop`]);
//! 6. userinfo is signed by IDA with RS256 and has no `iss`, `aud`, `iat` or `exp`; dates have slashes; several
//!    languages give `name#fr`; encrypted userinfo may be compressed ([`userinfo`]).

mod authorize;
mod config;
mod discovery;
mod dpop;
mod login;
mod par;
mod state;
mod token;
mod userinfo;

use std::net::TcpListener;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use actix_web::web::{self, ServiceConfig};

pub use self::config::{Encryption, Modes, UserinfoStyle};
use self::state::State;
use super::client::Clients;
use super::faults::Behaviour;
use crate::clock::Clock;
use crate::jose::Key;
use crate::persona::{self, Persona};
use crate::pki::TestPki;
use crate::serve::{self, Served};

/// A running eSignet. The handle is shared with its requests: what a test changes shows at once.
pub struct Esignet {
    /// The register of clients.
    pub clients: Clients,
    /// What it does wrong.
    pub behaviour: Behaviour,
    /// Another country's key, for [`super::faults::Fault::OtherCountrysKey`].
    pub foreign_key: OnceLock<Arc<Key>>,
    country: String,
    issuer: String,
    clock: Clock,
    persons: Vec<Persona>,
    /// eSignet's own key: ID tokens and access tokens.
    key: Arc<Key>,
    /// IDA's key: userinfo.
    ida_key: Key,
    /// Modulus of a key that is past its `exp`; nothing is ever signed with it.
    retired_modulus: String,
    modes: Mutex<Modes>,
    state: Mutex<State>,
}

impl Esignet {
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
            country: country.into(),
            issuer: format!("https://localhost:{}", listener.local_addr()?.port()),
            clock: clock.clone(),
            persons: persona::of(country)?,
            key: Arc::new(Key::rsa("YsE4fbzTqNAjr2VhUFTKQWHdCyd-esignet")?),
            ida_key: Key::rsa("Vg8wLJvJ0tKnm6bWHQyKc5hKg-ida")?,
            retired_modulus: discovery::some_modulus()?,
            modes: Mutex::default(),
            state: Mutex::default(),
        });
        let shared = web::Data::from(provider.clone());
        let served = serve::serve(pki, listener, move |app| routes(app, &shared))?;
        Ok((provider, served))
    }

    /// The issuer: the same in discovery, tokens and redirects, as in 1.8.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Its signing key, which another country may be told to misuse.
    pub fn key(&self) -> Arc<Key> {
        self.key.clone()
    }

    /// How userinfo is made; a test may change it.
    pub fn set_modes(&self, modes: Modes) {
        *self.modes.lock().unwrap_or_else(PoisonError::into_inner) = modes;
    }

    fn modes(&self) -> Modes {
        *self.modes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `change` on the provider's memory.
    fn with_state<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn endpoint(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}

const PAR: &str = "/v1/esignet/oauth/par";
const TOKEN: &str = "/v1/esignet/oauth/v2/token";
const USERINFO: &str = "/v1/esignet/oidc/userinfo";
const SIGNING_ALGS: [&str; 3] = ["RS256", "PS256", "ES256"];

fn routes(app: &mut ServiceConfig, provider: &web::Data<Esignet>) {
    let discovery = ["/.well-known/openid-configuration", "/v1/esignet/oidc/.well-known/openid-configuration"];
    let metadata =
        ["/.well-known/oauth-authorization-server", "/v1/esignet/oauth/.well-known/oauth-authorization-server"];
    let jwks = ["/.well-known/jwks.json", "/v1/esignet/oauth/.well-known/jwks.json"];
    app.app_data(provider.clone())
        .service(web::resource(discovery).route(web::get().to(discovery::openid_configuration)))
        .service(web::resource(metadata).route(web::get().to(discovery::authorization_server)))
        .service(web::resource(jwks).route(web::get().to(discovery::jwks)))
        .service(web::resource(PAR).route(web::post().to(par::push)))
        .service(web::resource("/authorize").route(web::get().to(authorize::page)))
        .service(web::resource("/login").route(web::post().to(login::authenticate)))
        .service(web::resource("/consent").route(web::post().to(login::consent)))
        .service(web::resource(TOKEN).route(web::post().to(token::exchange)))
        .service(web::resource(USERINFO).route(web::get().to(userinfo::answer)))
        .service(web::resource("/config").route(web::get().to(config::show)).route(web::post().to(config::change)));
}
