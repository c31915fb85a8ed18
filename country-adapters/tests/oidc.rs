//! The kit `oidc` against a scripted provider: a login from end to end, and every way it must not succeed.

#![cfg(test)]
#![expect(clippy::needless_pass_by_value, reason = "`json!(..)` reads better without a reference in front")]

mod support;

use country_adapters::outbound::{Health, OutboundError, OutboundResponse};
use country_adapters::{
    AdapterError, AssertionProblem, AuthorizationResponse, CredentialStatus, Misconfigured, PersonRefusal,
    PersonStatus, Presented, SubjectStability, Unavailable, Unsupported,
};
use serde_json::{Value, json};
use strict_jose::{Algorithm, Kid, SigningKey, b64, sha256};
use support::op::{Claims, FakeOp, SUBJECT, UserinfoStyle, json_answer, text_answer};
use support::region::{Region, entry};
use support::{Bench, CLIENT_ID, ES256, NOW, OTHER_ES256, RS256, request, style};
use trust_list::Level;

const HOST: &str = "idp.xa.example";
const ISSUER: &str = "https://idp.xa.example";

fn profile() -> Value {
    json!({
        "discovery_url": format!("{ISSUER}/.well-known/openid-configuration"),
        "discovery_issuer": ISSUER,
        "token_issuer": ISSUER,
        "redirect_issuer": ISSUER,
        "client_id": CLIENT_ID,
        "id_token_algs": ["ES256"],
        "userinfo": "json",
        "acr_map": {"2": {"level": "substantial", "methods": ["otp"]}, "1": {"level": "low"}},
        "scopes": ["openid", "profile"],
        "client_auth": "private_key_jwt",
        "assertion_alg": "ES256",
        "assertion_aud": "issuer",
        "par": "optional",
        "subject_stability": "stable",
        "claim_map": {"dob": "birthdate"},
        "trust_framework": "xa_eid",
    })
}

fn with(changes: Value) -> Value {
    let mut profile = profile();
    for (name, value) in changes.as_object().unwrap() {
        profile[name] = value.clone();
    }
    profile
}

fn userinfo() -> Value {
    json!({"sub": SUBJECT, "name": "Afi Mensah", "dob": "1991-03-08", "preferred_username": "1000000064", "email": "a@b.example", "person_status": "alive"})
}

fn op(form: UserinfoStyle) -> FakeOp {
    FakeOp::new(style(HOST, "2", form, userinfo()), &ES256, &ES256)
}

fn bench() -> Bench {
    Bench::new("oidc", profile(), op(UserinfoStyle::Json))
}

fn bench_with(changes: Value) -> Bench {
    Bench::new("oidc", with(changes), op(UserinfoStyle::Json))
}

#[tokio::test]
async fn a_login_gives_an_assertion_with_what_the_list_allows() {
    let bench = bench();
    let assertion = bench.login().await.unwrap();
    assert_eq!(assertion.subject().expose(), SUBJECT);
    assert_eq!((assertion.level(), assertion.methods()), (Level::Substantial, &["otp".to_owned()][..]));
    assert_eq!(json!(assertion.claims()), json!({"name": "Afi Mensah", "birthdate": "1991-03-08"}));
    assert_eq!(assertion.country().as_str(), "XA");
    assert_eq!(assertion.issuer_id().as_str(), "main");
    assert_eq!(assertion.trust_framework(), "xa_eid");
    assert_eq!(assertion.auth_time(), Some(NOW.minus(10)));
    assert_eq!(assertion.expires_at(), Some(NOW.plus(3600)));
    assert_eq!(assertion.verified_at(), NOW);
    assert_eq!(assertion.person_status(), PersonStatus::Alive);
    assert_eq!(assertion.credential_status(), CredentialStatus::NotApplicable);
    assert_eq!(assertion.subject_stability(), SubjectStability::Stable);
    assert!(!format!("{assertion:?}").contains("Afi") && !format!("{assertion:?}").contains(SUBJECT));
}

#[tokio::test]
async fn the_request_is_pushed_where_that_is_offered_and_in_the_url_where_it_is_off() {
    let pushed = bench();
    let begun = pushed.begin(&request()).await.unwrap();
    assert_eq!(pushed.op.calls("/par"), 1);
    assert!(!begun.redirect_to.as_str().contains("nonce"));

    let plain = bench_with(json!({"par": "off"}));
    let url = plain.begin(&request()).await.unwrap().redirect_to;
    assert_eq!(plain.op.calls("/par"), 0);
    let parameter = |name: &str| url.query_pairs().find(|(own, _)| own == name).map(|(_, value)| value.into_owned());
    assert_eq!(parameter("response_type").as_deref(), Some("code"));
    assert_eq!(parameter("scope").as_deref(), Some("openid profile"));
    assert_eq!(parameter("state").as_deref(), Some("state-of-the-hub"));
    assert_eq!(parameter("acr_values").as_deref(), Some("1 2"));
    assert_eq!(parameter("ui_locales").as_deref(), Some("fr en"));
    assert_eq!(parameter("nonce").unwrap().len(), 43);
    assert!(plain.login().await.is_ok());
}

