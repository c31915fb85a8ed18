//! A credential shown at a border post.

use country_adapters::kits::claim169::emit::{Card, Form as CardForm, Key};
use hub_core::audit::{AuditError, AuditKind};
use hub_core::{OAuthError, RequestHead};
use serde_json::{Value, json};
use strict_jose::{Algorithm, SigningKey};
use trust_list::{AcceptedDocument, DocumentDemand};

use crate::support::*;

fn card() -> Card {
    Card::new("https://cards.xc.example", START.minus(1000), START.plus(1_000_000))
        .with_text(Key::ID, "3957208461592737")
        .with_text(Key::FULL_NAME, "Afi Mensah")
        .with_text(Key::BIRTH_DATE, "19900101")
}

fn signed(card: Card, key: &SigningKey) -> String {
    card.sign(key, CardForm::default()).unwrap()
}

async fn machine_token(world: &World) -> String {
    world.token(&world.clients.border, &[("grant_type", "client_credentials")]).await.unwrap().access_token
}

async fn verify_body(world: &World, token: &str, body: &str) -> Result<Value, OAuthError> {
    let header = format!("Bearer {token}");
    let head = RequestHead { authorization: Some(&header), ..RequestHead::default() };
    let answer = world.broker.verify_credential(&world.trust, &head, body.as_bytes(), world.now).await?;
    Ok(serde_json::to_value(answer).unwrap())
}

async fn verify(world: &World, body: Value) -> Result<Value, OAuthError> {
    verify_body(world, &machine_token(world).await, &body.to_string()).await
}

#[tokio::test]
async fn a_border_post_gets_a_token_for_itself_and_checks_a_card() {
    let world = World::new();
    let answer = world.token(&world.clients.border, &[("grant_type", "client_credentials")]).await.unwrap();
    let claims = claims_of(&answer.access_token);
    assert_eq!((&claims["sub"], &claims["aud"]), (&claims["client_id"], &json!("https://hub.example/federation/v1")));
    assert_eq!(answer.scope.as_deref(), Some("verify"));

    let qr = signed(card(), &world.card_key);
    let result = verify(&world, json!({ "country": "XC", "credential": qr, "purpose": "border-check" })).await.unwrap();
    assert_eq!(result["verified"], true);
    assert_eq!(result["level"], "low");
    assert_eq!(result["issuer"], "cards");
    assert_eq!(result["trust_framework"], "xc_card");
    assert_eq!(result["claims"], json!({ "name": "Afi Mensah" }), "and not the birth date: it is not in the purpose");
    assert_eq!(result["person_status"], "unknown");
    assert_eq!(result["document_status"], "unknown");
    assert_eq!(result["status_checked"], false, "l03: nobody was asked");
    assert!(!result.to_string().contains("3957208461592737"), "the number stays here");

    let event = &world.audited(AuditKind::CredentialVerified)[0];
    assert_eq!(event.transaction.as_ref().unwrap().to_text(), result["transaction"]);
}

#[tokio::test]
async fn l12_a_card_says_nothing_of_the_document_so_a_purpose_that_demands_a_valid_one_refuses_it() {
    let mut world = World::new();
    let border = world.clients.border.client_id.clone();
    let accept = [AcceptedDocument::Valid, AcceptedDocument::Expired].into();
    world.change_client(&border, |client| client.purposes[0].document = Some(DocumentDemand { accept }));
    let qr = signed(card(), &world.card_key);
    let result = verify(&world, json!({ "country": "XC", "credential": qr })).await.unwrap();
    assert_eq!((&result["verified"], &result["reason"]), (&json!(false), &json!("document_unknown")), "{result}");
    let event = &world.audited(AuditKind::DocumentUnknown)[0];
    assert_eq!((event.result, event.home_country), ("document_unknown", "XC".parse().ok()));
    assert!(world.audited(AuditKind::CredentialVerified).is_empty());
}

#[tokio::test]
async fn a_suspended_key_of_a_card_issuer_vouches_for_no_card() {
    let mut world = World::new();
    let body = json!({ "country": "XC", "credential": signed(card(), &world.card_key) });
    assert_eq!(verify(&world, body.clone()).await.unwrap()["verified"], true);
    let target = format!("XC/cards/key/{}", world.card_key.public_jwk().thumbprint()).parse().unwrap();
    world.change_region(|region| {
        let own = region.national_key("XC".parse().unwrap()).unwrap().clone();
        region.order_by(&own, target).unwrap();
    });
    assert_eq!(verify(&world, body).await.unwrap()["reason"], "not_authentic");
}

