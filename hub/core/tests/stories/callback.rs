//! The way back from the national provider (threat table G).

use hub_core::PageReason;
use hub_core::audit::AuditKind;
use serde_json::{Map, Value, json};

use crate::support::*;

#[tokio::test]
async fn g01_g19_an_answer_that_no_login_waits_for_leads_to_a_page() {
    let world = World::new();
    let mut citizen = Citizen::default();
    let location = citizen.at_home(&world, &world.clients.bank, &[]).await;
    let good = world.national.log_in(&location);
    let with_state = |state: Option<&str>| {
        let mut response = good.clone();
        response.retain(|(name, _)| name != "state");
        response.extend(state.map(|state| ("state".to_owned(), state.to_owned())));
        response
    };
    let unknown = "A".repeat(43);
    for (case, state) in [
        ("missing", None),
        ("empty", Some("")),
        ("g19 unsolicited", Some(unknown.as_str())),
        ("nonsense", Some("../x")),
    ] {
        let outcome = citizen.come_back(&world, "XA", &with_state(state)).await;
        assert_eq!(expect_page(outcome), PageReason::LoginExpired, "{case}");
    }
    let mut twice = good.clone();
    twice.push(("state".into(), "other".into()));
    assert_eq!(expect_page(citizen.come_back(&world, "XA", &twice).await), PageReason::BadLink);

    // The login itself did not suffer, and is good once.
    expect_consent(citizen.come_back(&world, "XA", &good).await);
    assert_eq!(expect_page(citizen.come_back(&world, "XA", &good).await), PageReason::LoginExpired, "g01 reused");
}

#[tokio::test]
async fn g04_a_login_goes_on_only_in_the_browser_where_it_began() {
    let world = World::new();
    let other = Citizen { cookie: Some("B".repeat(42) + "A") };
    for stranger in [Citizen::default(), other] {
        let mut citizen = Citizen::default();
        let picker = citizen.picker(&world, &world.clients.bank, &[]).await;
        assert_eq!(expect_page(stranger.choose(&world, &picker, "XA").await), PageReason::OtherBrowser);

        let location = expect_redirect(citizen.choose(&world, &picker, "XA").await).location;
        let response = world.national.log_in(&location);
        assert_eq!(expect_page(stranger.come_back(&world, "XA", &response).await), PageReason::OtherBrowser);

        let consent = citizen.identified(&world, &world.clients.bank, &[]).await;
        assert_eq!(expect_page(stranger.decide(&world, &consent, "allow").await), PageReason::OtherBrowser);
    }
}

#[tokio::test]
async fn g05_a_login_ends_after_half_an_hour_wherever_it_is() {
    let mut world = World::new();
    let mut citizen = Citizen::default();
    let picker = citizen.picker(&world, &world.clients.bank, &[]).await;
    let location = citizen.at_home(&world, &world.clients.bank, &[]).await;
    let consent = citizen.identified(&world, &world.clients.bank, &[]).await;
    world.wait(1799);
    expect_redirect(citizen.choose(&world, &picker, "XA").await);
    world.wait(1);
    let response = world.national.log_in(&location);
    assert_eq!(expect_page(citizen.choose(&world, &picker, "XA").await), PageReason::LoginExpired);
    assert_eq!(expect_page(citizen.come_back(&world, "XA", &response).await), PageReason::LoginExpired);
    assert_eq!(expect_page(citizen.decide(&world, &consent, "allow").await), PageReason::LoginExpired);
}

#[tokio::test]
async fn a_slow_login_outlives_its_pushed_request() {
    let mut world = World::new();
    let mut citizen = Citizen::default();
    let location = citizen.at_home(&world, &world.clients.bank, &[]).await;
    world.wait(1500);
    let response = world.national.log_in(&location);
    let consent = expect_consent(citizen.come_back(&world, "XA", &response).await);
    let back = expect_redirect(citizen.decide(&world, &consent, "allow").await).location;
    assert!(parameters(&back).contains_key("code"));
}

