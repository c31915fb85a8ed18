//! Client authentication (threat table D): every rule at every endpoint that authenticates clients.

use hub_core::{Form, OAuthError, RequestHead};
use serde_json::{Map, Value, json};
use strict_jose::{Algorithm, SigningKey, b64};

use crate::support::*;

/// The endpoints and grants that authenticate clients, each with parameters that would do.
const ENDPOINTS: [&str; 6] = ["par", "code", "refresh", "client_credentials", "exchange", "revoke"];

async fn call(world: &World, endpoint: &str, form: &Form) -> Result<(), OAuthError> {
    let head = RequestHead::default();
    let (broker, trust, now) = (&world.broker, &world.trust, world.now);
    match endpoint {
        "par" => broker.pushed_authorization_request(trust, &head, form, now).await.map(drop),
        "revoke" => broker.revoke(trust, &head, form, now).await,
        _ => broker.token(trust, &head, form, now).await.map(drop),
    }
}

/// A request to the endpoint, with this assertion.
fn form(endpoint: &str, client: &TestClient, assertion: &str) -> Form {
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    match endpoint {
        "par" => TestClient::form_with(assertion, &client.request(&[])),
        "code" => TestClient::form_with(assertion, &client.redemption("code")),
        "refresh" => TestClient::form_with(assertion, &[("grant_type", "refresh_token"), ("refresh_token", "token")]),
        "client_credentials" => TestClient::form_with(assertion, &[("grant_type", "client_credentials")]),
        "exchange" => TestClient::form_with(assertion, &[("grant_type", exchange)]),
        "revoke" => TestClient::form_with(assertion, &[("token", "token")]),
        other => panic!("no endpoint {other}"),
    }
}

fn client<'w>(world: &'w World, endpoint: &str) -> &'w TestClient {
    match endpoint {
        "client_credentials" | "exchange" => &world.clients.border,
        _ => &world.clients.bank,
    }
}

type Change = fn(&mut Map<String, Value>);

/// What is wrong with the claims of an assertion.
const BAD_CLAIMS: &[(&str, Change)] = &[
    ("d02 the token endpoint", |c| set(c, "aud", json!("https://hub.example/token"))),
    ("d02 the issuer with a slash", |c| set(c, "aud", json!("https://hub.example/"))),
    ("d02 an array of one", |c| set(c, "aud", json!(["https://hub.example"]))),
    ("d02 an array of two", |c| set(c, "aud", json!(["https://hub.example", "https://other.example"]))),
    ("d02 another server", |c| set(c, "aud", json!("https://other.example"))),
    ("d02 aud missing", |c| drop(c.remove("aud"))),
    ("d03 iss differs", |c| set(c, "iss", json!("https://shop.xb.example"))),
    ("d03 iss missing", |c| drop(c.remove("iss"))),
    ("d03 sub missing", |c| drop(c.remove("sub"))),
    ("d03 sub is a number", |c| set(c, "sub", json!(1))),
    ("d04 exp missing", |c| drop(c.remove("exp"))),
    ("d04 five minutes past", |c| set(c, "exp", json!(START.seconds() - 300))),
    ("d04 eleven minutes ahead", |c| set(c, "exp", json!(START.seconds() + 660))),
    ("d04 exp is text", |c| set(c, "exp", json!("never"))),
    ("d04 exp has a fraction", |c| set(c, "exp", json!(1_800_000_060.5))),
    ("d04 iat an hour ahead", |c| set(c, "iat", json!(START.seconds() + 3600))),
    ("d04 nbf 61 seconds ahead", |c| set(c, "nbf", json!(START.seconds() + 61))),
    ("no jti", |c| drop(c.remove("jti"))),
    ("an empty jti", |c| set(c, "jti", json!(""))),
    ("a jti with a line break", |c| set(c, "jti", json!("a\nb"))),
    ("a jti without end", |c| set(c, "jti", json!("j".repeat(300)))),
    ("d17 an unknown client", |c| {
        set(c, "iss", json!("https://nobody.example"));
        set(c, "sub", json!("https://nobody.example"));
    }),
];

fn set(claims: &mut Map<String, Value>, name: &str, value: Value) {
    claims.insert(name.to_owned(), value);
}

