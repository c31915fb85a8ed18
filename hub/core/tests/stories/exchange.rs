//! Token exchange (threat table F).

use hub_core::OAuthError;
use hub_core::TokenAnswer;
use hub_core::audit::AuditKind;
use serde_json::{Map, Value, json};
use strict_jose::JwkSet;
use trust_list::{Client, ClientKind, Level, LocalizedText, RegisteredPurpose};

use crate::support::region::{self, REGISTER, country, entity};
use crate::support::*;

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// An ID token that XA issued to the border post itself.
fn subject_token(world: &World, change: impl Fn(&mut Map<String, Value>)) -> String {
    world.national.id_token_for("idp.xa.example", "border-at-xa", change)
}

/// The border post exchanges a token; `changed` takes the place of the usual parameters.
async fn exchange(world: &World, token: &str, changed: &[(&str, &str)]) -> Result<TokenAnswer, OAuthError> {
    let usual =
        [("grant_type", GRANT), ("subject_token", token), ("subject_token_type", ID_TOKEN), ("audience", REGISTER)];
    let kept = usual.into_iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    let pairs: Vec<_> = kept.chain(changed.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
    world.token(&world.clients.border, &pairs).await
}

#[tokio::test]
async fn a_border_post_exchanges_a_national_token_for_one_of_ours() {
    let world = World::new();
    let answer = exchange(&world, &subject_token(&world, |_| ()), &[]).await.unwrap();
    assert_eq!(answer.issued_token_type, Some(ACCESS_TOKEN));
    assert!(answer.refresh_token.is_none() && answer.id_token.is_none());
    let token = claims_of(&answer.access_token);
    assert_eq!(header_of(&answer.access_token)["typ"], "at+jwt");
    assert_eq!(token["aud"], REGISTER);
    assert_eq!(token["client_id"], world.clients.border.client_id);
    assert_eq!(token["act"]["sub"], world.clients.border.client_id);
    assert_eq!(token["acr"], "urn:passerelle:loa:substantial");
    assert_eq!(token["purpose"], "border-check");
    let text = token.to_string();
    assert!(!text.contains("Afi") && !text.contains("upstream-sub-7"), "r03: {text}");
    assert_eq!(world.audited(AuditKind::TokenExchanged).len(), 1);
}

type Change = fn(&mut Map<String, Value>);

fn set(claims: &mut Map<String, Value>, name: &str, value: Value) {
    claims.insert(name.to_owned(), value);
}

/// What is wrong with the subject token.
const BAD_TOKENS: &[(&str, Change)] = &[
    ("f01 expired", |c| set(c, "exp", json!(START.seconds() - 61))),
    ("f01 unknown iss", |c| set(c, "iss", json!("https://idp.nowhere.example"))),
    ("f01 another member's iss", |c| set(c, "iss", json!("https://idp.xc.example"))),
    ("issued to the hub", |c| set(c, "aud", json!("hub"))),
    ("issued to somebody else", |c| set(c, "aud", json!("other"))),
    ("issued to two", |c| set(c, "aud", json!(["border-at-xa", "other"]))),
    ("too old", |c| set(c, "iat", json!(START.seconds() - 400))),
    ("f10 exchanged before", |c| set(c, "act", json!({"sub": "https://other.example"}))),
    ("no sub", |c| drop(c.remove("sub"))),
    ("a person reported dead", |c| set(c, "person_status", json!("deceased"))),
];

#[tokio::test]
async fn f01_f10_a_subject_token_that_breaks_a_rule_is_refused() {
    let world = World::new();
    for (case, change) in BAD_TOKENS {
        let refused = exchange(&world, &subject_token(&world, change), &[]).await;
        assert_eq!(failed(refused), (400, "invalid_request"), "{case}");
    }
    let good = subject_token(&world, |_| ());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{signed}.{first}{}", &signature[1..]);
    assert_eq!(failed(exchange(&world, &forged, &[]).await), (400, "invalid_request"), "f01 bad signature");
    assert_eq!(failed(exchange(&world, "not a token", &[]).await), (400, "invalid_request"));
    assert!(world.audited(AuditKind::TokenExchanged).is_empty());
}

#[tokio::test]
async fn f02_f04_f05_f06_every_parameter_is_honoured_or_refused() {
    let world = World::new();
    let token = subject_token(&world, |_| ());
    let cases: &[Case] = &[
        ("f02 no type", &[("subject_token_type", "")], "invalid_request"),
        ("f02 an untrue type", &[("subject_token_type", ACCESS_TOKEN)], "invalid_request"),
        ("no token", &[("subject_token", "")], "invalid_request"),
        ("no audience", &[("audience", "")], "invalid_request"),
        ("f04 unknown audience", &[("audience", "https://elsewhere.example")], "invalid_target"),
        ("f04 an audience that is not allowed", &[("audience", "https://bank.xb.example")], "invalid_target"),
        ("two audiences", &[("audience", REGISTER), ("audience", REGISTER)], "invalid_target"),
        ("a resource", &[("resource", REGISTER)], "invalid_target"),
        ("f05 a wider scope", &[("scope", "openid")], "invalid_scope"),
        ("f06 an actor", &[("actor_token", "a.b.c")], "invalid_request"),
        ("a type we do not issue", &[("requested_token_type", ID_TOKEN)], "invalid_request"),
        ("another purpose", &[("purpose", "account-opening")], "invalid_request"),
    ];
    for (case, changed, expected) in cases {
        assert_eq!(failed(exchange(&world, &token, changed).await), (400, *expected), "{case}");
    }
    let jwt = [("requested_token_type", "urn:ietf:params:oauth:token-type:jwt"), ("scope", "verify")];
    let answer = exchange(&world, &token, &jwt).await.unwrap();
    assert_eq!(answer.issued_token_type, Some(jwt[0].1));
    assert_eq!(answer.scope.as_deref(), Some("verify"));
}

#[tokio::test]
async fn f09_a_subject_token_is_exchanged_once() {
    let world = World::new();
    let token = subject_token(&world, |_| ());
    exchange(&world, &token, &[]).await.unwrap();
    assert_eq!(failed(exchange(&world, &token, &[]).await), (400, "invalid_request"));
}

#[tokio::test]
async fn the_new_token_never_outlives_the_old_one() {
    let world = World::new();
    let token = subject_token(&world, |claims| set(claims, "exp", json!(START.seconds() + 40)));
    let answer = exchange(&world, &token, &[]).await.unwrap();
    assert_eq!(answer.expires_in, 40);
    assert_eq!(claims_of(&answer.access_token)["exp"], START.seconds() + 40);
}

#[tokio::test]
async fn g18_a_suspended_provider_s_tokens_are_not_exchanged() {
    let mut world = World::new();
    let token = subject_token(&world, |_| ());
    world.suspend("XA", "idp");
    assert_eq!(failed(exchange(&world, &token, &[]).await), (400, "invalid_request"));
}

#[tokio::test]
async fn an_exchanged_token_opens_nothing_of_ours_and_a_token_of_ours_is_no_subject_token() {
    let world = World::new();
    let answer = exchange(&world, &subject_token(&world, |_| ()), &[]).await.unwrap();
    assert_eq!(failed(world.userinfo(&answer.access_token).await), (401, "invalid_token"));
    assert_eq!(failed(exchange(&world, &answer.access_token, &[]).await), (400, "invalid_request"));
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_not_the_callers_fault() {
    let world = World::new();
    world.national.go_down();
    let refused = exchange(&world, &subject_token(&world, |_| ()), &[]).await;
    assert_eq!(failed(refused), (503, "temporarily_unavailable"));
}

/// A register of XC, listed as a client of its own, as an audience of the border post.
fn audience_in_xc(world: &mut World, purpose: &str) -> String {
    let client = TestClient::new("register.xc.example");
    world.change_region(|region| {
        let keys = JwkSet::from_keys([client.key.public_jwk().clone()]);
        let draft = Client::draft(country("XC"), entity("register"), ClientKind::CountrySystem, keys, START);
        let purposes = vec![RegisteredPurpose {
            purpose: region::purpose(purpose),
            claims: region::names(&[]),
            min_level: Level::Low,
            legal_basis: "Register act".into(),
            text: LocalizedText::en("To find you"),
            document: None,
        }];
        region.add_client(&Client { purposes, ..draft }).unwrap();
    });
    let border = world.clients.border.client_id.clone();
    world.change_client(&border, |border| {
        border.exchange.as_mut().unwrap().audiences.push(client.client_id.clone());
    });
    client.client_id
}

#[tokio::test]
async fn f04_f08_a_listed_audience_gets_a_person_only_if_its_own_country_recognises_theirs() {
    let mut world = World::new();
    let audience = audience_in_xc(&mut world, "border-check");
    let token = subject_token(&world, |_| ());
    let asked = [("audience", audience.as_str())];
    assert_eq!(failed(exchange(&world, &token, &asked).await), (400, "invalid_target"), "XC does not recognise XA");

    world.change_region(|region| {
        region.recognise(country("XC"), country("XA"), region::purpose("border-check"), Level::Low).unwrap();
    });
    let answer = exchange(&world, &token, &asked).await.unwrap();
    let token = claims_of(&answer.access_token);
    assert_eq!(token["aud"], audience);
    assert_eq!(token["acr"], "urn:passerelle:loa:low", "no more than XC recognises");
    assert_eq!(world.audited(AuditKind::TokenExchanged)[0].audience, Some(audience), "whom it is for is on record");
}

#[tokio::test]
async fn f04_a_listed_audience_must_have_the_purpose_itself() {
    let mut world = World::new();
    let audience = audience_in_xc(&mut world, "account-opening");
    world.change_region(|region| {
        region.recognise(country("XC"), country("XA"), region::purpose("border-check"), Level::High).unwrap();
    });
    let refused = exchange(&world, &subject_token(&world, |_| ()), &[("audience", &audience)]).await;
    assert_eq!(failed(refused), (400, "invalid_target"));
}
