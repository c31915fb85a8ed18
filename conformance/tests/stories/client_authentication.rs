//! Attacks of group D: a client assertion that breaks a rule is refused alike at every endpoint that takes one.

use crate::support::{PARTY, World, assert_error, pairs, shared};
use conformance::jose;
use conformance::rp::{Answer, RelyingParty, authentication_of};
use serde_json::{Map, Value, json};
use strict_jose::{Algorithm, SigningKey};

/// The endpoints that authenticate clients, each with an otherwise complete form.
fn endpoints(party: &RelyingParty) -> Vec<(&'static str, Vec<(String, String)>)> {
    vec![
        ("pushed_authorization_request_endpoint", party.request("openid", &[]).parameters),
        ("token_endpoint", pairs(&[("grant_type", "authorization_code"), ("code", "x"), ("code_verifier", "y")])),
        ("token_endpoint", pairs(&[("grant_type", "refresh_token"), ("refresh_token", "x")])),
        ("token_endpoint", pairs(&[("grant_type", "client_credentials")])),
        ("revocation_endpoint", pairs(&[("token", "x")])),
    ]
}

async fn send(party: &RelyingParty, endpoint: &str, form: &[(String, String)], assertion: &str) -> Answer {
    let form = [form.to_vec(), authentication_of(assertion)].concat();
    party.post(endpoint, &form, &[]).await.unwrap()
}

/// Signs these claims with the client's key under the usual header.
fn signed(party: &RelyingParty, change: impl FnOnce(&mut Map<String, Value>)) -> String {
    let mut claims = party.assertion_claims();
    change(&mut claims);
    party.key.sign_compact("JWT", &serde_json::to_vec(&claims).unwrap()).unwrap()
}

/// The client's own, good assertion under another header, not signed again.
fn with_header(party: &RelyingParty, header: &Value) -> String {
    let good = signed(party, |_| ());
    let (_, rest) = good.split_once('.').unwrap();
    format!("{}.{rest}", jose::b64(header.to_string().as_bytes()))
}

fn bad_assertions(world: &World, party: &RelyingParty) -> Vec<(&'static str, String)> {
    let now = world.clock.seconds();
    let set = |name: &'static str, value: Value| {
        signed(party, move |claims| {
            claims.insert(name.into(), value);
        })
    };
    let without = |name: &'static str| {
        signed(party, move |claims| {
            claims.remove(name);
        })
    };
    let kid = party.key.kid().as_str();
    let stranger = SigningKey::generate(Algorithm::ES256, party.key.kid().clone()).unwrap();
    let claims = serde_json::to_vec(&party.assertion_claims()).unwrap();
    let jwk = stranger.public_jwk().to_value();
    let with_jwk = Map::from_iter([("typ".to_owned(), json!("JWT")), ("jwk".to_owned(), jwk)]);
    let with_jku = |name: &str| {
        let header =
            Map::from_iter([("typ".to_owned(), json!("JWT")), (name.to_owned(), json!("https://localhost:1/keys"))]);
        stranger.sign_compact_with(header, &claims).unwrap()
    };
    vec![
        ("D01 none", jose::unsigned(&claims)),
        ("D01 HS256", jose::hs256(kid, party.key.public_jwk().to_value().to_string().as_bytes(), &claims)),
        ("D01 RS1", with_header(party, &json!({"alg": "RS1", "kid": kid, "typ": "JWT"}))),
        ("D02 token URL", set("aud", json!(format!("{}/token", world.issuer)))),
        ("D02 array of two", set("aud", json!([world.issuer, "https://evil.example"]))),
        ("D02 array of one", set("aud", json!([world.issuer]))),
        ("D02 another", set("aud", json!("https://evil.example"))),
        ("D02 slash", set("aud", json!(format!("{}/", world.issuer)))),
        ("D02 missing", without("aud")),
        ("D03 iss", set("iss", json!("insurer-xf"))),
        ("D03 sub missing", without("sub")),
        ("D03 sub", set("sub", json!("insurer-xf"))),
        ("D04 no exp", without("exp")),
        ("D04 expired", set("exp", json!(now - 300))),
        ("D04 eleven minutes", set("exp", json!(now + 660))),
        ("D04 exp 1e300", signed_raw(party, "\"exp\":1e300")),
        ("D04 exp 2^63", signed_raw(party, "\"exp\":9223372036854775808")),
        ("D04 iat ahead", set("iat", json!(now + 3600))),
        ("D04 nbf ahead", set("nbf", json!(now + 3600))),
        ("no jti", without("jti")),
        ("D07 path", with_header(party, &json!({"alg": "ES256", "kid": "../../dev/null", "typ": "JWT"}))),
        ("D07 SQL", with_header(party, &json!({"alg": "ES256", "kid": "' OR 1=1--", "typ": "JWT"}))),
        ("D07 8 KiB", with_header(party, &json!({"alg": "ES256", "kid": "k".repeat(8192), "typ": "JWT"}))),
        ("D07 NUL", with_header(party, &json!({"alg": "ES256", "kid": "a\u{0}b", "typ": "JWT"}))),
        ("D07 *", with_header(party, &json!({"alg": "ES256", "kid": "*", "typ": "JWT"}))),
        ("D08 jku", with_jku("jku")),
        ("D08 x5u", with_jku("x5u")),
        ("D09 jwk", stranger.sign_compact_with(with_jwk, &claims).unwrap()),
        ("D10 RS256 for an EC key", with_header(party, &json!({"alg": "RS256", "kid": kid, "typ": "JWT"}))),
        ("D10 PS256 for an EC key", with_header(party, &json!({"alg": "PS256", "kid": kid, "typ": "JWT"}))),
        ("a stranger's key", stranger.sign_compact("JWT", &claims).unwrap()),
        ("a DPoP proof", party.key.sign_compact("dpop+jwt", &claims).unwrap()),
        ("crit", party.key.sign_compact_with(Map::from_iter([("crit".to_owned(), json!([]))]), &claims).unwrap()),
        ("a claim twice", signed_raw(party, "\"sub\":\"insurer-xf\"")),
        ("not a JWT", "garbage".into()),
        ("empty", String::new()),
    ]
}

