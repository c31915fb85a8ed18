//! The JOSE header of a signature (RFC 7515 §4), read strictly.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::algorithm::{Algorithm, UnknownAlgorithm};
use crate::json::{self, JsonError};
use crate::kid::{Kid, KidError};
use crate::limits::Limits;

/// A header that passed every check that needs no key.
///
/// `jku`, `x5u`, `jwk` and `x5c` are never followed. The last two can be read by protocols that define what they
/// mean there: DPoP (RFC 9449 §4.2) and certificate-based credentials.
#[derive(Clone, Debug)]
pub struct Header {
    alg: Algorithm,
    kid: Option<Kid>,
    members: Map<String, Value>,
}

impl Header {
    /// Reads a header.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, HeaderError> {
        Self::from_members(json::parse_object(bytes, limits)?)
    }

    /// Checks the members of a header.
    pub fn from_members(members: Map<String, Value>) -> Result<Self, HeaderError> {
        refuse_extensions(&members)?;
        // RFC 7515 §4.1.1: "alg" must be present.
        let alg = string(&members, "alg")?.ok_or(HeaderError::AlgMissing)?.parse()?;
        let kid = string(&members, "kid")?.map(Kid::parse).transpose()?;
        string(&members, "typ")?;
        string(&members, "cty")?;
        Ok(Self { alg, kid, members })
    }

    /// The algorithm (RFC 7515 §4.1.1).
    pub fn alg(&self) -> Algorithm {
        self.alg
    }

    /// The key identifier (RFC 7515 §4.1.4).
    pub fn kid(&self) -> Option<&Kid> {
        self.kid.as_ref()
    }

    /// The media type of the whole (RFC 7515 §4.1.9).
    pub fn typ(&self) -> Option<&str> {
        self.get("typ").and_then(Value::as_str)
    }

    /// The media type of the payload (RFC 7515 §4.1.10).
    pub fn cty(&self) -> Option<&str> {
        self.get("cty").and_then(Value::as_str)
    }

    /// The embedded public key, unchecked and untrusted (RFC 7515 §4.1.3).
    pub fn jwk(&self) -> Option<&Value> {
        self.get("jwk")
    }

    /// The embedded certificate chain in DER, untrusted, leaf first (RFC 7515 §4.1.6).
    pub fn x5c(&self) -> Result<Option<Vec<Vec<u8>>>, HeaderError> {
        let Some(value) = self.get("x5c") else { return Ok(None) };
        let certificates = value.as_array().filter(|c| !c.is_empty()).ok_or(HeaderError::X5c)?;
        // RFC 7515 §4.1.6: base64, not base64url.
        let der = |c: &Value| c.as_str().and_then(|text| STANDARD.decode(text).ok()).ok_or(HeaderError::X5c);
        certificates.iter().map(der).collect::<Result<_, _>>().map(Some)
    }

    /// Any member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// Refuses a token made for another use (RFC 8725 §3.11).
    pub fn require_typ(&self, expected: &str) -> Result<(), HeaderError> {
        match self.typ() {
            Some(typ) if same_media_type(typ, expected) => Ok(()),
            _ => Err(HeaderError::WrongTyp),
        }
    }
}

/// RFC 7515 §4.1.11: what is critical must be understood, and we understand no extension: so any `crit` is refused,
/// also one that is empty or not an array, which the RFC forbids. Payloads are always base64url, so `b64`
/// (RFC 7797 §6: only together with `crit`) and `zip` (RFC 7516 §4.1.3: for encryption only) have no place either.
fn refuse_extensions(members: &Map<String, Value>) -> Result<(), HeaderError> {
    match ["crit", "b64", "zip"].into_iter().find(|name| members.contains_key(*name)) {
        Some(name) => Err(HeaderError::Extension(name)),
        None => Ok(()),
    }
}

/// A member that must be a string if it is there.
pub(crate) fn string<'a>(members: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, HeaderError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(HeaderError::NotAString(name)),
    }
}

/// RFC 7515 §4.1.9: compared without regard to case; "application/" may be left out if no other slash follows.
pub(crate) fn same_media_type(a: &str, b: &str) -> bool {
    short(a).eq_ignore_ascii_case(short(b))
}

fn short(media_type: &str) -> &str {
    match media_type.split_once('/') {
        Some((top, rest)) if top.eq_ignore_ascii_case("application") && !rest.contains('/') => rest,
        _ => media_type,
    }
}

/// Why a header is refused.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// Not strict JSON, or not an object.
    #[error("header: {0}")]
    Json(#[from] JsonError),
    /// No `alg`.
    #[error("header without alg")]
    AlgMissing,
    /// An `alg` that is never accepted.
    #[error("header alg: {0}")]
    Alg(#[from] UnknownAlgorithm),
    /// A `kid` that cannot be one.
    #[error("header kid: {0}")]
    Kid(#[from] KidError),
    /// A member has the wrong JSON type.
    #[error("header member {0} is not a string")]
    NotAString(&'static str),
    /// `crit`, `b64` or `zip` is present.
    #[error("header member {0} is not supported")]
    Extension(&'static str),
    /// `typ` is missing or names another use.
    #[error("header typ is not the one for this use")]
    WrongTyp,
    /// `x5c` is not an array of base64 texts.
    #[error("header x5c is not an array of certificates in base64")]
    X5c,
}
