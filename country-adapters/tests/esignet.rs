//! The kit `esignet` against a scripted eSignet 1.8: its habits, and its negative cases.

#![cfg(test)]
#![expect(clippy::needless_pass_by_value, reason = "`json!(..)` reads better without a reference in front")]

mod support;

use country_adapters::outbound::Method;
use country_adapters::{
    AdapterError, AssertionProblem, AuthorizationResponse, PersonRefusal, Presented, ProfileError, SubjectStability,
    Unavailable, UpstreamKeys,
};
use serde_json::{Value, json};
use strict_jose::jwe::{Compress, Decrypter, Encrypter};
use strict_jose::{Algorithm, Kid, SigningKey};
use support::op::{Claims, DpopStyle, FakeOp, SUBJECT, Style, UserinfoStyle, text_answer};
use support::region::{Region, entry};
use support::{Bench, CLIENT_ID, ES256, KEYS, NOW, PS256, RS256, request, style};
use trust_list::Level;

const HOST: &str = "esignet.xa.example";
const ISSUER: &str = "https://esignet.xa.example";
const OTP: &str = "mosip:idp:acr:generated-code";
const BIO: &str = "mosip:idp:acr:biometrics";

fn profile() -> Value {
    json!({
        "dialect": "1.8",
        "discovery_url": format!("{ISSUER}/.well-known/openid-configuration"),
        "discovery_issuer": ISSUER,
        "token_issuer": ISSUER,
        "redirect_issuer": ISSUER,
        "client_id": CLIENT_ID,
        "id_token_algs": ["PS256"],
        "userinfo_algs": ["RS256"],
        "userinfo_format": "jws",
        "userinfo_binding": "absent",
        "par": "required",
        "dpop": "required",
        "dpop_alg": "PS256",
        "assertion_alg": "PS256",
        "assertion_aud": "issuer",
        "acr_map": {
            OTP: {"level": "substantial", "methods": ["otp"]},
            BIO: {"level": "high", "methods": ["bio"]},
            "mosip:idp:acr:static-code": {"level": "low", "methods": ["pin"]},
        },
        "claims_locales": ["fr", "pt"],
        "claims_locale_style": "alpha3",
        "claims_locale_suffix": "ida",
        "gender_map": {"Femme": "female", "Homme": "male"},
        "scopes": ["openid"],
        "subject_stability": "stable",
        "trust_framework": "XA-MOSIP",
    })
}

fn with(changes: Value) -> Value {
    let mut profile = profile();
    for (name, value) in changes.as_object().unwrap() {
        profile[name] = value.clone();
    }
    profile
}

fn ida_userinfo() -> Value {
    json!({
        "sub": SUBJECT, "name#fr": "Afi Mensah", "name#po": "Afi Mensah", "birthdate": "1991/03/08", "gender": "Femme",
        "phone_number": "+22890112345", "address#fr": {"formatted#fr": "12 rue du Port, Lomé"},
        "individual_id": "5827193643", "email": "",
    })
}

fn esignet(userinfo: UserinfoStyle) -> Style {
    Style { dpop: DpopStyle::NonceFirst, ..style(HOST, OTP, userinfo, ida_userinfo()) }
}

fn bench_of(profile: Value, style: Style) -> Bench {
    Bench::new("esignet", profile, FakeOp::new(style, &PS256, &RS256))
}

fn bench() -> Bench {
    bench_of(profile(), esignet(UserinfoStyle::Jws))
}

fn set(claims: &mut Claims, name: &str, value: Value) {
    claims.insert(name.to_owned(), value);
}

/// Userinfo encrypted to the hub.
fn jwe(zip: Compress) -> UserinfoStyle {
    let keys = KEYS.public_jwks();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["use"] == "enc").unwrap();
    UserinfoStyle::Jwe(Encrypter::new(&strict_jose::PublicJwk::parse(key).unwrap()).unwrap(), zip)
}

