//! Decrypting: one algorithm, no compression unless asked for, and then to a cap.

use std::sync::LazyLock;

use josekit::jwe::{JweContext, JweHeader, RSA_OAEP, RSA_OAEP_256};
use josekit::jwk::Jwk;
use serde_json::{Value, json};
use strict_jose::jwe::{CompactJweHeader, Compress, Decrypter, Encrypter, JweError, Zip};
use strict_jose::{Algorithm, HeaderError, JwkError, KeyUse, Kid, Limits, PublicJwk, b64};

use crate::support::{key, rfc7515_ec, with};

static KEY: LazyLock<Decrypter> = LazyLock::new(|| Decrypter::generate(Kid::parse("enc-1").unwrap()).unwrap());
static OTHER: LazyLock<Decrypter> = LazyLock::new(|| Decrypter::generate(None).unwrap());

const PLAINTEXT: &[u8] = b"eyJhbGciOiJSUzI1NiJ9.e30.AA";

fn encrypt(compress: Compress) -> String {
    Encrypter::new(KEY.public_jwk()).unwrap().encrypt(PLAINTEXT, Some("JWT"), compress).unwrap()
}

fn decrypt(token: &str, zip: Zip) -> Result<Vec<u8>, JweError> {
    KEY.decrypt(token, &Limits::TOKEN, zip)
}

/// The token with another header in front. Nothing after it fits any more, so only checks of the header can answer.
fn with_header(header: &Value) -> String {
    let token = encrypt(Compress::No);
    format!("{}.{}", b64::encode(header.to_string()), token.split_once('.').unwrap().1)
}

/// The token with segment `index` replaced.
fn with_segment(token: &str, index: usize, segment: &str) -> String {
    let mut segments: Vec<&str> = token.split('.').collect();
    segments[index] = segment;
    segments.join(".")
}

#[test]
fn what_is_encrypted_to_a_key_is_decrypted_with_it() {
    let token = encrypt(Compress::No);
    assert_eq!(decrypt(&token, Zip::Refuse).unwrap(), PLAINTEXT);
    assert_eq!(decrypt(&token, Zip::Inflate { cap: 1 }).unwrap(), PLAINTEXT, "the cap is for what is inflated");
    let header = CompactJweHeader::parse(&token, &Limits::TOKEN).unwrap();
    assert_eq!((header.kid(), header.cty()), (Some(KEY.kid()), Some("JWT")));
    assert!(matches!(OTHER.decrypt(&token, &Limits::TOKEN, Zip::Refuse), Err(JweError::Decryption)));
}

#[test]
fn q01_a_compressed_token_is_refused_by_its_header() {
    let token = encrypt(Compress::Deflate);
    assert!(matches!(decrypt(&token, Zip::Refuse), Err(JweError::Zip)));
    let unknown = with_header(&json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "zip": "GZ" }));
    assert!(matches!(decrypt(&unknown, Zip::Inflate { cap: 10 }), Err(JweError::Zip)));
}

#[test]
fn q01_a_compressed_token_is_inflated_to_the_cap_and_not_a_byte_further() {
    let token = encrypt(Compress::Deflate);
    assert_eq!(decrypt(&token, Zip::Inflate { cap: PLAINTEXT.len() }).unwrap(), PLAINTEXT);
    let refused = decrypt(&token, Zip::Inflate { cap: PLAINTEXT.len() - 1 });
    assert!(matches!(refused, Err(JweError::Inflated { cap: 26 })));
    // 20 MiB of zeros in 27 KB.
    let bomb = vec![0; 20 * 1024 * 1024];
    let bomb = Encrypter::new(KEY.public_jwk()).unwrap().encrypt(&bomb, None, Compress::Deflate).unwrap();
    assert!(bomb.len() < 64 * 1024);
    assert!(matches!(decrypt(&bomb, Zip::Inflate { cap: 1024 }), Err(JweError::Inflated { cap: 1024 })));
}

#[test]
fn josekit_and_we_read_each_other_also_when_compressed() {
    let private = Jwk::from_bytes(KEY.to_private_jwk().as_bytes()).unwrap();
    let Value::Object(public) = KEY.public_jwk().to_value() else { unreachable!() };
    let encrypter = RSA_OAEP_256.encrypter_from_jwk(&Jwk::from_map(public).unwrap()).unwrap();
    let decrypter = RSA_OAEP_256.decrypter_from_jwk(&private).unwrap();
    for (zip, compress) in [(None, Compress::No), (Some("DEF"), Compress::Deflate)] {
        let (plaintext, _) = JweContext::new().deserialize_compact(encrypt(compress), &*decrypter).unwrap();
        assert_eq!(plaintext, PLAINTEXT);
        let mut header = JweHeader::new();
        header.set_content_encryption("A256GCM");
        if let Some(zip) = zip {
            header.set_compression(zip);
        }
        let theirs = JweContext::new().serialize_compact(PLAINTEXT, &header, &*encrypter).unwrap();
        assert_eq!(decrypt(&theirs, Zip::Inflate { cap: 1024 }).unwrap(), PLAINTEXT);
    }
}

