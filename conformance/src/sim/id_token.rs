//! An ID token, honest or wrong in the ways of [`Fault`].

use serde_json::{Value, json};

use super::faults::{Behaviour, Fault};
use crate::jose::{self, Key};

/// What is needed to put a name under an ID token.
pub struct Issuance<'s> {
    /// The provider's key.
    pub key: &'s Key,
    /// The algorithm it should use.
    pub alg: &'s str,
    /// `typ` of the header, if the provider writes one.
    pub typ: Option<&'s str>,
    /// Another country's key.
    pub foreign: Option<&'s Key>,
    /// What to do wrong.
    pub behaviour: &'s Behaviour,
    /// The provider's time.
    pub now: i64,
}

const DAY: i64 = 86_400;

impl Issuance<'_> {
    /// Signs `claims` after doing to them what the faults say.
    pub fn issue(&self, mut claims: Value) -> anyhow::Result<String> {
        self.spoil_claims(&mut claims);
        let payload = claims.to_string();
        let mut header = self.key.header(self.alg);
        if let Some(typ) = self.typ {
            header = jose::with(header, &[("typ", json!(typ))]);
        }
        let wrong = |fault| self.behaviour.has(fault);
        if wrong(Fault::AlgNone) {
            return Ok(jose::unsigned(payload.as_bytes()));
        }
        if wrong(Fault::AlgHs256) {
            return Ok(jose::hs256(&self.key.kid, self.key.bare_jwk().to_string().as_bytes(), payload.as_bytes()));
        }
        if wrong(Fault::InvalidAlgHeader) {
            let lie = if self.alg == "RS256" { "PS256" } else { "RS256" };
            // The header says one algorithm, the signature is made with the provider's usual one.
            return self.key.sign_with(&jose::with(header, &[("alg", json!(lie))]), self.alg, payload.as_bytes());
        }
        if wrong(Fault::UnknownKey) {
            return self.key.like()?.sign(&header, payload.as_bytes());
        }
        if wrong(Fault::OtherCountrysKey)
            && let Some(foreign) = self.foreign
        {
            return foreign.sign(&foreign.header(foreign.algorithm()), payload.as_bytes());
        }
        let token = self.key.sign(&header, payload.as_bytes())?;
        Ok(if wrong(Fault::InvalidSignature) { flip_last_byte(&token) } else { token })
    }

    fn spoil_claims(&self, claims: &mut Value) {
        let Some(map) = claims.as_object_mut() else { return };
        let aud = map.get("aud").cloned().unwrap_or_default();
        let mut put = |fault, name: &str, value: Value| {
            if self.behaviour.has(fault) {
                map.insert(name.into(), value);
            }
        };
        put(Fault::InvalidIss, "iss", json!("https://id.evil.example"));
        put(Fault::InvalidAud, "aud", json!("somebody-else"));
        put(Fault::AudListWithoutAzp, "aud", json!([aud, "https://id.evil.example"]));
        put(Fault::InvalidAzp, "azp", json!("somebody-else"));
        put(Fault::TokenExpired, "exp", json!(self.now - DAY));
        put(Fault::TokenNotValidYet, "iat", json!(self.now + DAY));
        put(Fault::NonceNotMatching, "nonce", json!("a-nonce-of-another-login"));
        put(Fault::InvalidAtHash, "at_hash", json!(jose::at_hash("another access token")));
        put(Fault::SubEmpty, "sub", json!(""));
        put(Fault::SubHuge, "sub", json!("7".repeat(4096)));
        put(Fault::SubControl, "sub", json!("294837\u{202e}465019"));
        put(Fault::AuthTimeOld, "auth_time", json!(self.now - 10 * DAY));
        put(Fault::AcrUnknown, "acr", json!("urn:nobody:knows:this"));
        let absent = [
            (Fault::MissingAud, "aud"),
            (Fault::ExpMissing, "exp"),
            (Fault::NonceMissing, "nonce"),
            (Fault::SubMissing, "sub"),
            (Fault::AudListWithoutAzp, "azp"),
        ];
        for (fault, name) in absent {
            if self.behaviour.has(fault) {
                map.remove(name);
            }
        }
    }
}

fn flip_last_byte(token: &str) -> String {
    let (kept, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let mut bytes = jose::unb64(signature).unwrap_or_default();
    if let Some(last) = bytes.last_mut() {
        *last ^= 1;
    }
    format!("{kept}.{}", jose::b64(&bytes))
}