#[tokio::test]
async fn a_login_gives_an_assertion_in_the_hubs_words() {
    let assertion = bench().login().await.unwrap();
    assert_eq!(assertion.subject().expose(), SUBJECT);
    assert_eq!((assertion.level(), assertion.methods()), (Level::Substantial, &["otp".to_owned()][..]));
    assert_eq!(
        json!(assertion.claims()),
        json!({
            "name": "Afi Mensah", "name#fr": "Afi Mensah", "name#pt": "Afi Mensah", "birthdate": "1991-03-08",
            "gender": "female", "phone_number": "+22890112345", "address": {"formatted": "12 rue du Port, Lomé"},
            "address#fr": {"formatted": "12 rue du Port, Lomé"},
        })
    );
    assert_eq!(assertion.subject_stability(), SubjectStability::Stable);
    assert_eq!(assertion.trust_framework(), "XA-MOSIP");
}

#[tokio::test]
async fn the_request_names_levels_and_claims_and_never_the_number() {
    let bench = bench_of(with(json!({"par": "off"})), esignet(UserinfoStyle::Jws));
    let mut wanted = request();
    wanted.level = Level::Substantial;
    wanted.claims.insert("individual_id".to_owned());
    let url = bench.begin(&wanted).await.unwrap().redirect_to;
    let parameter = |name: &str| url.query_pairs().find(|(own, _)| own == name).unwrap().1.into_owned();
    let claims: Value = serde_json::from_str(&parameter("claims")).unwrap();
    assert_eq!(claims["userinfo"], json!({"name": null, "birthdate": null}));
    assert_eq!(claims["id_token"]["acr"]["values"], json!([BIO, OTP]));
    assert_eq!(parameter("claims_locales"), "fra por");
    assert_eq!(parameter("code_challenge_method"), "S256");
}

#[tokio::test]
async fn every_call_is_refused_once_for_a_nonce_and_made_again_with_new_identifiers() {
    let bench = bench();
    bench.login().await.unwrap();
    // The nonce of the token endpoint still holds at userinfo.
    assert_eq!((bench.op.calls("/token"), bench.op.calls("/userinfo")), (2, 1));
    let assertions: Vec<String> = bench
        .op
        .seen("/token")
        .iter()
        .map(|r| r.form.iter().find(|(name, _)| name == "client_assertion").unwrap().1.clone())
        .collect();
    assert_ne!(assertions[0], assertions[1]);
    assert!(bench.op.seen("/par").iter().all(|r| r.method == Method::Post));
}

#[tokio::test]
async fn userinfo_may_demand_a_nonce_of_its_own_without_naming_a_scheme() {
    let bench = bench_of(profile(), Style { dpop: DpopStyle::NonceEachEndpoint, ..esignet(UserinfoStyle::Jws) });
    bench.login().await.unwrap();
    assert_eq!((bench.op.calls("/token"), bench.op.calls("/userinfo")), (2, 2));
}

#[tokio::test]
async fn a_nonce_that_changes_every_time_is_given_up_after_two() {
    let style = Style { dpop: DpopStyle::NonceAlways, ..esignet(UserinfoStyle::Jws) };
    let bench = bench_of(profile(), style);
    assert_eq!(bench.login().await.unwrap_err(), Unavailable::DpopNonce.into());
    assert_eq!(bench.op.calls("/token"), 2);
}

#[tokio::test]
async fn a_token_that_is_not_bound_to_us_is_refused_where_the_profile_demands_it() {
    let not_bound = AdapterError::from(AssertionProblem::AccessTokenNotBound);
    // A build that does not enforce DPoP though it is switched on.
    let bearer = Style { dpop: DpopStyle::Ignored, ..esignet(UserinfoStyle::Jws) };
    assert_eq!(bench_of(profile(), bearer.clone()).login().await.unwrap_err(), not_bound);
    assert!(bench_of(with(json!({"dpop": "optional"})), bearer.clone()).login().await.is_ok());
    assert!(bench_of(with(json!({"dpop": "off"})), bearer).login().await.is_ok());

    let stolen = bench();
    stolen.op.edit_access_token(|c| set(c, "cnf", json!({"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"})));
    assert_eq!(stolen.login().await.unwrap_err(), not_bound);
    let unbound = bench();
    unbound.op.edit_access_token(|c| {
        c.remove("cnf");
    });
    assert_eq!(unbound.login().await.unwrap_err(), not_bound);
}