#[tokio::test]
async fn nonce_and_verifier_are_new_every_time_and_never_shown() {
    let bench = bench_with(json!({"par": "off"}));
    let (first, second) = (bench.begin(&request()).await.unwrap(), bench.begin(&request()).await.unwrap());
    assert_ne!(first.redirect_to, second.redirect_to);
    let kept = serde_json::to_value(&first.pending).unwrap();
    let shown = format!("{:?}", first.pending);
    for secret in ["nonce", "code_verifier"] {
        assert!(!shown.contains(kept[secret].as_str().unwrap()));
    }
    assert!(!first.redirect_to.as_str().contains(kept["code_verifier"].as_str().unwrap()));
}

#[tokio::test]
async fn only_values_that_reach_the_level_are_asked_for_and_without_any_nothing_is_begun() {
    let bench = bench_with(json!({"par": "off"}));
    let mut wanted = request();
    wanted.level = Level::Substantial;
    let url = bench.begin(&wanted).await.unwrap().redirect_to;
    assert!(url.query_pairs().any(|(name, value)| name == "acr_values" && value == "2"));
    wanted.level = Level::High;
    assert_eq!(bench.begin(&wanted).await.unwrap_err(), Misconfigured::LevelOutOfReach.into());
}

#[tokio::test]
async fn g02_an_answer_of_another_provider_never_reaches_the_token_endpoint() {
    let bench = bench();
    let begun = bench.begin(&request()).await.unwrap();
    let good = bench.op.person_logs_in(&begun.redirect_to);
    for iss in [None, Some(""), Some("https://idp.xb.example"), Some("https://idp.xa.example/")] {
        let response = AuthorizationResponse { iss: iss.map(str::to_owned), ..good.clone() };
        assert_eq!(bench.complete(&begun.pending, &response).await.unwrap_err(), AdapterError::MixUp, "{iss:?}");
    }
    let error = AuthorizationResponse { code: None, iss: None, error: Some("access_denied".to_owned()) };
    assert_eq!(bench.complete(&begun.pending, &error).await.unwrap_err(), AdapterError::MixUp);
    assert_eq!(bench.op.calls("/token"), 0);
}

#[tokio::test]
async fn g02_what_was_begun_with_one_issuer_is_not_finished_with_another() {
    let bench = bench();
    let begun = bench.begin(&request()).await.unwrap();
    let response = bench.op.person_logs_in(&begun.redirect_to);
    for (field, value) in [("issuer", "other"), ("country", "XB"), ("adapter", "esignet")] {
        let mut kept = serde_json::to_value(&begun.pending).unwrap();
        kept[field] = value.into();
        let pending = serde_json::from_value(kept).unwrap();
        assert_eq!(bench.complete(&pending, &response).await.unwrap_err(), AdapterError::MixUp, "{field}");
    }
    assert_eq!(bench.op.calls("/token"), 0);
}

#[tokio::test]
async fn g06_an_error_is_understood_or_called_unknown() {
    let bench = bench();
    let begun = bench.begin(&request()).await.unwrap();
    for (code, expected) in [
        ("access_denied", AdapterError::Person(PersonRefusal::Denied)),
        ("login_required", AdapterError::LoginRequired),
        ("temporarily_unavailable", Unavailable::Upstream.into()),
        ("unauthorized_client", Misconfigured::ClientRefused.into()),
        ("unmet_authentication_requirements", AdapterError::LevelNotMet { got: None }),
        ("<script>alert(1)</script>", Misconfigured::UnknownErrorCode.into()),
    ] {
        let iss = Some(ISSUER.to_owned());
        let response = AuthorizationResponse { code: None, iss, error: Some(code.to_owned()) };
        assert_eq!(bench.complete(&begun.pending, &response).await.unwrap_err(), expected, "{code}");
    }
    for (code, error) in [(None, None), (Some(String::new()), None), (Some("c".to_owned()), Some("x".to_owned()))] {
        let response = AuthorizationResponse { code, iss: Some(ISSUER.to_owned()), error };
        assert_eq!(bench.complete(&begun.pending, &response).await.unwrap_err(), Unavailable::Protocol.into());
    }
}

/// One change to an otherwise good ID token.
type Change = fn(&mut Claims);

