//! What nobody learns (threat table R).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use trust_list::Client;
use trust_list::testing::TestRegion;

use crate::support::*;

#[tokio::test]
async fn r01_a_person_has_one_name_in_a_sector_and_another_in_the_next() {
    let world = World::new();
    let clients = &world.clients;
    let sub = async |client: &TestClient| world.person(client, &[]).await["sub"].clone();
    let (bank, branch, shop) = (sub(&clients.bank).await, sub(&clients.branch).await, sub(&clients.shop).await);
    assert_eq!(bank, branch, "one sector");
    assert_ne!(bank, shop, "another sector");
    assert_eq!(sub(&clients.bank).await, bank, "and the same next time");
}

#[tokio::test]
async fn r01_a_sector_is_a_countrys_own_word() {
    let mut world = World::new();
    let twin = TestClient::new("bank.xc.example");
    let list = world.region.verified().unwrap();
    let bank = list.trusted_client(&world.clients.bank.client_id, START).unwrap().client().clone();
    let keys = strict_jose::JwkSet::from_keys([twin.key.public_jwk().clone()]);
    let draft = Client::draft("XC".parse().unwrap(), bank.entity.clone(), bank.kind, keys, START);
    let entry = Client {
        sector: bank.sector,
        redirect_uris: vec![twin.redirect_uri.clone()],
        grant_types: bank.grant_types,
        scopes: bank.scopes,
        purposes: bank.purposes,
        ..draft
    };
    world.change_region(|region: &mut TestRegion| {
        region.add_client(&entry).unwrap();
        let purpose = "account-opening".parse().unwrap();
        region.recognise(entry.country, "XA".parse().unwrap(), purpose, trust_list::Level::High).unwrap();
    });
    let at_home = world.person(&world.clients.bank, &[]).await["sub"].clone();
    let abroad = world.person(&twin, &[]).await["sub"].clone();
    assert_ne!(at_home, abroad, "XC cannot join XB's sector by writing its name into its own list");
}

#[tokio::test]
async fn g15_r01_equal_numbers_of_two_countries_are_two_persons() {
    let mut world = World::new();
    let bank = TestClient::copy(&world.clients.bank);
    let at_xa = world.person(&bank, &[]).await["sub"].clone();
    world.change_region(|region: &mut TestRegion| {
        let purpose = "account-opening".parse().unwrap();
        region.recognise("XB".parse().unwrap(), "XD".parse().unwrap(), purpose, trust_list::Level::High).unwrap();
    });
    let mut citizen = Citizen::default();
    let picker = citizen.picker(&world, &bank, &[]).await;
    let location = expect_redirect(citizen.choose(&world, &picker, "XD").await).location;
    let consent = expect_consent(citizen.come_back(&world, "XD", &world.national.log_in(&location)).await);
    let returned = expect_redirect(citizen.decide(&world, &consent, "allow").await).location;
    let tokens = world.token(&bank, &bank.redemption(&parameters(&returned)["code"])).await.unwrap();
    assert_ne!(claims_of(&tokens.access_token)["sub"], at_xa);
}

#[tokio::test]
async fn r03_what_was_not_asked_for_is_nowhere() {
    let world = World::new();
    let tokens = world.tokens(&world.clients.bank, &[]).await;
    let person = world.userinfo(&tokens.access_token).await.unwrap().0;
    let names: BTreeSet<_> = person.keys().map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["sub", "subject_stability", "txn"]));
    let id_token = claims_of(tokens.id_token.as_ref().unwrap());
    let names: BTreeSet<_> = id_token.as_object().unwrap().keys().map(String::as_str).collect();
    let protocol = ["acr", "amr", "at_hash", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sub", "txn"];
    assert_eq!(names, BTreeSet::from(protocol));
}

#[tokio::test]
async fn r03_scopes_bring_what_they_stand_for_and_the_purpose_allows() {
    let world = World::new();
    let person = world.person(&world.clients.bank, &[("scope", "openid profile email")]).await;
    let mut names: Vec<_> = person.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["birthdate", "family_name", "given_name", "sub", "subject_stability", "txn"]);
}

#[tokio::test]
async fn r04_of_a_predicate_its_source_is_not_given() {
    let world = World::new();
    let claims = r#"{"userinfo":{"age_over_18":null}}"#;
    let person = world.person(&world.clients.bank, &[("claims", claims)]).await;
    assert_eq!(person["age_over_18"], true);
    assert!(person.get("birthdate").is_none());
}

/// The person's data, as it must never appear outside an answer that was asked for it.
const CANARIES: [&str; 6] = ["Afi", "Mensah", "1990-01-01", "afi@example.org", "5827193643", "upstream-sub-7"];

