//! Documents that several signers sign.

use serde_json::{Value, json};
use strict_jose::general::MAX_SIGNATURES;
use strict_jose::{
    Algorithm, DocumentError, DocumentSigner, HeaderError, Limits, PublicJwk, SignError, Signed, SignedDocument,
    SigningKey, Thumbprint, UnixTime, Verifier, b64,
};

use crate::support::{KEYS, with};

const TYP: &str = "trust-list+jws";
const NOW: UnixTime = UnixTime::new(1_764_000_000);
const PAYLOAD: &[u8] = b"{ \"version\" : 1,\n \"entries\": [ ] }";

/// Which refusal a row of a table expects.
type Expected = fn(&DocumentError) -> bool;

fn signer() -> SigningKey {
    SigningKey::generate(Algorithm::ES256, None).unwrap()
}

fn document(keys: &[&SigningKey]) -> SignedDocument {
    let mut document = SignedDocument::new(PAYLOAD.to_vec());
    for key in keys {
        document.sign_with(key, TYP, NOW).unwrap();
    }
    document
}

fn reread(document: &SignedDocument) -> SignedDocument {
    SignedDocument::parse(&document.to_json_bytes(), &Limits::LIST).unwrap()
}

fn as_value(document: &SignedDocument) -> Value {
    serde_json::from_slice(&document.to_json_bytes()).unwrap()
}

fn parse(value: &Value) -> Result<SignedDocument, DocumentError> {
    SignedDocument::parse(value.to_string().as_bytes(), &Limits::LIST)
}

fn thumbprints(keys: &[&SigningKey]) -> Vec<Thumbprint> {
    let mut names: Vec<_> = keys.iter().map(|key| key.public_jwk().thumbprint().clone()).collect();
    names.sort();
    names
}

#[test]
fn signatures_collect_over_bytes_that_never_change() {
    let (a, b, stranger) = (signer(), signer(), signer());
    let mut document = reread(&document(&[&a]));
    assert_eq!(document.sign_with(&b, TYP, NOW.plus(60)).unwrap(), Signed::Added);
    let document = reread(&document);
    assert_eq!(document.payload(), PAYLOAD);
    let keys = [a.verifier(), b.verifier(), stranger.verifier()];
    assert_eq!(document.valid_signers(keys, TYP), thumbprints(&[&a, &b]));
    assert_eq!(document.signatures()[1].iat(), Some(NOW.plus(60)));
    assert_eq!(document.signatures()[1].claimed_signer(), b.public_jwk().thumbprint());
}

#[test]
fn every_algorithm_can_sign_a_document() {
    for key in KEYS.iter() {
        let document = reread(&document(&[key]));
        assert_eq!(document.valid_signers([key.verifier()], TYP), thumbprints(&[key]), "{}", key.alg());
    }
}

#[test]
fn signing_again_changes_nothing() {
    let (a, b) = (signer(), signer());
    let mut document = document(&[&a, &b]);
    let before = document.to_json_bytes();
    assert_eq!(document.sign_with(&a, TYP, NOW.plus(60)).unwrap(), Signed::AlreadyThere);
    assert_eq!(document.to_json_bytes(), before);
}

#[test]
fn a_bad_signature_in_our_name_does_not_keep_us_from_signing() {
    let a = signer();
    let mut value = as_value(&document(&[&a]));
    value["signatures"][0]["signature"] = b64::encode([7; 64]).into();
    let mut document = parse(&value).unwrap();
    assert_eq!(document.valid_signers([a.verifier()], TYP), []);
    assert_eq!(document.sign_with(&a, TYP, NOW).unwrap(), Signed::Added);
    assert_eq!(document.valid_signers([a.verifier()], TYP), thumbprints(&[&a]));
}

