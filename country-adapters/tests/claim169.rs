//! The kit `claim169`: codes of every shape in the field, and every way a code must not pass.

#![cfg(test)]
#![expect(clippy::needless_pass_by_value, reason = "`json!(..)` reads better without a reference in front")]

mod support;

use std::io::Write as _;
use std::sync::LazyLock;

use ciborium::Value as Cbor;
use coset::iana::Algorithm as CoseAlgorithm;
use coset::{AsCborValue as _, CoseSign1Builder, HeaderBuilder};
use country_adapters::kits::claim169::emit::{Card, Form, Key};
use country_adapters::{
    AdapterError, AssertionProblem, CredentialStatus, DocumentStatus, Misconfigured, Presented, Unsupported,
    VerifiedAssertion,
};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use proptest::prelude::*;
use serde_json::{Value, json};
use strict_jose::{Algorithm, PublicJwk, SigningKey, UnixTime, b64, sha256};
use support::region::{Region, entry};
use support::{Bench, ES256, NOW, OTHER_ES256};
use trust_list::Level;

const ISSUER: &str = "https://id.xa.example";
const SHAPE_A: &str = include_str!("vectors/claim169/shape-a.txt");
const SHAPE_B: &str = include_str!("vectors/claim169/shape-b.txt");
const SHAPE_C: &str = include_str!("vectors/claim169/shape-c.txt");
const EXPIRED: &str = include_str!("vectors/claim169/expired.txt");
const SHAPE_A_BYTES: &str = include_str!("vectors/claim169/shape-a.hex");

fn profile() -> Value {
    json!({"iss": [ISSUER], "level": "low", "trust_framework": "xa_card"})
}