#[test]
fn q02_other_algorithms_are_refused_by_the_header_before_any_work_with_keys() {
    for header in [
        json!({}),
        json!({ "alg": "dir", "enc": "A256GCM" }),
        json!({ "alg": "RSA1_5", "enc": "A256GCM" }),
        json!({ "alg": "RSA-OAEP", "enc": "A256GCM" }),
        json!({ "alg": "PBES2-HS256+A128KW", "enc": "A256GCM", "p2s": "AAAAAAAAAAA", "p2c": 1_000_000 }),
        json!({ "alg": "A256KW", "enc": "A256GCM" }),
        json!({ "alg": "ECDH-ES", "enc": "A256GCM" }),
        json!({ "alg": "none", "enc": "A256GCM" }),
        json!({ "alg": "RSA-OAEP-256" }),
        json!({ "alg": "RSA-OAEP-256", "enc": "A128GCM" }),
        json!({ "alg": "RSA-OAEP-256", "enc": "A256CBC-HS512" }),
    ] {
        assert!(matches!(decrypt(&with_header(&header), Zip::Refuse), Err(JweError::Algorithm)), "{header}");
        // The header alone is enough: this needs no key at all.
        assert!(matches!(CompactJweHeader::parse(&with_header(&header), &Limits::TOKEN), Err(JweError::Algorithm)));
    }
}

#[test]
fn headers_that_are_not_exactly_understood_are_refused() {
    let good = json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM" });
    let refusal = |changes| decrypt(&with_header(&with(good.clone(), changes)), Zip::Refuse).unwrap_err();
    for crit in [json!(["exp"]), json!([]), json!("exp"), json!(1)] {
        assert!(matches!(refusal(json!({ "crit": crit })), JweError::Header(HeaderError::Extension("crit"))));
    }
    assert!(matches!(refusal(json!({ "alg": 1 })), JweError::Header(HeaderError::NotAString("alg"))));
    assert!(matches!(refusal(json!({ "enc": [] })), JweError::Header(HeaderError::NotAString("enc"))));
    assert!(matches!(refusal(json!({ "zip": true })), JweError::Header(HeaderError::NotAString("zip"))));
    assert!(matches!(refusal(json!({ "kid": 1 })), JweError::Header(HeaderError::NotAString("kid"))));
    assert!(matches!(refusal(json!({ "kid": "../x" })), JweError::Kid(_)));
    let token = encrypt(Compress::No);
    for header in [r#"{"alg":"dir","alg":"RSA-OAEP-256","enc":"A256GCM"}"#, "[]", "x", "{} {}"] {
        let token = with_segment(&token, 0, &b64::encode(header));
        assert!(matches!(decrypt(&token, Zip::Refuse), Err(JweError::Json(_))), "{header}");
    }
}

#[test]
fn anything_but_five_canonical_segments_is_refused() {
    let token = encrypt(Compress::No);
    for text in ["", "....", "a.b.c", &format!("{token}."), &format!("{token}.AA"), token.rsplit_once('.').unwrap().0] {
        let refused = decrypt(text, Zip::Refuse);
        assert!(matches!(refused, Err(JweError::NotFiveSegments | JweError::Json(_))), "{text:.60}: {refused:?}");
    }
    for index in [1, 3] {
        let refused = decrypt(&with_segment(&token, index, ""), Zip::Refuse);
        assert!(matches!(refused, Err(JweError::NotFiveSegments)), "segment {index}");
    }
    for index in [0, 2, 4] {
        let refused = decrypt(&with_segment(&token, index, "AA=="), Zip::Refuse);
        assert!(matches!(refused, Err(JweError::Base64(_))), "segment {index}");
    }
    let limits = Limits::TOKEN.with_max_bytes(token.len() - 1);
    assert!(matches!(KEY.decrypt(&token, &limits, Zip::Refuse), Err(JweError::TooLarge { .. })));
}