#[tokio::test]
async fn userinfo_that_is_encrypted_and_compressed_is_read() {
    for (zip, field) in [(Compress::Deflate, "def"), (Compress::No, "never"), (Compress::No, "def")] {
        let bench = bench_of(with(json!({"userinfo_format": "JWE", "jwe_zip": field})), esignet(jwe(zip)));
        assert_eq!(bench.login().await.unwrap().claims()["name"], "Afi Mensah");
    }
}

#[tokio::test]
async fn q01_compressed_userinfo_is_refused_where_the_profile_says_never_and_inflated_to_the_cap_elsewhere() {
    let refused = bench_of(with(json!({"userinfo_format": "jwe"})), esignet(jwe(Compress::Deflate)));
    assert_eq!(refused.login().await.unwrap_err(), AssertionProblem::UserinfoMalformed.into());

    let bomb = bench_of(with(json!({"userinfo_format": "jwe", "jwe_zip": "def"})), esignet(jwe(Compress::Deflate)));
    let UserinfoStyle::Jwe(key, zip) = jwe(Compress::Deflate) else { unreachable!() };
    let ten_mib = key.encrypt(&vec![b'A'; 10 << 20], Some("JWT"), zip).unwrap();
    bomb.op.script("/userinfo", Ok(text_answer(200, "application/jwt", &ten_mib)));
    assert_eq!(bomb.login().await.unwrap_err(), AssertionProblem::UserinfoTooLarge.into());
}

#[tokio::test]
async fn q02_userinfo_encrypted_in_another_way_or_to_another_key_is_refused() {
    let stranger = Decrypter::generate(Kid::parse("stranger").unwrap()).unwrap();
    let to_stranger = UserinfoStyle::Jwe(Encrypter::new(stranger.public_jwk()).unwrap(), Compress::No);
    let bench = bench_of(with(json!({"userinfo_format": "jwe"})), esignet(to_stranger));
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::UserinfoMalformed.into());

    let listed = with(json!({"userinfo_format": "jwe", "jwe_keys": ["another-key"]}));
    let bench = bench_of(listed, esignet(jwe(Compress::No)));
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::UserinfoMalformed.into());

    for alg in ["RSA1_5", "dir", "PBES2-HS256+A128KW"] {
        let header = strict_jose::b64::encode(json!({"alg": alg, "enc": "A256GCM", "p2c": 1_000_000}).to_string());
        let bench = bench_of(with(json!({"userinfo_format": "jwe"})), esignet(UserinfoStyle::Jws));
        let answer =
            text_answer(200, "application/jwt", &format!("{header}.AA.AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA"));
        bench.op.script("/userinfo", Ok(answer));
        assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::UserinfoMalformed.into(), "{alg}");
    }
}

#[tokio::test]
async fn userinfo_in_another_form_than_the_profiles_is_refused() {
    let jws_for_jwe = bench_of(with(json!({"userinfo_format": "jwe"})), esignet(UserinfoStyle::Jws));
    assert_eq!(jws_for_jwe.login().await.unwrap_err(), AssertionProblem::UserinfoMalformed.into());
    let jwe_for_jws = bench_of(profile(), esignet(jwe(Compress::No)));
    assert_eq!(jwe_for_jws.login().await.unwrap_err(), AssertionProblem::UserinfoMalformed.into());
    let json_for_jws = bench_of(profile(), esignet(UserinfoStyle::Json));
    assert_eq!(json_for_jws.login().await.unwrap_err(), Unavailable::Protocol.into());
}

#[tokio::test]
async fn g17_userinfo_about_somebody_else_is_refused() {
    let bench = bench();
    bench.op.edit_userinfo(|c| set(c, "sub", json!("294837465019283746501928374650192838")));
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::UserinfoSubject.into());
}

