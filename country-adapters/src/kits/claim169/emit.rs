//! Writes Claim 169 codes in every shape of the field: for simulators and tests.
//!
//! ```
//! use country_adapters::kits::claim169::emit::{Card, Form, Key};
//! use strict_jose::{Algorithm, SigningKey, UnixTime};
//!
//! let key = SigningKey::generate(Algorithm::EdDSA, None)?;
//! let card = Card::new("https://id.xf.example", UnixTime::new(1_764_000_000), UnixTime::new(1_900_000_000))
//!     .with_text(Key::ID, "3957208461592737")
//!     .with_text(Key::FULL_NAME, "Afi Mensah")
//!     .with_integer(Key::GENDER, 2);
//! let qr = card.sign(&key, Form::default())?;
//! assert!(qr.starts_with("6BF") || qr.starts_with("NCF"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::io::Write as _;

use ciborium::Value;
use coset::iana::Algorithm as CoseAlgorithm;
use coset::{AsCborValue as _, CoseSign1Builder, HeaderBuilder};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use strict_jose::{Algorithm, SigningKey, UnixTime};

use super::identity;
use super::transport::Shape;

/// A key of the identity map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(i64);

impl Key {
    /// The number of the person: text.
    pub const ID: Self = Self(identity::ID);
    /// Text.
    pub const FULL_NAME: Self = Self(identity::FULL_NAME);
    /// Text.
    pub const FIRST_NAME: Self = Self(identity::FIRST_NAME);
    /// Text.
    pub const MIDDLE_NAME: Self = Self(identity::MIDDLE_NAME);
    /// Text.
    pub const LAST_NAME: Self = Self(identity::LAST_NAME);
    /// Text, `YYYYMMDD`.
    pub const BIRTH_DATE: Self = Self(identity::BIRTH_DATE);
    /// 1 male, 2 female, 3 other.
    pub const GENDER: Self = Self(identity::GENDER);
    /// Text, lines separated by line feeds.
    pub const ADDRESS: Self = Self(identity::ADDRESS);
    /// Text.
    pub const EMAIL: Self = Self(identity::EMAIL);
    /// Text, E.123.
    pub const PHONE: Self = Self(identity::PHONE);
    /// ISO 3166, two or three letters.
    pub const NATIONALITY: Self = Self(identity::NATIONALITY);
    /// The full name in a second language.
    pub const SECOND_FULL_NAME: Self = Self(identity::SECOND_FULL_NAME);
    /// That language, ISO 639-3.
    pub const SECOND_LANGUAGE: Self = Self(identity::SECOND_LANGUAGE);

    /// Any other key.
    pub const fn other(key: i64) -> Self {
        Self(key)
    }
}

/// A card before it is signed. It always has an end.
#[derive(Clone, Debug)]
pub struct Card {
    claims: Vec<(Value, Value)>,
    identity: Vec<(Value, Value)>,
}

impl Card {
    /// A card of this issuer, with nothing on it yet.
    pub fn new(issuer: &str, issued_at: UnixTime, expires_at: UnixTime) -> Self {
        let claims = [(1, Value::from(issuer)), (4, expires_at.seconds().into()), (6, issued_at.seconds().into())];
        Self { claims: claims.map(|(key, value)| (Value::from(key), value)).into(), identity: Vec::new() }
    }

    /// With a claim of the CWT itself: `sub` (2), `nbf` (5).
    #[must_use]
    pub fn with_claim(mut self, key: i64, value: impl Into<Value>) -> Self {
        self.claims.push((key.into(), value.into()));
        self
    }

    /// With an attribute that is text.
    #[must_use]
    pub fn with_text(self, key: Key, text: &str) -> Self {
        self.with(key, Value::from(text))
    }

    /// With an attribute that is an integer.
    #[must_use]
    pub fn with_integer(self, key: Key, integer: i64) -> Self {
        self.with(key, Value::from(integer))
    }

    /// With an attribute that is bytes.
    #[must_use]
    pub fn with_bytes(self, key: Key, bytes: &[u8]) -> Self {
        self.with(key, Value::from(bytes))
    }

    fn with(mut self, key: Key, value: Value) -> Self {
        self.identity.push((key.0.into(), value));
        self
    }