#[test]
fn a_shortened_tag_or_another_iv_length_is_refused() {
    let token = encrypt(Compress::No);
    let segments: Vec<&str> = token.split('.').collect();
    let tag = b64::decode(segments[4]).unwrap();
    let private = Jwk::from_bytes(KEY.to_private_jwk().as_bytes()).unwrap();
    let josekit = RSA_OAEP_256.decrypter_from_jwk(&private).unwrap();
    for length in [0, 1, 4, 8, 12, 15] {
        let short = with_segment(&token, 4, &b64::encode(&tag[..length]));
        assert!(matches!(decrypt(&short, Zip::Refuse), Err(JweError::IvOrTag)), "{length}");
        // Why we look: the library takes a tag of one byte, which is guessed in 256 attempts.
        let accepted = JweContext::new().deserialize_compact(&short, &*josekit).is_ok();
        assert_eq!(accepted, length > 0, "josekit began to refuse a tag of {length} bytes");
    }
    for length in [0, 8, 11, 13, 16] {
        let other = with_segment(&token, 2, &b64::encode(vec![0; length]));
        assert!(matches!(decrypt(&other, Zip::Refuse), Err(JweError::IvOrTag)), "{length}");
    }
}

#[test]
fn whatever_is_changed_behind_the_header_gives_one_error() {
    let token = encrypt(Compress::No);
    let segments: Vec<&str> = token.split('.').collect();
    for (index, segment) in segments.into_iter().enumerate().skip(1) {
        let mut bytes = b64::decode(segment).unwrap();
        for place in [0, bytes.len() - 1] {
            bytes[place] ^= 1;
            let changed = with_segment(&token, index, &b64::encode(&bytes));
            assert!(matches!(decrypt(&changed, Zip::Refuse), Err(JweError::Decryption)), "segment {index}");
            bytes[place] ^= 1;
        }
    }
    let renamed = with_header(&json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "enc-2" }));
    assert!(matches!(decrypt(&renamed, Zip::Refuse), Err(JweError::Decryption)), "the header is authenticated too");
}

#[test]
fn a_token_for_rsa_oaep_with_sha_1_is_refused_although_the_key_could_read_it() {
    let Value::Object(public) = with(KEY.public_jwk().to_value(), json!({ "alg": null })) else { unreachable!() };
    let encrypter = RSA_OAEP.encrypter_from_jwk(&Jwk::from_map(public).unwrap()).unwrap();
    let mut header = JweHeader::new();
    header.set_content_encryption("A256GCM");
    let token = JweContext::new().serialize_compact(PLAINTEXT, &header, &*encrypter).unwrap();
    assert!(matches!(decrypt(&token, Zip::Refuse), Err(JweError::Algorithm)));
}

#[test]
fn keys_for_decryption_survive_their_file_and_say_what_they_are_for() {
    let again = Decrypter::from_jwk(&serde_json::from_str(&KEY.to_private_jwk()).unwrap()).unwrap();
    assert_eq!(again.decrypt(&encrypt(Compress::No), &Limits::TOKEN, Zip::Refuse).unwrap(), PLAINTEXT);
    assert_eq!((again.kid(), again.public_jwk()), (KEY.kid(), KEY.public_jwk()));
    assert_eq!(again.public_jwk().key_use(), Some(KeyUse::Encryption));
    assert_eq!(again.public_jwk().alg(), Some("RSA-OAEP-256"));
    assert_eq!(OTHER.kid().as_str(), OTHER.public_jwk().thumbprint().as_str());
    assert!(!format!("{again:?}").contains(KEY.public_jwk().thumbprint().as_str()));
}

#[test]
fn keys_for_something_else_are_refused() {
    let private: Value = serde_json::from_str(&KEY.to_private_jwk()).unwrap();
    let other: Value = serde_json::from_str(&OTHER.to_private_jwk()).unwrap();
    let table = [
        (rfc7515_ec(), JwkError::WrongKind),
        (with(private.clone(), json!({ "use": "sig" })), JwkError::NotForEncryption),
        (with(private.clone(), json!({ "alg": "PS256" })), JwkError::WrongAlgorithm),
        (with(private.clone(), json!({ "alg": "RSA1_5" })), JwkError::WrongAlgorithm),
        (with(private.clone(), json!({ "d": null })), JwkError::NotPrivate),
        (with(private.clone(), json!({ "d": other["d"] })), JwkError::Inconsistent),
        (with(private, json!({ "e": "AQ" })), JwkError::Exponent),
    ];
    for (jwk, expected) in table {
        assert_eq!(Decrypter::from_jwk(&jwk).err(), Some(expected), "{jwk:.80}");
    }
    assert_eq!(Encrypter::new(key(Algorithm::ES256).public_jwk()).err(), Some(JwkError::WrongKind));
    assert_eq!(Encrypter::new(key(Algorithm::PS256).public_jwk()).err(), Some(JwkError::NotForEncryption));
    let bare = PublicJwk::parse(&with(KEY.public_jwk().to_value(), json!({ "use": null, "alg": null }))).unwrap();
    Encrypter::new(&bare).unwrap();
}