#[tokio::test]
async fn g07_every_claim_of_the_id_token_that_is_wrong_ends_the_login() {
    use AssertionProblem as P;
    let cases: [(&str, Change, P); 30] = [
        ("iss of another", |c| set(c, "iss", json!("https://idp.xb.example")), P::Issuer),
        ("iss with a slash", |c| set(c, "iss", json!("https://idp.xa.example/")), P::Issuer),
        ("no iss", |c| unset(c, "iss"), P::Issuer),
        ("no aud", |c| unset(c, "aud"), P::Audience),
        ("aud of another", |c| set(c, "aud", json!("evil")), P::Audience),
        ("empty aud", |c| set(c, "aud", json!([])), P::Audience),
        ("aud of the wrong type", |c| set(c, "aud", json!({"hub-01": 1})), P::Audience),
        ("two audiences without azp", |c| set(c, "aud", json!([CLIENT_ID, "evil"])), P::AuthorizedParty),
        (
            "two audiences and azp of the other",
            |c| {
                set(c, "aud", json!([CLIENT_ID, "evil"]));
                set(c, "azp", json!("evil"));
            },
            P::AuthorizedParty,
        ),
        ("azp of another", |c| set(c, "azp", json!("evil")), P::AuthorizedParty),
        ("no nonce", |c| unset(c, "nonce"), P::Nonce),
        ("empty nonce", |c| set(c, "nonce", json!("")), P::Nonce),
        ("nonce of another login", |c| set(c, "nonce", json!("n-of-another-login")), P::Nonce),
        ("nonce of the wrong type", |c| set(c, "nonce", json!(7)), P::Nonce),
        ("no exp", |c| unset(c, "exp"), P::TimeMissing),
        ("exp as text", |c| set(c, "exp", json!("never")), P::TimeMissing),
        ("exp as a fraction", |c| set(c, "exp", json!(1.9e9)), P::TimeMissing),
        ("exp huge", |c| set(c, "exp", json!(u64::MAX)), P::TimeMissing),
        ("exp past", |c| set(c, "exp", json!(NOW.minus(60))), P::Expired),
        ("no iat", |c| unset(c, "iat"), P::TimeMissing),
        ("iat ahead", |c| set(c, "iat", json!(NOW.plus(61))), P::NotYetValid),
        ("nbf ahead", |c| set(c, "nbf", json!(NOW.plus(61))), P::NotYetValid),
        ("no sub", |c| unset(c, "sub"), P::Subject),
        ("sub null", |c| set(c, "sub", json!(null)), P::Subject),
        ("no acr", |c| unset(c, "acr"), P::AcrUnknown),
        ("acr unknown", |c| set(c, "acr", json!("9")), P::AcrUnknown),
        ("acr as an array", |c| set(c, "acr", json!(["2"])), P::AcrUnknown),
        ("at_hash of another token", |c| set(c, "at_hash", json!(b64::encode(&sha256("other")[..16]))), P::AtHash),
        ("c_hash of another code", |c| set(c, "c_hash", json!(b64::encode(&sha256("other")[..16]))), P::AtHash),
        ("auth_time as text", |c| set(c, "auth_time", json!("now")), P::AuthTime),
    ];
    for (title, change, expected) in cases {
        let bench = bench();
        bench.op.edit_id_token(change);
        assert_eq!(bench.login().await.unwrap_err(), expected.into(), "{title}");
    }
}

fn set(claims: &mut Claims, name: &str, value: Value) {
    claims.insert(name.to_owned(), value);
}

fn unset(claims: &mut Claims, name: &str) {
    claims.remove(name);
}

#[tokio::test]
async fn what_the_specification_leaves_open_is_accepted() {
    let cases: [Change; 4] = [
        |c| set(c, "aud", json!([CLIENT_ID])),
        |c| {
            set(c, "aud", json!([CLIENT_ID, "other"]));
            set(c, "azp", json!(CLIENT_ID));
        },
        |c| unset(c, "at_hash"),
        |c| set(c, "exp", json!(NOW.minus(59))),
    ];
    for change in cases {
        let bench = bench();
        bench.op.edit_id_token(change);
        assert!(bench.login().await.is_ok());
    }
}

#[tokio::test]
async fn g08_an_algorithm_outside_the_profile_is_refused_whatever_the_metadata_says() {
    let bench = bench();
    bench.op.publish(json!({"keys": [ES256.public_jwk().to_value(), RS256.public_jwk().to_value()]}));
    bench.op.sign_id_tokens_with(&RS256, json!({}));
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::AlgorithmNotAllowed.into());

    for alg in ["none", "HS256", "RS512"] {
        let bench = self::bench();
        let header = b64::encode(json!({"alg": alg, "kid": ES256.kid().as_str()}).to_string());
        let token = bench.op.id_token_for(|_| {});
        let forged = format!("{header}.{}", token.split_once('.').unwrap().1);
        bench.op.answer_with_id_token(forged);
        assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::AlgorithmNotAllowed.into(), "{alg}");
    }
}