/// The key of the vectors: seed 00 01 .. 1f.
fn vector_key() -> SigningKey {
    let seed: Vec<u8> = (0..32).collect();
    let public = hex("03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
    let jwk = json!({"kty": "OKP", "crv": "Ed25519", "kid": "xa-1", "x": b64::encode(public), "d": b64::encode(seed)});
    SigningKey::from_jwk(&jwk).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}

/// A hub whose list has these keys for the issuer.
struct Desk {
    bench: Bench,
}

impl Desk {
    fn with(profile: Value, keys: &[PublicJwk]) -> Self {
        let op = support::op::FakeOp::new(
            support::style("id.xa.example", "", support::op::UserinfoStyle::Json, json!({})),
            &ES256,
            &ES256,
        );
        let mut bench = Bench::new("oidc", json!({}), op);
        bench.kind = "claim169";
        bench.region = Region::of(&entry("claim169", profile, "id.xa.example", keys), Level::High);
        Self { bench }
    }

    fn new() -> Self {
        Self::with(profile(), &[vector_key().public_jwk().clone(), ES256.public_jwk().clone()])
    }

    fn at(mut self, now: UnixTime) -> Self {
        self.bench.now = now;
        self
    }

    fn read(&self, qr: &str) -> Result<VerifiedAssertion, AdapterError> {
        // Nothing is fetched, so there is nothing to wait for.
        futures_util::FutureExt::now_or_never(self.bench.present(&Presented::Claim169 { qr })).unwrap()
    }

    fn refuses(&self, qr: &str, expected: AssertionProblem, title: &str) {
        assert_eq!(self.read(qr).map(|_| ()), Err(expected.into()), "{title}");
    }
}

#[test]
fn every_shape_in_the_field_is_read() {
    let desk = Desk::new();
    for (title, qr) in [("A", SHAPE_A), ("B", SHAPE_B), ("C", SHAPE_C)] {
        let assertion = desk.read(qr).unwrap();
        assert_eq!(assertion.subject().expose(), "3957208461592737", "{title}");
        let expected =
            json!({"name": "Afi Mensah", "birthdate": "1991-03-08", "gender": "female", "nationalities": ["XA"]});
        assert_eq!(json!(assertion.claims()), expected, "{title}");
        assert_eq!(assertion.level(), Level::Low);
        assert_eq!(assertion.country().as_str(), "XA");
        assert_eq!(assertion.expires_at(), Some(UnixTime::new(1_900_000_000)));
        assert_eq!(assertion.trust_framework(), "xa_card");
        assert_eq!(assertion.auth_time(), None);
    }
    assert_eq!(desk.read(SHAPE_A).unwrap().assertion_digest(), sha256(hex(SHAPE_A_BYTES)));
    assert_eq!(desk.bench.op.calls("/jwks"), 0, "nothing is fetched");
}

#[test]
fn l03_a_status_nobody_asked_for_is_never_shown_as_good() {
    let assertion = Desk::new().read(SHAPE_A).unwrap();
    assert_eq!(assertion.credential_status(), CredentialStatus::NotChecked);
    assert_eq!(assertion.document_status(), DocumentStatus::Unknown);
    assert_eq!(assertion.one_time_id(), None, "a card is shown again and again");
}

#[test]
fn l04_a_card_past_its_end_or_before_its_beginning_is_refused() {
    Desk::new().at(NOW.plus(61)).refuses(EXPIRED, AssertionProblem::Expired, "expired");
    Desk::new().at(UnixTime::new(1_900_000_060)).refuses(SHAPE_A, AssertionProblem::Expired, "at its end");
    Desk::new().at(NOW.minus(86_400)).refuses(SHAPE_A, AssertionProblem::NotYetValid, "our clock a day behind");
    let future = card().with_claim(5, NOW.plus(61).seconds());
    Desk::new().refuses(&future.sign(&ES256, Form::default()).unwrap(), AssertionProblem::NotYetValid, "nbf ahead");
    assert!(Desk::new().at(UnixTime::new(1_900_000_059)).read(SHAPE_A).is_ok(), "a minute for clocks that differ");
}

#[test]
fn a_listed_key_past_its_own_end_vouches_for_nothing() {
    let ending = |exp: UnixTime| {
        let mut key = vector_key().public_jwk().to_value();
        key["exp"] = json!(exp);
        Desk::with(profile(), &[PublicJwk::parse(&key).unwrap()])
    };
    // The list was asked a moment before, when the key was still good.
    ending(NOW.plus(5)).at(NOW.plus(5)).refuses(SHAPE_A, AssertionProblem::KeyExpired, "at its end");
    assert!(ending(NOW.plus(5)).at(NOW.plus(4)).read(SHAPE_A).is_ok());
}

#[test]
fn a_card_without_an_end_is_good_for_as_long_as_the_country_says_and_no_longer() {
    let qr = pack(&sign(&claims_without(4), &ES256, HeaderBuilder::key_id));
    Desk::new().refuses(&qr, AssertionProblem::NoExpiry, "the profile says nothing");
    let ten_days = json!({"iss": [ISSUER], "level": "low", "accepted_without_exp_days": 10});
    let desk = || Desk::with(ten_days.clone(), &[ES256.public_jwk().clone()]);
    assert_eq!(desk().read(&qr).unwrap().expires_at(), Some(NOW.plus(10 * 86_400)));
    desk().at(NOW.plus(10 * 86_400 + 60)).refuses(&qr, AssertionProblem::Expired, "after ten days");
    let without_iat = without(&claims_without(4), 6);
    let qr = pack(&sign(&without_iat, &ES256, HeaderBuilder::key_id));
    desk().refuses(&qr, AssertionProblem::NoExpiry, "ten days from when?");
}

#[test]
fn l02_a_card_of_an_issuer_that_is_not_in_the_entry_is_refused() {
    let stranger = Card::new("https://id.xb.example", NOW, NOW.plus(60)).with_text(Key::ID, "1");
    let qr = stranger.sign(&ES256, Form::default()).unwrap();
    Desk::new().refuses(&qr, AssertionProblem::Issuer, "another issuer, our key");
    let qr = card().sign(&OTHER_ES256, Form::default()).unwrap();
    Desk::new().refuses(&qr, AssertionProblem::KeyUnknown, "a key of another country");
    let same_name = SigningKey::generate(Algorithm::ES256, ES256.kid().clone()).unwrap();
    let qr = card().sign(&same_name, Form::default()).unwrap();
    Desk::new().refuses(&qr, AssertionProblem::Signature, "another key of the same name");
    let only = json!({"iss": [ISSUER], "level": "low", "kids": ["xa-1"]});
    let desk = Desk::with(only, &[vector_key().public_jwk().clone(), ES256.public_jwk().clone()]);
    desk.refuses(
        &card().sign(&ES256, Form::default()).unwrap(),
        AssertionProblem::KeyUnknown,
        "kid not in the profile",
    );
    assert!(desk.read(SHAPE_A).is_ok());
}

#[test]
fn l08_a_code_that_inflates_past_the_cap_or_is_too_long_is_refused() {
    Desk::new().refuses(&pack(&vec![0; 64 * 1024 + 1]), AssertionProblem::QrTooLarge, "64 KiB and one byte");
    Desk::new().refuses(&pack(&vec![b'0'; 1 << 20]), AssertionProblem::QrTooLarge, "1 MiB");
    Desk::new().refuses(&"0".repeat(4297), AssertionProblem::QrTooLarge, "4,297 characters");
}

#[test]
fn text_that_is_no_code_is_refused_at_the_step_that_fails() {
    let (half, _) = SHAPE_A.split_at(SHAPE_A.len() / 3 * 2);
    let trailing = {
        let mut bytes = base45::decode(SHAPE_A).unwrap();
        bytes.extend_from_slice(b"more");
        base45::encode(bytes)
    };
    for (title, qr, expected) in [
        ("nothing", "", AssertionProblem::QrEncoding),
        ("not Base45", "6BF#90", AssertionProblem::QrEncoding),
        ("lower case", "6bfh90", AssertionProblem::QrEncoding),
        ("not zlib", "QED8WEX0", AssertionProblem::QrEncoding),
        ("truncated zlib", half, AssertionProblem::QrEncoding),
        ("bytes behind the stream", &trailing, AssertionProblem::QrEncoding),
        ("not COSE", "6BFGPD$.PV0Q$LPFDQI00LTDH1", AssertionProblem::Cbor),
    ] {
        let error = Desk::new().read(qr).unwrap_err();
        let same = error == expected.into() || (title == "not COSE" && error == AssertionProblem::NotACwt.into());
        assert!(same, "{title}: {error:?}");
    }
}

#[test]
fn one_flipped_byte_anywhere_in_what_is_signed_is_noticed() {
    let (desk, good) = (Desk::new(), hex(SHAPE_A_BYTES));
    for index in (0..good.len()).filter(|index| !UNPROTECTED.contains(index)) {
        let mut bytes = good.clone();
        bytes[index] ^= 1;
        match desk.read(&pack(&bytes)) {
            Err(AdapterError::Assertion(_)) => {}
            other => panic!("byte {index}: {other:?}"),
        }
    }
    // The unprotected header is not signed: whatever it says, nobody gets in as somebody else.
    for index in UNPROTECTED {
        let mut bytes = good.clone();
        bytes[index] ^= 1;
        let read = desk.read(&pack(&bytes));
        assert!(read.is_err() || read.unwrap().subject().expose() == "3957208461592737", "byte {index}");
    }
    assert!(desk.read(&pack(&good)).is_ok());
}

/// `a1 04 44 78612d31`: the map with the kid.
const UNPROTECTED: std::ops::Range<usize> = 6..13;

#[test]
fn the_algorithm_comes_from_the_protected_header_and_fits_the_key() {
    let unprotected_only = {
        let sign1 = CoseSign1Builder::new()
            .unprotected(HeaderBuilder::new().algorithm(CoseAlgorithm::ES256).key_id(kid(&ES256)).build())
            .payload(encode(&Cbor::Map(claims())))
            .create_signature(&[], |signed| ES256.sign(signed).unwrap())
            .build();
        tagged(sign1.to_cbor_value().unwrap())
    };
    Desk::new().refuses(&pack(&unprotected_only), AssertionProblem::AlgorithmNotAllowed, "unprotected only");
    for alg in [CoseAlgorithm::ES384, CoseAlgorithm::HMAC_256_256, CoseAlgorithm::RS256, CoseAlgorithm::PS256] {
        let qr = pack(&sign_as(&claims(), &ES256, alg, HeaderBuilder::key_id));
        Desk::new().refuses(&qr, AssertionProblem::AlgorithmNotAllowed, "outside the list");
    }
    let crossed = sign_as(&claims(), &vector_key(), CoseAlgorithm::ES256, HeaderBuilder::key_id);
    Desk::new().refuses(&pack(&crossed), AssertionProblem::KeyUnknown, "ES256 with an Ed25519 key");
}

#[test]
fn a_kid_that_the_two_headers_disagree_about_is_refused() {
    let sign1 = CoseSign1Builder::new()
        .protected(HeaderBuilder::new().algorithm(CoseAlgorithm::ES256).key_id(kid(&ES256)).build())
        .unprotected(HeaderBuilder::new().key_id(b"xa-1".to_vec()).build())
        .payload(encode(&Cbor::Map(claims())))
        .create_signature(&[], |signed| ES256.sign(signed).unwrap())
        .build();
    Desk::new().refuses(&pack(&tagged(sign1.to_cbor_value().unwrap())), AssertionProblem::KeyAmbiguous, "two names");
}

#[test]
fn a_critical_header_that_nobody_understands_is_refused() {
    let critical = |header: HeaderBuilder, kid| header.key_id(kid).add_critical(coset::iana::HeaderParameter::X5Chain);
    let qr = pack(&sign(&claims(), &ES256, critical));
    Desk::new().refuses(&qr, AssertionProblem::NotACwt, "crit");
}

#[test]
fn only_a_signed_cwt_is_one() {
    let sign1 = untagged(&claims());
    let tag = |number: u64, inner: Cbor| Cbor::Tag(number, Box::new(inner));
    let good = encode(&tag(61, tag(18, sign1.clone())));
    assert!(Desk::new().read(&pack(&good)).is_ok());
    for (title, value) in [
        ("tag 61 twice", tag(61, tag(61, tag(18, sign1.clone())))),
        ("tag 18 twice", tag(18, tag(18, sign1.clone()))),
        ("COSE_Mac0", tag(17, sign1.clone())),
        ("COSE_Encrypt0", tag(16, sign1.clone())),
        ("tags exchanged", tag(18, tag(61, sign1.clone()))),
        ("three elements", Cbor::Array(sign1.as_array().unwrap()[..3].to_vec())),
        ("a map", Cbor::Map(vec![])),
        ("a text", Cbor::Text("hello".to_owned())),
    ] {
        Desk::new().refuses(&pack(&encode(&value)), AssertionProblem::NotACwt, title);
    }
    let mut longer = good;
    longer.push(0);
    Desk::new().refuses(&pack(&longer), AssertionProblem::Cbor, "bytes behind the item");
}

#[test]
fn hexadecimal_is_undone_once_and_only_where_it_is_whole() {
    let good = tagged(untagged(&claims()));
    let hex_of = |bytes: &[u8]| bytes.iter().flat_map(|b| format!("{b:02x}").into_bytes()).collect::<Vec<u8>>();
    assert!(Desk::new().read(&pack(&hex_of(&good))).is_ok());
    assert!(Desk::new().read(&pack(&hex_of(&good).to_ascii_uppercase())).is_ok());
    let mut odd = hex_of(&good);
    odd.pop();
    for (title, bytes) in [("odd length", odd), ("hex of hex", hex_of(&hex_of(&good)))] {
        assert!(matches!(Desk::new().read(&pack(&bytes)), Err(AdapterError::Assertion(_))), "{title}");
    }
}

#[test]
fn the_identity_is_a_map_or_a_byte_string_of_one() {
    let nested = encode(&Cbor::Bytes(encode(&Cbor::Map(identity()))));
    for (title, value, expected) in [
        ("missing", None, AssertionProblem::IdentityDataMissing),
        ("byte string in byte string", Some(Cbor::Bytes(nested)), AssertionProblem::IdentityDataMissing),
        ("text", Some(Cbor::Text("x".to_owned())), AssertionProblem::IdentityDataMissing),
        ("bytes that are no CBOR", Some(Cbor::Bytes(vec![0xff])), AssertionProblem::Cbor),
        ("nobody in it", Some(Cbor::Map(vec![])), AssertionProblem::Subject),
    ] {
        let mut claims = without(&claims(), 169);
        claims.extend(value.map(|value| (Cbor::from(169), value)));
        let qr = pack(&sign(&claims, &ES256, HeaderBuilder::key_id));
        Desk::new().refuses(&qr, expected, title);
    }
}

#[test]
fn a_key_twice_and_nesting_without_end_are_refused() {
    let twice = |mut claims: Vec<(Cbor, Cbor)>| {
        claims.push(claims[0].clone());
        pack(&sign(&claims, &ES256, HeaderBuilder::key_id))
    };
    Desk::new().refuses(&twice(claims()), AssertionProblem::Cbor, "iss twice");
    let mut person = identity();
    person.push((Cbor::from(1), Cbor::from("another")));
    for value in [Cbor::Map(person.clone()), Cbor::Bytes(encode(&Cbor::Map(person)))] {
        let mut claims = without(&claims(), 169);
        claims.push((Cbor::from(169), value));
        let qr = pack(&sign(&claims, &ES256, HeaderBuilder::key_id));
        Desk::new().refuses(&qr, AssertionProblem::Cbor, "number twice");
    }
    // 20,000 arrays inside one another.
    Desk::new().refuses(&pack(&vec![0x81; 20_000]), AssertionProblem::Cbor, "depth");
    // An array that says it has 2^60 elements.
    Desk::new().refuses(&pack(&[0x9b, 0x10, 0, 0, 0, 0, 0, 0, 0]), AssertionProblem::Cbor, "length");
}

#[test]
fn times_that_are_no_times_are_refused() {
    for (key, value) in
        [(4, Cbor::Float(1.9e9)), (4, Cbor::from("1900000000")), (6, Cbor::from(-1)), (5, Cbor::from(u64::MAX))]
    {
        let mut claims = without(&claims(), key);
        claims.push((Cbor::from(key), value));
        let qr = pack(&sign(&claims, &ES256, HeaderBuilder::key_id));
        Desk::new().refuses(&qr, AssertionProblem::Cbor, "time");
    }
}

#[test]
fn attributes_that_nobody_knows_are_no_error_and_those_of_the_wrong_type_are_left_out() {
    let qr = card()
        .with_text(Key::FULL_NAME, "Afi Mensah")
        .with_text(Key::GENDER, "1")
        .with_text(Key::BIRTH_DATE, "1984-04-18")
        .with_integer(Key::FIRST_NAME, 7)
        .with_text(Key::EMAIL, "")
        .with_text(Key::ADDRESS, "12 rue du Port\nLomé")
        .with_text(Key::SECOND_FULL_NAME, "آفي منساه")
        .with_text(Key::SECOND_LANGUAGE, "ara")
        .with_bytes(Key::other(16), b"\xff\xd8\xff")
        .with_integer(Key::other(17), 1)
        .with_bytes(Key::other(62), b"face")
        .with_text(Key::other(9999), "from the future")
        .sign(&ES256, Form::default())
        .unwrap();
    let assertion = Desk::new().read(&qr).unwrap();
    let expected = json!({
        "name": "Afi Mensah", "name#ar": "آفي منساه", "gender": "male", "birthdate": "1984-04-18",
        "address": {"formatted": "12 rue du Port\nLomé"}, "picture": "data:image/jpeg;base64,/9j/",
    });
    assert_eq!(json!(assertion.claims()), expected);
}

#[test]
fn the_number_is_the_subject_and_never_a_claim_and_a_cwt_without_one_has_its_sub() {
    let assertion = Desk::new().read(SHAPE_A).unwrap();
    assert!(!json!(assertion.claims()).to_string().contains("3957208461592737"));
    assert!(!format!("{assertion:?}").contains("3957208461592737"));
    let nameless = Card::new(ISSUER, NOW, NOW.plus(60)).with_claim(2, "pairwise-1").with_text(Key::FULL_NAME, "Afi");
    let qr = nameless.sign(&ES256, Form::default()).unwrap();
    assert_eq!(Desk::new().read(&qr).unwrap().subject().expose(), "pairwise-1");
}

#[test]
fn a_weak_key_in_the_list_verifies_nothing() {
    let zero = json!({"kty": "OKP", "crv": "Ed25519", "kid": "xa-1", "x": b64::encode([0; 32])});
    let desk = Desk::with(profile(), &[PublicJwk::parse(&zero).unwrap()]);
    desk.refuses(SHAPE_A, AssertionProblem::KeyUnknown, "all zero");
}

#[test]
fn whoever_is_named_in_a_code_is_only_a_claim() {
    assert_eq!(Presented::Claim169 { qr: SHAPE_C }.claimed_issuer().as_deref(), Some(ISSUER));
    assert_eq!(Presented::Claim169 { qr: "6BF" }.claimed_issuer(), None);
    let presented = Presented::Claim169 { qr: SHAPE_A };
    assert!(!format!("{presented:?}").contains(SHAPE_A));
}

#[tokio::test]
async fn an_id_token_is_no_card_and_a_card_needs_its_own_kind_of_entry() {
    let desk = Desk::new();
    let token = Presented::IdToken { jwt: "a.b.c", expected_audience: "x", max_age_secs: 1 };
    assert_eq!(desk.bench.present(&token).await.unwrap_err(), Unsupported::PresentationKind.into());
    let mut wrong = Desk::new();
    wrong.bench.region = Region::of(&entry("oidc", json!({}), "id.xa.example", &[]), Level::High);
    assert_eq!(wrong.read(SHAPE_A).unwrap_err(), Misconfigured::WrongAdapter.into());
}

/// One list for all the cases below.
static DESK: LazyLock<Desk> = LazyLock::new(Desk::new);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_we_emit_in_any_form_we_read(
        number in "[0-9]{10,16}",
        name in "[A-Za-zÀ-ÖØ-öø-ÿ' -]{0,40}[A-Za-z]",
        gender in 1_i64..=3,
        form in 0_usize..27,
    ) {
        let form = Form::all().nth(form).unwrap();
        let card = || Card::new(ISSUER, NOW, NOW.plus(60)).with_text(Key::ID, &number).with_text(Key::FULL_NAME, &name).with_integer(Key::GENDER, gender);
        let desk = &*DESK;
        for key in [&*ES256, &vector_key()] {
            let assertion = desk.read(&card().sign(key, form).unwrap()).unwrap();
            prop_assert_eq!(assertion.subject().expose(), &number);
            prop_assert_eq!(assertion.claims()["name"].as_str(), Some(name.trim()));
        }
    }

    #[test]
    fn any_text_at_all_is_refused_and_never_a_panic(text in "[0-9A-Z $%*+./:-]{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let desk = &*DESK;
        prop_assert!(desk.read(&text).is_err());
        prop_assert!(desk.read(&pack(&bytes)).is_err());
    }
}