#[tokio::test]
async fn r02_nothing_about_the_person_is_in_audit_events_urls_forms_or_debug_output() {
    let world = World::new();
    let bank = &world.clients.bank;
    let claims = json!({ "userinfo": { "given_name": null, "birthdate": null, "email": null } }).to_string();
    let mut citizen = Citizen::default();
    let location = citizen.at_home(&world, bank, &[("claims", &claims)]).await;
    let outcome = citizen.come_back(&world, "XA", &world.national.log_in(&location)).await;
    let consent = expect_consent(outcome);
    let form = consent.form_state.clone();
    let returned = expect_redirect(citizen.decide(&world, &consent, "allow").await).location;
    let tokens = world.token(bank, &bank.redemption(&parameters(&returned)["code"])).await.unwrap();
    let access = claims_of(&tokens.access_token).to_string();
    let debug = format!("{tokens:?} {:?}", world.userinfo(&tokens.access_token).await.unwrap());
    let events = world.audit.events();
    let sub = claims_of(&tokens.access_token)["sub"].as_str().unwrap().to_owned();
    let audit = serde_json::to_string(&events).unwrap() + &format!("{events:?}");
    assert!(!audit.contains(&sub), "not even a pairwise subject");
    for (place, text) in [
        ("upstream URL", &location),
        ("form", &form),
        ("back URL", &returned),
        ("token", &access),
        ("debug", &debug),
        ("audit", &audit),
    ] {
        for canary in CANARIES {
            assert!(!text.contains(canary), "{canary} in {place}");
        }
    }
}

#[tokio::test]
async fn r02_a_relying_party_cannot_write_into_the_audit_log_through_the_names_it_asks_for() {
    let world = World::new();
    let claims = r#"{"userinfo":{"Afi-Mensah-1990":null,"email#Afi-Mensah":null,"given_name":null}}"#;
    let mut citizen = Citizen::default();
    let consent = citizen.identified(&world, &world.clients.bank, &[("claims", claims)]).await;
    assert_eq!(consent.refused, ["(other)", "email"]);
    let essential = r#"{"userinfo":{"Afi-Mensah-1990":{"essential":true}}}"#;
    let pushed = world.push(&world.clients.bank, &[("claims", essential)]).await.unwrap();
    let outcome = Citizen::default().follow(&world, &world.clients.bank.client_id, &pushed.request_uri).await;
    assert_eq!(expect_error(outcome, &world.clients.bank), "access_denied");
    let audit = serde_json::to_string(&world.audit.events()).unwrap();
    assert!(audit.contains("(other)") && !audit.contains("Mensah"), "{audit}");
}

#[tokio::test]
async fn the_provider_is_asked_for_nothing_that_the_purpose_does_not_need() {
    let world = World::new();
    let claims = r#"{"userinfo":{"email":null}}"#;
    let mut citizen = Citizen::default();
    let location = citizen.at_home(&world, &world.clients.bank, &[("claims", claims)]).await;
    assert!(!location.contains("email"), "{location}");
}

#[tokio::test]
async fn m_metadata_names_what_is_served_and_what_members_can_give() {
    let mut world = World::new();
    let read = |world: &World| serde_json::from_slice::<Value>(&world.broker.metadata(&world.trust)).unwrap();
    let metadata = read(&world);
    assert_eq!(metadata["issuer"], ISSUER);
    assert_eq!(metadata["pushed_authorization_request_endpoint"], "https://hub.example/par");
    assert_eq!(metadata["require_pushed_authorization_requests"], true);
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(metadata["request_uri_parameter_supported"], false);
    assert_eq!(metadata["token_endpoint_auth_signing_alg_values_supported"], json!(["ES256", "PS256", "EdDSA"]));
    assert_eq!(metadata["trust_frameworks_supported"], json!(["xa_eid", "xc_card", "xc_eid", "xd_eid"]));
    let verified =
        json!(["age_over_18", "birthdate", "document_status", "family_name", "given_name", "name", "person_status"]);
    assert_eq!(metadata["claims_in_verified_claims_supported"], verified);

    // Whatever is returned is advertised.
    let supported: Vec<&str> =
        metadata["claims_supported"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let person = world.person(&world.clients.bank, &[("scope", "openid profile")]).await;
    assert!(person.as_object().unwrap().keys().all(|name| supported.contains(&name.as_str())));

    // The list changes, and the document with it.
    world.trust = trust_list::TrustState::NotConfigured;
    assert_eq!(read(&world)["trust_frameworks_supported"], json!([]));

    let jwks: Value = serde_json::from_slice(world.broker.jwks()).unwrap();
    assert_eq!(jwks["keys"].as_array().unwrap().len(), 2);
    assert_eq!(jwks["keys"][0]["kid"], world.hub_key.kid().as_str());
    assert!(jwks["keys"].as_array().unwrap().iter().all(|key| key.get("d").is_none()));
}