#[tokio::test]
async fn g08_a_signature_that_is_not_the_providers_is_refused() {
    let bench = bench();
    let same_name = SigningKey::generate(Algorithm::ES256, ES256.kid().clone()).unwrap();
    bench.op.sign_id_tokens_with(&same_name, json!({}));
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::Signature.into());
    for text in ["", "a.b", "a.b.c.d.e", "....", "e30.e30.e30", "{\"payload\":\"\"}"] {
        let bench = self::bench();
        bench.op.answer_with_id_token(text.to_owned());
        assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::Malformed.into(), "{text}");
    }
}

#[tokio::test]
async fn a_token_made_for_another_use_is_no_id_token() {
    for typ in ["at+jwt", "logout+jwt", "dpop+jwt", "oauth-authz-req+jwt"] {
        let bench = bench();
        bench.op.sign_id_tokens_with(&ES256, json!({"typ": typ}));
        assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::Malformed.into(), "{typ}");
    }
    let bench = bench();
    bench.op.sign_id_tokens_with(&ES256, json!({"typ": "JWT"}));
    assert!(bench.login().await.is_ok());
}

#[tokio::test]
async fn g11_a_subject_that_is_empty_long_or_deceptive_is_refused() {
    for sub in ["", "a b", "a\0b", "a\u{202e}b", &"s".repeat(4096)] {
        let (bench, sub) = (bench(), sub.to_owned());
        let copy = sub.clone();
        bench.op.edit_id_token(move |c| set(c, "sub", json!(sub)));
        bench.op.edit_userinfo(move |c| set(c, "sub", json!(copy)));
        assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::Subject.into());
    }
}

#[tokio::test]
async fn g12_a_level_above_the_notified_one_is_capped_and_one_below_the_asked_one_refused() {
    let op = op(UserinfoStyle::Json);
    let region = Region::of(&entry("oidc", profile(), HOST, &[]), Level::Low);
    let mut bench = Bench::new("oidc", profile(), op);
    bench.region = region;
    assert_eq!(bench.login().await.unwrap().level(), Level::Low);
    let mut wanted = request();
    wanted.level = Level::Substantial;
    assert_eq!(bench.login_for(&wanted).await.unwrap_err(), AdapterError::LevelNotMet { got: Some(Level::Low) });

    let weaker = self::bench();
    weaker.op.edit_id_token(|c| set(c, "acr", json!("1")));
    assert_eq!(weaker.login_for(&wanted).await.unwrap_err(), AdapterError::LevelNotMet { got: Some(Level::Low) });
}

#[tokio::test]
async fn a_token_without_acr_means_what_the_list_says_and_is_refused_where_it_says_nothing() {
    let bench = bench_with(json!({"acr_absent": {"level": "low", "methods": ["qr"]}}));
    bench.op.edit_id_token(|c| unset(c, "acr"));
    let assertion = bench.login().await.unwrap();
    assert_eq!((assertion.level(), assertion.methods()), (Level::Low, &["qr".to_owned()][..]));
}

#[tokio::test]
async fn g13_an_authentication_longer_ago_than_asked_has_to_be_repeated() {
    let mut wanted = request();
    wanted.max_age = Some(300);
    for (auth_time, expected) in [
        (json!(NOW.minus(300)), Ok(())),
        (json!(NOW.minus(361)), Err(AdapterError::LoginRequired)),
        (json!(NOW.plus(61)), Err(AssertionProblem::AuthTime.into())),
        (json!(null), Err(AssertionProblem::AuthTime.into())),
    ] {
        let (bench, title) = (bench(), auth_time.to_string());
        bench.op.edit_id_token(move |c| set(c, "auth_time", auth_time.clone()));
        assert_eq!(bench.login_for(&wanted).await.map(|_| ()), expected, "{title}");
    }
    let bench = bench();
    bench.op.edit_id_token(|c| unset(c, "auth_time"));
    assert_eq!(bench.login_for(&wanted).await.unwrap_err(), AssertionProblem::AuthTime.into());
    assert!(bench.login().await.is_ok(), "nobody asked for it");
}

#[tokio::test]
async fn g15_the_country_of_a_person_comes_from_the_list_and_never_from_the_token() {
    let bench = bench();
    bench.op.edit_id_token(|c| {
        set(c, "country", json!("XB"));
        set(c, "nationality", json!("XB"));
    });
    assert_eq!(bench.login().await.unwrap().country().as_str(), "XA");
}

#[tokio::test]
async fn g17_userinfo_about_somebody_else_is_refused() {
    let changes: [Change; 3] = [|c| set(c, "sub", json!("other")), |c| unset(c, "sub"), |c| set(c, "sub", json!(1))];
    for change in changes {
        let bench = bench();
        bench.op.edit_userinfo(change);
        assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::UserinfoSubject.into());
    }
}