#[tokio::test]
async fn userinfo_names_us_in_the_way_the_profile_says_and_a_wrong_name_always_fails() {
    let aud = |profile: Value, aud: Option<&'static str>| {
        let bench = bench_of(with(profile), esignet(UserinfoStyle::Jws));
        bench.op.edit_userinfo(move |c| {
            if let Some(aud) = aud {
                set(c, "aud", json!(aud));
            }
        });
        async move { bench.login().await.map(|_| ()) }
    };
    let wrong = Err(AssertionProblem::UserinfoAudience.into());
    let partner = || json!({"userinfo_binding": "partner_id", "partner_id": "partner-7"});
    assert_eq!(aud(json!({}), None).await, Ok(()));
    assert_eq!(aud(json!({}), Some(CLIENT_ID)).await, Ok(()));
    assert_eq!(aud(json!({}), Some("other")).await, wrong);
    assert_eq!(aud(json!({"userinfo_binding": "client_id"}), Some(CLIENT_ID)).await, Ok(()));
    assert_eq!(aud(json!({"userinfo_binding": "client_id"}), None).await, wrong);
    assert_eq!(aud(partner(), Some("partner-7")).await, Ok(()));
    assert_eq!(aud(partner(), Some(CLIENT_ID)).await, wrong);
    assert_eq!(aud(partner(), None).await, wrong);
}

#[tokio::test]
async fn userinfo_may_name_its_own_issuer_and_no_other() {
    let iss = |profile: Value, iss: &'static str| {
        let bench = bench_of(with(profile), esignet(UserinfoStyle::Jws));
        bench.op.edit_userinfo(move |c| set(c, "iss", json!(iss)));
        async move { bench.login().await.map(|_| ()) }
    };
    let mock = || json!({"userinfo_issuer": "https://esignet.xa.example/v1/esignet"});
    let wrong = Err(AssertionProblem::UserinfoIssuer.into());
    assert_eq!(iss(json!({}), ISSUER).await, Ok(()));
    assert_eq!(iss(mock(), "https://esignet.xa.example/v1/esignet").await, Ok(()));
    assert_eq!(iss(mock(), ISSUER).await, wrong);
    assert_eq!(iss(json!({}), "https://esignet.xb.example").await, wrong);
    for (claim, value) in [("exp", NOW.minus(61)), ("iat", NOW.plus(61))] {
        let bench = bench();
        bench.op.edit_userinfo(move |c| set(c, claim, json!(value)));
        assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::Expired.into(), "{claim}");
    }
}

#[tokio::test]
async fn rs256_and_ps256_are_not_taken_for_one_another() {
    // The key that signs userinfo signs an ID token.
    let id_token = bench();
    id_token.op.sign_id_tokens_with(&RS256, json!({}));
    assert_eq!(id_token.login().await.unwrap_err(), AssertionProblem::AlgorithmNotAllowed.into());
    let userinfo = bench();
    userinfo.op.sign_userinfo_with(&PS256);
    assert_eq!(userinfo.login().await.unwrap_err(), AssertionProblem::AlgorithmNotAllowed.into());
}

#[tokio::test]
async fn l02_a_key_of_another_country_is_unknown() {
    let other = SigningKey::generate(Algorithm::PS256, None).unwrap();
    let bench = bench();
    bench.op.sign_id_tokens_with(&other, json!({}));
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::KeyUnknown.into());
}

#[tokio::test]
async fn a_key_set_with_keys_past_their_end_and_broken_entries_is_used_as_far_as_it_goes() {
    let keys = |exp: Value| {
        let mut id_key = PS256.public_jwk().to_value();
        id_key["exp"] = exp;
        id_key.as_object_mut().unwrap().remove("alg");
        // An EC certificate of which only RSA members were copied.
        json!({"keys": [{"kty": "EC", "kid": "broken", "use": "sig"}, {"kty": "oct", "k": "AA"}, id_key, RS256.public_jwk().to_value()]})
    };
    let good = bench();
    good.op.publish(keys(json!(NOW.plus(1))));
    assert!(good.login().await.is_ok());
    let retired = bench();
    retired.op.publish(keys(json!(NOW)));
    assert_eq!(retired.login().await.unwrap_err(), AssertionProblem::KeyExpired.into());
}

