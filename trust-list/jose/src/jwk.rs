//! Public keys (RFC 7517, RFC 7518 §6, RFC 8037), checked and made ready once.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::signature::ParsedPublicKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::json::numeric_date;
use crate::key::Key;
use crate::kid::{Kid, KidError, Thumbprint};
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
        f.debug_struct("PublicJwk")
            .field("kid", &self.kid())
            .field("thumbprint", self.thumbprint())
            .finish_non_exhaustive()
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

/// RFC 7517 §9.2: whoever publishes a secret part has lost the key; a symmetric key is never public.
fn refuse_secrets(members: &Map<String, Value>) -> Result<(), JwkError> {
    const SECRETS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    if SECRETS.iter().any(|name| members.contains_key(*name)) { Err(JwkError::Secret) } else { Ok(()) }
}

fn key_ops(value: &Value) -> Result<Vec<String>, JwkError> {
    let text = |op: &Value| op.as_str().map(str::to_owned);
    value.as_array().and_then(|ops| ops.iter().map(text).collect()).ok_or(JwkError::MemberType("key_ops"))
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
