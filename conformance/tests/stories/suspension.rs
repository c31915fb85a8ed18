//! Attacks D19, G18 and H17 as a matrix: whatever stops being trusted while a citizen is on the way stops every step
//! that was still to come, and every grant.

use crate::support::{Login, PARTY, World, access_token, assert_error, own, pairs};
use conformance::browser::journey::{Decision, Place, parameter};
use conformance::browser::{Arrival, Browser, Page};
use conformance::persona::{self, Situation};
use conformance::region::PENSION_AUDIENCE;
use conformance::rp::{Answer, RelyingParty, Request, Tokens};
use conformance::sim::cards::{Flaw, Shape};
use serde_json::json;
use trust_list::{Recognition, ServiceStatus};

/// A citizen of XE stopped just before each step, and tokens that are already out.
pub(crate) struct OnTheWay {
    party: RelyingParty,
    request: Request,
    at_picker: (Browser, Page),
    at_callback: (Browser, url::Url),
    at_consent: (Browser, Page),
    with_code: Login,
    with_tokens: Tokens,
    fund: RelyingParty,
    fund_token: String,
}

impl OnTheWay {
    pub(crate) async fn send(world: &World) -> Self {
        let party = world.party(PARTY);
        let request = party.request("openid profile offline_access", &[]);
        let mut browser = world.browser();
        let picker = browser.open(&party.push(&request).await.unwrap()).await.unwrap();
        let at_callback = world.up_to_callback(&request, &party, "XE").await;
        let (mut consenting, callback) = world.up_to_callback(&request, &party, "XE").await;
        let consent = consenting.open(&callback).await.unwrap();
        assert_eq!(Place::of(&consent), Place::Consent);
        let login =
            async || world.walk(party.clone(), request.clone(), "XE", Situation::Success, Decision::Allow).await;
        let with_code = login().await;
        let with_tokens = login().await.tokens().await;
        let fund = world.party("pension-xa");
        let system = fund.client_credentials("verify").await.unwrap().json();
        let fund_token = system["access_token"].as_str().unwrap().to_owned();
        Self {
            party,
            request,
            at_picker: (browser, picker),
            at_callback,
            at_consent: (consenting, consent),
            with_code,
            with_tokens,
            fund,
            fund_token,
        }
    }