#[tokio::test]
async fn signed_userinfo_counts_for_the_digest_and_names_the_right_parties() {
    let bench = |edit: Change| {
        let bench = Bench::new("oidc", with(json!({"userinfo": "jws"})), op(UserinfoStyle::Jws));
        bench.op.edit_userinfo(edit);
        bench
    };
    let right = bench(|c| {
        set(c, "iss", json!(ISSUER));
        set(c, "aud", json!(CLIENT_ID));
    })
    .login()
    .await
    .unwrap();
    assert_eq!(right.claims()["name"], "Afi Mensah");
    let unsigned = self::bench().login().await.unwrap();
    assert_ne!(right.assertion_digest(), unsigned.assertion_digest());
    let wrong = bench(|c| set(c, "iss", json!("https://idp.xb.example"))).login().await.unwrap_err();
    assert_eq!(wrong, AssertionProblem::UserinfoIssuer.into());
    let wrong = bench(|c| set(c, "aud", json!("other"))).login().await.unwrap_err();
    assert_eq!(wrong, AssertionProblem::UserinfoAudience.into());
    let changes: [Change; 3] = [
        |c| set(c, "exp", json!(NOW.minus(60))),
        |c| set(c, "nbf", json!(NOW.plus(61))),
        |c| set(c, "iat", json!(NOW.plus(61))),
    ];
    for change in changes {
        assert_eq!(bench(change).login().await.unwrap_err(), AssertionProblem::Expired.into());
    }
    let stranger = bench(|_| {});
    stranger.op.sign_userinfo_with(&OTHER_ES256);
    assert_eq!(stranger.login().await.unwrap_err(), AssertionProblem::KeyUnknown.into());
    // Plain JSON where a signature is promised.
    let plain = Bench::new("oidc", with(json!({"userinfo": "jws"})), op(UserinfoStyle::Json));
    assert_eq!(plain.login().await.unwrap_err(), Unavailable::Protocol.into());
}

#[tokio::test]
async fn g20_two_keys_of_one_name_and_a_key_for_encryption_are_refused() {
    let kid = Kid::parse("same").unwrap();
    let (a, b) = (
        SigningKey::generate(Algorithm::ES256, kid.clone()).unwrap(),
        SigningKey::generate(Algorithm::ES256, kid).unwrap(),
    );
    let bench = bench();
    bench.op.publish(json!({"keys": [a.public_jwk().to_value(), b.public_jwk().to_value()]}));
    bench.op.sign_id_tokens_with(&a, json!({}));
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::KeyAmbiguous.into());

    let bench = self::bench();
    let mut encryption = ES256.public_jwk().to_value();
    encryption["use"] = "enc".into();
    bench.op.publish(json!({"keys": [encryption]}));
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::KeyUnknown.into());
}

#[tokio::test]
async fn g20_a_token_without_a_kid_is_checked_only_where_one_key_can_be_meant() {
    // A `jwk` in the header leaves the kid out; the key in it is not looked at.
    let without_kid = json!({"jwk": OTHER_ES256.public_jwk().to_value()});
    let one = bench();
    one.op.publish(json!({"keys": [ES256.public_jwk().to_value(), RS256.public_jwk().to_value()]}));
    one.op.sign_id_tokens_with(&ES256, without_kid.clone());
    assert!(one.login().await.is_ok());
    let two = bench();
    two.op.publish(json!({"keys": [ES256.public_jwk().to_value(), OTHER_ES256.public_jwk().to_value()]}));
    two.op.sign_id_tokens_with(&ES256, without_kid);
    assert_eq!(two.login().await.unwrap_err(), AssertionProblem::KeyAmbiguous.into());
}

#[tokio::test]
async fn g20_a_new_key_is_found_by_one_refetch_and_made_up_names_do_not_make_us_fetch() {
    let bench = bench();
    bench.login().await.unwrap();
    assert_eq!(bench.op.calls("/jwks"), 1);
    // The provider rotates.
    bench.op.publish(json!({"keys": [ES256.public_jwk().to_value(), OTHER_ES256.public_jwk().to_value()]}));
    bench.op.sign_id_tokens_with(&OTHER_ES256, json!({}));
    bench.login().await.unwrap();
    assert_eq!(bench.op.calls("/jwks"), 2);

    for _ in 0..20 {
        bench.op.sign_id_tokens_with(&SigningKey::generate(Algorithm::ES256, None).unwrap(), json!({}));
        assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::KeyUnknown.into());
    }
    assert_eq!(bench.op.calls("/jwks"), 2, "one refetch a minute");
}

