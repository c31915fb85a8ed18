//! Step 3: the compact JWS and its header. Each row has one defect.

use serde_json::{Value, json};
use strict_jose::{b64, sha256};
use trust_list::jades::read;

use super::support::{Draft, reason};
use crate::support::NOW;

#[test]
fn a_header_with_one_defect_is_refused_for_that_defect() {
    let other = b64::encode(sha256("another certificate"));
    for (name, value, expected) in [
        ("alg", json!("none"), "Algorithm"),
        ("alg", json!("HS256"), "Algorithm"),
        ("alg", json!("RS256"), "Algorithm"),
        ("alg", json!("PS256"), "Algorithm"),
        ("alg", json!("ES256"), "AlgorithmOfAnotherKey"),
        ("alg", Value::Null, "Header(NotAString("),
        ("crit", json!([]), "CriticalHeader("),
        ("crit", json!(["b64"]), "CriticalHeader("),
        ("crit", json!(["sigD", "sigD"]), "CriticalHeader("),
        ("crit", json!(["x5t#S256"]), "CriticalHeader("),
        ("b64", json!(false), "CriticalHeader("),
        ("iat", json!(1.5), "SigningTimeForm"),
        ("iat", json!("2027-01-15T08:00:00Z"), "SigningTimeForm"),
        ("iat", json!(-1), "SigningTimeForm"),
        ("iat", json!(NOW.seconds() + 3_600), "SignedInTheFuture"),
        ("sigT", json!("2027-01-15T08:00:00Z"), "ObsoleteSigningTime"),
        ("x5t#o", json!({ "digAlg": "S512", "digVal": "AA" }), "SeveralCertificateReferences"),
        ("sigX5ts", json!([]), "SeveralCertificateReferences"),
        ("x5t#S256", json!(other), "OtherCertificateInChain"),
        ("x5t#S256", json!("AA"), "ThumbprintForm"),
        ("x5t#S256", json!(7), "ThumbprintForm"),
        ("x5c", json!([]), "Header(X5c)"),
        ("x5c", json!(["-----BEGIN CERTIFICATE-----"]), "Header(X5c)"),
        ("x5c", json!(["AAAA"]), "OtherCertificateInChain"),
        ("jku", json!("https://evil.example/jwks"), "KeyInHeader("),
        ("x5u", json!("https://evil.example/cert"), "KeyInHeader("),
        ("jwk", json!({ "kty": "OKP" }), "KeyInHeader("),
        ("typ", json!("JWT"), "Typ"),
        ("typ", json!("passerelle-regional+json"), "Typ"),
        ("cty", json!("application/json"), "ContentType"),
    ] {
        let shown = format!("{name} {value}");
        assert_eq!(reason(Draft::healthy().with_header(name, value).read()), expected, "{shown}");
    }
}

#[test]
fn what_must_be_there_is_missed() {
    for (name, expected) in [("alg", "Algorithm"), ("iat", "NoSigningTime"), ("x5t#S256", "NoCertificateReference")] {
        let mut draft = Draft::healthy();
        draft.header.remove(name).unwrap();
        assert_eq!(reason(draft.read()), expected, "{name}");
    }
    let mut other_form = Draft::healthy().with_header("x5t#o", json!({ "digAlg": "S512", "digVal": "AA" }));
    other_form.header.remove("x5t#S256");
    assert_eq!(reason(other_form.read()), "CertificateReferenceForm(");
}

#[test]
fn what_may_be_left_out_is_not_missed() {
    for name in ["typ", "x5c"] {
        let mut draft = Draft::healthy();
        draft.header.remove(name).unwrap();
        draft.read().unwrap();
    }
    for (name, value) in [("cty", json!("json")), ("kid", json!("2027-1")), ("typ", json!("jades"))] {
        Draft::healthy().with_header(name, value).read().unwrap();
    }
}

#[test]
fn a_byte_too_many_or_another_serialization_is_no_compact_jws() {
    let draft = Draft::healthy();
    let good = draft.sign();
    let refused = |bytes: &[u8]| reason(read(bytes, &draft.record(), None, NOW));
    for bytes in [
        [&good[..], b"\n"].concat(),
        [b" ", &good[..]].concat(),
        [&good[..], b"."].concat(),
        [&good[..], b"="].concat(),
        [b"\xef\xbb\xbf", &good[..]].concat(),
        br#"{"payload":"e30","signatures":[]}"#.to_vec(),
        br#"{"LoTE":{},"signature":{"protected":"e30","signature":"AA"}}"#.to_vec(),
        vec![],
        vec![0xff; 10],
    ] {
        assert_eq!(refused(&bytes), "NotCompactJws(", "{}", bytes.escape_ascii());
    }
    assert_eq!(refused(&vec![b'a'; 11 * 1024 * 1024]), "TooLong");
}

#[test]
fn a_member_given_twice_is_no_header() {
    let draft = Draft::healthy();
    let text = String::from_utf8(draft.sign()).unwrap();
    let (_, rest) = text.split_once('.').unwrap();
    let header = serde_json::to_string(&draft.header).unwrap().replacen('{', "{\"iat\":1,", 1);
    let twice = format!("{}.{rest}", b64::encode(header));
    assert_eq!(reason(read(twice.as_bytes(), &draft.record(), None, NOW)), "Header(Json(DuplicateName");
}