    fn refresh(&self) -> Vec<(String, String)> {
        let token = self.with_tokens.answer["refresh_token"].as_str().unwrap();
        pairs(&[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    /// No step of the citizen leads on, and no grant gives a token.
    pub(crate) async fn expect_all_refused(mut self, world: &World, case: &str) {
        // A new login: the country cannot be picked any more.
        let start = self.party.push(&self.request).await.unwrap();
        let picker = world.browser().open(&start).await.unwrap();
        assert!(picker.press("#country-XE").is_err(), "{case}: a new picker offers XE");

        let (browser, page) = &mut self.at_picker;
        let away = browser.submit(page.press("#country-XE").unwrap()).await.unwrap();
        expect_no_way_on(world, &self.party, &format!("{case}: the picker's form"), &away);

        let (browser, callback) = &mut self.at_callback;
        let answer = browser.open(callback).await.unwrap();
        assert_ne!(Place::of(&answer), Place::Consent, "{case}: G18");
        expect_no_way_on(world, &self.party, &format!("{case}: G18, the callback"), &answer);

        let (browser, page) = &mut self.at_consent;
        let answer = browser.submit(page.press("#consent-allow").unwrap()).await.unwrap();
        expect_no_way_on(world, &self.party, &format!("{case}: consent"), &answer);

        self.expect_grants_refused(case).await;
    }

    async fn expect_grants_refused(&self, case: &str) {
        let code = self.with_code.redeem().await;
        assert_error(&format!("{case}: code"), &code, 400, &["invalid_grant", "access_denied"]);
        let refresh = self.party.token(&self.refresh()).await.unwrap();
        assert_error(&format!("{case}: refresh"), &refresh, 400, &["invalid_grant", "access_denied"]);
        let userinfo = self.party.userinfo(access_token(&self.with_tokens)).await.unwrap();
        assert_eq!(userinfo.status, 401, "{case}: userinfo {}", userinfo.body);
    }

    pub(crate) async fn exchange(&self, world: &World) -> Answer {
        let person = persona::find("XE", Situation::Success).unwrap();
        let token = world.region.oidc.mint_id_token("pension-xa", &person).unwrap();
        self.fund.exchange(&token, &[("audience", PENSION_AUDIENCE)]).await.unwrap()
    }

    pub(crate) async fn verify_card(&self, world: &World) -> Answer {
        let holder = persona::find("XF", Situation::Success).unwrap();
        let card = world.region.cards.card(&holder, Shape::A, Flaw::None).unwrap();
        let body = json!({"country": "XF", "credential": card, "purpose": "pension"});
        let url = format!("{}/federation/v1/verify", world.issuer);
        self.fund.post_protected(&url, &self.fund_token, &body).await.unwrap()
    }
}

/// Neither to the national provider nor back to the relying party with a code.
#[track_caller]
fn expect_no_way_on(world: &World, party: &RelyingParty, case: &str, page: &Page) {
    match page.location() {
        None => assert_ne!(page.status, 200, "{case}: {}", page.body),
        Some(to) if to.as_str().starts_with(&party.redirect_uri) => {
            assert_eq!(parameter(&to, "code"), None, "{case}: {to}");
            let error = parameter(&to, "error").unwrap();
            assert!(["access_denied", "temporarily_unavailable"].contains(&error.as_str()), "{case}: {to}");
        }
        Some(to) => assert!(to.as_str().starts_with(&world.issuer), "{case}: {to}"),
    }
}

async fn take_up(world: &World) {
    // A suspension is dated to the second: let it be past.
    world.clock.advance(1);
    world.hub.refresh_trust().await;
}

#[test]
fn a14_g18_h17_a_provider_that_its_regulator_suspends_ends_every_step_and_every_grant() {
    own(async |world| {
        let citizen = OnTheWay::send(&world).await;
        assert_eq!(citizen.exchange(&world).await.status, 200);
        world.region.suspend("XE", "eid").unwrap();
        take_up(&world).await;
        let exchanged = citizen.exchange(&world).await;
        assert_error("exchange", &exchanged, 400, &["invalid_request", "access_denied"]);
        citizen.expect_all_refused(&world, "suspended by order").await;

        // Logins with the other country go on, and reinstatement brings this one back.
        let other = world.login(PARTY, "XA", Situation::Success, Decision::Allow).await;
        assert_eq!(other.redeem().await.status, 200);
        world.region.reinstate("XE", "eid").unwrap();
        take_up(&world).await;
        assert_eq!(world.usual_login().await.redeem().await.status, 200);
    });
}

#[test]
fn h17_a_country_that_is_suspended_as_a_whole_ends_every_step_and_every_grant() {
    own(async |world| {
        let citizen = OnTheWay::send(&world).await;
        world.region.suspend("XE", "").unwrap();
        take_up(&world).await;
        let exchanged = citizen.exchange(&world).await;
        assert_error("exchange", &exchanged, 400, &["invalid_request", "access_denied"]);
        citizen.expect_all_refused(&world, "member suspended").await;
    });
}

#[test]
fn h17_a_provider_suspended_or_withdrawn_in_its_own_list_ends_every_step_and_every_grant() {
    for status in [ServiceStatus::Suspended, ServiceStatus::Withdrawn] {
        own(async |world| {
            let citizen = OnTheWay::send(&world).await;
            world.region.set_status("XE", "eid", status).unwrap();
            take_up(&world).await;
            citizen.expect_all_refused(&world, status.as_str()).await;
        });
    }
}

#[test]
fn h17_recognition_that_ends_ends_every_step_and_every_grant_from_that_second_on() {
    own(async |world| {
        let citizen = OnTheWay::send(&world).await;
        let ends = world.clock.now().plus(100);
        world
            .region
            .edit_regional(|list| {
                Ok(list.recognise(&Recognition {
                    recogniser: "XF".parse()?,
                    recognised: "XE".parse()?,
                    purpose: "account-opening".parse()?,
                    max_level: trust_list::Level::Substantial,
                    legal_basis: "ended".into(),
                    from: world.clock.now().minus(3600),
                    until: Some(ends),
                }))
            })
            .unwrap();
        take_up(&world).await;
        let login = world.usual_login().await;
        world.clock.advance(50);
        assert_eq!(login.redeem().await.status, 200, "still in force");
        // Nothing is published at the end: the hub knows the date.
        world.clock.advance(50);
        let start = citizen.party.push(&citizen.request).await.unwrap();
        assert!(world.browser().open(&start).await.unwrap().press("#country-XE").is_err());
        let refresh = citizen.party.token(&citizen.refresh()).await.unwrap();
        assert_error("refresh", &refresh, 400, &["invalid_grant", "access_denied"]);
    });
}

#[test]
fn d19_a_suspended_client_is_refused_at_every_endpoint() {
    own(async |world| {
        let mut citizen = OnTheWay::send(&world).await;
        world.region.suspend("XF", PARTY).unwrap();
        world.region.suspend("XA", "pension-xa").unwrap();
        take_up(&world).await;
        let party = &citizen.party;
        let unauthenticated = &["invalid_client"];
        assert_error("PAR", &party.push_raw(&citizen.request).await.unwrap(), 401, unauthenticated);
        assert_error("code", &citizen.with_code.redeem().await, 401, unauthenticated);
        assert_error("refresh", &party.token(&citizen.refresh()).await.unwrap(), 401, unauthenticated);
        let revoke = [pairs(&[("token", "x")]), party.authentication().unwrap()].concat();
        assert_error("revoke", &party.post("revocation_endpoint", &revoke, &[]).await.unwrap(), 401, unauthenticated);
        let machine = citizen.fund.client_credentials("verify").await.unwrap();
        assert_error("client_credentials", &machine, 401, unauthenticated);
        assert_error("exchange", &citizen.exchange(&world).await, 401, unauthenticated);
        let userinfo = party.userinfo(access_token(&citizen.with_tokens)).await.unwrap();
        assert_eq!(userinfo.status, 401, "{}", userinfo.body);
        assert_eq!(citizen.verify_card(&world).await.status, 401);

        // The citizen reads a page; nothing is sent to an address that is not trusted any more.
        let (browser, page) = &mut citizen.at_consent;
        let answer = browser.submit(page.press("#consent-allow").unwrap()).await.unwrap();
        let code = answer.location().and_then(|back| parameter(&back, "code"));
        assert_eq!(code, None, "consent after suspension");
        let (browser, callback) = &mut citizen.at_callback;
        assert_ne!(Place::of(&browser.open(callback).await.unwrap()), Place::Consent);
        let (browser, page) = &mut citizen.at_picker;
        let away = browser.submit(page.press("#country-XE").unwrap()).await.unwrap();
        let provider = world.region.xe.url();
        assert!(!away.location().is_some_and(|to| to.as_str().starts_with(&provider)));
    });
}

#[test]
fn h17_a_suspended_card_issuer_vouches_for_no_card() {
    own(async |world| {
        let citizen = OnTheWay::send(&world).await;
        assert_eq!(citizen.verify_card(&world).await.json()["verified"], true);
        world.region.suspend("XF", "cards").unwrap();
        take_up(&world).await;
        let answer = citizen.verify_card(&world).await;
        assert_eq!(answer.json()["verified"], false, "{}", answer.body);
    });
}

#[test]
fn h04_an_expired_list_ends_readiness_and_every_grant_and_a_new_one_brings_them_back() {
    own(async |world| {
        let citizen = OnTheWay::send(&world).await;
        assert_eq!(world.ready().await.0, 200);
        // An hour without the online key: the status ends, while the publisher still serves it.
        world.clock.advance(3601);
        world.hub.refresh_trust().await;
        let (status, why) = world.ready().await;
        assert_eq!(status, 503, "{why}");
        let live = format!("http://{}/livez", world.hub.management_address);
        assert_eq!(world.http.get(live).send().await.unwrap().status(), 200);

        let unavailable = &["temporarily_unavailable"];
        assert_error("PAR", &citizen.party.push_raw(&citizen.request).await.unwrap(), 503, unavailable);
        assert_error("code", &citizen.with_code.redeem().await, 503, unavailable);
        assert_error("refresh", &citizen.party.token(&citizen.refresh()).await.unwrap(), 503, unavailable);
        assert_error("machine", &citizen.fund.client_credentials("verify").await.unwrap(), 503, unavailable);
        assert_error("exchange", &citizen.exchange(&world).await, 503, unavailable);
        assert_eq!(citizen.verify_card(&world).await.status, 503);
        let userinfo = citizen.party.userinfo(access_token(&citizen.with_tokens)).await.unwrap();
        assert_eq!(userinfo.status, 503, "{}", userinfo.body);
        let retry_after = userinfo.headers.get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        assert!(retry_after.is_some_and(|seconds| seconds.parse::<u32>().is_ok()));

        world.region.restamp().unwrap();
        world.hub.refresh_trust().await;
        assert_eq!(world.ready().await.0, 200);
        assert_eq!(world.usual_login().await.redeem().await.status, 200);
    });
}

#[test]
fn h01_h13_h15_a_publisher_that_fails_lies_or_goes_back_does_not_change_what_is_trusted() {
    use conformance::region::publisher::Mood;
    use trust_list::document::DocumentPath;
    own(async |world| {
        let yesterday = world.region.publisher.read(DocumentPath::Status).unwrap();
        world.clock.advance(60);
        world.region.restamp().unwrap();
        world.hub.refresh_trust().await;
        for mood in [Mood::Failing, Mood::Html, Mood::Endless] {
            world.region.publisher.set_mood(mood);
            world.hub.refresh_trust().await;
            assert_eq!(world.ready().await.0, 200, "{mood:?}");
            assert_eq!(world.usual_login().await.redeem().await.status, 200, "{mood:?}");
        }
        world.region.publisher.set_mood(Mood::Well);
        world.region.publisher.put_unchecked(DocumentPath::Status, &yesterday).unwrap();
        world.hub.refresh_trust().await;
        assert_eq!(world.usual_login().await.redeem().await.status, 200, "H01: the last good list serves on");

        // Nobody mends the publisher: when the last good list ends, so does the hub.
        world.clock.advance(3601);
        world.hub.refresh_trust().await;
        assert_eq!(world.ready().await.0, 503);
    });
}

#[test]
fn a_suspension_between_consent_and_redemption_leaves_the_citizen_with_a_clear_page_at_the_next_login() {
    own(async |world| {
        world.region.suspend("XE", "eid").unwrap();
        take_up(&world).await;
        let party = world.party(PARTY);
        let request = party.request("openid", &[("country_hint", "XE")]);
        let start = party.push(&request).await.unwrap();
        let mut browser = world.browser();
        let page = browser.open(&start).await.unwrap();
        match browser.follow(page, &party.redirect_uri).await.unwrap() {
            Arrival::Address(back) => {
                let error = parameter(&back, "error").unwrap();
                assert!(["access_denied", "temporarily_unavailable"].contains(&error.as_str()), "A14: {back}");
            }
            Arrival::Page(page) => {
                assert_eq!(Place::of(&page), Place::Picker, "{}", page.body);
                assert!(page.text("#why-XE").is_some_and(|why| !why.is_empty()));
            }
        }
    });
}