#[tokio::test]
async fn keys_that_the_list_pins_are_the_only_ones_and_nothing_is_fetched_for_them() {
    let mut pinned = entry("oidc", profile(), HOST, &[]);
    pinned.keys = vec![ES256.public_jwk().clone()];
    let mut bench = bench();
    bench.region = Region::of(&pinned, Level::High);
    bench.login().await.unwrap();
    assert_eq!(bench.op.calls("/jwks"), 0);
    bench.op.publish(json!({"keys": [OTHER_ES256.public_jwk().to_value()]}));
    bench.op.sign_id_tokens_with(&OTHER_ES256, json!({}));
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::KeyUnknown.into());

    let by_name = bench_with(json!({"jwks_pin": ["another-kid"]}));
    assert_eq!(by_name.login().await.unwrap_err(), AssertionProblem::KeyUnknown.into());
}

#[tokio::test]
async fn g21_a_token_endpoint_that_breaks_the_protocol_is_unavailable_and_not_followed() {
    let redirect = OutboundResponse {
        status: 302,
        headers: vec![("location".to_owned(), "https://169.254.169.254/".to_owned())],
        body: Vec::new(),
    };
    let cases: [(Result<OutboundResponse, OutboundError>, AdapterError); 14] = [
        (Ok(text_answer(200, "text/html", "<html>")), Unavailable::Protocol.into()),
        (Ok(text_answer(200, "application/json", "{\"id_token\":")), Unavailable::Protocol.into()),
        (
            Ok(text_answer(200, "application/json", r#"{"token_type":"Bearer","token_type":"Bearer"}"#)),
            Unavailable::Protocol.into(),
        ),
        (Ok(json_answer(200, &json!({"access_token": "a", "token_type": "Bearer"}))), Unavailable::Protocol.into()),
        (
            Ok(json_answer(200, &json!({"id_token": "a.b.c", "access_token": "a", "token_type": "mac"}))),
            Unavailable::Protocol.into(),
        ),
        (
            Ok(json_answer(200, &json!({"id_token": "a.b.c", "access_token": "a\r\nb", "token_type": "Bearer"}))),
            Unavailable::Protocol.into(),
        ),
        (Ok(redirect), Unavailable::Protocol.into()),
        (Ok(json_answer(500, &json!({}))), Unavailable::Upstream.into()),
        (Ok(json_answer(429, &json!({}))), Unavailable::Upstream.into()),
        (Ok(json_answer(400, &json!({"error": "invalid_grant"}))), PersonRefusal::TooSlow.into()),
        (Ok(json_answer(401, &json!({"error": "invalid_client"}))), Misconfigured::ClientRefused.into()),
        (Err(OutboundError::TooLarge), Unavailable::Protocol.into()),
        (Err(OutboundError::Compressed), Unavailable::Protocol.into()),
        (Err(OutboundError::Timeout), Unavailable::Timeout.into()),
    ];
    for (answer, expected) in cases {
        let (bench, title) = (bench(), format!("{answer:?}"));
        bench.op.script("/token", answer);
        assert_eq!(bench.login().await.unwrap_err(), expected, "{title}");
        assert_eq!(bench.op.calls("/token"), 1);
    }
}

#[tokio::test]
async fn a_bound_token_that_nobody_asked_for_is_refused() {
    let bench = bench();
    bench.op.edit_tokens(|t| set(t, "token_type", json!("DPoP")));
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::AccessTokenNotBound.into());
}

#[tokio::test]
async fn metadata_of_another_issuer_or_with_foreign_endpoints_is_refused() {
    let metadata = |changes: Value| {
        let mut metadata = json!({
            "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/jwks"), "userinfo_endpoint": format!("{ISSUER}/userinfo"),
        });
        for (name, value) in changes.as_object().unwrap() {
            metadata[name] = value.clone();
        }
        json_answer(200, &metadata)
    };
    let cases = [
        (json!({"issuer": "https://idp.xb.example"}), Misconfigured::DiscoveryIssuer.into()),
        (json!({"issuer": "https://idp.xa.example/"}), Misconfigured::DiscoveryIssuer.into()),
        (json!({"token_endpoint": "https://evil.example/token"}), Misconfigured::HostNotAllowed.into()),
        (json!({"authorization_endpoint": "https://evil.example/"}), Misconfigured::HostNotAllowed.into()),
        (json!({"authorization_endpoint": "javascript:alert(1)"}), Misconfigured::HostNotAllowed.into()),
        (json!({"jwks_uri": "http://idp.xa.example/jwks"}), Misconfigured::HostNotAllowed.into()),
        (json!({"jwks_uri": "https://169.254.169.254/"}), Misconfigured::HostNotAllowed.into()),
        (json!({"userinfo_endpoint": 7}), Misconfigured::EndpointMissing.into()),
        (json!({"token_endpoint": null}), AdapterError::from(Misconfigured::EndpointMissing)),
    ];
    for (changes, expected) in cases {
        let (bench, title) = (bench(), changes.to_string());
        bench.op.script("/.well-known/openid-configuration", Ok(metadata(changes)));
        assert_eq!(bench.begin(&request()).await.unwrap_err(), expected, "{title}");
    }
    let required = bench_with(json!({"par": "required"}));
    required.op.script("/.well-known/openid-configuration", Ok(metadata(json!({}))));
    assert_eq!(required.begin(&request()).await.unwrap_err(), Misconfigured::EndpointMissing.into());
}

