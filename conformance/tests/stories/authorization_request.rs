//! Attacks of groups A and B: the pushed request and the authorization endpoint.

use crate::support::{PARTY, World, assert_error, assert_local_page, changed, headers, shared};
use conformance::browser::journey::Place;
use conformance::persona::Situation;
use serde_json::Value;
use url::Url;

/// Pushes an honest request with one parameter changed.
async fn pushed(world: &World, name: &str, value: Option<&str>) -> conformance::rp::Answer {
    let party = world.party(PARTY);
    let mut request = party.request("openid profile", &[]);
    request.parameters = changed(&request.parameters, name, value);
    party.push_raw(&request).await.unwrap()
}

#[test]
fn an_honest_request_is_taken() {
    shared(async |world| {
        let answer = pushed(world, "ui_locales", Some("fr")).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        assert_eq!(answer.json()["expires_in"], 60);
    });
}

#[test]
fn a02_a05_a06_a08_a10_a11_a12_a18_a_bad_parameter_is_refused_where_it_is_pushed() {
    let registered = format!("https://{PARTY}.example/callback");
    let long = "a".repeat(129);
    let state = "s".repeat(10 * 1024);
    let deep = format!("{}1{}", "{\"a\":".repeat(200), "}".repeat(200));
    let cases: Vec<(&str, &str, Option<String>, &[&str])> = vec![
        ("A02 trailing slash", "redirect_uri", Some(format!("{registered}/")), &["invalid_request"]),
        ("A02 path case", "redirect_uri", Some(registered.replace("callback", "Callback")), &["invalid_request"]),
        ("A02 extra query", "redirect_uri", Some(format!("{registered}?x=1")), &["invalid_request"]),
        ("A02 port 443", "redirect_uri", Some(registered.replace(".example", ".example:443")), &["invalid_request"]),
        ("A02 encoded letter", "redirect_uri", Some(registered.replace("call", "%63all")), &["invalid_request"]),
        ("A02 another host", "redirect_uri", Some("https://evil.example/callback".into()), &["invalid_request"]),
        ("A02 none", "redirect_uri", None, &["invalid_request"]),
        ("A05 javascript", "redirect_uri", Some("JaVaScRiPt:alert(1)".into()), &["invalid_request"]),
        ("A05 data", "redirect_uri", Some("data:text/html,x".into()), &["invalid_request"]),
        ("A06 form_post.jwt", "response_mode", Some("form_post.jwt".into()), &["invalid_request"]),
        ("A06 fragment", "response_mode", Some("fragment".into()), &["invalid_request"]),
        ("A08 token", "response_type", Some("token".into()), &["unsupported_response_type"]),
        ("A08 code token", "response_type", Some("code token".into()), &["unsupported_response_type"]),
        ("A08 none", "response_type", Some("none".into()), &["unsupported_response_type"]),
        ("A10 no challenge", "code_challenge", None, &["invalid_request"]),
        ("A10 plain", "code_challenge_method", Some("plain".into()), &["invalid_request"]),
        ("A10 no method", "code_challenge_method", None, &["invalid_request"]),
        ("A10 42 characters", "code_challenge", Some("a".repeat(42)), &["invalid_request"]),
        ("A10 129 characters", "code_challenge", Some(long), &["invalid_request"]),
        ("A10 padding", "code_challenge", Some(format!("{}=", "a".repeat(43))), &["invalid_request"]),
        ("A11 10 KiB of state", "state", Some(state), &["invalid_request"]),
        ("A11 line break", "state", Some("a\r\nSet-Cookie: b=c".into()), &["invalid_request"]),
        ("A12 none login", "prompt", Some("none login".into()), &["invalid_request"]),
        ("A12 max_age -1", "max_age", Some("-1".into()), &["invalid_request"]),
        ("A12 max_age abc", "max_age", Some("abc".into()), &["invalid_request"]),
        ("A12 max_age 1e30", "max_age", Some("1e30".into()), &["invalid_request"]),
        ("A15 request object", "request", Some("e30.e30.".into()), &["request_not_supported", "invalid_request"]),
        ("A18 200 deep", "claims", Some(deep), &["invalid_request"]),
        ("A18 twice", "claims", Some(r#"{"userinfo":{"name":null,"name":null}}"#.into()), &["invalid_request"]),
        ("unknown scope", "scope", Some("openid admin".into()), &["invalid_scope"]),
        ("no openid", "scope", Some("profile".into()), &["invalid_scope"]),
        ("foreign purpose", "purpose", Some("border-check".into()), &["invalid_request"]),
        ("B03 request_uri", "request_uri", Some("urn:ietf:params:oauth:request_uri:x".into()), &["invalid_request"]),
    ];
    shared(async |world| {
        for (case, name, value, codes) in cases {
            assert_error(case, &pushed(world, name, value.as_deref()).await, 400, codes);
        }
        assert_eq!(pushed(world, "ui_locales", None).await.status, 201, "still alive");
    });
}

#[test]
fn a01_an_unknown_client_gets_a_page_and_no_redirect() {
    shared(async |world| {
        let party = world.party(PARTY);
        let good = party.push(&party.request("openid", &[])).await.unwrap();
        let mut url = good.clone();
        url.query_pairs_mut()
            .clear()
            .append_pair("client_id", "nobody")
            .extend_pairs(good.query_pairs().filter(|(name, _)| name != "client_id"));
        url.query_pairs_mut().append_pair("redirect_uri", &party.redirect_uri);
        assert_local_page("A01", &world.browser().open(&url).await.unwrap(), 400);
    });
}

#[test]
fn a12_a_request_that_forbids_pages_cannot_be_met() {
    shared(async |world| {
        let party = world.party(PARTY);
        let request = party.request("openid", &[("prompt", "none")]);
        let start = party.push(&request).await.unwrap();
        let back = world.browser().open(&start).await.unwrap().location().unwrap();
        assert!(back.as_str().starts_with(&party.redirect_uri), "{back}");
        assert_eq!(conformance::browser::journey::parameter(&back, "error").as_deref(), Some("login_required"));
        assert_eq!(conformance::browser::journey::parameter(&back, "iss").as_deref(), Some(world.issuer.as_str()));
    });
}

#[test]
fn a13_an_essential_level_that_no_country_reaches_is_never_answered_with_a_lower_one() {
    shared(async |world| {
        let party = world.party(PARTY);
        let claims = r#"{"id_token":{"acr":{"essential":true,"values":["urn:passerelle:loa:high"]}}}"#;
        let request = party.request("openid", &[("claims", claims)]);
        let picker = world.browser().open(&party.push(&request).await.unwrap()).await.unwrap();
        assert_eq!(Place::of(&picker), Place::Picker);
        assert!(picker.press("#country-XE").is_err(), "XE reaches substantial at most");
        assert!(picker.has("#why-XE"));
        // XA can reach high, but this citizen uses a one-time code.
        let decision = conformance::browser::journey::Decision::Allow;
        let login = world.walk(party, request, "XA", Situation::LevelTooLow, decision).await;
        assert_eq!(login.error(), "unmet_authentication_requirements");
    });
}

#[test]
fn a17_claims_beyond_the_purpose_are_refused_in_the_open_and_audited() {
    shared(async |world| {
        let party = world.party(PARTY);
        let claims = r#"{"userinfo":{"picture":null,"name":null}}"#;
        let request = party.request("openid", &[("claims", claims)]);
        let decision = conformance::browser::journey::Decision::Allow;
        let login = world.walk(party.clone(), request, "XE", Situation::Success, decision).await;
        let userinfo = login.userinfo(&login.tokens().await).await;
        assert_eq!(userinfo.get("picture"), None::<&Value>);
        assert_eq!(userinfo["name"], "Amina Mint Sidi");

        let before = world.audited("overreach");
        let essential = r#"{"userinfo":{"picture":{"essential":true}}}"#;
        let start = party.push(&party.request("openid", &[("claims", essential)])).await.unwrap();
        let back = world.browser().open(&start).await.unwrap().location().unwrap();
        let error = conformance::browser::journey::parameter(&back, "error").unwrap();
        assert!(["invalid_request", "access_denied"].contains(&error.as_str()), "{back}");
        assert_eq!(world.audited("overreach"), before + 1);
    });
}

#[test]
fn a19_pages_cannot_be_framed_and_forms_have_one_content_type() {
    shared(async |world| {
        let party = world.party(PARTY);
        let start = party.push(&party.request("openid", &[])).await.unwrap();
        let picker = world.browser().open(&start).await.unwrap();
        let headers = headers(&picker);
        assert_eq!(headers["x-frame-options"].to_ascii_uppercase(), "DENY");
        assert!(headers["content-security-policy"].contains("frame-ancestors 'none'"));
        let url = format!("{}/par", world.issuer);
        let sent = world.http.post(&url).header("content-type", "text/plain").body("a=b").send().await.unwrap();
        assert_eq!(sent.status(), 415);
    });
}

#[test]
fn a28_the_picker_and_the_consent_page_show_who_asks_with_the_legal_name() {
    shared(async |world| {
        let party = world.party("bank-xe");
        let picker = world.browser().open(&party.push(&party.request("openid", &[])).await.unwrap()).await.unwrap();
        let asks = picker.text("#who-asks").unwrap();
        assert!(asks.contains("Bank of the Coast") && asks.contains("Bank of the Coast plc"), "{asks}");
        assert!(picker.has("#test-banner"), "a page with test countries says so");
    });
}

#[test]
fn b01_b02_a_push_needs_a_client_and_a_post() {
    shared(async |world| {
        let party = world.party(PARTY);
        let url = format!("{}/par", world.issuer);
        let request = party.request("openid", &[]);
        let alone = party.post("pushed_authorization_request_endpoint", &request.parameters, &[]).await.unwrap();
        assert_error("B01", &alone, 401, &["invalid_client"]);
        let get = world.http.get(&url).send().await.unwrap();
        assert_eq!(get.status(), 405);
        assert!(get.headers()["allow"].to_str().unwrap().contains("POST"));
    });
}

#[test]
fn b04_a_request_uri_of_another_client_is_unknown() {
    shared(async |world| {
        let (party, other) = (world.party(PARTY), world.party("insurer-xf"));
        let mut url = party.push(&party.request("openid", &[])).await.unwrap();
        let request_uri = conformance::browser::journey::parameter(&url, "request_uri").unwrap();
        url = other.authorize_url(&request_uri).unwrap();
        assert_local_page("B04", &world.browser().open(&url).await.unwrap(), 400);
    });
}

#[test]
fn b05_a_completed_request_is_used_up_and_one_on_its_way_may_be_reloaded() {
    shared(async |world| {
        let party = world.party(PARTY);
        let request = party.request("openid", &[]);
        let start = party.push(&request).await.unwrap();
        let mut browser = world.browser();
        for _ in 0..2 {
            let picker = browser.open(&start).await.unwrap();
            assert_eq!(Place::of(&picker), Place::Picker, "reloading shows the picker again");
        }
        let person = conformance::persona::find("XE", Situation::Success).unwrap();
        let decision = conformance::browser::journey::Decision::Allow;
        let citizen = conformance::browser::journey::Journey { country: "XE", persona: &person, decision };
        citizen.walk(&mut browser, &start, &party.redirect_uri).await.unwrap();
        assert_local_page("B05", &browser.open(&start).await.unwrap(), 400);
        assert_local_page("B05 elsewhere", &world.browser().open(&start).await.unwrap(), 400);
    });
}

#[test]
fn b08_a_request_uri_that_is_not_ours_is_not_fetched() {
    shared(async |world| {
        let party = world.party(PARTY);
        let long = format!("urn:ietf:params:oauth:request_uri:{}", "a".repeat(6000));
        for uri in ["https://localhost:1/request.jwt", "file:///etc/passwd", "", long.as_str()] {
            let url = party.authorize_url(uri).unwrap();
            assert_local_page(&format!("B08 {uri:.40}"), &world.browser().open(&url).await.unwrap(), 400);
        }
    });
}

#[test]
fn b09_plain_parameters_instead_of_a_pushed_request_are_refused() {
    shared(async |world| {
        let party = world.party(PARTY);
        let mut url = Url::parse(party.hub.endpoint("authorization_endpoint").unwrap()).unwrap();
        url.query_pairs_mut().extend_pairs(&party.request("openid", &[]).parameters);
        assert_local_page("B09", &world.browser().open(&url).await.unwrap(), 400);
    });
}

#[test]
fn b10_a_body_above_64_kib_is_too_large() {
    shared(async |world| {
        let answer = pushed(world, "state", Some(&"s".repeat(64 * 1024 + 1))).await;
        assert_eq!(answer.status, 413, "{}", answer.body);
    });
}

#[test]
fn j01_a_parameter_that_stands_twice_is_refused() {
    shared(async |world| {
        let party = world.party(PARTY);
        let mut request = party.request("openid", &[]);
        request.parameters.push(("scope".into(), "openid profile".into()));
        assert_error("twice", &party.push_raw(&request).await.unwrap(), 400, &["invalid_request"]);
        let mut url = party.push(&party.request("openid", &[])).await.unwrap();
        url.query_pairs_mut().append_pair("client_id", PARTY);
        assert_local_page("twice in a link", &world.browser().open(&url).await.unwrap(), 400);
    });
}