#[tokio::test]
async fn g02_an_answer_of_another_provider_is_a_mix_up_and_its_code_goes_nowhere() {
    let world = World::new();
    let bank = &world.clients.bank;
    for (case, country, iss) in [
        ("another iss", "XA", Some("https://idp.xc.example")),
        ("no iss though promised", "XA", None),
        ("another country's redirect URI", "XC", Some("https://idp.xa.example")),
        ("a path that is no country", "..%2f", Some("https://idp.xa.example")),
    ] {
        let mut citizen = Citizen::default();
        let location = citizen.at_home(&world, bank, &[]).await;
        let mut response = world.national.log_in(&location);
        response.retain(|(name, _)| name != "iss");
        response.extend(iss.map(|iss| ("iss".to_owned(), iss.to_owned())));
        world.national.calls();
        assert_eq!(expect_error(citizen.come_back(&world, country, &response).await, bank), "server_error", "{case}");
        assert!(!world.national.calls().contains(&"/token".to_owned()), "{case}");
    }
    assert_eq!(world.audited(AuditKind::MixUp).len(), 4, "one each");
    assert!(world.audited(AuditKind::AssertionRefused).is_empty(), "no assertion came that far");
}

#[tokio::test]
async fn g06_the_providers_errors_are_told_in_our_words() {
    let world = World::new();
    let bank = &world.clients.bank;
    for (upstream, expected) in [
        ("access_denied", "access_denied"),
        ("login_required", "login_required"),
        ("temporarily_unavailable", "temporarily_unavailable"),
        ("unmet_authentication_requirements", "unmet_authentication_requirements"),
        ("invalid_scope", "server_error"),
        ("<script>alert(1)</script>", "server_error"),
    ] {
        let mut citizen = Citizen::default();
        let location = citizen.at_home(&world, bank, &[]).await;
        let outcome = citizen.come_back(&world, "XA", &National::refuse(&location, upstream)).await;
        let redirect = expect_redirect(outcome);
        assert_eq!(parameters(&redirect.location)["error"], expected, "{upstream}");
        assert!(!redirect.location.contains("alert") && !redirect.location.contains("Set-Cookie"), "not reflected");
    }
}

type Change = fn(&mut Map<String, Value>);