#[tokio::test]
async fn no_assertion_of_ours_is_made_for_an_issuer_that_the_entry_does_not_have() {
    let other = "https://idp.xb.example";
    for name in ["discovery_issuer", "token_issuer", "redirect_issuer"] {
        let bench = bench_with(json!({name: other}));
        // What its own server says does not help: it would be XA's server that says it is XB's provider.
        let metadata = json!({
            "issuer": if name == "discovery_issuer" { other } else { ISSUER },
            "authorization_endpoint": format!("{ISSUER}/authorize"), "token_endpoint": format!("{ISSUER}/token"),
            "jwks_uri": format!("{ISSUER}/jwks"),
        });
        bench.op.script("/.well-known/openid-configuration", Ok(json_answer(200, &metadata)));
        assert_eq!(bench.begin(&request()).await.unwrap_err(), Misconfigured::IssuerNotListed.into(), "{name}");
        let jwt = bench.op.id_token_for(|_| {});
        let presented = Presented::IdToken { jwt: &jwt, expected_audience: CLIENT_ID, max_age_secs: 300 };
        assert_eq!(bench.present(&presented).await.unwrap_err(), Misconfigured::IssuerNotListed.into(), "{name}");
        assert_eq!(bench.op.calls("/.well-known/openid-configuration"), 0, "{name}");
    }
}

#[tokio::test]
async fn g02_an_answer_without_the_iss_that_the_metadata_promises_is_a_mix_up() {
    let mut silent = profile();
    silent.as_object_mut().unwrap().remove("redirect_issuer");
    silent["par"] = json!("off");
    for (promised, iss, expected) in [
        (json!(true), None, Err(AdapterError::MixUp)),
        (json!(true), Some(ISSUER), Ok(())),
        (json!(false), None, Ok(())),
        (json!(false), Some("https://idp.xb.example"), Err(AdapterError::MixUp)),
    ] {
        let bench = Bench::new("oidc", silent.clone(), op(UserinfoStyle::Json));
        let metadata = json!({
            "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"),
            "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/jwks"),
            "userinfo_endpoint": format!("{ISSUER}/userinfo"), "authorization_response_iss_parameter_supported": promised,
        });
        bench.op.script("/.well-known/openid-configuration", Ok(json_answer(200, &metadata)));
        let begun = bench.begin(&request()).await.unwrap();
        let mut response = bench.op.person_logs_in(&begun.redirect_to);
        response.iss = iss.map(str::to_owned);
        let completed = bench.complete(&begun.pending, &response).await.map(|_| ());
        assert_eq!(bench.op.calls("/token"), usize::from(expected.is_ok()));
        assert_eq!(completed, expected, "promised: {promised}, iss: {iss:?}");
    }
}

#[tokio::test]
async fn metadata_that_was_kept_is_held_against_the_entry_of_today() {
    let mut bench = bench();
    bench.login().await.unwrap();
    // The country renames its provider, in the list and in the metadata.
    let renamed = "https://idp.xa.example/v2";
    let mut after = entry("oidc", with(json!({"discovery_issuer": renamed, "par": "off"})), HOST, &[]);
    after.issuer_identifiers.push(renamed.to_owned());
    bench.region = Region::of(&after, Level::High);
    let metadata = json!({
        "issuer": renamed, "authorization_endpoint": format!("{ISSUER}/authorize"),
        "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/jwks"),
    });
    bench.op.script("/.well-known/openid-configuration", Ok(json_answer(200, &metadata)));
    bench.begin(&request()).await.unwrap();
    assert_eq!(bench.op.calls("/.well-known/openid-configuration"), 2);
    // The hosts of the entry no longer cover what was kept, and a refetch was just made.
    let mut moved = after;
    moved.hosts = vec!["other.xa.example".to_owned()];
    bench.region = Region::of(&moved, Level::High);
    assert_eq!(bench.begin(&request()).await.unwrap_err(), Misconfigured::HostNotAllowed.into());
}

