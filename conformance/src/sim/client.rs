//! The clients a national provider knows, and how they prove who they are (`private_key_jwt` only).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::http::Params;
use crate::jose::Parsed;

/// A client registered with a national provider.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Client {
    /// The client's id.
    pub client_id: String,
    /// Its public keys, a JWK set.
    pub jwks: Value,
    /// Redirect URIs, compared as whole strings.
    pub redirect_uris: Vec<String>,
    /// Tokens only with proof of possession (eSignet's `dpop_bound_access_tokens`).
    #[serde(default)]
    pub dpop: bool,
    /// Key for encrypted userinfo, a public RSA JWK.
    #[serde(default)]
    pub encryption_key: Option<Value>,
}

/// The register of clients, changeable while the provider runs, with its memory of used values.
#[derive(Debug, Default)]
pub struct Clients {
    known: Mutex<BTreeMap<String, Client>>,
    used: Mutex<BTreeSet<String>>,
}

impl Clients {
    /// Registers a client, or replaces it.
    pub fn register(&self, client: Client) {
        locked(&self.known).insert(client.client_id.clone(), client);
    }

    /// The client with this id.
    pub fn find(&self, client_id: &str) -> Option<Client> {
        locked(&self.known).get(client_id).cloned()
    }

    /// True the first time a value (a `jti`, a nonce) is seen.
    pub fn first_use(&self, kind: &str, value: &str) -> bool {
        locked(&self.used).insert(format!("{kind}:{value}"))
    }

    /// RFC 7523 §3: who sends this request? `audiences` are the accepted values of `aud`, which must be one string.
    pub fn authenticate(&self, form: &Params, audiences: &[&str], algs: &[&str], now: i64) -> anyhow::Result<Client> {
        let method = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        anyhow::ensure!(form.text("client_assertion_type") == method, "invalid_assertion_type");
        let assertion = Parsed::new(form.text("client_assertion"))?;
        let client = self.find(assertion.claim_str("iss")).ok_or_else(|| anyhow::anyhow!("invalid_client_id"))?;
        anyhow::ensure!(assertion.claim_str("sub") == client.client_id, "iss and sub differ");
        anyhow::ensure!(form.get("client_id").is_none_or(|id| id == client.client_id), "client_id differs");
        verify_with_one_of(&client.jwks, &assertion, algs)?;
        anyhow::ensure!(audiences.contains(&assertion.claim_str("aud")), "aud is not this server");
        anyhow::ensure!(assertion.claim_i64("exp").is_some_and(|exp| exp + LEEWAY_SECS > now), "expired");
        anyhow::ensure!(assertion.claim_i64("iat").is_none_or(|iat| iat - LEEWAY_SECS <= now), "issued ahead");
        let jti = assertion.claim_str("jti");
        anyhow::ensure!(!jti.is_empty() && self.first_use("jti", jti), "jti missing or used");
        Ok(client)
    }
}

/// eSignet allows a client's clock to be this far off.
pub const LEEWAY_SECS: i64 = 5;

fn verify_with_one_of(jwks: &Value, assertion: &Parsed, algs: &[&str]) -> anyhow::Result<()> {
    let kid = assertion.header.get("kid");
    let keys = jwks.get("keys").and_then(Value::as_array);
    let mut candidates = keys.into_iter().flatten().filter(|key| kid.is_none() || key.get("kid") == kid);
    anyhow::ensure!(candidates.any(|key| assertion.verify(key, algs).is_ok()), "invalid_assertion");
    Ok(())
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