#[test]
fn rustsec_2020_0024_one_key_counts_once_however_often_it_signs_or_is_listed() {
    let a = signer();
    let mut value = as_value(&document(&[&a]));
    // ECDSA gives another signature each time.
    let second = as_value(&document(&[&a]))["signatures"][0].clone();
    let first = value["signatures"][0].clone();
    assert_ne!(first, second);
    value["signatures"] = json!([first, second, first]);
    let document = parse(&value).unwrap();
    assert_eq!(document.signatures().len(), 3);
    let renamed = PublicJwk::parse(&with(a.public_jwk().to_value(), json!({ "kid": "another-name" }))).unwrap();
    let renamed = Verifier::new(&renamed, Algorithm::ES256).unwrap();
    assert_eq!(document.valid_signers([a.verifier(), a.verifier(), &renamed], TYP), thumbprints(&[&a]));
}

#[test]
fn a_signature_under_the_name_of_another_key_counts_for_neither() {
    let (a, b) = (signer(), signer());
    let mut value = as_value(&document(&[&a]));
    let header = json!({ "alg": "ES256", "typ": TYP, "kid": b.public_jwk().thumbprint(), "iat": 1 }).to_string();
    let input = format!("{}.{}", b64::encode(&header), b64::encode(PAYLOAD));
    let signature = b64::encode(a.sign(input.as_bytes()).unwrap());
    value["signatures"] = json!([{ "protected": b64::encode(header), "signature": signature }]);
    assert_eq!(parse(&value).unwrap().valid_signers([a.verifier(), b.verifier()], TYP), []);
}

#[test]
fn a_signature_for_another_kind_of_document_or_payload_does_not_count() {
    let a = signer();
    let document = document(&[&a]);
    assert_eq!(document.valid_signers([a.verifier()], "trust-root+jws"), []);
    let mut value = as_value(&document);
    value["payload"] = b64::encode(b"{\"version\":2}").into();
    assert_eq!(parse(&value).unwrap().valid_signers([a.verifier()], TYP), []);
    // The same JSON with other spaces is another payload.
    value["payload"] = b64::encode(b"{\"version\":1,\"entries\":[]}").into();
    assert_eq!(parse(&value).unwrap().valid_signers([a.verifier()], TYP), []);
}

#[test]
fn rs256_and_ps256_of_one_rsa_key_are_kept_apart() {
    let ps256 = crate::support::key(Algorithm::PS256);
    let document = document(&[ps256]);
    let bare = PublicJwk::parse(&with(ps256.public_jwk().to_value(), json!({ "alg": null }))).unwrap();
    let rs256 = Verifier::new(&bare, Algorithm::RS256).unwrap();
    assert_eq!(rs256.thumbprint(), ps256.verifier().thumbprint());
    assert_eq!(document.valid_signers([&rs256], TYP), []);
    assert_eq!(document.valid_signers([&rs256, ps256.verifier()], TYP), thumbprints(&[ps256]));
}

#[test]
fn extra_signatures_by_strangers_do_no_harm() {
    let (a, stranger) = (signer(), signer());
    let document = reread(&document(&[&stranger, &a]));
    assert_eq!(document.valid_signers([a.verifier()], TYP), thumbprints(&[&a]));
}

#[test]
fn h26_documents_of_another_form_are_refused() {
    let a = signer();
    let good = as_value(&document(&[&a]));
    parse(&good).unwrap();
    let signature = good["signatures"][0].clone();
    let table: Vec<(Value, Expected)> = vec![
        (json!([]), |e| matches!(e, DocumentError::Form)),
        (json!("a.b.c"), |e| matches!(e, DocumentError::Form)),
        (with(good.clone(), json!({ "payload": null })), |e| matches!(e, DocumentError::Form)),
        (with(good.clone(), json!({ "signatures": null })), |e| matches!(e, DocumentError::Form)),
        (with(good.clone(), json!({ "signatures": signature })), |e| matches!(e, DocumentError::Form)),
        (with(good.clone(), json!({ "signature": "AA" })), |e| matches!(e, DocumentError::Form)),
        (with(good.clone(), json!({ "protected": "AA" })), |e| matches!(e, DocumentError::Form)),
        (with(good.clone(), json!({ "note": 1 })), |e| matches!(e, DocumentError::Form)),
        (with(good.clone(), json!({ "payload": 1 })), |e| matches!(e, DocumentError::Form)),
        (with(good.clone(), json!({ "payload": "AA==" })), |e| matches!(e, DocumentError::Base64("payload"))),
        (with(good.clone(), json!({ "payload": "AB" })), |e| matches!(e, DocumentError::Base64("payload"))),
        (with(good.clone(), json!({ "payload": " AA" })), |e| matches!(e, DocumentError::Base64("payload"))),
        (with(good.clone(), json!({ "payload": "A\"A" })), |e| matches!(e, DocumentError::Form)),
        (with(good.clone(), json!({ "signatures": vec![signature.clone(); MAX_SIGNATURES + 1] })), |e| {
            matches!(e, DocumentError::TooManySignatures)
        }),
    ];
    for (document, expected) in table {
        let error = parse(&document).expect_err("another form");
        assert!(expected(&error), "{document:.200}: {error:?}");
    }
    for text in [r#"{"payload":"AA","payload":"AA","signatures":[]}"#, r#"{"payload":"AA","signatures":[]} x"#, ""] {
        let refused = SignedDocument::parse(text.as_bytes(), &Limits::LIST);
        assert!(matches!(refused, Err(DocumentError::Json(_))), "{text}");
    }
}