#[tokio::test]
async fn a_pushed_request_that_is_refused_is_our_configuration() {
    for (answer, expected) in [
        (json_answer(400, &json!({"error": "invalid_request"})), Misconfigured::ClientRefused.into()),
        (json_answer(201, &json!({})), Unavailable::Protocol.into()),
        (json_answer(201, &json!({"request_uri": ""})), Unavailable::Protocol.into()),
        (json_answer(503, &json!({})), AdapterError::from(Unavailable::Upstream)),
    ] {
        let bench = bench();
        bench.op.script("/par", Ok(answer));
        assert_eq!(bench.begin(&request()).await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn f9_a_country_that_is_down_is_left_alone_and_tried_again_later() {
    let mut bench = bench();
    for attempt in 1..=5 {
        bench.op.script("/.well-known/openid-configuration", Err(OutboundError::Connect));
        assert_eq!(bench.begin(&request()).await.unwrap_err(), Unavailable::Connect.into());
        // Whoever comes a moment later is told the same, and nobody is asked again.
        assert_eq!(bench.begin(&request()).await.unwrap_err(), Unavailable::Connect.into());
        assert_eq!(bench.op.calls("/.well-known/openid-configuration"), attempt);
        bench.now = bench.now.plus(6);
    }
    assert_eq!(bench.begin(&request()).await.unwrap_err(), Unavailable::CircuitOpen.into());
    assert!(matches!(bench.outbound.health("XA".parse().unwrap(), bench.now), Health::Down { .. }));
    assert_eq!(bench.outbound.health("XB".parse().unwrap(), bench.now), Health::Up);
    assert_eq!(bench.op.calls("/.well-known/openid-configuration"), 5);
    bench.now = bench.now.plus(30);
    assert!(bench.begin(&request()).await.is_ok());
}

#[tokio::test]
async fn metadata_and_keys_are_fetched_once_for_many_logins() {
    let bench = bench();
    for _ in 0..5 {
        bench.login().await.unwrap();
    }
    assert_eq!((bench.op.calls("/.well-known/openid-configuration"), bench.op.calls("/jwks")), (1, 1));
    assert_eq!((bench.op.calls("/token"), bench.op.calls("/userinfo")), (5, 5));
}

#[tokio::test]
async fn an_id_token_of_another_client_of_that_provider_can_be_exchanged_by_that_client_only() {
    let bench = bench();
    let jwt = bench.op.id_token_for(|c| set(c, "aud", json!("pension-fund")));
    let presented = |expected_audience, max_age_secs| Presented::IdToken { jwt: &jwt, expected_audience, max_age_secs };
    assert_eq!(presented("pension-fund", 300).claimed_issuer().as_deref(), Some(ISSUER));
    let assertion = bench.present(&presented("pension-fund", 300)).await.unwrap();
    assert_eq!((assertion.subject().expose(), assertion.level()), (SUBJECT, Level::Substantial));
    assert!(assertion.one_time_id().is_some());
    for audience in ["", CLIENT_ID, "other"] {
        let error = bench.present(&presented(audience, 300)).await.unwrap_err();
        assert_eq!(error, AssertionProblem::Audience.into(), "{audience}");
    }
    assert_eq!(
        bench.present(&Presented::Claim169 { qr: "6BF" }).await.unwrap_err(),
        Unsupported::PresentationKind.into()
    );
}

#[tokio::test]
async fn f01_an_exchanged_token_is_held_to_every_rule_but_the_nonce() {
    use AssertionProblem as P;
    let cases: [(&str, Change, P); 5] = [
        ("expired", |c| set(c, "exp", json!(NOW.minus(60))), P::Expired),
        ("too old", |c| set(c, "iat", json!(NOW.minus(301))), P::TooOld),
        ("another issuer", |c| set(c, "iss", json!("https://idp.xb.example")), P::Issuer),
        ("no acr", |c| unset(c, "acr"), P::AcrUnknown),
        ("no sub", |c| unset(c, "sub"), P::Subject),
    ];
    let bench = bench();
    for (title, change, expected) in cases {
        let jwt = bench.op.id_token_for(change);
        let presented = Presented::IdToken { jwt: &jwt, expected_audience: CLIENT_ID, max_age_secs: 300 };
        assert_eq!(bench.present(&presented).await.unwrap_err(), expected.into(), "{title}");
    }
}

#[tokio::test]
async fn f09_a_token_has_one_name_even_when_its_signature_is_rewritten() {
    let bench = bench();
    let name = async |jwt: &str| {
        let presented = Presented::IdToken { jwt, expected_audience: CLIENT_ID, max_age_secs: 300 };
        bench.present(&presented).await.unwrap().one_time_id().unwrap()
    };
    // ECDSA: every signing gives another signature over the same text.
    let (first, again) = (bench.op.id_token_for(|_| {}), bench.op.id_token_for(|_| {}));
    assert_ne!(first, again);
    assert_eq!(name(&first).await, name(&again).await);
    let other = bench.op.id_token_for(|c| set(c, "jti", json!("another")));
    assert_ne!(name(&first).await, name(&other).await);
}