#[tokio::test]
async fn a_caller_gets_fewer_claims_when_it_asks_for_fewer() {
    let world = World::new();
    let qr = signed(card(), &world.card_key);
    let body = json!({ "country": "XC", "credential": qr, "claims": ["birthdate"] });
    let result = verify(&world, body).await.unwrap();
    assert_eq!((&result["verified"], &result["claims"]), (&json!(true), &json!({})));
}

#[tokio::test]
async fn a_card_that_is_no_good_is_an_answer_with_a_reason() {
    let mut world = World::new();
    let other = SigningKey::generate(Algorithm::ES256, None).unwrap();
    let expired = Card::new("https://cards.xc.example", START.minus(2000), START.minus(1000)).with_text(Key::ID, "1");
    let good = signed(card(), &world.card_key);
    for (case, country, credential, reason) in [
        ("l02 another key", "XC", signed(card(), &other), "not_authentic"),
        ("expired", "XC", signed(expired, &world.card_key), "expired"),
        ("unreadable", "XC", "hello".to_owned(), "malformed"),
        ("l02 a country without cards", "XA", good.clone(), "not_recognised"),
        ("no such country", "ZZ", good.clone(), "not_recognised"),
    ] {
        let result = verify(&world, json!({ "country": country, "credential": credential })).await.unwrap();
        assert_eq!((&result["verified"], &result["reason"]), (&json!(false), &json!(reason)), "{case}");
    }
    let events = world.audited(AuditKind::CredentialVerified);
    assert_eq!(events.len(), 5);
    assert_eq!(events[0].result, "not_authentic");

    world.suspend("XC", "cards");
    let result = verify(&world, json!({ "country": "XC", "credential": good })).await.unwrap();
    assert_eq!(result["reason"], "not_recognised");
}

#[tokio::test]
async fn the_caller_needs_a_token_for_this_and_must_still_be_trusted() {
    let mut world = World::new();
    let body = json!({ "country": "XC", "credential": signed(card(), &world.card_key) }).to_string();
    let person = world.tokens(&world.clients.bank, &[]).await;
    assert_eq!(failed(verify_body(&world, &person.access_token, &body).await), (401, "invalid_token"));
    assert_eq!(failed(verify_body(&world, "x", &body).await), (401, "invalid_token"));

    let token = machine_token(&world).await;
    world.audit.fail_with(Some(AuditError::NotWritable));
    assert_eq!(
        failed(verify_body(&world, &token, &body).await),
        (503, "temporarily_unavailable"),
        "no audit, no answer"
    );
    world.audit.fail_with(None);

    world.suspend("XB", "border");
    assert_eq!(failed(verify_body(&world, &token, &body).await), (401, "invalid_token"));
}

#[tokio::test]
async fn q03_a_body_that_is_not_strict_json_is_refused() {
    let world = World::new();
    let token = machine_token(&world).await;
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let long = format!(r#"{{"country":"XC","credential":"{}"}}"#, "x".repeat(1024 * 1024));
    for body in [
        "",
        "{}",
        "[]",
        r#"{"country":"XC"}"#,
        r#"{"country":"XC","credential":1}"#,
        r#"{"country":"XC","country":"XA","credential":"x"}"#,
        r#"{"country":"XC","credential":"x","unknown":1}"#,
        r#"{"country":"Togo","credential":"x"}"#,
        r#"{"country":"XC","credential":"x","purpose":"account-opening"}"#,
        &deep,
        &long,
    ] {
        assert_eq!(failed(verify_body(&world, &token, body).await), (400, "invalid_request"), "{body:.60}");
    }
}

#[tokio::test]
async fn a_machine_scope_must_be_known_and_registered() {
    let world = World::new();
    let border = &world.clients.border;
    for scope in ["openid", "verify openid", "match", "verify  verify"] {
        let asked = [("grant_type", "client_credentials"), ("scope", scope)];
        assert_eq!(failed(world.token(border, &asked).await), (400, "invalid_scope"), "{scope}");
    }
}
