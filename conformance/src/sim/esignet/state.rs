//! What the provider remembers between requests.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::jose;
use crate::persona::Persona;
use crate::sim::http::Params;

/// Seconds to log in, in 1.7 and later.
pub(super) const LOGIN_LIFE: i64 = 300;
/// Seconds to answer the consent page.
pub(super) const CONSENT_LIFE: i64 = 120;
/// Seconds to redeem a code.
pub(super) const CODE_LIFE: i64 = 300;
/// Seconds to use a pushed request.
pub(super) const PAR_LIFE: i64 = 60;
/// Seconds a DPoP nonce lives.
pub(super) const NONCE_LIFE: i64 = 15;
/// Seconds an access token lives.
pub(super) const TOKEN_LIFE: i64 = 3600;

/// Everything, by the handle that the client or the browser shows.
#[derive(Default)]
pub(super) struct State {
    pub(super) pushed: BTreeMap<String, Timed<Pushed>>,
    pub(super) logins: BTreeMap<String, Timed<Login>>,
    pub(super) consents: BTreeMap<String, Timed<Login>>,
    pub(super) codes: BTreeMap<String, Timed<Login>>,
    pub(super) sessions: BTreeMap<String, Timed<Login>>,
}

/// Something that ends.
pub(super) struct Timed<T> {
    pub(super) value: T,
    pub(super) ends: i64,
}

/// A pushed authorization request.
pub(super) struct Pushed {
    pub(super) client_id: String,
    pub(super) request: Params,
}

/// A login on its way, from the login page to userinfo.
#[derive(Clone)]
pub(super) struct Login {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) state: Option<String>,
    pub(super) nonce: Option<String>,
    pub(super) scope: String,
    pub(super) code_challenge: Option<String>,
    pub(super) acr: Vec<String>,
    pub(super) claims: Value,
    pub(super) claims_locales: String,
    pub(super) person: Option<Persona>,
    pub(super) auth_time: i64,
    pub(super) attempts: u8,
    /// The DPoP nonce of this transaction, with the time it was made.
    pub(super) dpop_nonce: Option<(String, i64)>,
    /// Thumbprint of the key the access token is bound to.
    pub(super) jkt: Option<String>,
}

impl<T> Timed<T> {
    pub(super) fn new(value: T, now: i64, life: i64) -> Self {
        Self { value, ends: now + life }
    }

    /// The value if it has not ended.
    pub(super) fn live(self, now: i64) -> Option<T> {
        (self.ends > now).then_some(self.value)
    }
}

impl Login {
    /// The transaction's DPoP nonce, renewed when it is too old.
    pub(super) fn fresh_nonce(&mut self, now: i64) -> String {
        match &self.dpop_nonce {
            Some((nonce, made)) if made + NONCE_LIFE > now => nonce.clone(),
            _ => {
                let nonce = jose::random_id();
                self.dpop_nonce = Some((nonce.clone(), now));
                nonce
            }
        }
    }

    /// Is this the nonce of the transaction, and young enough?
    pub(super) fn accepts_nonce(&self, shown: &str, now: i64) -> bool {
        self.dpop_nonce.as_ref().is_some_and(|(nonce, made)| nonce == shown && made + NONCE_LIFE > now)
    }
}
