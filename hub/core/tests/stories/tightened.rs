//! The list is tightened between a consent and its use: whatever is issued is what the list allows now (rule × grant).

use country_adapters::kits::claim169::emit::{Card, Form as CardForm};
use hub_core::{ConsentView, RequestHead};
use serde_json::{Value, json};
use trust_list::{ClientKind, ClientProfile, Level};

use crate::support::region::REGISTER;
use crate::support::*;

/// What a citizen and the bank have in hand when the list changes.
struct InHand {
    citizen: Citizen,
    consent: ConsentView,
    code: String,
    access: String,
    refresh: String,
}

const ASKED: &str =
    r#"{"userinfo":{"given_name":null,"age_over_18":null},"id_token":{"given_name":null,"age_over_18":null}}"#;

async fn in_hand(world: &World) -> InHand {
    let bank = &world.clients.bank;
    let asked = [("claims", ASKED), ("scope", "openid profile offline_access")];
    let mut citizen = Citizen::default();
    let consent = citizen.identified(world, bank, &asked).await;
    let code = world.code(bank, &asked).await;
    let tokens = world.tokens(bank, &asked).await;
    InHand { citizen, consent, code, access: tokens.access_token, refresh: tokens.refresh_token.unwrap() }
}

fn refresh(token: &str) -> [(&str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token)]
}

fn bank_of(world: &World) -> String {
    world.clients.bank.client_id.clone()
}

fn purpose_without(world: &mut World, claim: &str) {
    let bank = bank_of(world);
    world.change_client(&bank, |client| assert!(client.purposes[0].claims.remove(claim)));
}

fn provider_without(world: &mut World, claim: &str) {
    world.change_provider("XA", |issuer| assert!(issuer.claims.remove(claim)));
}

/// How the list is tightened, and which claim is no longer given.
type Fewer = (&'static str, fn(&mut World), &'static str);

const FEWER_CLAIMS: &[Fewer] = &[
    ("the purpose lost a claim", |world| purpose_without(world, "given_name"), "given_name"),
    ("the purpose lost a predicate", |world| purpose_without(world, "age_over_18"), "age_over_18"),
    ("the provider lost a claim", |world| provider_without(world, "given_name"), "given_name"),
    ("the provider lost a predicate's source", |world| provider_without(world, "birthdate"), "age_over_18"),
];

#[tokio::test]
async fn a_claim_that_the_list_no_longer_allows_is_given_by_no_grant() {
    for (case, tighten, gone) in FEWER_CLAIMS {
        let kept = if *gone == "given_name" { "age_over_18" } else { "given_name" };
        let mut world = World::new();
        let held = in_hand(&world).await;
        tighten(&mut world);
        let bank = &world.clients.bank;
        let by_code = world.token(bank, &bank.redemption(&held.code)).await.unwrap();
        let by_refresh = world.token(bank, &refresh(&held.refresh)).await.unwrap();
        for (grant, said) in [
            ("code", claims_of(&by_code.id_token.unwrap())),
            ("refresh", claims_of(&by_refresh.id_token.unwrap())),
            ("userinfo", Value::Object(world.userinfo(&held.access).await.unwrap().0)),
            ("userinfo of the code", Value::Object(world.userinfo(&by_code.access_token).await.unwrap().0)),
        ] {
            assert!(said.get(gone).is_none(), "{case}: {grant}");
            assert!(said.get(kept).is_some(), "{case}: {grant}");
        }
        let recorded = serde_json::to_string(world.audit.events().last().unwrap()).unwrap();
        assert!(!recorded.contains(gone) && recorded.contains(kept), "{case}: what is given is on record");
    }
}

#[tokio::test]
async fn a_purpose_that_now_needs_a_higher_level_ends_what_was_reached_before() {
    let mut world = World::new();
    let held = in_hand(&world).await;
    let bank = bank_of(&world);
    world.change_client(&bank, |client| client.purposes[0].min_level = Level::High);
    let bank = &world.clients.bank;
    assert_eq!(failed(world.token(bank, &bank.redemption(&held.code)).await), (400, "invalid_grant"));
    assert_eq!(failed(world.token(bank, &refresh(&held.refresh)).await), (400, "invalid_grant"));
    assert_eq!(failed(world.userinfo(&held.access).await), (401, "invalid_token"));
    let consent = held.citizen.decide(&world, &held.consent, "allow").await;
    assert_eq!(expect_error(consent, bank), "unmet_authentication_requirements");
}

#[tokio::test]
async fn a_scope_that_is_no_longer_registered_is_in_no_token() {
    let mut world = World::new();
    let held = in_hand(&world).await;
    let bank = bank_of(&world);
    world.change_client(&bank, |client| assert!(client.scopes.remove("profile")));
    let bank = &world.clients.bank;
    let by_code = world.token(bank, &bank.redemption(&held.code)).await.unwrap();
    assert_eq!(by_code.scope.as_deref(), Some("offline_access openid"));
    let by_refresh = world.token(bank, &refresh(&held.refresh)).await.unwrap();
    assert_eq!(by_refresh.scope.as_deref(), Some("offline_access openid"));
    let person = world.userinfo(&held.access).await.unwrap().0;
    assert!(person.get("family_name").is_none(), "it came with the scope");
    assert!(person.get("given_name").is_some(), "it was asked for by name");
}

