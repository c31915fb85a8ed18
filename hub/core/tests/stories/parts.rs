//! A part of an entity is suspended: one key, or one level (target × grant).

use trust_list::document::SuspensionTarget;
use trust_list::{Issuer, Level};

use crate::support::region::REGISTER;
use crate::support::*;

/// What a citizen and the bank have in hand when the order comes.
struct InHand {
    citizen: Citizen,
    picker: hub_core::PickerView,
    at_home: Vec<(String, String)>,
    consent: hub_core::ConsentView,
    code: String,
    access: String,
    refresh: String,
}

async fn in_hand(world: &World) -> InHand {
    let bank = &world.clients.bank;
    let asked = [("scope", "openid profile offline_access")];
    let mut citizen = Citizen::default();
    let picker = citizen.picker(world, bank, &asked).await;
    let location = citizen.at_home(world, bank, &asked).await;
    let at_home = world.national.log_in(&location);
    let consent = citizen.identified(world, bank, &asked).await;
    let code = world.code(bank, &asked).await;
    let tokens = world.tokens(bank, &asked).await;
    let (access, refresh) = (tokens.access_token, tokens.refresh_token.unwrap());
    InHand { citizen, picker, at_home, consent, code, access, refresh }
}

fn order(world: &mut World, target: &str) {
    let target: SuspensionTarget = target.parse().unwrap();
    world.change_region(|region| {
        let own = region.national_key(target.country).unwrap().clone();
        region.order_by(&own, target).unwrap();
    });
}

fn reinstate(world: &mut World, target: &str) {
    let target = target.parse().unwrap();
    world.change_region(|region| {
        region.reinstate(target).unwrap();
    });
}

fn refresh(token: &str) -> [(&str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token)]
}

async fn exchange(world: &World) -> Result<hub_core::TokenAnswer, hub_core::OAuthError> {
    let token = world.national.id_token_for("idp.xa.example", "border-at-xa", |_| ());
    let pairs = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
        ("subject_token", &token),
        ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
        ("audience", REGISTER),
    ];
    world.token(&world.clients.border, &pairs).await
}

#[tokio::test]
async fn g18_a_level_that_is_suspended_ends_every_step_and_every_grant_that_rests_on_it() {
    let mut world = World::new();
    let held = in_hand(&world).await;
    let bank = TestClient::copy(&world.clients.bank);
    order(&mut world, "XA/idp/level/high");
    assert!(world.userinfo(&held.access).await.is_ok(), "what was reached is below it");

    order(&mut world, "XA/idp/level/substantial");
    let unmet = "unmet_authentication_requirements";
    assert_eq!(expect_error(held.citizen.choose(&world, &held.picker, "XA").await, &bank), unmet);
    assert_eq!(expect_error(held.citizen.come_back(&world, "XA", &held.at_home).await, &bank), unmet);
    assert_eq!(expect_error(held.citizen.decide(&world, &held.consent, "allow").await, &bank), unmet);
    assert_eq!(failed(world.token(&bank, &bank.redemption(&held.code)).await), (400, "invalid_grant"));
    assert_eq!(failed(world.token(&bank, &refresh(&held.refresh)).await), (400, "invalid_grant"));
    assert_eq!(failed(world.userinfo(&held.access).await), (401, "invalid_token"));
    let exchanged = exchange(&world).await.unwrap();
    assert_eq!(claims_of(&exchanged.access_token)["acr"], Level::Low.acr(), "never more than what is left");

    reinstate(&mut world, "XA/idp/level/substantial");
    world.person(&bank, &[]).await;
}

#[tokio::test]
async fn g08_a_suspended_key_of_a_provider_signs_nobody_in_whether_the_list_has_it_or_the_hub_fetched_it() {
    for pinned in [false, true] {
        let mut world = World::new();
        let key = world.national.key.public_jwk().clone();
        let bank = TestClient::copy(&world.clients.bank);
        let pins = if pinned { vec![key.clone()] } else { Vec::new() };
        world.change_provider("XA", |issuer: &mut Issuer| issuer.keys = pins);
        world.person(&bank, &[]).await;
        let mut citizen = Citizen::default();
        let location = citizen.at_home(&world, &bank, &[]).await;
        let response = world.national.log_in(&location);

        let target = format!("XA/idp/key/{}", key.thumbprint());
        order(&mut world, &target);
        let refused = citizen.come_back(&world, "XA", &response).await;
        assert_eq!(expect_error(refused, &bank), "server_error", "pinned: {pinned}");
        assert_eq!(failed(exchange(&world).await), (400, "invalid_request"), "pinned: {pinned}");

        reinstate(&mut world, &target);
        world.person(&bank, &[]).await;
        assert!(exchange(&world).await.is_ok());
    }
}

#[tokio::test]
async fn d19_a_suspended_key_of_a_client_authenticates_nobody_at_any_endpoint() {
    let mut world = World::new();
    let held = in_hand(&world).await;
    let (bank, border) = (TestClient::copy(&world.clients.bank), TestClient::copy(&world.clients.border));
    for (id, client) in [("bank", &bank), ("border", &border)] {
        order(&mut world, &format!("XB/{id}/key/{}", client.key.public_jwk().thumbprint()));
    }
    let refused = (401, "invalid_client");
    assert_eq!(failed(world.push(&bank, &[]).await), refused, "PAR");
    assert_eq!(failed(world.token(&bank, &bank.redemption(&held.code)).await), refused, "code");
    assert_eq!(failed(world.token(&bank, &refresh(&held.refresh)).await), refused, "refresh");
    assert_eq!(failed(world.revoke(&bank, &held.refresh).await), refused, "revoke");
    assert_eq!(failed(world.token(&border, &[("grant_type", "client_credentials")]).await), refused, "machine");
    assert_eq!(failed(exchange(&world).await), refused, "exchange");

    // The client itself stands: with another key of its own it goes on.
    let next = TestClient::new("bank.xb.example");
    let keys = strict_jose::JwkSet::from_keys([bank.key.public_jwk().clone(), next.key.public_jwk().clone()]);
    world.change_client(&bank.client_id, |client| client.keys = keys);
    assert_eq!(failed(world.push(&bank, &[]).await), refused, "still the suspended one");
    assert!(world.push(&next, &[]).await.is_ok());
    assert!(world.token(&next, &refresh(&held.refresh)).await.is_ok());
}
