//! Which keys are accepted, and for what.

use serde_json::{Value, json};
use strict_jose::{
    Algorithm, CompactJws, JwkError, KeyUse, Kid, Limits, PublicJwk, SignError, SigningKey, UnixTime, Verifier, b64,
};

use crate::support::{KEYS, key, rfc7515_ec, rfc7515_rsa, rfc8037_okp, with};

fn ec() -> Value {
    with(rfc7515_ec(), json!({ "d": null }))
}

fn okp() -> Value {
    with(rfc8037_okp(), json!({ "d": null }))
}

/// An odd number of exactly `bits` bits, as a modulus. Nobody checks that it has two factors.
fn modulus(bits: usize) -> String {
    let mut n = vec![0xff; bits.div_ceil(8)];
    if !bits.is_multiple_of(8) {
        n[0] = (1 << (bits % 8)) - 1;
    }
    b64::encode(n)
}

#[test]
fn good_keys_of_every_kind_are_accepted() {
    for key in KEYS.iter() {
        let value = key.public_jwk().to_value();
        let parsed = PublicJwk::parse(&value).unwrap();
        assert_eq!(parsed.to_value(), value);
        assert_eq!(&parsed, key.public_jwk());
        assert_eq!(parsed.kid(), Some(key.kid()));
        assert_eq!((parsed.alg(), parsed.key_use()), (Some(key.alg().as_str()), Some(KeyUse::Signature)));
    }
    for bits in [2048, 2049, 3072, 4096, 8192] {
        PublicJwk::parse(&json!({ "kty": "RSA", "n": modulus(bits), "e": "AQAB" })).unwrap();
    }
    for e in ["Aw", "AQAB", "_____w"] {
        PublicJwk::parse(&json!({ "kty": "RSA", "n": modulus(2048), "e": e })).unwrap();
    }
}

