//! Sets of keys: strict for ours, forgiving for other people's, never ambiguous.

use serde_json::{Value, json};
use strict_jose::{Algorithm, FindKeyError, JwkError, JwkSet, JwkSetError, Kid, Limits, Policy};

use crate::support::{key, rfc7515_ec, rfc7515_rsa, rfc8037_okp, with};

fn ec(kid: &str) -> Value {
    with(rfc7515_ec(), json!({ "d": null, "kid": kid }))
}

fn okp(kid: &str) -> Value {
    with(rfc8037_okp(), json!({ "d": null, "kid": kid }))
}

fn rsa(kid: &str) -> Value {
    with(rfc7515_rsa(), json!({ "kid": kid }))
}

fn parse(keys: Value, policy: Policy) -> Result<JwkSet, JwkSetError> {
    let set = Value::Object([("keys".to_owned(), keys)].into_iter().collect());
    JwkSet::parse(set.to_string().as_bytes(), &Limits::JWKS, policy)
}

fn kid(text: &str) -> Kid {
    Kid::parse(text).unwrap()
}

#[test]
fn a_key_is_found_by_its_kid_if_it_fits_the_algorithm() {
    let set = parse(json!([ec("a"), okp("b"), rsa("c")]), Policy::Strict).unwrap();
    assert_eq!(set.find(Some(&kid("a")), Algorithm::ES256).unwrap().kid(), Some(&kid("a")));
    assert_eq!(set.find(Some(&kid("c")), Algorithm::RS256).unwrap().kid(), Some(&kid("c")));
    assert_eq!(set.find(Some(&kid("c")), Algorithm::PS256).unwrap().kid(), Some(&kid("c")));
    assert_eq!(set.find(Some(&kid("a")), Algorithm::RS256), Err(FindKeyError::DoesNotFit));
    assert_eq!(set.find(Some(&kid("z")), Algorithm::ES256), Err(FindKeyError::NotFound));
}

#[test]
fn without_a_kid_exactly_one_key_must_fit() {
    let set = parse(json!([ec("a"), okp("b")]), Policy::Strict).unwrap();
    assert_eq!(set.find(None, Algorithm::ES256).unwrap().kid(), Some(&kid("a")));
    assert_eq!(set.find(None, Algorithm::PS256), Err(FindKeyError::NotFound));
    let two = parse(json!([ec("a"), key(Algorithm::ES256).public_jwk().to_value()]), Policy::Strict).unwrap();
    assert_eq!(two.find(None, Algorithm::ES256), Err(FindKeyError::Ambiguous));
}

#[test]
fn keys_for_encryption_are_never_found_for_signatures() {
    let enc = with(rsa("a"), json!({ "use": "enc", "alg": "RSA-OAEP-256" }));
    let set = parse(json!([enc]), Policy::Strict).unwrap();
    assert_eq!(set.find(Some(&kid("a")), Algorithm::RS256), Err(FindKeyError::NotFound));
    assert_eq!(set.find(None, Algorithm::RS256), Err(FindKeyError::NotFound));
    assert_eq!(set.find_for_encryption("RSA-OAEP-256").unwrap().kid(), Some(&kid("a")));
    assert!(set.find_for_encryption("ECDH-ES").is_none());
}

#[test]
fn d18_a_strict_set_is_refused_for_one_bad_key() {
    let refused = parse(json!([ec("a"), rfc7515_ec()]), Policy::Strict).unwrap_err();
    assert!(matches!(refused, JwkSetError::Key { index: 1, error: JwkError::Secret }), "{refused}");
    assert!(matches!(parse(json!([ec("a"), okp("a")]), Policy::Strict), Err(JwkSetError::DuplicateKid)));
    assert!(matches!(parse(json!([ec("a"), ec("a")]), Policy::Strict), Err(JwkSetError::DuplicateKid)));
}

#[test]
fn an_upstream_set_loses_only_the_keys_we_cannot_use() {
    let set = parse(
        json!([
            ec("a"),
            { "kty": "EC", "kid": "no-coordinates", "e": "AQAB", "n": "AQAB" },
            { "kty": "XYZ", "kid": "future" },
            with(okp("x"), json!({ "crv": "X25519" })),
            rfc7515_ec(),
            ec("not/a/kid"),
            7,
        ]),
        Policy::SkipUnusable,
    )
    .unwrap();
    assert_eq!(set.keys().len(), 1);
    set.find(Some(&kid("a")), Algorithm::ES256).unwrap();
    assert_eq!(set.find(Some(&kid("no-coordinates")), Algorithm::ES256), Err(FindKeyError::NotFound));
}

#[test]
fn two_keys_of_one_kid_are_ambiguous_whatever_their_order() {
    for keys in [json!([ec("a"), okp("a"), rsa("b")]), json!([okp("a"), ec("a"), rsa("b")])] {
        let set = parse(keys, Policy::SkipUnusable).unwrap();
        assert_eq!(set.find(Some(&kid("a")), Algorithm::ES256), Err(FindKeyError::Ambiguous));
        assert_eq!(set.find(Some(&kid("a")), Algorithm::EdDSA), Err(FindKeyError::Ambiguous));
        set.find(Some(&kid("b")), Algorithm::RS256).unwrap();
    }
}

#[test]
fn the_same_key_listed_twice_is_still_one_key() {
    let set = parse(json!([ec("a"), ec("a"), ec("b")]), Policy::SkipUnusable).unwrap();
    set.find(Some(&kid("a")), Algorithm::ES256).unwrap();
    set.find(None, Algorithm::ES256).unwrap();
}

#[test]
fn a_set_that_is_no_set_is_refused_under_both_policies() {
    let many: Vec<_> = (0..101).map(|n| ec(&format!("k{n}"))).collect();
    for policy in [Policy::Strict, Policy::SkipUnusable] {
        for text in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#, "\u{feff}{\"keys\":[]}"] {
            assert!(JwkSet::parse(text.as_bytes(), &Limits::JWKS, policy).is_err(), "{text}");
        }
        assert!(matches!(parse(json!(many), policy), Err(JwkSetError::TooManyKeys)));
        let set = parse(json!([]), policy).unwrap();
        assert_eq!(set.find(None, Algorithm::ES256), Err(FindKeyError::NotFound));
    }
}

#[test]
fn a_set_is_published_as_it_can_be_read() {
    let set =
        JwkSet::from_keys([key(Algorithm::ES256).public_jwk().clone(), key(Algorithm::PS256).public_jwk().clone()]);
    assert_eq!(JwkSet::from_value(&set.to_value(), Policy::Strict).unwrap(), set);
}