#[tokio::test]
async fn without_offline_access_nothing_is_refreshed_and_without_openid_nothing_is_given() {
    let mut world = World::new();
    let held = in_hand(&world).await;
    let bank = bank_of(&world);
    world.change_client(&bank, |client| assert!(client.scopes.remove("offline_access")));
    let bank = &world.clients.bank;
    let by_code = world.token(bank, &bank.redemption(&held.code)).await.unwrap();
    assert!(by_code.refresh_token.is_none());
    assert_eq!(failed(world.token(bank, &refresh(&held.refresh)).await), (400, "invalid_grant"));

    let mut world = World::new();
    let held = in_hand(&world).await;
    let bank = bank_of(&world);
    world.change_client(&bank, |client| assert!(client.scopes.remove("openid")));
    let bank = &world.clients.bank;
    assert_eq!(failed(world.token(bank, &bank.redemption(&held.code)).await), (400, "invalid_grant"));
    assert_eq!(failed(world.token(bank, &refresh(&held.refresh)).await), (400, "invalid_grant"));
    assert_eq!(failed(world.userinfo(&held.access).await), (403, "insufficient_scope"));
}

#[tokio::test]
async fn a_client_whose_profile_is_not_served_gets_nothing_at_any_endpoint() {
    for profile in [ClientProfile::Fapi2Ms, ClientProfile::Basic] {
        let mut world = World::new();
        let held = in_hand(&world).await;
        let linked = world.push(&world.clients.bank, &[]).await.unwrap();
        let mut citizen = Citizen::default();
        let picker = citizen.picker(&world, &world.clients.bank, &[]).await;
        let machine = machine_token(&world).await;
        for id in [bank_of(&world), world.clients.border.client_id.clone()] {
            world.change_client(&id, |client| client.profile = profile);
        }
        let (bank, border) = (&world.clients.bank, &world.clients.border);
        let subject = world.national.id_token_for("idp.xa.example", "border-at-xa", |_| ());
        let unserved = (400, "unauthorized_client");
        assert_eq!(failed(world.push(bank, &[]).await), unserved);
        assert_eq!(failed(world.token(bank, &bank.redemption(&held.code)).await), unserved);
        assert_eq!(failed(world.token(bank, &refresh(&held.refresh)).await), unserved);
        assert_eq!(failed(world.revoke(bank, &held.refresh).await), unserved);
        assert_eq!(failed(world.token(border, &[("grant_type", "client_credentials")]).await), unserved);
        assert_eq!(failed(world.token(border, &exchange(&subject)).await), unserved);
        assert_eq!(failed(world.userinfo(&held.access).await), (401, "invalid_token"));
        assert_eq!(failed(verify(&world, &machine).await), (401, "invalid_token"));
        let link = citizen.follow(&world, &bank.client_id, &linked.request_uri).await;
        assert_eq!(expect_error(link, bank), "unauthorized_client");
        assert_eq!(expect_error(citizen.choose(&world, &picker, "XA").await, bank), "access_denied");
        let consent = held.citizen.decide(&world, &held.consent, "allow").await;
        assert_eq!(expect_error(consent, bank), "access_denied");
    }
}

#[tokio::test]
async fn exchanges_and_verifications_are_for_country_systems() {
    let mut world = World::new();
    let machine = machine_token(&world).await;
    let border = world.clients.border.client_id.clone();
    world.change_client(&border, |client| client.kind = ClientKind::RelyingParty);
    let subject = world.national.id_token_for("idp.xa.example", "border-at-xa", |_| ());
    let border = &world.clients.border;
    assert_eq!(failed(world.token(border, &exchange(&subject)).await), (400, "unauthorized_client"));
    assert_eq!(failed(verify(&world, &machine).await), (403, "insufficient_scope"));
}

async fn machine_token(world: &World) -> String {
    world.token(&world.clients.border, &[("grant_type", "client_credentials")]).await.unwrap().access_token
}

fn exchange(subject_token: &str) -> [(&str, &str); 4] {
    [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", subject_token),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ("audience", REGISTER),
    ]
}

async fn verify(world: &World, token: &str) -> Result<hub_core::CredentialAnswer, hub_core::OAuthError> {
    let card = Card::new("https://cards.xc.example", START.minus(1000), START.plus(1_000_000));
    let qr = card.sign(&world.card_key, CardForm::default()).unwrap();
    let header = format!("Bearer {token}");
    let body = json!({ "country": "XC", "credential": qr, "purpose": "border-check" }).to_string();
    let head = RequestHead { authorization: Some(&header), ..RequestHead::default() };
    world.broker.verify_credential(&world.trust, &head, body.as_bytes(), world.now).await
}