fn card() -> Card {
    Card::new(ISSUER, NOW, NOW.plus(3600)).with_text(Key::ID, "3957208461592737")
}

fn identity() -> Vec<(Cbor, Cbor)> {
    vec![(Cbor::from(1), Cbor::from("3957208461592737")), (Cbor::from(4), Cbor::from("Afi Mensah"))]
}

fn claims() -> Vec<(Cbor, Cbor)> {
    vec![
        (Cbor::from(1), Cbor::from(ISSUER)),
        (Cbor::from(4), Cbor::from(1_900_000_000)),
        (Cbor::from(6), Cbor::from(NOW.seconds())),
        (Cbor::from(169), Cbor::Map(identity())),
    ]
}

fn claims_without(key: i64) -> Vec<(Cbor, Cbor)> {
    without(&claims(), key)
}

fn without(claims: &[(Cbor, Cbor)], key: i64) -> Vec<(Cbor, Cbor)> {
    claims.iter().filter(|(own, _)| *own != Cbor::from(key)).cloned().collect()
}

fn kid(key: &SigningKey) -> Vec<u8> {
    key.kid().as_str().as_bytes().to_vec()
}

type Protect = fn(HeaderBuilder, Vec<u8>) -> HeaderBuilder;

fn sign(claims: &[(Cbor, Cbor)], key: &SigningKey, protect: Protect) -> Vec<u8> {
    sign_as(claims, key, CoseAlgorithm::ES256, protect)
}

fn sign_as(claims: &[(Cbor, Cbor)], key: &SigningKey, alg: CoseAlgorithm, protect: Protect) -> Vec<u8> {
    let sign1 = CoseSign1Builder::new()
        .protected(protect(HeaderBuilder::new().algorithm(alg), kid(key)).build())
        .payload(encode(&Cbor::Map(claims.to_vec())))
        .create_signature(&[], |signed| key.sign(signed).unwrap())
        .build();
    tagged(sign1.to_cbor_value().unwrap())
}

fn untagged(claims: &[(Cbor, Cbor)]) -> Cbor {
    let sign1 = CoseSign1Builder::new()
        .protected(HeaderBuilder::new().algorithm(CoseAlgorithm::ES256).key_id(kid(&ES256)).build())
        .payload(encode(&Cbor::Map(claims.to_vec())))
        .create_signature(&[], |signed| ES256.sign(signed).unwrap())
        .build();
    sign1.to_cbor_value().unwrap()
}

fn tagged(sign1: Cbor) -> Vec<u8> {
    encode(&Cbor::Tag(18, Box::new(sign1)))
}

fn encode(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}

fn pack(content: &[u8]) -> String {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    base45::encode(encoder.finish().unwrap())
}
