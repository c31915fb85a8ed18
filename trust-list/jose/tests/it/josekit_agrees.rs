//! An independent implementation accepts what we sign, and we accept what it signs.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPairComponents;
use aws_lc_rs::signature::{
    RSA_PSS_SHA256, RsaKeyPair, RsaPssSaltLength, RsaPublicKeyComponents, RsaSignatureEncoding,
};
use josekit::jwk::Jwk;
use josekit::jws::{self, JwsHeader, JwsSigner, JwsVerifier};
use serde_json::{Map, Value};
use strict_jose::{Algorithm, CompactJws, Limits, SigningKey};

use crate::support::KEYS;

const PAYLOAD: &[u8] = br#"{"iss":"https://idp.example"}"#;

fn josekit_pair(key: &SigningKey) -> (Box<dyn JwsSigner>, Box<dyn JwsVerifier>) {
    let private: Map<String, Value> = serde_json::from_str(&key.to_private_jwk()).unwrap();
    let private = Jwk::from_map(private).unwrap();
    let Value::Object(public) = key.public_jwk().to_value() else { unreachable!() };
    let public = Jwk::from_map(public).unwrap();
    macro_rules! pair {
        ($alg:expr) => {
            (Box::new($alg.signer_from_jwk(&private).unwrap()), Box::new($alg.verifier_from_jwk(&public).unwrap()))
        };
    }
    match key.alg() {
        Algorithm::ES256 => pair!(jws::ES256),
        Algorithm::ES384 => pair!(jws::ES384),
        Algorithm::PS256 => pair!(jws::PS256),
        Algorithm::RS256 => pair!(jws::RS256),
        Algorithm::EdDSA => pair!(jws::EdDSA),
    }
}

#[test]
fn josekit_accepts_our_signatures() {
    for key in KEYS.iter() {
        let token = key.sign_compact("JWT", PAYLOAD).unwrap();
        let (_, verifier) = josekit_pair(key);
        let (payload, header) = jws::deserialize_compact(&token, verifier.as_ref()).unwrap();
        assert_eq!((payload.as_slice(), header.key_id()), (PAYLOAD, Some(key.kid().as_str())), "{}", key.alg());
    }
}

#[test]
fn we_accept_the_signatures_of_josekit() {
    for key in KEYS.iter() {
        let (signer, _) = josekit_pair(key);
        let token = jws::serialize_compact(PAYLOAD, &JwsHeader::new(), signer.as_ref()).unwrap();
        let verified = CompactJws::parse(&token, &Limits::TOKEN).unwrap().verify(key.verifier()).unwrap();
        assert_eq!(verified.payload(), PAYLOAD, "{}", key.alg());
    }
}

#[test]
fn our_keys_work_behind_the_seams_of_josekit() {
    for key in KEYS.iter() {
        let signer: Box<dyn JwsSigner> = Box::new(key.clone());
        let token = jws::serialize_compact(PAYLOAD, &JwsHeader::new(), signer.clone().as_ref()).unwrap();
        let verifier: Box<dyn JwsVerifier> = Box::new(key.verifier().clone());
        let (payload, _) = jws::deserialize_compact(&token, verifier.clone().as_ref()).unwrap();
        assert_eq!(payload, PAYLOAD);
        let (input, _) = token.rsplit_once('.').unwrap();
        assert!(verifier.verify(input.as_bytes(), &[0; 64]).is_err());
    }
}

#[test]
fn a_ps256_signature_with_another_salt_length_is_refused() {
    // RFC 7518 §3.5: the salt is as long as the hash, 32 bytes.
    static SALTS: [(u16, RsaSignatureEncoding); 5] = [
        (0, RSA_PSS_SHA256.with_pss_salt_length(RsaPssSaltLength::Custom(0))),
        (20, RSA_PSS_SHA256.with_pss_salt_length(RsaPssSaltLength::Custom(20))),
        (31, RSA_PSS_SHA256.with_pss_salt_length(RsaPssSaltLength::Custom(31))),
        (32, RSA_PSS_SHA256.with_pss_salt_length(RsaPssSaltLength::Custom(32))),
        (222, RSA_PSS_SHA256.with_pss_salt_length(RsaPssSaltLength::Max)),
    ];
    let key = crate::support::key(Algorithm::PS256);
    let private: Value = serde_json::from_str(&key.to_private_jwk()).unwrap();
    let number = |name: &str| strict_jose::b64::decode(private[name].as_str().unwrap()).unwrap();
    let pair = RsaKeyPair::from_components(&KeyPairComponents {
        public_key: RsaPublicKeyComponents { n: number("n"), e: number("e") },
        d: number("d"),
        p: number("p"),
        q: number("q"),
        dP: number("dp"),
        dQ: number("dq"),
        qInv: number("qi"),
    })
    .unwrap();
    for (length, encoding) in &SALTS {
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(encoding, &SystemRandom::new(), b"text", &mut signature).unwrap();
        assert_eq!(key.verifier().verify(b"text", &signature).is_ok(), *length == 32, "salt of {length} bytes");
    }
}
