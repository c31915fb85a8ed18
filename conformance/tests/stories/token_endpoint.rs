//! Attacks of groups C and F: codes, refresh tokens, token exchange, userinfo, revocation.

use crate::support::{Login, PARTY, World, access_token, assert_error, changed, own, pairs, shared};
use conformance::browser::journey::Decision;
use conformance::jose;
use conformance::persona::{self, Situation};
use conformance::region::PENSION_AUDIENCE;
use serde_json::json;

/// An honest redemption of a login's code.
fn redemption(login: &Login) -> Vec<(String, String)> {
    pairs(&[
        ("grant_type", "authorization_code"),
        ("code", &login.code()),
        ("redirect_uri", &login.party.redirect_uri),
        ("code_verifier", &login.request.verifier),
    ])
}

#[test]
fn c01_a_code_is_redeemed_once_and_the_second_try_ends_the_tokens_of_the_first() {
    shared(async |world| {
        let login = world.usual_login().await;
        let tokens = login.tokens().await;
        login.userinfo(&tokens).await;
        assert_error("C01", &login.redeem().await, 400, &["invalid_grant"]);
        let answer = login.party.userinfo(access_token(&tokens)).await.unwrap();
        assert_eq!(answer.status, 401, "the tokens of a replayed code are revoked: {}", answer.body);
    });
}

#[test]
fn c02_a_code_lives_sixty_seconds() {
    own(async |world| {
        let (in_time, late) = (world.usual_login().await, world.usual_login().await);
        world.clock.advance(59);
        assert_eq!(in_time.redeem().await.status, 200);
        world.clock.advance(2);
        assert_error("C02", &late.redeem().await, 400, &["invalid_grant"]);
    });
}

#[test]
fn c04_c06_c08_c10_a_wrong_redemption_gives_no_token() {
    let wrong_verifier = "a".repeat(43);
    let cases: Vec<(&str, &str, Option<&str>, &[&str])> = vec![
        ("C04 missing", "redirect_uri", None, &["invalid_grant", "invalid_request"]),
        ("C04 other", "redirect_uri", Some("https://insurer-xf.example/callback"), &["invalid_grant"]),
        ("C06 missing", "code_verifier", None, &["invalid_grant", "invalid_request"]),
        ("C08 wrong", "code_verifier", Some(&wrong_verifier), &["invalid_grant"]),
        ("no code", "code", None, &["invalid_request"]),
        ("garbage", "code", Some("garbage"), &["invalid_grant"]),
        ("C10 password", "grant_type", Some("password"), &["unsupported_grant_type"]),
        ("C10 implicit", "grant_type", Some("implicit"), &["unsupported_grant_type"]),
        ("C10 client_credentials", "grant_type", Some("client_credentials"), &["unauthorized_client"]),
        ("C10 unknown", "grant_type", Some("urn:unknown"), &["unsupported_grant_type"]),
        ("C10 missing", "grant_type", None, &["invalid_request"]),
    ];
    shared(async |world| {
        for (case, name, value, codes) in cases {
            let login = world.usual_login().await;
            let grant = changed(&redemption(&login), name, value);
            assert_error(case, &login.party.token(&grant).await.unwrap(), 400, codes);
        }
    });
}

#[test]
fn c08_a_wrong_verifier_burns_the_code() {
    shared(async |world| {
        let login = world.usual_login().await;
        let wrong = changed(&redemption(&login), "code_verifier", Some(&"a".repeat(43)));
        assert_error("first", &login.party.token(&wrong).await.unwrap(), 400, &["invalid_grant"]);
        assert_error("second", &login.redeem().await, 400, &["invalid_grant"]);
    });
}

#[test]
fn c09_of_fifty_redemptions_at_once_exactly_one_gets_tokens() {
    shared(async |world| {
        for round in 0..4 {
            let login = world.usual_login().await;
            let grant = redemption(&login);
            let tries = (0..50).map(|_| login.party.token(&grant));
            let answers = futures_util::future::join_all(tries).await;
            let won = answers.iter().filter(|answer| answer.as_ref().unwrap().status == 200).count();
            assert_eq!(won, 1, "round {round}");
        }
    });
}

#[test]
fn c10_a_grant_type_that_stands_twice_is_refused() {
    shared(async |world| {
        let login = world.usual_login().await;
        let twice = [redemption(&login), pairs(&[("grant_type", "authorization_code")])].concat();
        assert_error("C10", &login.party.token(&twice).await.unwrap(), 400, &["invalid_request"]);
    });
}