/// What is wrong with the header of an assertion.
const BAD_HEADERS: &[(&str, &str, &str)] = &[
    ("d07 a path", "kid", r#""../../dev/null""#),
    ("d07 a query", "kid", r#""' OR 1=1--""#),
    ("d07 a zero", "kid", r#""k\u0000""#),
    ("d07 a star", "kid", r#""*""#),
    ("another key", "kid", r#""other""#),
    ("d08 jku", "jku", r#""https://attacker.example/jwks""#),
    ("d08 x5u", "x5u", r#""https://attacker.example/cert""#),
    ("d09 jwk", "jwk", r#"{"kty":"EC"}"#),
    ("x5c", "x5c", r#"["MIIB"]"#),
    ("crit", "crit", r#"["exp"]"#),
    ("made for DPoP", "typ", r#""dpop+jwt""#),
    ("made as a request object", "typ", r#""oauth-authz-req+jwt""#),
    ("d01 none", "alg", r#""none""#),
    ("d01 HS256", "alg", r#""HS256""#),
    ("d10 PS256 with a P-256 key", "alg", r#""PS256""#),
    ("d10 RS256 with a P-256 key", "alg", r#""RS256""#),
];

/// An assertion whose header says something else, signed over just that.
fn with_header(client: &TestClient, world: &World, name: &str, value: &str) -> String {
    let mut header = json!({ "alg": "ES256", "typ": "JWT", "kid": client.key.kid().as_str() });
    header[name] = serde_json::from_str(value).unwrap();
    let claims = Value::Object(client.assertion_claims(world.now));
    let input = format!("{}.{}", b64::encode(header.to_string()), b64::encode(claims.to_string()));
    let signature = client.key.sign(input.as_bytes()).unwrap();
    format!("{input}.{}", b64::encode(signature))
}

#[tokio::test]
async fn d_every_rule_of_an_assertion_holds_at_every_endpoint() {
    let world = World::new();
    for endpoint in ENDPOINTS {
        let client = client(&world, endpoint);
        let mut bad: Vec<(&str, String)> = BAD_CLAIMS
            .iter()
            .map(|(case, change)| (*case, client.assertion_with(world.now, change)))
            .chain(BAD_HEADERS.iter().map(|(case, name, value)| (*case, with_header(client, &world, name, value))))
            .collect();
        let good = client.assertion(world.now);
        let other = TestClient { key: SigningKey::generate(Algorithm::ES256, None).unwrap(), ..TestClient::new("x") };
        let forged =
            other.key.sign_compact("JWT", Value::Object(client.assertion_claims(world.now)).to_string().as_bytes());
        bad.extend([
            ("d17 a wrong signature", forged.unwrap()),
            ("a cut signature", good[..good.len() - 4].to_owned()),
            ("not a JWT", "x".to_owned()),
            ("five segments", "a.b.c.d.e".to_owned()),
            ("d07 8 KiB of kid", with_header(client, &world, "kid", &format!("\"{}\"", "k".repeat(8192)))),
        ]);
        for (case, assertion) in bad {
            let refused = call(&world, endpoint, &form(endpoint, client, &assertion)).await.unwrap_err();
            let wire = refused.wire();
            assert_eq!((wire.status, wire.code.as_str()), (401, "invalid_client"), "{endpoint}: {case}: {refused}");
            assert_eq!(wire.description, "client authentication failed", "{endpoint}: {case}");
        }
        let answered = call(&world, endpoint, &form(endpoint, client, &good)).await;
        let code = answered.err().map(|error| error.code().as_str());
        assert_ne!(code, Some("invalid_client"), "{endpoint}: a good assertion is taken");
    }
}

#[tokio::test]
async fn d19_a_suspended_client_is_refused_at_every_endpoint_like_an_unknown_one() {
    let mut world = World::new();
    world.suspend("XB", "bank");
    world.suspend("XB", "border");
    for endpoint in ENDPOINTS {
        let client = client(&world, endpoint);
        let form = form(endpoint, client, &client.assertion(world.now));
        let refused = call(&world, endpoint, &form).await.unwrap_err().wire();
        assert_eq!((refused.status, refused.code.as_str()), (401, "invalid_client"), "{endpoint}");
    }
}

#[tokio::test]
async fn h17_a_client_whose_country_is_suspended_is_refused_at_every_endpoint() {
    let mut world = World::new();
    world.change_region(|region| {
        region.suspend("XB".parse().unwrap(), None).unwrap();
    });
    for endpoint in ENDPOINTS {
        let client = client(&world, endpoint);
        let form = form(endpoint, client, &client.assertion(world.now));
        assert_eq!(failed(call(&world, endpoint, &form).await), (401, "invalid_client"), "{endpoint}");
    }
}

#[tokio::test]
async fn h04_without_a_list_in_force_every_endpoint_answers_503() {
    let mut world = World::new();
    world.trust = trust_list::TrustState::Expired { since: START };
    for endpoint in ENDPOINTS {
        let client = client(&world, endpoint);
        let form = form(endpoint, client, &client.assertion(world.now));
        assert_eq!(failed(call(&world, endpoint, &form).await), (503, "temporarily_unavailable"), "{endpoint}");
    }
}

#[tokio::test]
async fn an_assertion_is_good_once_wherever_it_was_used() {
    let world = World::new();
    let bank = &world.clients.bank;
    let refresh = world.tokens(bank, &[("scope", "openid offline_access")]).await.refresh_token.unwrap();
    let code = world.code(bank, &[]).await;

    let assertion = bank.assertion(world.now);
    world.push_form(&TestClient::form_with(&assertion, &bank.request(&[]))).await.unwrap();
    let refreshing = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    for (case, form) in [
        ("par", TestClient::form_with(&assertion, &bank.request(&[]))),
        ("code", TestClient::form_with(&assertion, &bank.redemption(&code))),
        ("refresh", TestClient::form_with(&assertion, &refreshing)),
        ("revoke", TestClient::form_with(&assertion, &[("token", &refresh)])),
    ] {
        let endpoint = if case == "refresh" { "code" } else { case };
        assert_eq!(failed(call(&world, endpoint, &form).await), (401, "invalid_client"), "{case}");
    }
    // Neither code nor refresh token suffered.
    world.token(bank, &bank.redemption(&code)).await.unwrap();
    world.token(bank, &refreshing).await.unwrap();
}

#[tokio::test]
async fn t03_an_assertion_is_remembered_as_long_as_it_could_pass() {
    let mut world = World::new();
    let bank = TestClient { key: world.clients.bank.key.clone(), ..TestClient::new("bank.xb.example") };
    let longest = bank.assertion_with(START, |claims| {
        set(claims, "iat", json!(START.seconds() + 10));
        set(claims, "exp", json!(START.seconds() + 610));
    });
    world.push_form(&TestClient::form_with(&longest, &bank.request(&[]))).await.unwrap();
    world.wait(619);
    assert_eq!(
        failed(world.push_form(&TestClient::form_with(&longest, &bank.request(&[]))).await),
        (401, "invalid_client")
    );
}

#[tokio::test]
async fn d12_d13_other_methods_and_other_names_are_refused() {
    let world = World::new();
    let bank = &world.clients.bank;
    let good = || bank.assertion(world.now);
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let assertion = good();
    for (case, form) in [
        ("nothing", Form::from_pairs(bank.request(&[]))),
        ("no type", Form::from_pairs([("client_assertion", assertion.as_str())])),
        (
            "another type",
            Form::from_pairs([("client_assertion_type", "saml2-bearer"), ("client_assertion", &assertion)]),
        ),
        ("d13", TestClient::form_with(&good(), &[("client_id", "https://shop.xb.example")])),
        ("a secret", Form::from_pairs([("client_id", bank.client_id.as_str()), ("client_secret", "s")])),
        (
            "a secret too",
            Form::from_pairs([
                ("client_assertion_type", kind),
                ("client_assertion", assertion.as_str()),
                ("client_secret", "s"),
            ]),
        ),
    ] {
        assert_eq!(failed(world.push_form(&form).await), (401, "invalid_client"), "{case}");
    }

    // RFC 6749 §5.2: who used an Authorization header reads a challenge.
    let head = RequestHead { authorization: Some("Basic Zm9v"), ..RequestHead::default() };
    let form = bank.form(world.now, &bank.request(&[]));
    let refused = world.broker.pushed_authorization_request(&world.trust, &head, &form, world.now).await.unwrap_err();
    assert_eq!(refused.wire().challenge.unwrap().header(), "Basic realm=\"passerelle\"");
}

#[tokio::test]
async fn b01_client_id_beside_the_assertion_is_fine_when_it_is_the_same() {
    let world = World::new();
    let bank = &world.clients.bank;
    let pairs = bank.request(&[("client_id", &bank.client_id)]);
    world.push_form(&bank.form(world.now, &pairs)).await.unwrap();
}

#[tokio::test]
async fn h19_a_key_that_left_the_list_authenticates_nobody() {
    let mut world = World::new();
    let old = TestClient { key: world.clients.bank.key.clone(), ..TestClient::new("bank.xb.example") };
    let new = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let keys = strict_jose::JwkSet::from_keys([new.public_jwk().clone()]);
    let list = world.region.verified().unwrap();
    let client = list.trusted_client(&old.client_id, START).unwrap().client().clone();
    world.change_region(|region| {
        region.add_client(&trust_list::Client { keys, ..client }).unwrap();
    });
    assert_eq!(failed(world.push(&old, &[]).await), (401, "invalid_client"));
    let rotated = TestClient { key: new, ..old };
    world.push(&rotated, &[]).await.unwrap();
}
