//! What makes a key: its kind and its value, checked and made ready for the library that verifies.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ED25519_PUBLIC_KEY_LEN, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, VerificationAlgorithm,
};
use serde_json::{Map, Value, json};

use crate::algorithm::Algorithm;
use crate::b64;
use crate::jwk::{JwkError, required_string};
use crate::kid::Thumbprint;
use crate::primitives::sha256;

/// To add a kind of key: 1. a variant, 2. its check in `Key::parse`, 3. its members in `Key::members`, in the order
/// of RFC 7638 §3.2, 4. where it fits in `Key::prepared`.
pub(crate) enum Key {
    Ec { curve: Curve, x: String, y: String, prepared: ParsedPublicKey },
    Rsa { n: String, e: String, pss: ParsedPublicKey, pkcs1: ParsedPublicKey },
    Ed25519 { x: String, prepared: ParsedPublicKey },
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
}

impl Key {
    pub(crate) fn parse(members: &Map<String, Value>) -> Result<Self, JwkError> {
        match required_string(members, "kty")? {
            "EC" => Self::parse_ec(members),
            "RSA" => Self::parse_rsa(members),
            "OKP" => Self::parse_okp(members),
            "oct" => Err(JwkError::Secret),
            _ => Err(JwkError::UnknownKind),
        }
    }

    fn parse_ec(members: &Map<String, Value>) -> Result<Self, JwkError> {
        let curve = match required_string(members, "crv")? {
            "P-256" => Curve::P256,
            "P-384" => Curve::P384,
            _ => return Err(JwkError::UnknownKind),
        };
        let (x, x_bytes) = binary(members, "x")?;
        let (y, y_bytes) = binary(members, "y")?;
        // RFC 7518 §6.2.1.2: the full size of a coordinate, leading zeros included.
        if x_bytes.len() != curve.coordinate_len() || y_bytes.len() != curve.coordinate_len() {
            return Err(JwkError::Coordinate);
        }
        // SEC 1 §2.3.3: 0x04 marks an uncompressed point. The library refuses points off the curve and at infinity.
        let point = [&[4], &x_bytes[..], &y_bytes[..]].concat();
        let prepared = ParsedPublicKey::new(curve.verification(), point).map_err(|_| JwkError::Coordinate)?;
        Ok(Self::Ec { curve, x, y, prepared })
    }

    fn parse_rsa(members: &Map<String, Value>) -> Result<Self, JwkError> {
        let (n, n_bytes) = binary(members, "n")?;
        let (e, e_bytes) = binary(members, "e")?;
        check_modulus(&n_bytes)?;
        check_exponent(&e_bytes)?;
        let components = RsaPublicKeyComponents { n: n_bytes, e: e_bytes };
        let prepare = |parameters| components.to_parsed_public_key(parameters).map_err(|_| JwkError::Modulus);
        // The salt of PS256 is as long as the hash (RFC 7518 §3.5), which is what these parameters demand.
        Ok(Self::Rsa { n, e, pss: prepare(&RSA_PSS_2048_8192_SHA256)?, pkcs1: prepare(&RSA_PKCS1_2048_8192_SHA256)? })
    }

    fn parse_okp(members: &Map<String, Value>) -> Result<Self, JwkError> {
        if required_string(members, "crv")? != "Ed25519" {
            return Err(JwkError::UnknownKind);
        }
        let (x, x_bytes) = binary(members, "x")?;
        // RFC 8032 §5.1.5: 32 bytes. The library would also take a DER structure here.
        if x_bytes.len() != ED25519_PUBLIC_KEY_LEN {
            return Err(JwkError::Coordinate);
        }
        let prepared = ParsedPublicKey::new(&ED25519, x_bytes).map_err(|_| JwkError::Coordinate)?;
        Ok(Self::Ed25519 { x, prepared })
    }

    /// The members that make the key, in lexicographic order (RFC 7638 §3.2, RFC 8037 §2).
    pub(crate) fn members(&self) -> Map<String, Value> {
        let members = match self {
            Self::Ec { curve, x, y, .. } => json!({"crv": curve.as_str(), "kty": "EC", "x": x, "y": y}),
            Self::Rsa { n, e, .. } => json!({"e": e, "kty": "RSA", "n": n}),
            Self::Ed25519 { x, .. } => json!({"crv": "Ed25519", "kty": "OKP", "x": x}),
        };
        if let Value::Object(members) = members { members } else { Map::new() }
    }

    pub(crate) fn thumbprint(&self) -> Thumbprint {
        // RFC 7638 §3: the hash of exactly these members, in this order, without white space. Every value is plain
        // ASCII without escapes by now, so the text can be written down as it is.
        let text = match self {
            Self::Ec { curve, x, y, .. } => {
                format!(r#"{{"crv":"{}","kty":"EC","x":"{x}","y":"{y}"}}"#, curve.as_str())
            }
            Self::Rsa { n, e, .. } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
            Self::Ed25519 { x, .. } => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#),
        };
        Thumbprint::of_hash(sha256(text))
    }

    /// The key made ready for `alg`, if it is of the right kind.
    pub(crate) fn prepared(&self, alg: Algorithm) -> Option<&ParsedPublicKey> {
        match (self, alg) {
            (Self::Ec { curve: Curve::P256, prepared, .. }, Algorithm::ES256)
            | (Self::Ec { curve: Curve::P384, prepared, .. }, Algorithm::ES384)
            | (Self::Ed25519 { prepared, .. }, Algorithm::EdDSA) => Some(prepared),
            (Self::Rsa { pss, .. }, Algorithm::PS256) => Some(pss),
            (Self::Rsa { pkcs1, .. }, Algorithm::RS256) => Some(pkcs1),
            _ => None,
        }
    }
}

impl Curve {
    const fn as_str(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
        }
    }

    const fn coordinate_len(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
        }
    }

    fn verification(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::P256 => &ECDSA_P256_SHA256_FIXED,
            Self::P384 => &ECDSA_P384_SHA384_FIXED,
        }
    }
}

/// RFC 7518 §3.3 asks for 2048 bits at least; above 8192 a verification costs milliseconds.
fn check_modulus(n: &[u8]) -> Result<(), JwkError> {
    let (Some(first), Some(last)) = (n.first(), n.last()) else { return Err(JwkError::Modulus) };
    // RFC 7518 §6.3.1.1: no extra zero octet in front.
    let bits = (n.len() * 8).saturating_sub(first.leading_zeros() as usize);
    let odd = last & 1 == 1;
    if *first != 0 && odd && (2048..=8192).contains(&bits) { Ok(()) } else { Err(JwkError::Modulus) }
}

/// FIPS 186-5 §5.1 wants an odd exponent; 1 would make every message its own signature, and a long one is slow.
fn check_exponent(e: &[u8]) -> Result<(), JwkError> {
    let value = e.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
    let canonical = e.len() <= 4 && e.first().is_some_and(|first| *first != 0);
    if canonical && value >= 3 && value % 2 == 1 { Ok(()) } else { Err(JwkError::Exponent) }
}

fn binary(members: &Map<String, Value>, name: &'static str) -> Result<(String, Vec<u8>), JwkError> {
    let text = required_string(members, name)?;
    let bytes = b64::decode(text).map_err(|_| JwkError::Base64(name))?;
    Ok((text.to_owned(), bytes))
}
