//! Discovery, server metadata and keys, in eSignet's own shape.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};

use super::{Esignet, PAR, TOKEN, USERINFO};
use crate::jose;
use crate::sim::faults::Fault;
use crate::sim::http::json_answer;

/// Every authentication class this country has registered.
pub(super) const ACRS: [&str; 4] = [
    "mosip:idp:acr:static-code",
    "mosip:idp:acr:generated-code",
    "mosip:idp:acr:linked-wallet",
    "mosip:idp:acr:biometrics",
];

pub(super) async fn openid_configuration(provider: web::Data<Esignet>) -> HttpResponse {
    json_answer(StatusCode::OK, &document(&provider))
}

pub(super) async fn authorization_server(provider: web::Data<Esignet>) -> HttpResponse {
    // `grant_types_supported` stands in this document only.
    let more = [("grant_types_supported", json!(["authorization_code"]))];
    json_answer(StatusCode::OK, &jose::with(document(&provider), &more))
}

fn document(provider: &Esignet) -> Value {
    json!({
        "issuer": provider.issuer,
        "authorization_endpoint": provider.endpoint("/authorize"),
        "jwks_uri": provider.endpoint("/.well-known/jwks.json"),
        "token_endpoint": provider.endpoint(TOKEN),
        "userinfo_endpoint": provider.endpoint(USERINFO),
        "pushed_authorization_request_endpoint": provider.endpoint(PAR),
        "require_pushed_authorization_requests": false,
        "scopes_supported": ["openid", "profile", "email", "phone", "address"],
        "response_types_supported": ["code"],
        "ui_locales_supported": ["en"],
        "acr_values_supported": ACRS,
        "subject_types_supported": ["pairwise"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "PS256", "ES256"],
        "id_token_signing_alg_values_supported": ["RS256", "PS256"],
        "userinfo_signing_alg_values_supported": ["RS256", "PS256"],
        "id_token_signed_response_alg": "PS256",
        "userinfo_signed_response_alg": "PS256",
        "dpop_signing_alg_values_supported": ["RS256", "PS256"],
        "userinfo_encryption_alg_values_supported": ["RSAXXXXX"],
        "userinfo_encryption_enc_values_supported": ["A128GCM"],
        "code_challenge_methods_supported": ["S256"],
        "claims_parameter_supported": true,
        "claims_supported": ["name", "birthdate", "gender", "individual_id"],
        "authorization_response_iss_parameter_supported": true,
    })
}

pub(super) async fn jwks(provider: web::Data<Esignet>) -> HttpResponse {
    if provider.behaviour.has(Fault::JwksUnavailable) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    if provider.behaviour.has(Fault::JwksEmpty) {
        return json_answer(StatusCode::OK, &json!({"keys": []}));
    }
    let now = provider.clock.seconds();
    let year = 31_536_000;
    // `exp` is eSignet's own member, a number; `alg` is absent.
    let dated = |jwk: Value, exp: i64| jose::with(jwk, &[("use", json!("sig")), ("exp", json!(exp))]);
    let keys = json!([
        dated(provider.key.bare_jwk(), now + year),
        dated(provider.ida_key.bare_jwk(), now + year),
        // Only `e` and `n` are copied from a certificate, so an EC one gives an entry that is no key.
        {"kid": "9bWk-ec-without-coordinates", "kty": "EC", "use": "sig", "exp": now + year},
        dated(json!({"kid": "Aa1Q2w3e-retired", "kty": "RSA", "e": "AQAB", "n": provider.retired_modulus}), now - year),
    ]);
    json_answer(StatusCode::OK, &json!({"keys": keys}))
}

/// A number that looks like the modulus of an RSA key of 2048 bits: its highest and lowest bits are set.
pub(super) fn some_modulus() -> anyhow::Result<String> {
    let mut bytes = [0; 256];
    aws_lc_rs::rand::fill(&mut bytes)?;
    let [first, .., last] = &mut bytes;
    *first |= 0x80;
    *last |= 1;
    Ok(jose::b64(&bytes))
}
