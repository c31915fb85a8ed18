//! A login, from the pushed request to userinfo.

use hub_core::Disabled;
use hub_core::audit::AuditKind;
use trust_list::Level;

use crate::support::*;

#[tokio::test]
async fn a_person_of_xa_opens_an_account_in_xb() {
    let world = World::new();
    let bank = &world.clients.bank;

    // Given a pushed request,
    let claims =
        r#"{"userinfo":{"given_name":{"essential":true},"person_status":null},"id_token":{"age_over_18":null}}"#;
    let pushed = world.push(bank, &[("claims", claims), ("ui_locales", "fr ar")]).await.unwrap();
    assert_eq!(pushed.expires_in, 60);

    // when the citizen picks XA,
    let mut citizen = Citizen::default();
    let picker = expect_picker(citizen.follow(&world, &bank.client_id, &pushed.request_uri).await);
    assert!(picker.set_cookie.is_some());
    assert_eq!((picker.level, picker.ui_locales.as_slice()), (Level::Substantial, &["fr".into(), "ar".into()][..]));
    let to_home = expect_redirect(citizen.choose(&world, &picker, "XA").await).location;
    assert!(to_home.starts_with("https://idp.xa.example/authorize?"));
    let asked = parameters(&to_home);
    assert_eq!(asked["redirect_uri"], "https://hub.example/callback/XA");
    assert!(!to_home.contains("bank"), "the provider does not learn who asks: {to_home}");

    // logs in there, and comes back,
    let response = world.national.log_in(&to_home);
    let consent = expect_consent(citizen.come_back(&world, "XA", &response).await);

    // then exactly what is given is shown,
    let shown: Vec<_> = consent.claims.iter().map(|c| (c.name.as_str(), c.value.to_string(), c.essential)).collect();
    assert_eq!(
        shown,
        [
            ("age_over_18", "true".to_owned(), false),
            ("given_name", "\"Afi\"".to_owned(), true),
            ("person_status", "\"unknown\"".to_owned(), false),
        ]
    );
    assert!(consent.refused.is_empty());
    assert_eq!((consent.level, consent.legal_basis.as_str()), (Level::Substantial, "Banking act"));

    // and after consent the bank gets a code, state and iss,
    let returned = expect_redirect(citizen.decide(&world, &consent, "allow").await).location;
    let sent = parameters(&returned);
    assert!(returned.starts_with(&format!("{}?code=", bank.redirect_uri)));
    assert_eq!((sent["state"].as_str(), sent["iss"].as_str(), sent.len()), ("state-1", ISSUER, 3));

    // which gives an ID token,
    let tokens = world.token(bank, &bank.redemption(&sent["code"])).await.unwrap();
    let id_token = claims_of(tokens.id_token.as_ref().unwrap());
    assert_eq!(id_token["iss"], ISSUER);
    assert_eq!(id_token["aud"], bank.client_id);
    assert_eq!(id_token["nonce"], "nonce-1");
    assert_eq!(id_token["acr"], "urn:passerelle:loa:substantial");
    assert_eq!(id_token["amr"], serde_json::json!(["otp"]));
    assert_eq!(id_token["auth_time"], START.seconds() - 5);
    assert_eq!(id_token["exp"], START.seconds() + 300);
    assert_eq!(id_token["age_over_18"], true);
    assert!(id_token.get("given_name").is_none(), "asked for in userinfo only");
    assert_eq!(header_of(tokens.id_token.as_ref().unwrap())["alg"], "ES256");

    // an access token,
    let access = claims_of(&tokens.access_token);
    assert_eq!(header_of(&tokens.access_token)["typ"], "at+jwt");
    assert_eq!(access["aud"], "https://hub.example/userinfo");
    assert_eq!((&access["sub"], &access["client_id"]), (&id_token["sub"], &id_token["aud"]));
    assert!(tokens.refresh_token.is_none(), "not asked for");

    // and userinfo.
    let person = world.userinfo(&tokens.access_token).await.unwrap().0;
    assert_eq!(person["sub"], id_token["sub"]);
    assert_eq!(person["txn"], id_token["txn"]);
    assert_eq!(person["given_name"], "Afi");
    assert_eq!(person["person_status"], "unknown");
    assert_eq!(person["subject_stability"], "stable");
    assert!(person.get("age_over_18").is_none(), "asked for in the ID token only");
    assert_eq!(person.len(), 5);

    // Everything that was given is on record.
    let kinds: Vec<_> = world.audit.events().iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [AuditKind::ConsentGiven, AuditKind::TokenIssued, AuditKind::UserinfoReleased]);
}

