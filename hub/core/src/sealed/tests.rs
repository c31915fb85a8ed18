use super::*;
use serde::Deserialize;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Code {
    grant: String,
    expires: i64,
}

impl SealedHandle for Code {
    const PURPOSE: SealPurpose = SealPurpose::AuthorizationCode;
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Form {
    grant: String,
    expires: i64,
}

impl SealedHandle for Form {
    const PURPOSE: SealPurpose = SealPurpose::ConsentForm;
}

fn key(byte: u8) -> SealingKey {
    SealingKey::from_bytes([byte; 32])
}

fn sealer(byte: u8) -> Sealer {
    Sealer::new(&key(byte), &[]).unwrap()
}

fn code() -> Code {
    Code { grant: "g".repeat(43), expires: 1_800_000_000 }
}

#[test]
fn what_is_sealed_opens_under_its_purpose_and_name_only() {
    let sealer = sealer(1);
    let value = sealer.seal(SealPurpose::Grant, "name", &code()).unwrap();
    assert_eq!(sealer.open::<Code>(SealPurpose::Grant, "name", &value), Ok(code()));
    for (purpose, name) in [
        (SealPurpose::Login, "name"),
        (SealPurpose::RefreshToken, "name"),
        (SealPurpose::Grant, "nam"),
        (SealPurpose::Grant, "name2"),
        (SealPurpose::Grant, ""),
    ] {
        assert_eq!(sealer.open::<Code>(purpose, name, &value), Err(NotOpened), "{purpose:?} {name}");
    }
}

#[test]
fn purpose_and_name_do_not_run_into_each_other() {
    let sealer = sealer(1);
    let value = sealer.seal(SealPurpose::RefreshToken, "-text\0x", &code()).unwrap();
    assert_eq!(sealer.open::<Code>(SealPurpose::RefreshTokenText, "x", &value), Err(NotOpened));
}

#[test]
fn every_altered_bit_and_every_cut_is_refused() {
    let sealer = sealer(1);
    let value = sealer.seal(SealPurpose::Grant, "name", &code()).unwrap();
    let bytes = value.as_bytes();
    for index in 0..bytes.len() {
        for bit in 0..8 {
            let mut altered = bytes.to_vec();
            altered[index] ^= 1 << bit;
            let opened = sealer.open::<Code>(SealPurpose::Grant, "name", &Sealed::from_bytes(altered));
            assert_eq!(opened, Err(NotOpened), "byte {index}, bit {bit}");
        }
        let cut = Sealed::from_bytes(&bytes[..index]);
        assert_eq!(sealer.open::<Code>(SealPurpose::Grant, "name", &cut), Err(NotOpened), "cut to {index}");
    }
    let longer = Sealed::from_bytes([bytes, &[0]].concat());
    assert_eq!(sealer.open::<Code>(SealPurpose::Grant, "name", &longer), Err(NotOpened));
}

#[test]
fn a_handle_of_one_kind_is_no_handle_of_another() {
    let sealer = sealer(1);
    let text = sealer.seal_handle(&code()).unwrap();
    assert_eq!(sealer.open_handle::<Code>(&text), Ok(code()));
    assert_eq!(sealer.open_handle::<Form>(&text), Err(NotOpened));
    let stored = Sealed::from_bytes(b64::decode(&text).unwrap());
    assert_eq!(sealer.open::<Code>(SealPurpose::Grant, "", &stored), Err(NotOpened));
}

#[test]
fn j09_a_malformed_handle_is_none_whatever_is_wrong_with_it() {
    let sealer = sealer(1);
    let text = sealer.seal_handle(&code()).unwrap();
    let huge = "A".repeat(MAX_HANDLE_TEXT + 1);
    for wrong in ["", "A", "AAAA", "====", "é", &text[1..], &text[..text.len() - 1], &format!("{text}A"), &huge] {
        assert_eq!(sealer.open_handle::<Code>(wrong), Err(NotOpened), "{wrong:.60}");
    }
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{text}");
}

#[test]
fn f13_a_rotated_key_still_opens_and_a_dropped_one_does_not() {
    let old = sealer(1);
    let value = old.seal(SealPurpose::Grant, "name", &code()).unwrap();
    let rotated = Sealer::new(&key(2), &[key(3), key(1)]).unwrap();
    assert_eq!(rotated.open::<Code>(SealPurpose::Grant, "name", &value), Ok(code()));
    let dropped = Sealer::new(&key(2), &[key(3)]).unwrap();
    assert_eq!(dropped.open::<Code>(SealPurpose::Grant, "name", &value), Err(NotOpened));
    let new = rotated.seal(SealPurpose::Grant, "name", &code()).unwrap();
    assert_eq!(old.open::<Code>(SealPurpose::Grant, "name", &new), Err(NotOpened), "sealed with the current key");
}

#[test]
fn keys_whose_ids_collide_are_told_apart_by_the_tag() {
    let id = |byte| AeadKey::new(&key(byte)).unwrap().id;
    let (first, second) = (0..=u8::MAX)
        .flat_map(|a| (0..a).map(move |b| (a, b)))
        .find(|(a, b)| id(*a) == id(*b))
        .expect("256 keys with one-byte ids collide somewhere");
    let value = sealer(second).seal(SealPurpose::Grant, "name", &code()).unwrap();
    let both = Sealer::new(&key(first), &[key(second)]).unwrap();
    assert_eq!(both.open::<Code>(SealPurpose::Grant, "name", &value), Ok(code()));
}

#[test]
fn the_same_value_never_seals_to_the_same_bytes() {
    let sealer = sealer(1);
    let seals: std::collections::HashSet<String> = (0..100).map(|_| sealer.seal_handle(&code()).unwrap()).collect();
    assert_eq!(seals.len(), 100);
}

#[test]
fn r02_keys_and_values_do_not_show_themselves_in_logs() {
    let sealer = sealer(7);
    let value = sealer.seal(SealPurpose::Grant, "name", &"canary").unwrap();
    let shown = format!("{:?} {sealer:?} {value:?}", key(7));
    assert_eq!(shown, "SealingKey(redacted) Sealer(1 keys) Sealed(37 bytes)");
    assert!(!value.as_bytes().windows(6).any(|window| window == b"canary"));
}

#[test]
fn a_configured_key_is_32_bytes_in_base64url_and_nothing_else() {
    let key = SealingKey::generate().unwrap();
    let read = SealingKey::from_base64url(&format!("{}\n", key.to_base64url().as_str())).unwrap();
    assert_eq!(*read.0, *key.0);
    for wrong in ["", "AAAA", &"A".repeat(42), &"A".repeat(44), &"=".repeat(43)] {
        assert!(SealingKey::from_base64url(wrong).is_none(), "{wrong}");
    }
}