#[test]
fn d18_q07_bad_keys_are_refused_when_they_are_read() {
    let rsa = |changes| with(rfc7515_rsa(), changes);
    let leading_zero = b64::encode([&[0][..], &b64::decode(rfc7515_rsa()["n"].as_str().unwrap()).unwrap()].concat());
    let even = b64::encode([vec![0xff; 255], vec![0xfe]].concat());
    let spki = b64::encode([&b64::decode("MCowBQYDK2VwAyEA").unwrap()[..], &[7; 32]].concat());
    let table = [
        (json!(null), JwkError::NotAnObject),
        (json!([]), JwkError::NotAnObject),
        (json!({}), JwkError::Missing("kty")),
        (json!({ "kty": 1 }), JwkError::MemberType("kty")),
        (json!({ "kty": "XYZ" }), JwkError::UnknownKind),
        (json!({ "kty": "oct", "k": "c2VjcmV0" }), JwkError::Secret),
        (json!({ "kty": "oct" }), JwkError::Secret),
        (rfc7515_ec(), JwkError::Secret),
        (rfc8037_okp(), JwkError::Secret),
        (rsa(json!({ "d": "AA" })), JwkError::Secret),
        (rsa(json!({ "p": "AA" })), JwkError::Secret),
        (rsa(json!({ "qi": 1 })), JwkError::Secret),
        (rsa(json!({ "oth": [] })), JwkError::Secret),
        (rsa(json!({ "n": null })), JwkError::Missing("n")),
        (rsa(json!({ "e": null })), JwkError::Missing("e")),
        (rsa(json!({ "e": 65537 })), JwkError::MemberType("e")),
        (rsa(json!({ "e": "AQ" })), JwkError::Exponent),
        (rsa(json!({ "e": "AA" })), JwkError::Exponent),
        (rsa(json!({ "e": "" })), JwkError::Exponent),
        (rsa(json!({ "e": "Ag" })), JwkError::Exponent),
        (rsa(json!({ "e": "AQAA" })), JwkError::Exponent),
        (rsa(json!({ "e": "AAEAAQ" })), JwkError::Exponent),
        (rsa(json!({ "e": "AQAAAAE" })), JwkError::Exponent),
        (rsa(json!({ "e": modulus(65_537) })), JwkError::Exponent),
        (rsa(json!({ "n": modulus(1024) })), JwkError::Modulus),
        (rsa(json!({ "n": modulus(2047) })), JwkError::Modulus),
        (rsa(json!({ "n": modulus(8193) })), JwkError::Modulus),
        (rsa(json!({ "n": modulus(16_384) })), JwkError::Modulus),
        (rsa(json!({ "n": "" })), JwkError::Modulus),
        (rsa(json!({ "n": leading_zero })), JwkError::Modulus),
        (rsa(json!({ "n": even })), JwkError::Modulus),
        (rsa(json!({ "n": "AQ==" })), JwkError::Base64("n")),
        (with(ec(), json!({ "crv": "P-521" })), JwkError::UnknownKind),
        (with(ec(), json!({ "crv": "secp256k1" })), JwkError::UnknownKind),
        (with(ec(), json!({ "crv": "P-384" })), JwkError::Coordinate),
        (with(ec(), json!({ "crv": null })), JwkError::Missing("crv")),
        (with(ec(), json!({ "x": null })), JwkError::Missing("x")),
        (with(ec(), json!({ "y": null })), JwkError::Missing("y")),
        // Off the curve: x and y exchanged; and the point at infinity written as zeros.
        (with(ec(), json!({ "x": ec()["y"], "y": ec()["x"] })), JwkError::Coordinate),
        (with(ec(), json!({ "x": b64::encode([0; 32]), "y": b64::encode([0; 32]) })), JwkError::Coordinate),
        (with(ec(), json!({ "x": b64::encode([0xff; 32]) })), JwkError::Coordinate),
        (with(ec(), json!({ "x": b64::encode([1; 31]) })), JwkError::Coordinate),
        (with(ec(), json!({ "x": "" })), JwkError::Coordinate),
        (with(okp(), json!({ "crv": "X25519" })), JwkError::UnknownKind),
        (with(okp(), json!({ "crv": "Ed448" })), JwkError::UnknownKind),
        (with(okp(), json!({ "x": b64::encode([1; 33]) })), JwkError::Coordinate),
        (with(okp(), json!({ "x": spki })), JwkError::Coordinate),
        (with(ec(), json!({ "kid": 7 })), JwkError::MemberType("kid")),
        (with(ec(), json!({ "kid": "a/b" })), JwkError::Kid(strict_jose::KidError)),
        (with(ec(), json!({ "use": "signing" })), JwkError::UnknownUse),
        (with(ec(), json!({ "use": ["sig"] })), JwkError::MemberType("use")),
        (with(ec(), json!({ "alg": 1 })), JwkError::MemberType("alg")),
        (with(ec(), json!({ "key_ops": "verify" })), JwkError::MemberType("key_ops")),
        (with(ec(), json!({ "exp": "soon" })), JwkError::Exp(strict_jose::TimeError::NotNumericDate)),
        (with(ec(), json!({ "exp": 1.5 })), JwkError::Exp(strict_jose::TimeError::NotNumericDate)),
    ];
    for (jwk, expected) in table {
        assert_eq!(PublicJwk::parse(&jwk).err(), Some(expected), "{jwk:.200}");
    }
}

#[test]
fn d10_a_key_verifies_only_with_the_algorithm_of_its_kind() {
    let fitting = [
        (ec(), vec![Algorithm::ES256]),
        (rfc7515_rsa(), vec![Algorithm::PS256, Algorithm::RS256]),
        (okp(), vec![Algorithm::EdDSA]),
        (key(Algorithm::ES384).public_jwk().to_value(), vec![Algorithm::ES384]),
    ];
    for (jwk, algs) in fitting {
        let key = PublicJwk::parse(&jwk).unwrap();
        for alg in Algorithm::ALL {
            assert_eq!(Verifier::new(&key, alg).is_ok(), algs.contains(&alg), "{jwk} {alg}");
        }
    }
}

#[test]
fn what_a_key_says_about_its_use_is_kept() {
    let new = |changes| Verifier::new(&PublicJwk::parse(&with(rfc7515_rsa(), changes)).unwrap(), Algorithm::PS256);
    new(json!({ "alg": "PS256", "use": "sig", "key_ops": ["verify"] })).unwrap();
    assert_eq!(new(json!({ "alg": "RS256" })).err(), Some(JwkError::WrongAlgorithm));
    assert_eq!(new(json!({ "alg": "RSA-OAEP-256" })).err(), Some(JwkError::WrongAlgorithm));
    assert_eq!(new(json!({ "use": "enc" })).err(), Some(JwkError::NotForSignatures));
    assert_eq!(new(json!({ "key_ops": ["encrypt"] })).err(), Some(JwkError::NotForSignatures));
    assert_eq!(new(json!({ "key_ops": [] })).err(), Some(JwkError::NotForSignatures));
}