#[tokio::test]
async fn a_login_takes_eight_steps_of_the_store() {
    let world = World::new();
    world.person(&world.clients.bank, &[]).await;
    assert_eq!(world.store.steps(), 8);
}

#[tokio::test]
async fn the_picker_says_of_each_country_why_it_cannot_be_picked() {
    let mut world = World::new();
    world.change_region(|region| {
        region.add_member("XF".parse().unwrap()).unwrap().suspend("XF".parse().unwrap(), None).unwrap();
    });
    let picker = Citizen::default().picker(&world, &world.clients.bank, &[]).await;
    let mut reasons: Vec<_> = picker.countries.iter().map(|c| (c.country.to_string(), c.disabled)).collect();
    reasons.sort();
    let expected = [
        ("XA", None),
        ("XB", Some(Disabled::NoOnlineLogin)),
        ("XC", Some(Disabled::LevelNotReachable)),
        ("XD", Some(Disabled::NotRecognised)),
        ("XE", Some(Disabled::NoOnlineLogin)),
        ("XF", Some(Disabled::Suspended)),
    ];
    assert_eq!(reasons, expected.map(|(code, reason)| (code.to_owned(), reason)));
}

#[tokio::test]
async fn f9_a_country_that_does_not_answer_is_shown_as_unavailable_after_five_failures() {
    let mut world = World::new();
    world.national.go_down();
    let bank = &TestClient::copy(&world.clients.bank);
    for _ in 0..5 {
        let mut citizen = Citizen::default();
        let picker = citizen.picker(&world, bank, &[]).await;
        assert_eq!(expect_error(citizen.choose(&world, &picker, "XA").await, bank), "temporarily_unavailable");
        // Whoever comes at once after a failure is told the same without a call, which counts for nothing.
        world.wait(6);
    }
    let picker = Citizen::default().picker(&world, bank, &[]).await;
    let xa = picker.countries.iter().find(|c| c.country.to_string() == "XA").unwrap();
    assert_eq!(xa.disabled, Some(Disabled::Unavailable));
}

#[tokio::test]
async fn a_country_hint_skips_the_picker() {
    let world = World::new();
    let bank = &world.clients.bank;
    let pushed = world.push(bank, &[("country_hint", "XA")]).await.unwrap();
    let mut citizen = Citizen::default();
    let redirect = expect_redirect(citizen.follow(&world, &bank.client_id, &pushed.request_uri).await);
    assert!(redirect.location.starts_with("https://idp.xa.example/authorize?"));
    assert!(redirect.set_cookie.is_some(), "the browser is bound all the same");
    let response = world.national.log_in(&redirect.location);
    expect_consent(citizen.come_back(&world, "XA", &response).await);
}

#[tokio::test]
async fn a14_a_hinted_country_that_may_not_be_used_is_never_redirected_to() {
    let mut world = World::new();
    let hinted = world.push(&world.clients.bank, &[("country_hint", "XA")]).await.unwrap();
    world.suspend("XA", "idp");
    let bank = &world.clients.bank;
    let outcome = Citizen::default().follow(&world, &bank.client_id, &hinted.request_uri).await;
    assert_eq!(expect_error(outcome, bank), "access_denied");
    assert!(world.national.calls().is_empty());

    // A hint that names no member is only a hint.
    let unknown = world.push(bank, &[("country_hint", "ZZ")]).await.unwrap();
    expect_picker(Citizen::default().follow(&world, &bank.client_id, &unknown.request_uri).await);
}

