//! Public keys (RFC 7517, RFC 7518 §6, RFC 8037), checked and made ready once.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ED25519_PUBLIC_KEY_LEN, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, RsaPublicKeyComponents, VerificationAlgorithm,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::algorithm::Algorithm;
use crate::b64;
use crate::json::numeric_date;
use crate::kid::{Kid, KidError, Thumbprint};
use crate::primitives::sha256;
use crate::time::{TimeError, UnixTime};

/// A public key that can be used as it is: on its curve, of a safe size, without private parts.
///
/// Cloning is cheap. Two are equal when they are the same key, whatever their `kid`.
#[derive(Clone)]
pub struct PublicJwk(Arc<Inner>);

struct Inner {
    key: Key,
    thumbprint: Thumbprint,
    kid: Option<Kid>,
    key_use: Option<KeyUse>,
    alg: Option<String>,
    key_ops: Option<Vec<String>>,
    exp: Option<UnixTime>,
}

/// What a key is for (RFC 7517 §4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// `sig`
    Signature,
    /// `enc`
    Encryption,
}

/// To add a kind of key: 1. a variant, 2. its check in `Key::parse`, 3. its members in `Key::members`, in the order
/// of RFC 7638 §3.2, 4. where it fits in `Key::prepared`.
enum Key {
    Ec { curve: Curve, x: String, y: String, prepared: ParsedPublicKey },
    Rsa { n: String, e: String, pss: ParsedPublicKey, pkcs1: ParsedPublicKey },
    Ed25519 { x: String, prepared: ParsedPublicKey },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Curve {
    P256,
    P384,
}

impl PublicJwk {
    /// Reads and checks a public key.
    pub fn parse(value: &Value) -> Result<Self, JwkError> {
        let members = value.as_object().ok_or(JwkError::NotAnObject)?;
        refuse_secrets(members)?;
        let key = Key::parse(members)?;
        Ok(Self(Arc::new(Inner {
            thumbprint: key.thumbprint(),
            key,
            kid: optional_string(members, "kid")?.map(Kid::parse).transpose()?,
            key_use: optional_string(members, "use")?.map(KeyUse::parse).transpose()?,
            alg: optional_string(members, "alg")?.map(str::to_owned),
            key_ops: members.get("key_ops").map(key_ops).transpose()?,
            exp: members.get("exp").map(numeric_date).transpose()?,
        })))
    }

    /// Its name, if it has one.
    pub fn kid(&self) -> Option<&Kid> {
        self.0.kid.as_ref()
    }

    /// What it is for, if it says so.
    pub fn key_use(&self) -> Option<KeyUse> {
        self.0.key_use
    }

    /// The only algorithm it may be used with, if it says so (RFC 7517 §4.4). Keys for encryption name theirs here.
    pub fn alg(&self) -> Option<&str> {
        self.0.alg.as_deref()
    }

    /// When it stops being valid: not in RFC 7517, but MOSIP publishes it and OpenID Federation 1.0 §8.7 defines it.
    pub fn exp(&self) -> Option<UnixTime> {
        self.0.exp
    }

    /// Whether it says that it is no longer valid.
    pub fn is_expired(&self, now: UnixTime) -> bool {
        self.exp().is_some_and(|exp| now >= exp)
    }

    /// The RFC 7638 thumbprint with SHA-256.
    pub fn thumbprint(&self) -> &Thumbprint {
        &self.0.thumbprint
    }

    /// Whether signatures of `alg` can be checked with it, as far as its kind, `use`, `key_ops` and `alg` say.
    pub fn fits(&self, alg: Algorithm) -> Result<(), JwkError> {
        self.0.key.prepared(alg).ok_or(JwkError::WrongKind)?;
        // RFC 7517 §4.2: a key for encryption verifies nothing.
        if self.key_use() == Some(KeyUse::Encryption) {
            return Err(JwkError::NotForSignatures);
        }
        // RFC 7517 §4.3: the operations listed are those intended.
        if self.0.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "verify")) {
            return Err(JwkError::NotForSignatures);
        }
        // RFC 8725 §3.1: one algorithm per key.
        match self.alg() {
            Some(own) if own != alg.as_str() => Err(JwkError::WrongAlgorithm),
            _ => Ok(()),
        }
    }

    /// The key without what the source added: kind and value, and `kid`, `use`, `alg` and `exp` if it has them.
    pub fn to_value(&self) -> Value {
        let mut members = self.0.key.members();
        let optional: [(&str, Option<Value>); 4] = [
            ("kid", self.kid().map(|kid| kid.as_str().into())),
            ("use", self.key_use().map(|key_use| key_use.as_str().into())),
            ("alg", self.alg().map(Into::into)),
            ("exp", self.exp().map(|exp| exp.seconds().into())),
        ];
        members.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        Value::Object(members)
    }

    pub(crate) fn prepared(&self, alg: Algorithm) -> Option<&ParsedPublicKey> {
        self.0.key.prepared(alg)
    }

    pub(crate) fn is_rsa(&self) -> bool {
        matches!(self.0.key, Key::Rsa { .. })
    }
}