/// Honest claims with one more member, written as text so that it may stand twice or be out of range.
fn signed_raw(party: &RelyingParty, member: &str) -> String {
    let mut claims = party.assertion_claims();
    if member.starts_with("\"exp\"") {
        claims.remove("exp");
    }
    let text = serde_json::to_string(&claims).unwrap();
    let text = format!("{},{member}}}", text.strip_suffix('}').unwrap());
    party.key.sign_compact("JWT", text.as_bytes()).unwrap()
}

#[test]
fn d_every_bad_assertion_is_refused_alike_at_every_endpoint() {
    shared(async |world| {
        let party = world.party(PARTY);
        let mut answers = std::collections::BTreeSet::new();
        for (case, assertion) in bad_assertions(world, &party) {
            for (endpoint, form) in endpoints(&party) {
                let answer = send(&party, endpoint, &form, &assertion).await;
                assert_error(&format!("{case} at {endpoint}"), &answer, 401, &["invalid_client"]);
                answers.insert(answer.body);
            }
        }
        assert_eq!(answers.len(), 1, "one answer for all, so that nobody learns which check failed: {answers:?}");
        let alive = party.push(&party.request("openid", &[])).await;
        assert!(alive.is_ok(), "still alive");
    });
}

#[test]
fn d_an_assertion_is_used_once_whichever_endpoint_saw_it_first() {
    shared(async |world| {
        let party = world.party(PARTY);
        let push = party.request("openid", &[]).parameters;
        let login = world.usual_login().await;
        // Everything else about these requests is good: only the used assertion can stop them.
        let redemption = pairs(&[
            ("grant_type", "authorization_code"),
            ("code", &login.code()),
            ("redirect_uri", &party.redirect_uri),
            ("code_verifier", &login.request.verifier),
        ]);
        for (endpoint, form) in [
            ("pushed_authorization_request_endpoint", push.clone()),
            ("token_endpoint", redemption),
            ("revocation_endpoint", pairs(&[("token", "x")])),
        ] {
            let assertion = signed(&party, |_| ());
            let first = send(&party, "pushed_authorization_request_endpoint", &push, &assertion).await;
            assert_eq!(first.status, 201, "{}", first.body);
            let again = send(&party, endpoint, &form, &assertion).await;
            assert_error(&format!("replay at {endpoint}"), &again, 401, &["invalid_client"]);
        }
        let system = world.party("pension-xa");
        let form = pairs(&[("grant_type", "client_credentials")]);
        let assertion = signed(&system, |_| ());
        assert_eq!(send(&system, "token_endpoint", &form, &assertion).await.status, 200);
        let again = send(&system, "token_endpoint", &form, &assertion).await;
        assert_error("replay for a machine's token", &again, 401, &["invalid_client"]);
    });
}

#[test]
fn d12_an_authorization_header_is_no_way_to_authenticate() {
    shared(async |world| {
        let party = world.party(PARTY);
        for value in ["Basic cnA6c2VjcmV0", "Basic %%%", "Basic bm9jb2xvbg==", "Basic cnA6c2VjcmV0AA"] {
            for (endpoint, form) in endpoints(&party) {
                let answer = party.post(endpoint, &form, &[("authorization", value)]).await.unwrap();
                assert_error(&format!("D12 {value} at {endpoint}"), &answer, 401, &["invalid_client"]);
                assert!(answer.headers.contains_key("www-authenticate"), "D12 {value} at {endpoint}");
            }
        }
    });
}

#[test]
fn d13_a_client_id_in_the_body_must_be_the_assertions() {
    shared(async |world| {
        let party = world.party(PARTY);
        for (endpoint, form) in endpoints(&party) {
            let form = crate::support::changed(&form, "client_id", Some("insurer-xf"));
            let answer = send(&party, endpoint, &form, &signed(&party, |_| ())).await;
            assert_error(&format!("D13 at {endpoint}"), &answer, 401, &["invalid_client"]);
        }
    });
}

#[test]
fn d17_an_unknown_client_and_a_wrong_signature_look_the_same() {
    shared(async |world| {
        let party = world.party(PARTY);
        let stranger = SigningKey::generate(Algorithm::ES256, None).unwrap();
        let mut nobody = party.assertion_claims();
        nobody.insert("iss".into(), json!("nobody"));
        nobody.insert("sub".into(), json!("nobody"));
        let unknown = stranger.sign_compact("JWT", &serde_json::to_vec(&nobody).unwrap()).unwrap();
        let wrong = stranger.sign_compact("JWT", &serde_json::to_vec(&party.assertion_claims()).unwrap()).unwrap();
        let form = pairs(&[("grant_type", "authorization_code"), ("code", "x")]);
        let first = send(&party, "token_endpoint", &form, &unknown).await;
        let second = send(&party, "token_endpoint", &form, &wrong).await;
        assert_eq!((first.status, first.body), (second.status, second.body));
    });
}

#[test]
fn two_ways_to_authenticate_at_once_are_none() {
    shared(async |world| {
        let party = world.party(PARTY);
        let form =
            [pairs(&[("grant_type", "client_credentials"), ("client_secret", "x")]), party.authentication().unwrap()]
                .concat();
        let answer = party.post("token_endpoint", &form, &[]).await.unwrap();
        assert!([400, 401].contains(&answer.status), "{}", answer.body);
        assert_ne!(answer.status, 200);
    });
}