#[tokio::test]
async fn several_factors_reach_the_level_of_the_best_and_an_unknown_one_none() {
    let acr = |value: &'static str| {
        let bench = bench();
        bench.op.edit_id_token(move |c| set(c, "acr", json!(value)));
        async move { bench.login().await }
    };
    let both = acr("mosip:idp:acr:generated-code mosip:idp:acr:biometrics").await.unwrap();
    assert_eq!((both.level(), both.methods().len()), (Level::High, 2));
    let unknown = acr("mosip:idp:acr:generated-code mosip:idp:acr:linked-wallet").await.unwrap_err();
    assert_eq!(unknown, AssertionProblem::AcrUnknown.into());
}

#[tokio::test]
async fn a_level_that_was_silently_lowered_is_noticed() {
    let bench = bench();
    let mut wanted = request();
    wanted.level = Level::High;
    // eSignet drops what it does not know and offers every method; the person chose the code by SMS.
    assert_eq!(
        bench.login_for(&wanted).await.unwrap_err(),
        AdapterError::LevelNotMet { got: Some(Level::Substantial) }
    );
    assert_eq!(bench.op.calls("/userinfo"), 0, "nothing is asked about a person who is not let in");
}

#[tokio::test]
async fn g10_an_id_token_without_at_hash_or_with_another_is_refused() {
    let without = bench();
    without.op.edit_id_token(|c| {
        c.remove("at_hash");
    });
    assert_eq!(without.login().await.unwrap_err(), AssertionProblem::AtHash.into());
    let other = bench();
    other.op.edit_id_token(|c| set(c, "at_hash", json!("0H8xW3n1bVQk2mZrT5yLdA")));
    assert_eq!(other.login().await.unwrap_err(), AssertionProblem::AtHash.into());
}

#[tokio::test]
async fn an_error_without_iss_is_taken_and_one_with_anothers_is_not() {
    let bench = bench();
    let begun = bench.begin(&request()).await.unwrap();
    let error = |code: &str, iss: Option<&str>| AuthorizationResponse {
        code: None,
        iss: iss.map(str::to_owned),
        error: Some(code.to_owned()),
    };
    for (code, expected) in [
        ("consent_details_rejected", AdapterError::Person(PersonRefusal::Denied)),
        ("transaction_timeout", PersonRefusal::TooSlow.into()),
        ("no_attempts_left", PersonRefusal::Locked.into()),
        ("auth_factor_mismatch", AdapterError::LevelNotMet { got: None }),
        ("ekyc_failed", Unavailable::Upstream.into()),
    ] {
        assert_eq!(bench.complete(&begun.pending, &error(code, None)).await.unwrap_err(), expected, "{code}");
    }
    let mixed = bench.complete(&begun.pending, &error("access_denied", Some("https://esignet.xb.example"))).await;
    assert_eq!(mixed.unwrap_err(), AdapterError::MixUp);
    // A code is another matter.
    let mut good = bench.op.person_logs_in(&begun.redirect_to);
    good.iss = None;
    assert_eq!(bench.complete(&begun.pending, &good).await.unwrap_err(), AdapterError::MixUp);
    assert_eq!(bench.op.calls("/token"), 0);
}

#[tokio::test]
async fn token_issuer_and_metadata_issuer_are_two_things() {
    let split = || {
        let profile = with(json!({"token_issuer": "https://esignet.xa.example/v1/esignet"}));
        let mut listed = entry("esignet", profile.clone(), HOST, &[]);
        listed.issuer_identifiers.push("https://esignet.xa.example/v1/esignet".to_owned());
        let mut bench = bench_of(profile, esignet(UserinfoStyle::Jws));
        bench.region = Region::of(&listed, Level::High);
        bench
    };
    let bench = split();
    assert_eq!(bench.login().await.unwrap_err(), AssertionProblem::Issuer.into());
    let bench = split();
    bench.op.edit_id_token(|c| set(c, "iss", json!("https://esignet.xa.example/v1/esignet")));
    assert!(bench.login().await.is_ok());
}