    /// The text of the QR code.
    pub fn sign(self, key: &SigningKey, form: Form) -> Result<String, EmitError> {
        let identity = match form.shape {
            Shape::A => Value::Map(self.identity),
            Shape::B | Shape::C => Value::Bytes(encoded(&Value::Map(self.identity))?),
        };
        let mut claims = self.claims;
        claims.push((IDENTITY_DATA.into(), identity));
        pack(&signed(encoded(&Value::Map(claims))?, key, form)?, form.shape)
    }
}

/// What may differ from issuer to issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The shape.
    pub shape: Shape,
    /// Where the name of the key is.
    pub kid: KidIn,
    /// What is written in front.
    pub tags: Tags,
}

impl Default for Form {
    fn default() -> Self {
        Self { shape: Shape::A, kid: KidIn::Protected, tags: Tags::CwtAndSign1 }
    }
}

impl Form {
    /// Every form that occurs.
    pub fn all() -> impl Iterator<Item = Self> {
        let shapes = [Shape::A, Shape::B, Shape::C];
        let kids = [KidIn::Protected, KidIn::Unprotected, KidIn::Both];
        let tags = [Tags::CwtAndSign1, Tags::Sign1, Tags::None];
        shapes.into_iter().flat_map(move |shape| {
            kids.into_iter().flat_map(move |kid| tags.into_iter().map(move |tags| Self { shape, kid, tags }))
        })
    }
}

/// Which header names the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KidIn {
    /// The one that is signed.
    Protected,
    /// The one that is not.
    Unprotected,
    /// Both.
    Both,
}

/// Which CBOR tags stand in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tags {
    /// 61(18(..))
    CwtAndSign1,
    /// 18(..)
    Sign1,
    /// Neither.
    None,
}

fn signed(payload: Vec<u8>, key: &SigningKey, form: Form) -> Result<Vec<u8>, EmitError> {
    let alg = match key.alg() {
        Algorithm::EdDSA => CoseAlgorithm::EdDSA,
        Algorithm::ES256 => CoseAlgorithm::ES256,
        _ => return Err(EmitError::Algorithm),
    };
    let kid = key.kid().as_str().as_bytes().to_vec();
    let (mut protected, mut unprotected) = (HeaderBuilder::new().algorithm(alg), HeaderBuilder::new());
    if form.kid != KidIn::Unprotected {
        protected = protected.key_id(kid.clone());
    }
    if form.kid != KidIn::Protected {
        unprotected = unprotected.key_id(kid);
    }
    let sign1 = CoseSign1Builder::new()
        .protected(protected.build())
        .unprotected(unprotected.build())
        .payload(payload)
        .try_create_signature(&[], |signed| key.sign(signed))
        .map_err(|_| EmitError::Sign)?
        .build();
    let untagged = sign1.to_cbor_value().map_err(|_| EmitError::Encode)?;
    encoded(&match form.tags {
        Tags::None => untagged,
        Tags::Sign1 => Value::Tag(TAG_SIGN1, Box::new(untagged)),
        Tags::CwtAndSign1 => Value::Tag(TAG_CWT, Box::new(Value::Tag(TAG_SIGN1, Box::new(untagged)))),
    })
}

/// zlib at level 9, as Inji does, and Base45.
pub(super) fn pack(cwt: &[u8], shape: Shape) -> Result<String, EmitError> {
    let content = match shape {
        Shape::A | Shape::B => cwt.to_vec(),
        Shape::C => cwt.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect(),
    };
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&content).map_err(|_| EmitError::Encode)?;
    Ok(base45::encode(encoder.finish().map_err(|_| EmitError::Encode)?))
}

pub(super) fn encoded(value: &Value) -> Result<Vec<u8>, EmitError> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|_| EmitError::Encode)?;
    Ok(bytes)
}

/// Why no code was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmitError {
    /// The key signs with an algorithm that cards do not have.
    #[error("a card is signed with EdDSA or ES256")]
    Algorithm,
    /// The key did not sign.
    #[error("the key refused to sign")]
    Sign,
    /// The card cannot be written as CBOR.
    #[error("the card cannot be encoded")]
    Encode,
}

const IDENTITY_DATA: i64 = 169;
const TAG_CWT: u64 = 61;
const TAG_SIGN1: u64 = 18;