#[test]
fn only_protected_headers_with_alg_typ_and_thumbprint_are_read() {
    let a = signer();
    let good = as_value(&document(&[&a]));
    let name = a.public_jwk().thumbprint().as_str();
    let table: Vec<(Value, Expected)> = vec![
        (json!({ "typ": TYP, "kid": name }), |e| matches!(e, DocumentError::Header(HeaderError::AlgMissing))),
        (json!({ "alg": "none", "typ": TYP, "kid": name }), |e| {
            matches!(e, DocumentError::Header(HeaderError::Alg(_)))
        }),
        (json!({ "alg": "ES256", "kid": name }), |e| matches!(e, DocumentError::NoTyp)),
        (json!({ "alg": "ES256", "typ": TYP }), |e| matches!(e, DocumentError::KidIsNoThumbprint)),
        (json!({ "alg": "ES256", "typ": TYP, "kid": "xa-1" }), |e| matches!(e, DocumentError::KidIsNoThumbprint)),
        (json!({ "alg": "ES256", "typ": TYP, "kid": name, "crit": [] }), |e| {
            matches!(e, DocumentError::Header(HeaderError::Extension("crit")))
        }),
    ];
    for (header, expected) in table {
        let mut document = good.clone();
        document["signatures"][0]["protected"] = b64::encode(header.to_string()).into();
        let error = parse(&document).expect_err("another header");
        assert!(expected(&error), "{header}: {error:?}");
    }
    for changes in
        [json!({ "header": { "kid": name } }), json!({ "header": {} }), json!({ "protected": null }), json!({ "x": 1 })]
    {
        let mut document = good.clone();
        document["signatures"][0] = with(document["signatures"][0].clone(), changes.clone());
        assert!(matches!(parse(&document), Err(DocumentError::Form)), "{changes}");
    }
}

/// A token that answers with a signature of another key.
struct Confused<'k> {
    own: &'k SigningKey,
    other: &'k SigningKey,
}

impl DocumentSigner for Confused<'_> {
    fn verifier(&self) -> &Verifier {
        self.own.verifier()
    }

    fn sign(&self, signing_input: &[u8]) -> Result<Vec<u8>, SignError> {
        self.other.sign(signing_input)
    }
}

#[test]
fn a_token_whose_signature_does_not_verify_adds_nothing() {
    let (own, other) = (&signer(), &signer());
    let mut document = SignedDocument::new(PAYLOAD.to_vec());
    let refused = document.sign_with(&Confused { own, other }, TYP, NOW);
    assert!(matches!(refused, Err(DocumentError::Sign(SignError::NotVerified))));
    assert!(document.signatures().is_empty());
    document.sign_with(&Confused { own, other: own }, TYP, NOW).unwrap();
    assert_eq!(document.valid_signers([own.verifier()], TYP), thumbprints(&[own]));
}

#[test]
fn debug_output_shows_sizes_and_not_the_payload() {
    let shown = format!("{:?}", document(&[&signer()]));
    assert!(shown.contains("payload_bytes: 34") && shown.contains("signatures: 1"), "{shown}");
}