impl PartialEq for PublicJwk {
    fn eq(&self, other: &Self) -> bool {
        // RFC 7638 §1: equal thumbprints, equal keys.
        self.thumbprint() == other.thumbprint()
    }
}

impl Eq for PublicJwk {}

impl fmt::Debug for PublicJwk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicJwk").field("kid", &self.kid()).field("thumbprint", self.thumbprint()).finish()
    }
}

impl Serialize for PublicJwk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PublicJwk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&Value::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl KeyUse {
    fn parse(text: &str) -> Result<Self, JwkError> {
        match text {
            "sig" => Ok(Self::Signature),
            "enc" => Ok(Self::Encryption),
            _ => Err(JwkError::UnknownUse),
        }
    }

    /// The `use` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "sig",
            Self::Encryption => "enc",
        }
    }
}

impl Key {
    fn parse(members: &Map<String, Value>) -> Result<Self, JwkError> {
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
    fn members(&self) -> Map<String, Value> {
        let members = match self {
            Self::Ec { curve, x, y, .. } => json!({"crv": curve.as_str(), "kty": "EC", "x": x, "y": y}),
            Self::Rsa { n, e, .. } => json!({"e": e, "kty": "RSA", "n": n}),
            Self::Ed25519 { x, .. } => json!({"crv": "Ed25519", "kty": "OKP", "x": x}),
        };
        if let Value::Object(members) = members { members } else { Map::new() }
    }

    fn thumbprint(&self) -> Thumbprint {
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
    fn prepared(&self, alg: Algorithm) -> Option<&ParsedPublicKey> {
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

/// RFC 7517 §9.2: whoever publishes a secret part has lost the key; a symmetric key is never public.
fn refuse_secrets(members: &Map<String, Value>) -> Result<(), JwkError> {
    const SECRETS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    if SECRETS.iter().any(|name| members.contains_key(*name)) { Err(JwkError::Secret) } else { Ok(()) }
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

fn key_ops(value: &Value) -> Result<Vec<String>, JwkError> {
    let text = |op: &Value| op.as_str().map(str::to_owned);
    value.as_array().and_then(|ops| ops.iter().map(text).collect()).ok_or(JwkError::MemberType("key_ops"))
}

fn binary(members: &Map<String, Value>, name: &'static str) -> Result<(String, Vec<u8>), JwkError> {
    let text = required_string(members, name)?;
    let bytes = b64::decode(text).map_err(|_| JwkError::Base64(name))?;
    Ok((text.to_owned(), bytes))
}

pub(crate) fn required_string<'a>(members: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, JwkError> {
    optional_string(members, name)?.ok_or(JwkError::Missing(name))
}

pub(crate) fn optional_string<'a>(
    members: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a str>, JwkError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwkError::MemberType(name)),
    }
}

/// Why a key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwkError {
    /// Not a JSON object.
    #[error("a key is a JSON object")]
    NotAnObject,
    /// A member that this kind of key must have is absent.
    #[error("key member {0} is missing")]
    Missing(&'static str),
    /// A member has the wrong JSON type.
    #[error("key member {0} has the wrong type")]
    MemberType(&'static str),
    /// A member is not base64url.
    #[error("key member {0} is not canonical base64url")]
    Base64(&'static str),
    /// `kty` or `crv` is not one of ours.
    #[error("not a kind of key in use here: EC P-256 or P-384, RSA, OKP Ed25519")]
    UnknownKind,
    /// A private or symmetric member.
    #[error("contains a secret")]
    Secret,
    /// A private key was expected.
    #[error("contains no secret where a private key is expected")]
    NotPrivate,
    /// A coordinate of the wrong length, or a point off the curve.
    #[error("not a point of its curve")]
    Coordinate,
    /// Modulus even, or not between 2048 and 8192 bits, or with a zero in front.
    #[error("an RSA modulus has 2048 to 8192 bits and is odd")]
    Modulus,
    /// Exponent even, below 3 or 2^32 and more.
    #[error("an RSA exponent is odd, from 3 to 2^32-1")]
    Exponent,
    /// The private and the public half do not belong together.
    #[error("the halves of the key do not belong together")]
    Inconsistent,
    /// The `kid` cannot be one.
    #[error("key: {0}")]
    Kid(#[from] KidError),
    /// `use` is neither `sig` nor `enc`.
    #[error("key use is neither sig nor enc")]
    UnknownUse,
    /// `exp` is not a time.
    #[error("key exp: {0}")]
    Exp(#[from] TimeError),
    /// The kind of key does not fit the algorithm.
    #[error("the key is not of the kind that the algorithm needs")]
    WrongKind,
    /// The key names another algorithm.
    #[error("the key is for another algorithm")]
    WrongAlgorithm,
    /// The key is for encryption, or not for verifying.
    #[error("the key is not for signatures")]
    NotForSignatures,
    /// The key is for signatures.
    #[error("the key is not for encryption")]
    NotForEncryption,
    /// An RSA private key that does not say which algorithm it signs with.
    #[error("a private RSA key must name its alg")]
    AlgMissing,
    /// The system could not make a key.
    #[error("key generation failed")]
    Generation,
}