#[test]
fn b_another_client_cannot_redeem_a_code() {
    shared(async |world| {
        let login = world.usual_login().await;
        let thief = world.party("insurer-xf");
        let answer = thief.token(&redemption(&login)).await.unwrap();
        assert_error("other client", &answer, 400, &["invalid_grant"]);
    });
}

#[test]
fn c11_c14_a_refresh_token_is_bound_to_its_client_and_to_what_was_granted() {
    shared(async |world| {
        let party = world.party(PARTY);
        let request = party.request("openid profile offline_access", &[]);
        let login = world.walk(party.clone(), request, "XE", Situation::Success, Decision::Allow).await;
        let tokens = login.tokens().await;
        let refresh_token = tokens.answer["refresh_token"].as_str().expect("a refresh token");
        let refresh = pairs(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]);

        let thief = world.party("insurer-xf");
        assert_error("C11", &thief.token(&refresh).await.unwrap(), 400, &["invalid_grant"]);
        let wider = [refresh.clone(), pairs(&[("scope", "openid profile offline_access email")])].concat();
        assert_error("C14", &party.token(&wider).await.unwrap(), 400, &["invalid_scope"]);

        // A lost answer must be retryable: the token does not rotate.
        for _ in 0..2 {
            let fresh = party.token(&refresh).await.unwrap();
            assert_eq!(fresh.status, 200, "{}", fresh.body);
            let claims = jose::Parsed::new(fresh.json()["id_token"].as_str().unwrap()).unwrap().claims;
            assert_eq!(claims["sub"], tokens.claims["sub"]);
            assert_eq!(claims["auth_time"], tokens.claims["auth_time"]);
        }
    });
}

#[test]
fn c16_json_bodies_and_parameters_in_the_query_are_refused() {
    shared(async |world| {
        let url = format!("{}/token", world.issuer);
        let json = world.http.post(&url).json(&json!({"grant_type": "authorization_code"})).send().await.unwrap();
        assert!([400, 415].contains(&json.status().as_u16()));
        let login = world.usual_login().await;
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(redemption(&login)).finish();
        let form = login.party.authentication().unwrap();
        let answer = world.http.post(format!("{url}?{query}")).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 400);
        assert_eq!(login.redeem().await.status, 200, "the code was not touched");
    });
}

#[test]
fn c17_a_token_answer_is_not_kept() {
    shared(async |world| {
        let answer = world.usual_login().await.redeem().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["cache-control"], "no-store");
    });
}

#[test]
fn c18_c22_a_revoked_grant_gives_nothing_more_and_an_unknown_token_is_no_error() {
    shared(async |world| {
        let party = world.party(PARTY);
        let request = party.request("openid profile offline_access", &[]);
        let login = world.walk(party.clone(), request, "XE", Situation::Success, Decision::Allow).await;
        let tokens = login.tokens().await;
        let refresh_token = tokens.answer["refresh_token"].as_str().unwrap().to_owned();
        let revoke = async |by: &conformance::rp::RelyingParty, token: &str| {
            let form = [pairs(&[("token", token)]), by.authentication().unwrap()].concat();
            by.post("revocation_endpoint", &form, &[]).await.unwrap()
        };
        assert_eq!(revoke(&party, "unknown").await.status, 200);
        revoke(&world.party("insurer-xf"), &refresh_token).await;
        let refresh = pairs(&[("grant_type", "refresh_token"), ("refresh_token", &refresh_token)]);
        assert_eq!(party.token(&refresh).await.unwrap().status, 200, "another client revokes nothing");

        assert_eq!(revoke(&party, &refresh_token).await.status, 200);
        assert_error("C22", &party.token(&refresh).await.unwrap(), 400, &["invalid_grant"]);
        let answer = party.userinfo(access_token(&tokens)).await.unwrap();
        assert_eq!(answer.status, 401, "the access token of a revoked grant: {}", answer.body);
    });
}

#[test]
fn c21_only_a_token_for_userinfo_opens_userinfo() {
    shared(async |world| {
        let login = world.usual_login().await;
        let tokens = login.tokens().await;
        let fund = world.party("pension-xa");
        let person = persona::find("XE", Situation::Success).unwrap();
        let national = world.region.oidc.mint_id_token("pension-xa", &person).unwrap();
        let exchanged = fund.exchange(&national, &[("audience", PENSION_AUDIENCE)]).await.unwrap().json();
        let system = fund.client_credentials("verify").await.unwrap().json();
        let cut = access_token(&tokens).len() - 1;
        let cases = [
            ("an ID token", tokens.answer["id_token"].as_str().unwrap().to_owned()),
            ("a token of a country system", system["access_token"].as_str().unwrap().to_owned()),
            ("an exchanged token", exchanged["access_token"].as_str().unwrap().to_owned()),
            ("one character less", access_token(&tokens)[..cut].to_owned()),
            ("nothing", String::new()),
            ("alg none", jose::unsigned(b"{}")),
        ];
        for (case, token) in cases {
            let answer = login.party.userinfo(&token).await.unwrap();
            assert!([400, 401].contains(&answer.status), "{case}: {} {}", answer.status, answer.body);
            assert!(answer.headers.contains_key("www-authenticate"), "{case}");
        }
    });
}

