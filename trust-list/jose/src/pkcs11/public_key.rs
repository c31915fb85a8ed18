//! The public half, as the token has it.

use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use serde_json::{Value, json};

use super::{TokenError, TokenUri};
use crate::b64;
use crate::jwk::PublicJwk;

/// What PKCS#11 §6.3.3 calls CKA_EC_PARAMS, by curve: the DER of an object identifier.
pub(super) const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
pub(super) const P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];
/// The same by name (PKCS#11 §6.3.3, curveName): the only form that SoftHSM takes.
pub(super) const ED25519_BY_NAME: &[u8] = b"\x13\x0cedwards25519";

/// The public key that belongs to `private`: the one with its identifier, else the one with its label.
pub(super) fn beside(session: &Session, uri: &TokenUri, private: ObjectHandle) -> Result<PublicJwk, TokenError> {
    let names = attributes(session, private, &[AttributeType::Id, AttributeType::Label])?;
    let id = names.iter().find(|name| matches!(name, Attribute::Id(id) if !id.is_empty()));
    let name = id.or_else(|| names.iter().find(|name| matches!(name, Attribute::Label(_))));
    let template = [Attribute::Class(ObjectClass::PUBLIC_KEY), name.ok_or_else(|| TokenError::no_key(uri))?.clone()];
    let found = session.find_objects(&template).map_err(TokenError::asking)?;
    let [public] = found[..] else { return Err(TokenError::no_key(uri)) };
    read(session, public)
}

/// A public key of the token, named by its thumbprint.
pub(super) fn read(session: &Session, public: ObjectHandle) -> Result<PublicJwk, TokenError> {
    let wanted = [
        AttributeType::KeyType,
        AttributeType::EcParams,
        AttributeType::EcPoint,
        AttributeType::Modulus,
        AttributeType::PublicExponent,
    ];
    let members = members(&Parts::of(attributes(session, public, &wanted)?))?;
    let unnamed = PublicJwk::parse(&members)?;
    let mut named = members;
    if let Value::Object(named) = &mut named {
        named.insert("kid".to_owned(), unnamed.thumbprint().as_str().into());
        named.insert("use".to_owned(), "sig".into());
        named.insert("alg".to_owned(), super::verifier(&unnamed)?.alg().as_str().into());
    }
    Ok(PublicJwk::parse(&named)?)
}

/// Attributes that the object does not have are left out.
fn attributes(session: &Session, object: ObjectHandle, wanted: &[AttributeType]) -> Result<Vec<Attribute>, TokenError> {
    session.get_attributes(object, wanted).map_err(TokenError::asking)
}

#[derive(Default)]
struct Parts {
    kind: Option<KeyType>,
    curve: Vec<u8>,
    point: Vec<u8>,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl Parts {
    fn of(attributes: Vec<Attribute>) -> Self {
        let mut parts = Self::default();
        for attribute in attributes {
            match attribute {
                Attribute::KeyType(kind) => parts.kind = Some(kind),
                Attribute::EcParams(curve) => parts.curve = curve,
                Attribute::EcPoint(point) => parts.point = point,
                Attribute::Modulus(modulus) => parts.modulus = modulus,
                Attribute::PublicExponent(exponent) => parts.exponent = exponent,
                _ => {}
            }
        }
        parts
    }
}

/// The members of the JWK; whether they make a key is for [`PublicJwk`] to check.
fn members(parts: &Parts) -> Result<Value, TokenError> {
    match parts.kind {
        Some(KeyType::RSA) => Ok(json!({
            "kty": "RSA", "n": b64::encode(canonical(&parts.modulus)), "e": b64::encode(canonical(&parts.exponent)),
        })),
        Some(KeyType::EC) => {
            let (name, length) = match &parts.curve[..] {
                P256 => ("P-256", 32),
                P384 => ("P-384", 48),
                _ => return Err(TokenError::KindOfKey),
            };
            // SEC 1 §2.3.3: 0x04, then x and y.
            let point = unwrapped(&parts.point, 1 + 2 * length);
            let [4, coordinates @ ..] = point else { return Err(TokenError::KindOfKey) };
            let (x, y) = coordinates.split_at_checked(length).ok_or(TokenError::KindOfKey)?;
            Ok(json!({ "kty": "EC", "crv": name, "x": b64::encode(x), "y": b64::encode(y) }))
        }
        Some(KeyType::EC_EDWARDS) if [ED25519, ED25519_BY_NAME].contains(&&parts.curve[..]) => {
            Ok(json!({ "kty": "OKP", "crv": "Ed25519", "x": b64::encode(unwrapped(&parts.point, 32)) }))
        }
        _ => Err(TokenError::KindOfKey),
    }
}

/// PKCS#11 §6.3.3: CKA_EC_POINT is a DER OCTET STRING. Some tokens leave the DER away, which the length tells.
fn unwrapped(point: &[u8], length: usize) -> &[u8] {
    match point {
        [0x04, stated, inner @ ..] if usize::from(*stated) == length && inner.len() == length => inner,
        bare => bare,
    }
}

/// RFC 7518 §6.3.1.1: no zero in front. Some tokens store one.
fn canonical(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_read_with_and_without_its_der() {
        let bare = [&[4][..], &[7; 64]].concat();
        let wrapped = [&[4, 65][..], &bare].concat();
        assert_eq!(unwrapped(&wrapped, 65), bare);
        assert_eq!(unwrapped(&bare, 65), bare);
        assert_eq!(unwrapped(&[&[4, 32][..], &[9; 32]].concat(), 32), [9; 32]);
        assert_eq!(unwrapped(&[4; 32], 32), [4; 32]);
    }

    #[test]
    fn other_curves_compressed_points_and_other_kinds_are_refused() {
        let ec = |curve: &[u8], point: Vec<u8>| Parts {
            kind: Some(KeyType::EC),
            curve: curve.to_vec(),
            point,
            ..Parts::default()
        };
        assert!(members(&ec(P256, [&[4][..], &[7; 64]].concat())).is_ok());
        for parts in [
            ec(&P256[1..], [&[4][..], &[7; 64]].concat()),
            ec(P256, [&[2][..], &[7; 32]].concat()),
            ec(P256, Vec::new()),
            Parts { kind: Some(KeyType::EC_EDWARDS), curve: vec![6, 3, 0x2b, 0x65, 0x71], ..Parts::default() },
            Parts { kind: Some(KeyType::AES), ..Parts::default() },
            Parts::default(),
        ] {
            assert!(matches!(members(&parts), Err(TokenError::KindOfKey)));
        }
        assert_eq!(canonical(&[0, 0, 1, 0]), [1, 0]);
    }
}
