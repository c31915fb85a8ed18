//! One changed byte anywhere in a signed thing and it is worth nothing.

use proptest::prelude::*;
use strict_jose::{Algorithm, CompactJws, Limits, SignedDocument, SigningKey, UnixTime};

use crate::support::{KEYS, key};

const PAYLOAD: &[u8] = br#"{"iss":"https://idp.example","aud":"hub","iat":1764000000,"exp":1764000060}"#;

fn is_accepted(token: &[u8], key: &SigningKey) -> bool {
    let Ok(text) = std::str::from_utf8(token) else { return false };
    CompactJws::parse(text, &Limits::TOKEN).is_ok_and(|jws| jws.verify(key.verifier()).is_ok())
}

#[test]
fn every_byte_of_a_token_matters_for_every_algorithm() {
    for key in KEYS.iter() {
        let token = key.sign_compact("JWT", PAYLOAD).unwrap().into_bytes();
        assert!(is_accepted(&token, key));
        for place in 0..token.len() {
            for change in [1, 2, 4, 0x20, 0x80] {
                let mut changed = token.clone();
                changed[place] ^= change;
                assert!(!is_accepted(&changed, key), "{} byte {place} xor {change}", key.alg());
            }
            let mut shorter = token.clone();
            shorter.remove(place);
            assert!(!is_accepted(&shorter, key), "{} without byte {place}", key.alg());
        }
    }
}

proptest! {
    #[test]
    fn a_token_with_one_other_byte_is_refused(place: prop::sample::Index, byte: u8, alg in 0..KEYS.len()) {
        let key = &KEYS[alg];
        let mut token = key.sign_compact("JWT", PAYLOAD).unwrap().into_bytes();
        let place = place.index(token.len());
        prop_assume!(token[place] != byte);
        token[place] = byte;
        prop_assert!(!is_accepted(&token, key));
    }

    #[test]
    fn a_token_with_a_byte_put_in_is_refused(place: prop::sample::Index, byte: u8) {
        let key = key(Algorithm::EdDSA);
        let mut token = key.sign_compact("JWT", PAYLOAD).unwrap().into_bytes();
        token.insert(place.index(token.len() + 1), byte);
        prop_assert!(!is_accepted(&token, key));
    }

    #[test]
    fn a_document_with_one_other_byte_loses_a_signer(place: prop::sample::Index, byte: u8) {
        let signers = [key(Algorithm::ES256), key(Algorithm::EdDSA)];
        let mut document = SignedDocument::new(PAYLOAD.to_vec());
        for signer in signers {
            document.sign_with(signer, "list+jws", UnixTime::new(1)).unwrap();
        }
        let mut bytes = document.to_json_bytes();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        if let Ok(changed) = SignedDocument::parse(&bytes, &Limits::LIST) {
            let valid = changed.valid_signers(signers.map(SigningKey::verifier), "list+jws");
            prop_assert!(valid.len() < 2);
            prop_assert!(valid.is_empty() || changed.payload() == PAYLOAD);
        }
    }
}