#[tokio::test]
async fn the_citizen_can_go_back_at_the_picker_and_say_no_at_consent() {
    let world = World::new();
    let bank = &world.clients.bank;

    let mut citizen = Citizen::default();
    let picker = citizen.picker(&world, bank, &[]).await;
    let form = hub_core::Form::from_pairs([("state", picker.form_state.as_str()), ("action", "cancel")]);
    let cancelled = world.broker.choose_country(&world.trust, &form, &citizen.browser(), world.now).await;
    assert_eq!(expect_error(cancelled, bank), "access_denied");

    let consent = citizen.identified(&world, bank, &[]).await;
    assert_eq!(expect_error(citizen.decide(&world, &consent, "deny").await, bank), "access_denied");
    assert_eq!(expect_page(citizen.decide(&world, &consent, "allow").await), hub_core::PageReason::LoginExpired);
    assert_eq!(world.audited(AuditKind::ConsentRefused).len(), 1);
}

#[tokio::test]
async fn the_picker_can_be_drawn_again_after_its_pushed_request_is_gone_and_in_its_own_browser_only() {
    let mut world = World::new();
    let mut citizen = Citizen::default();
    let picker = citizen.picker(&world, &world.clients.bank, &[]).await;
    world.now = world.now.plus(600);
    let form = hub_core::Form::from_pairs([("state", picker.form_state.as_str()), ("action", "lang-fr")]);
    let stranger = Citizen::default();
    let refused = world.broker.picker_again(&world.trust, &form, &stranger.browser(), world.now).await;
    assert_eq!(expect_page(refused), hub_core::PageReason::OtherBrowser);
    let again = expect_picker(world.broker.picker_again(&world.trust, &form, &citizen.browser(), world.now).await);
    assert_eq!(again.countries.len(), picker.countries.len());
    // The login goes on from the new page as from the old one.
    let cancelled = citizen.cancel(&world, &again).await;
    assert_eq!(expect_error(cancelled, &world.clients.bank), "access_denied");
}

#[tokio::test]
async fn a_redirect_uri_with_a_query_keeps_it() {
    let world = World::new();
    let bank = &world.clients.bank;
    let redirect_uri = format!("{}?tenant=1", bank.redirect_uri);
    let mut citizen = Citizen::default();
    let consent = citizen.identified(&world, bank, &[("redirect_uri", &redirect_uri)]).await;
    let returned = expect_redirect(citizen.decide(&world, &consent, "allow").await).location;
    assert!(returned.starts_with(&format!("{redirect_uri}&code=")), "{returned}");
}

#[tokio::test]
async fn g02_of_two_providers_of_one_country_only_those_that_say_who_answers_are_offered() {
    let mut world = World::new();
    let list = world.region.verified().unwrap();
    let xa = list.member("XA".parse().unwrap()).unwrap();
    let first = xa.issuers().find(|issuer| issuer.id.as_str() == "idp").unwrap().clone();
    let mut second = trust_list::Issuer { id: "idp2".parse().unwrap(), ..first.clone() };
    second.issuer_identifiers = vec!["https://idp2.xa.example".into()];
    second.profile.as_object_mut().unwrap().remove("redirect_issuer");
    world.change_region(|region| {
        region.add_issuer(&second).unwrap();
    });
    let bank = TestClient::copy(&world.clients.bank);
    let mut citizen = Citizen::default();
    let picker = citizen.picker(&world, &bank, &[]).await;
    let services = |picker: &hub_core::PickerView| {
        let xa = picker.countries.iter().find(|country| country.country.to_string() == "XA").unwrap();
        xa.services.iter().map(|service| service.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(services(&picker), ["idp"]);
    let form =
        hub_core::Form::from_pairs([("state", picker.form_state.as_str()), ("country", "XA"), ("service", "idp2")]);
    let posted = world.broker.choose_country(&world.trust, &form, &citizen.browser(), world.now).await;
    assert_eq!(expect_error(posted, &bank), "access_denied");

    // And if neither does, neither is.
    world.change_provider("XA", |issuer| {
        issuer.profile.as_object_mut().unwrap().remove("redirect_issuer");
    });
    assert!(services(&citizen.picker(&world, &bank, &[]).await).is_empty());
}
