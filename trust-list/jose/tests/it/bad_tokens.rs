//! Tokens that the right key really signed, and that are refused all the same.

use serde_json::{Map, json};
use strict_jose::{Algorithm, ClaimError, CompactJws, HeaderError, JwsError, Limits, TimeError, UnixTime, b64};

use crate::support::{key, sign_raw};

const GOOD: &str = r#"{"iss":"https://idp.example","aud":"hub","iat":1764000000,"exp":1764000060}"#;

fn refusal(token: &str) -> JwsError {
    CompactJws::parse(token, &Limits::TOKEN).expect_err(token)
}

#[test]
fn a_good_token_passes_so_that_the_others_prove_something() {
    let token = sign_raw(key(Algorithm::ES256), r#"{"alg":"ES256","kid":"ES256-1","typ":"JWT"}"#, GOOD);
    let jws = CompactJws::parse(&token, &Limits::TOKEN).unwrap();
    assert_eq!(jws.payload_unverified(), GOOD.as_bytes());
    let verified = jws.verify(key(Algorithm::ES256).verifier()).unwrap();
    assert_eq!((verified.as_str(), verified.payload()), (token.as_str(), GOOD.as_bytes()));
    assert_eq!(verified.claims().unwrap().required_time("exp").unwrap(), UnixTime::new(1_764_000_060));
}

#[test]
fn d01_a_token_with_a_forbidden_algorithm_is_refused() {
    for alg in ["none", "None", "nOnE", "HS256", "HS384", "RS1", "ES256K", "es256", ""] {
        let token = sign_raw(key(Algorithm::ES256), &json!({ "alg": alg }).to_string(), GOOD);
        assert!(matches!(refusal(&token), JwsError::Header(HeaderError::Alg(_))), "{alg}");
    }
}

#[test]
fn a_header_that_is_not_exactly_understood_is_refused() {
    type Expected = fn(&HeaderError) -> bool;
    let table: &[(&str, Expected)] = &[
        (r"{}", |e| matches!(e, HeaderError::AlgMissing)),
        (r#"{"alg":null}"#, |e| matches!(e, HeaderError::NotAString("alg"))),
        (r#"{"alg":["ES256"]}"#, |e| matches!(e, HeaderError::NotAString("alg"))),
        (r#"{"alg":"ES256","kid":1}"#, |e| matches!(e, HeaderError::NotAString("kid"))),
        (r#"{"alg":"ES256","kid":"../../dev/null"}"#, |e| matches!(e, HeaderError::Kid(_))),
        (r#"{"alg":"ES256","typ":["JWT"]}"#, |e| matches!(e, HeaderError::NotAString("typ"))),
        (r#"{"alg":"ES256","cty":{}}"#, |e| matches!(e, HeaderError::NotAString("cty"))),
        (r#"{"alg":"ES256","crit":["exp"]}"#, |e| matches!(e, HeaderError::Extension("crit"))),
        (r#"{"alg":"ES256","crit":[]}"#, |e| matches!(e, HeaderError::Extension("crit"))),
        (r#"{"alg":"ES256","crit":"exp"}"#, |e| matches!(e, HeaderError::Extension("crit"))),
        (r#"{"alg":"ES256","crit":[1]}"#, |e| matches!(e, HeaderError::Extension("crit"))),
        (r#"{"alg":"ES256","crit":null}"#, |e| matches!(e, HeaderError::Extension("crit"))),
        (r#"{"alg":"ES256","crit":["b64"],"b64":false}"#, |e| matches!(e, HeaderError::Extension("crit"))),
        (r#"{"alg":"ES256","b64":false}"#, |e| matches!(e, HeaderError::Extension("b64"))),
        (r#"{"alg":"ES256","b64":true}"#, |e| matches!(e, HeaderError::Extension("b64"))),
        (r#"{"alg":"ES256","zip":"DEF"}"#, |e| matches!(e, HeaderError::Extension("zip"))),
        (r#"{"alg":"HS256","alg":"ES256"}"#, |e| matches!(e, HeaderError::Json(_))),
        (r#"{"alg":"ES256","\u0061lg":"ES256"}"#, |e| matches!(e, HeaderError::Json(_))),
        (r#"{"alg":"ES256","x":{"a":1,"a":1}}"#, |e| matches!(e, HeaderError::Json(_))),
        (r#"["alg","ES256"]"#, |e| matches!(e, HeaderError::Json(_))),
        (r#""ES256""#, |e| matches!(e, HeaderError::Json(_))),
        (r#"{"alg":"ES256"} x"#, |e| matches!(e, HeaderError::Json(_))),
        (r#"{"alg":"ES256"}{}"#, |e| matches!(e, HeaderError::Json(_))),
        ("\u{feff}{\"alg\":\"ES256\"}", |e| matches!(e, HeaderError::Json(_))),
        (r#"{"alg":"ES256",}"#, |e| matches!(e, HeaderError::Json(_))),
        ("\0", |e| matches!(e, HeaderError::Json(_))),
    ];
    for (header, expected) in table {
        let token = sign_raw(key(Algorithm::ES256), header, GOOD);
        match refusal(&token) {
            JwsError::Header(error) if expected(&error) => {}
            other => panic!("{header}: {other:?}"),
        }
    }
}

#[test]
fn q03_deep_json_is_refused_in_header_and_payload() {
    let deep = format!("{}1{}", r#"{"a":"#.repeat(10_000), "}".repeat(10_000));
    let header = format!(r#"{{"alg":"ES256","a":{}1{}}}"#, "[".repeat(16), "]".repeat(16));
    assert!(matches!(refusal(&sign_raw(key(Algorithm::ES256), &header, GOOD)), JwsError::Header(HeaderError::Json(_))));
    // 10,000 levels need more than the 64 KiB of a token; with room enough they are still refused.
    let token = sign_raw(key(Algorithm::ES256), r#"{"alg":"ES256"}"#, &deep);
    assert!(matches!(refusal(&token), JwsError::TooLarge { .. }));
    let jws = CompactJws::parse(&token, &Limits::LIST).unwrap();
    let claims = jws.verify(key(Algorithm::ES256).verifier()).unwrap().claims();
    assert!(matches!(claims, Err(ClaimError::Json(strict_jose::JsonError::TooDeep { max: 16 }))));
}

#[test]
fn anything_but_three_canonical_segments_is_refused() {
    let good = sign_raw(key(Algorithm::ES256), r#"{"alg":"ES256"}"#, GOOD);
    let (input, signature) = good.rsplit_once('.').unwrap();
    let (header, payload) = input.split_once('.').unwrap();
    let flattened = json!({ "protected": header, "payload": payload, "signature": signature }).to_string();
    let detached = format!("{header}..{signature}");
    for text in [
        "",
        ".",
        "..",
        "...",
        input,
        &format!("{good}."),
        &format!(".{good}"),
        &format!("{good}.{signature}"),
        &detached,
    ] {
        assert!(matches!(refusal(text), JwsError::NotThreeSegments), "{text}");
    }
    for text in [&flattened, &format!("{input}."), &format!("{input}.."), "a.b", "a b c"] {
        assert!(matches!(refusal(text), JwsError::NotThreeSegments), "{text}");
    }
    for text in [
        &format!("{good}="),
        &format!("{good}=="),
        &format!(" {good}"),
        &format!("{good} "),
        &format!("{good}\n"),
        &format!("{header}.{payload}=.{signature}"),
        &format!("{header}.{payload}\r\n.{signature}"),
        &format!("{header}. {payload}.{signature}"),
        &format!("{header}.{payload}./{}", signature.get(1..).unwrap()),
        &format!("{header}.{payload}.{}+", signature.get(1..).unwrap()),
        &format!("{header}.{payload}.{}é", signature.get(1..).unwrap()),
    ] {
        let refused = matches!(refusal(text), JwsError::Base64(_));
        // Without '-' or '_' in this signature the replaced text is the good one.
        assert!(refused || *text == good, "{text}");
    }
}

#[test]
fn a_second_spelling_of_the_last_byte_is_refused() {
    let good = sign_raw(key(Algorithm::ES256), r#"{"alg":"ES256"}"#, GOOD);
    // 64 bytes are 85 characters and 2 bits: the last character has 4 unused bits, which must be zero.
    let (rest, last) = good.split_at(good.len() - 1);
    for other in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
        let token = format!("{rest}{other}");
        match CompactJws::parse(&token, &Limits::TOKEN) {
            Ok(jws) => assert_eq!(jws.verify(key(Algorithm::ES256).verifier()).is_ok(), last == other.to_string()),
            Err(error) => assert!(matches!(error, JwsError::Base64("signature"))),
        }
    }
}

#[test]
fn a_token_larger_than_its_limit_is_refused_before_it_is_read() {
    let payload = format!(r#"{{"a":"{}"}}"#, "a".repeat(64 * 1024));
    let token = sign_raw(key(Algorithm::ES256), r#"{"alg":"ES256"}"#, &payload);
    assert!(matches!(refusal(&token), JwsError::TooLarge { max: 65_536 }));
}

#[test]
fn d10_the_algorithm_of_the_header_must_be_the_one_of_the_key() {
    for (signer, header_alg) in [
        (Algorithm::PS256, "ES256"),
        (Algorithm::ES256, "RS256"),
        (Algorithm::PS256, "RS256"),
        (Algorithm::RS256, "PS256"),
        (Algorithm::EdDSA, "ES256"),
    ] {
        let token = sign_raw(key(signer), &json!({ "alg": header_alg }).to_string(), GOOD);
        let refused = CompactJws::parse(&token, &Limits::TOKEN).unwrap().verify(key(signer).verifier());
        assert!(matches!(refused, Err(JwsError::AlgorithmMismatch)), "{signer} as {header_alg}");
    }
}

#[test]
fn a_kid_that_names_another_key_is_refused() {
    let es256 = key(Algorithm::ES256);
    let token = sign_raw(es256, r#"{"alg":"ES256","kid":"other"}"#, GOOD);
    let refused = CompactJws::parse(&token, &Limits::TOKEN).unwrap().verify(es256.verifier());
    assert!(matches!(refused, Err(JwsError::KidMismatch)));
    let token = sign_raw(es256, r#"{"alg":"ES256"}"#, GOOD);
    CompactJws::parse(&token, &Limits::TOKEN).unwrap().verify(es256.verifier()).unwrap();
}

#[test]
fn d09_an_embedded_key_is_shown_but_never_used() {
    let attacker = strict_jose::SigningKey::generate(Algorithm::ES256, None).unwrap();
    let header = json!({ "alg": "ES256", "jwk": attacker.public_jwk().to_value(), "jku": "https://evil.example" });
    let token = sign_raw(&attacker, &header.to_string(), GOOD);
    let jws = CompactJws::parse(&token, &Limits::TOKEN).unwrap();
    assert_eq!(jws.header().jwk(), Some(&attacker.public_jwk().to_value()));
    assert!(matches!(jws.verify(key(Algorithm::ES256).verifier()), Err(JwsError::Signature(_))));
}

#[test]
fn times_that_are_not_whole_seconds_in_range_are_errors_and_never_absent() {
    for exp in [
        "1e300",
        "1764000060.0",
        "1764000060.5",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "9007199254740992",
        "-1",
        "-0",
        "1e9",
        "\"1764000060\"",
        "null",
        "true",
        "[]",
        "{}",
    ] {
        let token = sign_raw(key(Algorithm::ES256), r#"{"alg":"ES256"}"#, &format!(r#"{{"exp":{exp}}}"#));
        let jws = CompactJws::parse(&token, &Limits::TOKEN).unwrap();
        let claims = jws.verify(key(Algorithm::ES256).verifier()).unwrap().claims().unwrap();
        assert!(matches!(claims.optional_time("exp"), Err(ClaimError::WrongType(name)) if name == "exp"), "{exp}");
        assert_eq!(strict_jose::json::numeric_date(claims.get("exp").unwrap()), Err(TimeError::NotNumericDate));
    }
}

#[test]
fn duplicate_claims_are_refused_at_every_level() {
    for payload in [
        r#"{"aud":"hub","aud":"other"}"#,
        r#"{"aud":"hub","a\u0075d":"other"}"#,
        r#"{"verified_claims":{"claims":{"sub":1,"sub":2}}}"#,
        r#"{"a":[{"b":1},{"b":1,"c":[],"b":2}]}"#,
    ] {
        let token = sign_raw(key(Algorithm::ES256), r#"{"alg":"ES256"}"#, payload);
        let jws = CompactJws::parse(&token, &Limits::TOKEN).unwrap();
        let claims = jws.verify(key(Algorithm::ES256).verifier()).unwrap().claims();
        assert!(matches!(claims, Err(ClaimError::Json(_))), "{payload}");
    }
}

#[test]
fn typ_is_compared_as_a_media_type() {
    let header = |typ: &str| {
        let members = Map::from_iter([("alg".to_owned(), json!("ES256")), ("typ".to_owned(), json!(typ))]);
        strict_jose::Header::from_members(members).unwrap()
    };
    for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"] {
        header(typ).require_typ("at+jwt").unwrap();
        header(typ).require_typ("application/at+jwt").unwrap();
    }
    for typ in
        ["", "JWT", "at+jwt ", "text/at+jwt", "application/x/at+jwt", "application/", "application/application/at+jwt"]
    {
        assert!(matches!(header(typ).require_typ("at+jwt"), Err(HeaderError::WrongTyp)), "{typ}");
    }
    let untyped = Map::from_iter([("alg".to_owned(), json!("ES256"))]);
    assert!(strict_jose::Header::from_members(untyped).unwrap().require_typ("JWT").is_err());
}

#[test]
fn x5c_is_read_as_base64_and_nothing_else() {
    let header = |x5c: serde_json::Value| {
        strict_jose::Header::from_members(Map::from_iter([("alg".to_owned(), json!("ES256")), ("x5c".to_owned(), x5c)]))
            .unwrap()
            .x5c()
    };
    assert_eq!(header(json!(["+/8=", "MA=="])).unwrap(), Some(vec![vec![0xfb, 0xff], vec![0x30]]));
    for x5c in [json!([]), json!("MA=="), json!([1]), json!(["-_8="]), json!(["MA"]), json!({}), json!(null)] {
        assert!(matches!(header(x5c.clone()), Err(HeaderError::X5c)), "{x5c}");
    }
}

#[test]
fn debug_output_shows_neither_payload_nor_signature() {
    let token = sign_raw(key(Algorithm::ES256), r#"{"alg":"ES256"}"#, r#"{"name":"Awa Diop"}"#);
    let jws = CompactJws::parse(&token, &Limits::TOKEN).unwrap();
    let signature = token.rsplit_once('.').unwrap().1;
    let shown = format!("{jws:?}");
    let verified = jws.verify(key(Algorithm::ES256).verifier()).unwrap();
    let shown = format!("{shown} {verified:?} {:?}", verified.claims().unwrap());
    for secret in ["Awa", signature, &b64::encode(r#"{"name":"Awa Diop"}"#)] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(shown.contains("name"), "names of claims help: {shown}");
}