/// What is wrong with an ID token, and what the bank reads.
const BAD_TOKENS: &[(&str, Change, &str)] = &[
    ("g07 iss", |c| set(c, "iss", json!("https://idp.xc.example")), "server_error"),
    ("g07 no aud", |c| drop(c.remove("aud")), "server_error"),
    ("g07 two audiences without azp", |c| set(c, "aud", json!(["hub", "evil"])), "server_error"),
    ("g07 another azp", |c| set(c, "azp", json!("evil")), "server_error"),
    ("g07 no nonce", |c| drop(c.remove("nonce")), "server_error"),
    ("g07 another nonce", |c| set(c, "nonce", json!("other")), "server_error"),
    ("expired", |c| set(c, "exp", json!(START.seconds() - 61)), "server_error"),
    ("no exp", |c| drop(c.remove("exp")), "server_error"),
    ("g10 at_hash", |c| set(c, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")), "server_error"),
    ("g11 empty sub", |c| set(c, "sub", json!("")), "server_error"),
    ("g11 deceptive sub", |c| set(c, "sub", json!("a\u{202e}b")), "server_error"),
    ("an unknown acr", |c| set(c, "acr", json!("9")), "server_error"),
    ("a level below the purpose's", |c| set(c, "acr", json!("1")), "unmet_authentication_requirements"),
    ("a person reported dead", |c| set(c, "person_status", json!("deceased")), "access_denied"),
];

fn set(claims: &mut Map<String, Value>, name: &str, value: Value) {
    claims.insert(name.to_owned(), value);
}

#[tokio::test]
async fn g07_an_assertion_that_breaks_a_rule_gives_no_code_and_one_audit_event() {
    for (case, change, expected) in BAD_TOKENS {
        let world = World::new();
        world.national.change(change);
        let bank = &world.clients.bank;
        let mut citizen = Citizen::default();
        let location = citizen.at_home(&world, bank, &[]).await;
        let response = world.national.log_in(&location);
        assert_eq!(expect_error(citizen.come_back(&world, "XA", &response).await, bank), *expected, "{case}");
        let events = world.audit.events();
        let kind = if *expected == "server_error" { AuditKind::AssertionRefused } else { AuditKind::LoginRefused };
        assert_eq!(events.iter().map(|event| event.kind).collect::<Vec<_>>(), [kind], "{case}");
        assert_eq!((events[0].result, events[0].home_country), (*expected, "XA".parse().ok()), "{case}");
    }
}

#[tokio::test]
async fn g08_a_token_that_somebody_else_signed_is_refused() {
    let world = World::new();
    let bank = &world.clients.bank;
    world.national.sign_with_another_key();
    let mut citizen = Citizen::default();
    let location = citizen.at_home(&world, bank, &[]).await;
    let response = world.national.log_in(&location);
    assert_eq!(expect_error(citizen.come_back(&world, "XA", &response).await, bank), "server_error");
}

#[tokio::test]
async fn g13_a_login_older_than_max_age_is_not_fresh() {
    let world = World::new();
    let bank = &world.clients.bank;
    world.national.change(|claims| set(claims, "auth_time", json!(START.seconds() - 1000)));
    let mut citizen = Citizen::default();
    let location = citizen.at_home(&world, bank, &[("max_age", "300")]).await;
    assert_eq!(parameters(&location)["max_age"], "300", "the provider is asked, too");
    let response = world.national.log_in(&location);
    assert_eq!(expect_error(citizen.come_back(&world, "XA", &response).await, bank), "login_required");
}

#[tokio::test]
async fn g13_a_citizen_who_is_slow_has_logged_in_afresh_all_the_same() {
    for fresh in [("max_age", "0"), ("prompt", "login")] {
        for (authenticated_after, expected) in [(30, None), (-120, Some("login_required"))] {
            let mut world = World::new();
            let bank = TestClient::copy(&world.clients.bank);
            let auth_time = START.plus(authenticated_after).seconds();
            world.national.change(move |claims| set(claims, "auth_time", json!(auth_time)));
            let mut citizen = Citizen::default();
            let location = citizen.at_home(&world, &bank, &[fresh]).await;
            // A late SMS, a slow network: ten minutes after the password was typed.
            world.wait(630);
            let outcome = citizen.come_back(&world, "XA", &world.national.log_in(&location)).await;
            match expected {
                None => drop(expect_consent(outcome)),
                Some(error) => assert_eq!(expect_error(outcome, &bank), error, "{fresh:?}"),
            }
        }
    }
}

#[tokio::test]
async fn g18_a_suspension_bites_at_the_next_step_wherever_the_citizen_is() {
    let bank_of = |world: &World| TestClient::copy(&world.clients.bank);
    // At the picker,
    let mut world = World::new();
    let bank = bank_of(&world);
    let mut citizen = Citizen::default();
    let picker = citizen.picker(&world, &bank, &[]).await;
    world.suspend("XA", "idp");
    assert_eq!(expect_error(citizen.choose(&world, &picker, "XA").await, &bank), "access_denied");
    assert!(world.national.calls().is_empty());

    // at the provider,
    let mut world = World::new();
    let bank = bank_of(&world);
    let location = citizen.at_home(&world, &bank, &[]).await;
    let response = world.national.log_in(&location);
    world.national.calls();
    world.suspend("XA", "idp");
    assert_eq!(expect_error(citizen.come_back(&world, "XA", &response).await, &bank), "access_denied");
    assert!(world.national.calls().is_empty(), "the code goes to no token endpoint");

    // at the consent page.
    let mut world = World::new();
    let bank = bank_of(&world);
    let consent = citizen.identified(&world, &bank, &[]).await;
    world.suspend("XA", "idp");
    assert_eq!(expect_error(citizen.decide(&world, &consent, "allow").await, &bank), "access_denied");
}

#[tokio::test]
async fn d19_a_client_that_is_no_longer_trusted_or_left_its_redirect_uri_gets_no_browser() {
    for case in ["suspended", "redirect URI withdrawn"] {
        let mut world = World::new();
        let bank = TestClient::copy(&world.clients.bank);
        let mut citizen = Citizen::default();
        let linked = world.push(&bank, &[]).await.unwrap();
        let picker = citizen.picker(&world, &bank, &[]).await;
        let cancelled = citizen.picker(&world, &bank, &[]).await;
        let location = citizen.at_home(&world, &bank, &[]).await;
        let refused_at = citizen.at_home(&world, &bank, &[]).await;
        let denied = citizen.identified(&world, &bank, &[]).await;
        let allowed = citizen.identified(&world, &bank, &[]).await;
        let (answer, refused) = (world.national.log_in(&location), National::refuse(&refused_at, "access_denied"));
        if case == "suspended" {
            world.suspend("XB", "bank");
        } else {
            let other = format!("{}?tenant=1", bank.redirect_uri);
            world.change_client(&bank.client_id, |client| client.redirect_uris = vec![other]);
        }
        for (step, outcome) in [
            ("link", citizen.follow(&world, &bank.client_id, &linked.request_uri).await),
            ("choose", citizen.choose(&world, &picker, "XA").await),
            ("cancel", citizen.cancel(&world, &cancelled).await),
            ("callback", citizen.come_back(&world, "XA", &answer).await),
            ("refused at home", citizen.come_back(&world, "XA", &refused).await),
            ("deny", citizen.decide(&world, &denied, "deny").await),
            ("allow", citizen.decide(&world, &allowed, "allow").await),
        ] {
            assert_eq!(expect_page(outcome), PageReason::UnknownClient, "{case}: {step}");
        }
    }
}

#[tokio::test]
async fn an_essential_claim_is_essential_in_every_language_it_comes_in() {
    let world = World::new();
    world.national.change(|claims| set(claims, "given_name#ar", json!("آفي")));
    let claims = r#"{"userinfo":{"given_name":{"essential":true},"family_name":null}}"#;
    let consent = Citizen::default().identified(&world, &world.clients.bank, &[("claims", claims)]).await;
    let shown: Vec<_> = consent.claims.iter().map(|claim| (claim.name.as_str(), claim.essential)).collect();
    assert_eq!(shown, [("family_name", false), ("given_name", true), ("given_name#ar", true)]);
}

#[tokio::test]
async fn h04_a_list_that_ends_while_the_citizen_is_away_is_told_to_the_relying_party() {
    let mut world = World::new();
    let bank = TestClient::copy(&world.clients.bank);
    let mut citizen = Citizen::default();
    let picker = citizen.picker(&world, &bank, &[]).await;
    let location = citizen.at_home(&world, &bank, &[]).await;
    let consent = citizen.identified(&world, &bank, &[]).await;
    let response = world.national.log_in(&location);
    world.trust = trust_list::TrustState::Expired { since: START };
    for outcome in [
        citizen.choose(&world, &picker, "XA").await,
        citizen.come_back(&world, "XA", &response).await,
        citizen.decide(&world, &consent, "allow").await,
    ] {
        assert_eq!(expect_error(outcome, &bank), "temporarily_unavailable");
    }
}

#[tokio::test]
async fn a_form_that_was_changed_or_is_of_another_page_is_refused() {
    let world = World::new();
    let mut citizen = Citizen::default();
    let picker = citizen.picker(&world, &world.clients.bank, &[]).await;
    let consent = citizen.identified(&world, &world.clients.bank, &[]).await;
    let choose = async |pairs: &[(&str, &str)]| {
        let form = hub_core::Form::from_pairs(pairs.iter().copied());
        expect_page(world.broker.choose_country(&world.trust, &form, &citizen.browser(), world.now).await)
    };
    let state = picker.form_state.as_str();
    let cut = &state[..state.len() - 1];
    let choice = [("country", "XA"), ("service", "idp")];
    for (case, state) in [("cut", cut), ("another page's", consent.form_state.as_str()), ("none", "")] {
        assert_eq!(choose(&[("state", state), choice[0], choice[1]]).await, PageReason::BadForm, "{case}");
    }
    assert_eq!(choose(&[("state", state), ("country", "xx1"), choice[1]]).await, PageReason::BadForm);
    assert_eq!(choose(&[("state", state), choice[0]]).await, PageReason::BadForm);
    assert_eq!(choose(&[("state", state), choice[0], choice[0], choice[1]]).await, PageReason::BadForm);
    assert_eq!(expect_page(citizen.decide(&world, &consent, "perhaps").await), PageReason::BadForm);
}

#[tokio::test]
async fn a_country_that_the_picker_shows_as_disabled_cannot_be_posted_either() {
    let world = World::new();
    let bank = &world.clients.bank;
    for (country, expected) in [
        ("XC", "unmet_authentication_requirements"),
        ("XD", "access_denied"),
        ("XE", "access_denied"),
        ("ZZ", "access_denied"),
    ] {
        let mut citizen = Citizen::default();
        let picker = citizen.picker(&world, bank, &[]).await;
        assert_eq!(expect_error(citizen.choose(&world, &picker, country).await, bank), expected, "{country}");
    }
}

#[tokio::test]
async fn s07_when_the_store_forgot_everything_the_citizen_starts_again() {
    let world = World::new();
    let mut citizen = Citizen::default();
    let location = citizen.at_home(&world, &world.clients.bank, &[]).await;
    let consent = citizen.identified(&world, &world.clients.bank, &[]).await;
    world.store.forget();
    let response = world.national.log_in(&location);
    assert_eq!(expect_page(citizen.come_back(&world, "XA", &response).await), PageReason::LoginExpired);
    assert_eq!(expect_page(citizen.decide(&world, &consent, "allow").await), PageReason::LoginExpired);
}

#[tokio::test]
async fn s01_without_the_store_the_citizen_reads_a_page_or_the_bank_is_told() {
    let world = World::new();
    let bank = &world.clients.bank;
    let mut citizen = Citizen::default();
    let picker = citizen.picker(&world, bank, &[]).await;
    let location = citizen.at_home(&world, bank, &[]).await;
    let consent = citizen.identified(&world, bank, &[]).await;
    let response = world.national.log_in(&location);
    world.store.pull_the_plug(true);
    assert_eq!(expect_error(citizen.choose(&world, &picker, "XA").await, bank), "temporarily_unavailable");
    assert_eq!(expect_page(citizen.come_back(&world, "XA", &response).await), PageReason::Unavailable);
    assert_eq!(expect_page(citizen.decide(&world, &consent, "allow").await), PageReason::Unavailable);
}

#[tokio::test]
async fn a_sub_that_was_asked_for_must_be_the_persons() {
    let world = World::new();
    let bank = &world.clients.bank;
    let sub = world.person(bank, &[]).await["sub"].as_str().unwrap().to_owned();
    let asked = |sub: &str| format!(r#"{{"id_token":{{"sub":{{"value":"{sub}"}}}}}}"#);
    assert_eq!(world.person(bank, &[("claims", &asked(&sub))]).await["sub"], sub);

    let mut citizen = Citizen::default();
    let location = citizen.at_home(&world, bank, &[("claims", &asked("somebody-else"))]).await;
    let response = world.national.log_in(&location);
    assert_eq!(expect_error(citizen.come_back(&world, "XA", &response).await, bank), "access_denied");
}
