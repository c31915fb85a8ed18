//! The clients of the stories, and the assertions they authenticate with.

use hub_core::Form;
use serde_json::{Map, Value, json};
use strict_jose::{Algorithm, SigningKey, UnixTime, b64, random_token, sha256};

pub(crate) const ISSUER: &str = "https://hub.example";
/// RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// A relying party or a country system.
pub(crate) struct TestClient {
    pub(crate) client_id: String,
    pub(crate) key: SigningKey,
    pub(crate) redirect_uri: String,
}

impl TestClient {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            client_id: format!("https://{name}"),
            key: SigningKey::generate(Algorithm::ES256, None).unwrap(),
            redirect_uri: format!("https://{name}/cb"),
        }
    }

    /// The same client, for a story that also changes the world.
    pub(crate) fn copy(other: &Self) -> Self {
        let (client_id, redirect_uri) = (other.client_id.clone(), other.redirect_uri.clone());
        Self { client_id, key: other.key.clone(), redirect_uri }
    }

    /// The claims of a good assertion.
    pub(crate) fn assertion_claims(&self, now: UnixTime) -> Map<String, Value> {
        let claims = json!({
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": ISSUER,
            "iat": now.seconds(),
            "exp": now.seconds() + 60,
            "jti": random_token().unwrap(),
        });
        claims.as_object().unwrap().clone()
    }

    /// A good assertion.
    pub(crate) fn assertion(&self, now: UnixTime) -> String {
        self.assertion_with(now, |_| ())
    }

    /// An assertion that a test changes before it is signed.
    pub(crate) fn assertion_with(&self, now: UnixTime, change: impl FnOnce(&mut Map<String, Value>)) -> String {
        let mut claims = self.assertion_claims(now);
        change(&mut claims);
        self.key.sign_compact("JWT", Value::Object(claims).to_string().as_bytes()).unwrap()
    }

    /// A form with this assertion.
    pub(crate) fn form_with(assertion: &str, pairs: &[(&str, &str)]) -> Form {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let own = [("client_assertion_type", kind), ("client_assertion", assertion)];
        Form::from_pairs(own.iter().chain(pairs).copied())
    }

    /// A form with a fresh assertion.
    pub(crate) fn form(&self, now: UnixTime, pairs: &[(&str, &str)]) -> Form {
        Self::form_with(&self.assertion(now), pairs)
    }

    /// The parameters of an ordinary request, those in `changed` taking their place; an empty value leaves one out.
    pub(crate) fn request<'a>(&'a self, changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let usual = [
            ("response_type", "code"),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("scope", "openid"),
            ("state", "state-1"),
            ("nonce", "nonce-1"),
            ("code_challenge_method", "S256"),
            ("code_challenge", CHALLENGE),
        ];
        let kept = usual.into_iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
        kept.chain(changed.iter().copied()).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The parameters of an ordinary code redemption.
    pub(crate) fn redemption<'a>(&'a self, code: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("code_verifier", VERIFIER),
        ]
    }
}

/// RFC 7636 appendix B.
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn the_challenge_is_the_verifiers() {
    assert_eq!(b64::encode(sha256(VERIFIER)), CHALLENGE);
}

/// The claims of a token, whoever signed it.
pub(crate) fn claims_of(token: &str) -> Value {
    serde_json::from_slice(&b64::decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

/// The header of a token.
pub(crate) fn header_of(token: &str) -> Value {
    serde_json::from_slice(&b64::decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}