#[tokio::test]
async fn empty_texts_and_a_portrait_that_is_too_large_are_left_out() {
    let bench = bench();
    bench.op.edit_userinfo(|c| {
        set(c, "name#fr", json!(""));
        set(c, "picture", json!(format!("data:image/jpeg;base64,{}", "A".repeat(100 * 1024))));
    });
    let assertion = bench.login().await.unwrap();
    assert!(!assertion.claims().contains_key("picture") && !assertion.claims().contains_key("name#fr"));
    assert_eq!(assertion.claims()["name"], "Afi Mensah", "the other language stands in");
}

#[tokio::test]
async fn the_profile_may_take_fewer_claims_than_the_list_allows() {
    let bench = bench_of(with(json!({"allowed_claims": ["birthdate"]})), esignet(UserinfoStyle::Jws));
    assert_eq!(json!(bench.login().await.unwrap().claims()), json!({"birthdate": "1991-03-08"}));
}

#[tokio::test]
async fn an_id_token_can_be_exchanged_and_carries_no_claims() {
    let bench = bench();
    let jwt = bench.op.id_token_for(|c| set(c, "aud", json!("pension-fund")));
    let presented = Presented::IdToken { jwt: &jwt, expected_audience: "pension-fund", max_age_secs: 300 };
    let assertion = bench.present(&presented).await.unwrap();
    assert_eq!(assertion.subject().expose(), SUBJECT);
    assert!(assertion.claims().is_empty());
}

#[tokio::test]
async fn a_hub_without_the_right_key_says_so_before_it_sends_anything() {
    let bench = bench();
    let none = UpstreamKeys::new();
    let ctx = country_adapters::Context { outbound: &bench.outbound, now: NOW, client_keys: &none };
    let begun = bench.adapter().begin(&bench.issuer(), &request(), &ctx).await;
    assert_eq!(begun.unwrap_err(), country_adapters::Misconfigured::NoClientKey.into());
    assert_eq!(bench.op.calls("/par"), 0);
}

#[test]
fn a_profile_with_a_mistake_is_refused_before_it_is_signed() {
    let registry = country_adapters::Registry::standard();
    let check = |changes: Value| registry.adapter("esignet").unwrap().check_profile(&with(changes));
    assert_eq!(check(json!({})), Ok(()));
    for dialect in ["1.6", "1.7", "go", "2.0"] {
        assert_eq!(check(json!({"dialect": dialect})), Err(ProfileError::Dialect(dialect.to_owned())));
    }
    for changes in [
        json!({"dpop": "requried"}),
        json!({"dpopp": "required"}),
        json!({"id_token_algs": ["none"]}),
        json!({"id_token_algs": ["HS256"]}),
        json!({"acr_map": {OTP: {"level": "very high"}}}),
        json!({"client_auth": "client_secret_basic"}),
    ] {
        assert!(matches!(check(changes.clone()), Err(ProfileError::Malformed(_))), "{changes}");
    }
    assert_eq!(check(json!({"id_token_algs": []})), Err(ProfileError::Empty("id_token_algs")));
    assert_eq!(check(json!({"userinfo_algs": []})), Err(ProfileError::Empty("userinfo_algs")));
    assert_eq!(check(json!({"acr_map": {}})), Err(ProfileError::Empty("acr_map")));
    assert_eq!(check(json!({"dpop_alg": "EdDSA"})), Err(ProfileError::Algorithm("dpop_alg")));
    assert_eq!(
        check(json!({"token_issuer": "http://esignet.xa.example"})),
        Err(ProfileError::NotHttps("token_issuer"))
    );
    assert_eq!(
        check(json!({"discovery_url": "https://u:p@esignet.xa.example/"})),
        Err(ProfileError::NotHttps("discovery_url"))
    );
    assert!(matches!(check(json!({"redirect_issuer": null})), Err(ProfileError::Contradiction(_))));
    assert!(matches!(check(json!({"jwe_zip": "def"})), Err(ProfileError::Contradiction(_))));
    assert!(matches!(check(json!({"userinfo_binding": "partner_id"})), Err(ProfileError::Contradiction(_))));
    assert!(matches!(check(json!({"jwks_max_age": 0})), Err(ProfileError::Contradiction(_))));
    let _ = &*ES256;
}