#[test]
fn only_public_members_that_we_know_are_written() {
    let jwk = with(ec(), json!({ "x5c": ["MA=="], "note": "hello", "kid": "a", "exp": 5, "use": "sig" }));
    let parsed = PublicJwk::parse(&jwk).unwrap();
    assert_eq!(parsed.to_value(), with(ec(), json!({ "kid": "a", "exp": 5, "use": "sig" })));
    assert_eq!(serde_json::to_value(&parsed).unwrap(), parsed.to_value());
    assert_eq!(serde_json::from_value::<PublicJwk>(jwk).unwrap(), parsed);
    assert!(serde_json::from_value::<PublicJwk>(rfc7515_ec()).is_err());
}

#[test]
fn a_key_past_its_exp_says_so() {
    let parsed = PublicJwk::parse(&with(ec(), json!({ "exp": 100 }))).unwrap();
    assert!(!parsed.is_expired(UnixTime::new(99)));
    assert!(parsed.is_expired(UnixTime::new(100)));
    assert!(!PublicJwk::parse(&ec()).unwrap().is_expired(UnixTime::new(i64::MAX)));
}

#[test]
fn equality_is_about_the_key_and_not_its_name() {
    let named = |kid| PublicJwk::parse(&with(ec(), json!({ "kid": kid }))).unwrap();
    assert_eq!(named("a"), named("b"));
    assert_ne!(&named("a"), key(Algorithm::ES256).public_jwk());
}

#[test]
fn a_private_key_survives_its_key_file() {
    for key in KEYS.iter() {
        let file = key.to_private_jwk();
        let again = SigningKey::from_jwk(&serde_json::from_str(&file).unwrap()).unwrap();
        assert_eq!((again.alg(), again.kid(), again.public_jwk()), (key.alg(), key.kid(), key.public_jwk()));
        let signature = again.sign(b"text").unwrap();
        key.verifier().verify(b"text", &signature).unwrap();
        assert!(key.verifier().verify(b"other", &signature).is_err());
    }
}

