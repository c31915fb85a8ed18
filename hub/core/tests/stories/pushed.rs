//! Pushed requests and the link that follows (threat table A and B).

use hub_core::audit::{AuditKind, ClaimName};
use hub_core::{BrowserOutcome, Form, PageReason};

use crate::support::*;

/// What is wrong with the request, and what the bank reads.
const BAD_REQUESTS: &[Case] = &[
    ("a02 trailing slash", &[("redirect_uri", "https://bank.xb.example/cb/")], "invalid_request"),
    ("a02 case of the path", &[("redirect_uri", "https://bank.xb.example/CB")], "invalid_request"),
    ("a02 an extra query", &[("redirect_uri", "https://bank.xb.example/cb?x=1")], "invalid_request"),
    ("a02 the default port", &[("redirect_uri", "https://bank.xb.example:443/cb")], "invalid_request"),
    ("a02 an escaped letter", &[("redirect_uri", "https://bank.xb.example/%63b")], "invalid_request"),
    ("a02 user info", &[("redirect_uri", "https://bank.xb.example@evil.example/cb")], "invalid_request"),
    ("a02 another client's", &[("redirect_uri", "https://shop.xb.example/cb")], "invalid_request"),
    ("a05 a script", &[("redirect_uri", "JaVaScRiPt:alert(1)")], "invalid_request"),
    ("redirect_uri missing", &[("redirect_uri", "")], "invalid_request"),
    ("a06 fragment", &[("response_mode", "fragment")], "invalid_request"),
    ("a08 implicit", &[("response_type", "id_token")], "unsupported_response_type"),
    ("a08 hybrid", &[("response_type", "code token")], "unsupported_response_type"),
    ("response_type missing", &[("response_type", "")], "invalid_request"),
    ("a10 no challenge", &[("code_challenge", "")], "invalid_request"),
    ("a10 plain", &[("code_challenge_method", "plain")], "invalid_request"),
    ("a10 no method", &[("code_challenge_method", "")], "invalid_request"),
    ("a12 none and login", &[("prompt", "none login")], "invalid_request"),
    ("a12 max_age", &[("max_age", "1e30")], "invalid_request"),
    (
        "a13 an acr that nothing meets",
        &[("claims", r#"{"id_token":{"acr":{"essential":true,"value":"x"}}}"#)],
        "unmet_authentication_requirements",
    ),
    ("a15 a request object", &[("request", "eyJhbGciOiJub25lIn0.e30.")], "request_not_supported"),
    ("a18 claims with a name twice", &[("claims", r#"{"userinfo":{"a":null,"a":null}}"#)], "invalid_request"),
    ("b03 a pushed request_uri", &[("request_uri", "urn:ietf:params:oauth:request_uri:x")], "invalid_request"),
    ("b08 a request_uri elsewhere", &[("request_uri", "https://attacker.example/r")], "invalid_request"),
    ("scope without openid", &[("scope", "profile")], "invalid_scope"),
    ("scope missing", &[("scope", "")], "invalid_request"),
    ("scope not registered", &[("scope", "openid phone")], "invalid_scope"),
    ("scope of machines", &[("scope", "openid verify")], "invalid_scope"),
    ("a purpose of somebody else", &[("purpose", "border-check")], "invalid_request"),
    ("a purpose that is none", &[("purpose", "Account Opening")], "invalid_request"),
    ("a country that is none", &[("country_hint", "Togo")], "invalid_request"),
];

#[tokio::test]
async fn a_request_is_checked_whole_when_it_is_pushed() {
    let world = World::new();
    for (case, changed, expected) in BAD_REQUESTS {
        assert_eq!(failed(world.push(&world.clients.bank, changed).await), (400, *expected), "{case}");
    }
    assert!(world.push(&world.clients.bank, &[("purpose", "account-opening")]).await.is_ok());
}

#[tokio::test]
async fn a_parameter_that_stands_twice_is_refused() {
    let world = World::new();
    let bank = &world.clients.bank;
    let mut pairs = bank.request(&[]);
    pairs.push(("state", "state-2"));
    assert_eq!(failed(world.push_form(&bank.form(world.now, &pairs)).await), (400, "invalid_request"));
}

#[tokio::test]
async fn a11_a_long_state_comes_back_as_it_was() {
    let world = World::new();
    let state = format!("{}&=%?#é{}", "s".repeat(1000), "t".repeat(1000));
    let mut citizen = Citizen::default();
    let consent = citizen.identified(&world, &world.clients.bank, &[("state", &state)]).await;
    let back = expect_redirect(citizen.decide(&world, &consent, "allow").await).location;
    assert_eq!(parameters(&back)["state"], state);
    assert_eq!(failed(world.push(&world.clients.bank, &[("state", "a\r\nb")]).await), (400, "invalid_request"));
}

#[tokio::test]
async fn a12_prompt_none_ends_at_the_relying_party() {
    let world = World::new();
    let bank = &world.clients.bank;
    let pushed = world.push(bank, &[("prompt", "none")]).await.unwrap();
    let outcome = Citizen::default().follow(&world, &bank.client_id, &pushed.request_uri).await;
    assert_eq!(expect_error(outcome, bank), "login_required");
}

#[tokio::test]
async fn a01_b04_b06_b08_a_link_that_is_no_good_leads_to_a_page_and_nowhere_else() {
    let mut world = World::new();
    let pushed = world.push(&world.clients.bank, &[]).await.unwrap();
    let bank = world.clients.bank.client_id.clone();
    let shop = world.clients.shop.client_id.clone();
    let urn = format!("urn:ietf:params:oauth:request_uri:{}", "A".repeat(43));
    let huge = format!("urn:{}", "x".repeat(1024 * 1024));
    let file = "file:///etc/passwd".to_owned();
    let elsewhere = "https://attacker.example/request".to_owned();
    for (case, client_id, request_uri, expected) in [
        ("a01 unknown client", "https://nobody.example", &pushed.request_uri, PageReason::UnknownClient),
        ("b04 another client's", &shop, &pushed.request_uri, PageReason::RequestExpired),
        ("b08 elsewhere", &bank, &elsewhere, PageReason::RequestExpired),
        ("b08 a file", &bank, &file, PageReason::RequestExpired),
        ("b08 a megabyte", &bank, &huge, PageReason::RequestExpired),
        ("never pushed", &bank, &urn, PageReason::RequestExpired),
        ("b09 no request_uri", &bank, &String::new(), PageReason::BadLink),
        ("no client", "", &pushed.request_uri, PageReason::BadLink),
    ] {
        let outcome = Citizen::default().follow(&world, client_id, request_uri).await;
        assert_eq!(expect_page(outcome), expected, "{case}");
    }
    let twice =
        Form::from_pairs([("client_id", bank.as_str()), ("client_id", &bank), ("request_uri", &pushed.request_uri)]);
    let outcome = world.broker.authorize(&world.trust, &twice, &Citizen::default().browser(), world.now).await;
    assert_eq!(expect_page(outcome), PageReason::BadLink);

    world.wait(61);
    let outcome = Citizen::default().follow(&world, &bank, &pushed.request_uri).await;
    assert_eq!(expect_page(outcome), PageReason::RequestExpired, "b06");
    assert!(world.national.calls().is_empty());
}

#[tokio::test]
async fn b05_a_link_can_be_reloaded_until_the_login_completes() {
    let world = World::new();
    let bank = &world.clients.bank;
    let pushed = world.push(bank, &[]).await.unwrap();
    let mut citizen = Citizen::default();
    expect_picker(citizen.follow(&world, &bank.client_id, &pushed.request_uri).await);
    let cookie = citizen.cookie.clone();
    let picker = expect_picker(citizen.follow(&world, &bank.client_id, &pushed.request_uri).await);
    assert_eq!(citizen.cookie, cookie, "the browser keeps its secret");
    assert!(picker.set_cookie.is_some(), "for as long as this login takes");

    let location = expect_redirect(citizen.choose(&world, &picker, "XA").await).location;
    let consent = expect_consent(citizen.come_back(&world, "XA", &world.national.log_in(&location)).await);
    expect_redirect(citizen.decide(&world, &consent, "allow").await);
    let outcome = citizen.follow(&world, &bank.client_id, &pushed.request_uri).await;
    assert_eq!(expect_page(outcome), PageReason::RequestExpired);
}

#[tokio::test]
async fn d19_a_client_suspended_after_the_push_gets_no_redirect() {
    let mut world = World::new();
    let pushed = world.push(&world.clients.bank, &[]).await.unwrap();
    world.suspend("XB", "bank");
    let outcome = Citizen::default().follow(&world, &world.clients.bank.client_id, &pushed.request_uri).await;
    assert_eq!(expect_page(outcome), PageReason::UnknownClient);
}

#[tokio::test]
async fn a17_what_is_asked_beyond_the_purpose_is_not_given_and_is_shown_as_refused() {
    let world = World::new();
    let bank = &world.clients.bank;
    let claims = r#"{"userinfo":{"email":null,"given_name":null,"national_id":null}}"#;
    let mut citizen = Citizen::default();
    let consent = citizen.identified(&world, bank, &[("claims", claims), ("scope", "openid email")]).await;
    assert_eq!(consent.refused, ["(other)", "email"], "national numbers have no name here");
    assert_eq!(consent.claims.iter().map(|claim| claim.name.as_str()).collect::<Vec<_>>(), ["given_name"]);
    let overreach = world.audited(AuditKind::Overreach);
    assert_eq!(overreach.len(), 1);
    assert_eq!(overreach[0].claims.iter().map(ClaimName::as_str).collect::<Vec<_>>(), ["(other)", "email"]);
}

#[tokio::test]
async fn a17_what_is_called_essential_beyond_the_purpose_ends_the_login() {
    let world = World::new();
    let bank = &world.clients.bank;
    let claims = r#"{"id_token":{"email":{"essential":true}}}"#;
    let pushed = world.push(bank, &[("claims", claims)]).await.unwrap();
    let outcome = Citizen::default().follow(&world, &bank.client_id, &pushed.request_uri).await;
    assert_eq!(expect_error(outcome, bank), "access_denied");
    assert_eq!(world.audited(AuditKind::Overreach).len(), 1);
}

#[tokio::test]
async fn a13_a_level_that_was_not_reached_is_never_reported() {
    let world = World::new();
    let bank = &world.clients.bank;
    // XA may go up to high; the person was authenticated at substantial.
    let mut citizen = Citizen::default();
    let location = citizen.at_home(&world, bank, &[("acr_values", "urn:passerelle:loa:high")]).await;
    let outcome = citizen.come_back(&world, "XA", &world.national.log_in(&location)).await;
    assert_eq!(expect_error(outcome, bank), "unmet_authentication_requirements");

    // A higher level satisfies a lower request.
    world.national.change(|claims| drop(claims.insert("acr".into(), "3".into())));
    let tokens = world.tokens(bank, &[("acr_values", "urn:passerelle:loa:substantial")]).await;
    assert_eq!(claims_of(tokens.id_token.as_ref().unwrap())["acr"], "urn:passerelle:loa:high");
}

#[tokio::test]
async fn a_hub_without_a_list_in_force_begins_nothing() {
    let mut world = World::new();
    let pushed = world.push(&world.clients.bank, &[]).await.unwrap();
    world.trust = trust_list::TrustState::NotConfigured;
    let bank = &world.clients.bank;
    assert_eq!(failed(world.push(bank, &[]).await), (503, "temporarily_unavailable"));
    let outcome = Citizen::default().follow(&world, &bank.client_id, &pushed.request_uri).await;
    assert_eq!(expect_error(outcome, bank), "temporarily_unavailable", "h04: the relying party is told");
}

#[tokio::test]
async fn s01_without_the_store_there_is_503_and_a_page() {
    let world = World::new();
    let bank = &world.clients.bank;
    let pushed = world.push(bank, &[]).await.unwrap();
    world.store.pull_the_plug(true);
    let error = world.push(bank, &[]).await.unwrap_err().wire();
    assert_eq!((error.status, error.code.as_str(), error.retry_after), (503, "temporarily_unavailable", Some(5)));
    let outcome = Citizen::default().follow(&world, &bank.client_id, &pushed.request_uri).await;
    assert!(matches!(outcome, BrowserOutcome::ErrorPage(page) if page.status() == 503));
}

#[tokio::test]
async fn a_client_whose_profile_is_not_served_gets_nothing_rather_than_less() {
    use trust_list::ClientProfile::{Basic, Fapi2Ms};
    for profile in [Fapi2Ms, Basic] {
        let mut world = World::new();
        let list = world.region.verified().unwrap();
        let client = list.trusted_client(&world.clients.bank.client_id, START).unwrap().client().clone();
        world.change_region(|region| {
            region.add_client(&trust_list::Client { profile, ..client }).unwrap();
        });
        assert_eq!(failed(world.push(&world.clients.bank, &[]).await), (400, "unauthorized_client"), "{profile:?}");
    }
}

#[tokio::test]
async fn a_client_of_several_purposes_names_the_one_it_means() {
    let mut world = World::new();
    let list = world.region.verified().unwrap();
    let mut client = list.trusted_client(&world.clients.bank.client_id, START).unwrap().client().clone();
    let mut pension = client.purposes[0].clone();
    pension.purpose = "pension".parse().unwrap();
    client.purposes.push(pension);
    world.change_region(|region| {
        region.add_client(&client).unwrap();
    });
    let bank = &world.clients.bank;
    assert_eq!(failed(world.push(bank, &[]).await), (400, "invalid_request"));
    world.push(bank, &[("purpose", "account-opening")]).await.unwrap();
    // No row of the matrix says that XA is recognised for pensions.
    let picker = Citizen::default().picker(&world, bank, &[("purpose", "pension")]).await;
    assert!(picker.countries.iter().all(|country| country.disabled.is_some()));
}