#[test]
fn an_access_token_ends_with_its_time() {
    own(async |world| {
        let login = world.usual_login().await;
        let tokens = login.tokens().await;
        world.clock.advance(u32::try_from(tokens.answer["expires_in"].as_u64().unwrap()).unwrap() + 61);
        assert_eq!(login.party.userinfo(access_token(&tokens)).await.unwrap().status, 401);
    });
}

#[test]
fn f_an_exchange_that_breaks_a_rule_gives_no_token() {
    shared(async |world| {
        let fund = world.party("pension-xa");
        let person = persona::find("XE", Situation::Success).unwrap();
        let mint = |client: &str| world.region.oidc.mint_id_token(client, &person).unwrap();
        let token_type = "urn:ietf:params:oauth:token-type:";
        let (access, saml) = (format!("{token_type}access_token"), format!("{token_type}saml2"));
        let audience = ("audience", PENSION_AUDIENCE);
        let cases = [
            ("F01 another client's", mint("passerelle-hub"), vec![audience], "invalid_request"),
            ("F01 no JWT", "garbage".into(), vec![audience], "invalid_request"),
            ("F01 bad signature", spoilt(&mint("pension-xa")), vec![audience], "invalid_request"),
            ("F01 unsigned", jose::unsigned(b"{}"), vec![audience], "invalid_request"),
            ("F01 our own ID token", own_id_token(world).await, vec![audience], "invalid_request"),
            ("F02 untrue type", mint("pension-xa"), vec![audience, ("subject_token_type", &access)], "invalid_request"),
            ("F02 unknown type", mint("pension-xa"), vec![audience, ("subject_token_type", &saml)], "invalid_request"),
            ("F04 no audience", mint("pension-xa"), vec![], "invalid_request"),
            ("F04 foreign", mint("pension-xa"), vec![("audience", "https://evil.example")], "invalid_target"),
            ("F05 scope", mint("pension-xa"), vec![audience, ("scope", "openid")], "invalid_scope"),
            ("F06 actor", mint("pension-xa"), vec![audience, ("actor_token", "x")], "invalid_request"),
            ("purpose", mint("pension-xa"), vec![audience, ("purpose", "account-opening")], "invalid_request"),
        ];
        for (case, subject_token, more, code) in cases {
            let answer = fund.exchange(&subject_token, &more).await.unwrap();
            assert_error(case, &answer, 400, &[code]);
        }
        // A relying party may not exchange at all.
        let answer = world.party(PARTY).exchange(&mint(PARTY), &[audience]).await.unwrap();
        assert_error("not registered", &answer, 400, &["unauthorized_client"]);
    });
}

#[test]
fn f01_an_expired_subject_token_is_refused() {
    own(async |world| {
        let fund = world.party("pension-xa");
        let person = persona::find("XE", Situation::Success).unwrap();
        let token = world.region.oidc.mint_id_token("pension-xa", &person).unwrap();
        world.clock.advance(300 + 61);
        let answer = fund.exchange(&token, &[("audience", PENSION_AUDIENCE)]).await.unwrap();
        assert_error("F01", &answer, 400, &["invalid_request"]);
    });
}

#[test]
fn f09_an_assertion_is_exchanged_once() {
    shared(async |world| {
        let fund = world.party("pension-xa");
        let person = persona::find("XE", Situation::Success).unwrap();
        let token = world.region.oidc.mint_id_token("pension-xa", &person).unwrap();
        let audience = [("audience", PENSION_AUDIENCE)];
        assert_eq!(fund.exchange(&token, &audience).await.unwrap().status, 200);
        assert_error("F09", &fund.exchange(&token, &audience).await.unwrap(), 400, &["invalid_request"]);
    });
}

async fn own_id_token(world: &World) -> String {
    world.usual_login().await.tokens().await.answer["id_token"].as_str().unwrap().to_owned()
}

/// The same token with another last character of its signature.
fn spoilt(token: &str) -> String {
    let (kept, signature) = token.rsplit_once('.').unwrap();
    let mut bytes = jose::unb64(signature).unwrap();
    bytes[5] ^= 1;
    format!("{kept}.{}", jose::b64(&bytes))
}