#[test]
fn a_key_without_a_kid_is_named_by_its_thumbprint() {
    let generated = SigningKey::generate(Algorithm::ES256, None).unwrap();
    assert_eq!(generated.kid().as_str(), generated.public_jwk().thumbprint().as_str());
    let read = SigningKey::from_jwk(&rfc8037_okp()).unwrap();
    assert_eq!(read.kid().as_str(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_eq!(read.public_jwk().kid(), Some(read.kid()));
}

#[test]
fn private_keys_that_are_incomplete_or_inconsistent_are_refused() {
    let rsa: Value = serde_json::from_str(&key(Algorithm::PS256).to_private_jwk()).unwrap();
    let other: Value = serde_json::from_str(&key(Algorithm::RS256).to_private_jwk()).unwrap();
    let ec384: Value = serde_json::from_str(&key(Algorithm::ES384).to_private_jwk()).unwrap();
    let table = [
        (json!("key"), JwkError::NotAnObject),
        (ec(), JwkError::NotPrivate),
        (rfc7515_rsa(), JwkError::NotPrivate),
        (with(rfc7515_ec(), json!({ "d": rfc8037_okp()["d"] })), JwkError::Inconsistent),
        (with(rfc7515_ec(), json!({ "d": b64::encode([0; 32]) })), JwkError::Inconsistent),
        (with(rfc7515_ec(), json!({ "d": 1 })), JwkError::MemberType("d")),
        (with(rfc7515_ec(), json!({ "d": "=" })), JwkError::Base64("d")),
        (with(rfc7515_ec(), json!({ "alg": "ES384" })), JwkError::WrongKind),
        (with(rfc7515_ec(), json!({ "alg": "HS256" })), JwkError::NotForSignatures),
        (with(rfc7515_ec(), json!({ "use": "enc" })), JwkError::NotForSignatures),
        (with(ec384, json!({ "d": rfc7515_ec()["d"] })), JwkError::Inconsistent),
        (with(rfc8037_okp(), json!({ "d": rfc7515_ec()["d"] })), JwkError::Inconsistent),
        (with(rfc8037_okp(), json!({ "d": "AA" })), JwkError::Inconsistent),
        (with(rsa.clone(), json!({ "alg": null })), JwkError::AlgMissing),
        (with(rsa.clone(), json!({ "p": null })), JwkError::Missing("p")),
        (with(rsa.clone(), json!({ "d": other["d"] })), JwkError::Inconsistent),
        (with(rsa.clone(), json!({ "qi": other["qi"] })), JwkError::Inconsistent),
        (with(rsa, json!({ "oth": [] })), JwkError::UnknownKind),
    ];
    for (jwk, expected) in table {
        assert_eq!(SigningKey::from_jwk(&jwk).err(), Some(expected), "{jwk:.120}");
    }
}

#[test]
fn a_private_key_that_lists_sign_as_its_operation_gives_a_public_key_that_verifies() {
    let key = SigningKey::from_jwk(&with(rfc7515_ec(), json!({ "key_ops": ["sign"] }))).unwrap();
    let public = PublicJwk::parse(&key.public_jwk().to_value()).unwrap();
    Verifier::new(&public, Algorithm::ES256).unwrap();
}

#[test]
fn signatures_have_the_length_that_jose_prescribes() {
    for (alg, length) in [
        (Algorithm::ES256, 64),
        (Algorithm::ES384, 96),
        (Algorithm::EdDSA, 64),
        (Algorithm::PS256, 256),
        (Algorithm::RS256, 256),
    ] {
        assert_eq!(key(alg).sign(b"text").map(|s| s.len()), Ok::<_, SignError>(length), "{alg}");
        assert_eq!(josekit::jws::JwsSigner::signature_len(key(alg)), length);
    }
}

#[test]
fn a_signature_of_another_length_or_form_is_refused() {
    let es256 = key(Algorithm::ES256);
    let good = es256.sign(b"text").unwrap();
    let der = {
        // The same r and s as ASN.1, which JOSE does not use (RFC 7518 §3.4).
        let integer = |part: &[u8]| [&[2, 33, 0], part].concat();
        [&[0x30, 70][..], &integer(&good[..32]), &integer(&good[32..])].concat()
    };
    for bad in [&good[..63], &[&good[..], &[0]].concat(), &[&[0], &good[..]].concat(), &[], &[0; 64], &der] {
        assert!(es256.verifier().verify(b"text", bad).is_err(), "{} bytes", bad.len());
    }
}

#[test]
fn sign_compact_writes_alg_typ_and_kid() {
    let key = key(Algorithm::ES256);
    let token = key.sign_compact("at+jwt", b"{}").unwrap();
    let jws = CompactJws::parse(&token, &Limits::TOKEN).unwrap();
    assert_eq!((jws.header().alg(), jws.header().kid()), (Algorithm::ES256, Some(key.kid())));
    jws.header().require_typ("at+jwt").unwrap();
    jws.verify(key.verifier()).unwrap();
}

#[test]
fn more_header_members_cannot_change_alg_or_kid() {
    let key = key(Algorithm::ES256);
    let extra = json!({ "typ": "dpop+jwt", "jwk": key.public_jwk().to_value(), "alg": "none", "kid": "x" });
    let token = key.sign_compact_with(extra.as_object().unwrap().clone(), b"{}").unwrap();
    let jws = CompactJws::parse(&token, &Limits::TOKEN).unwrap();
    assert_eq!((jws.header().alg(), jws.header().kid()), (Algorithm::ES256, None));
    let embedded = PublicJwk::parse(jws.header().jwk().unwrap()).unwrap();
    jws.verify(&Verifier::new(&embedded, Algorithm::ES256).unwrap()).unwrap();
}

#[test]
fn debug_output_shows_no_secret() {
    let key = SigningKey::generate(Algorithm::ES256, Kid::parse("shown").unwrap()).unwrap();
    let private: Value = serde_json::from_str(&key.to_private_jwk()).unwrap();
    let shown = format!("{key:?} {:?} {:?}", key.verifier(), key.public_jwk());
    assert!(shown.contains("shown"));
    for member in ["d", "x", "y"] {
        assert!(!shown.contains(private[member].as_str().unwrap()), "{shown}");
    }
}

#[test]
fn keys_can_be_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<PublicJwk>();
    shared::<Verifier>();
    shared::<SigningKey>();
    shared::<strict_jose::jwe::Decrypter>();
}
