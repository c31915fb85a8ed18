//! The person on the card: claim 169 (IANA CWT claim "identity-data"), attribute by attribute.
//!
//! A key that nobody knows is no error, and an attribute of the wrong type is left out: cards live ten years.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ciborium::Value;
use serde_json::{Value as Json, json};

use super::cbor::{self, member};
use super::cwt::CwtClaims;
use super::transport::Nesting;
use crate::UpstreamSubject;
use crate::error::AssertionProblem;
use crate::kits::normalise::{DateFormat, Languages, civil_date};

/// Claim 169 of a verified CWT.
pub(super) struct Identity(Vec<(Value, Value)>);

impl Identity {
    /// A map, or a byte string that holds one; a byte string within a byte string is neither.
    pub(super) fn of(claims: &CwtClaims) -> Result<(Self, Nesting), AssertionProblem> {
        let (map, nesting) = match claims.identity_data().ok_or(AssertionProblem::IdentityDataMissing)? {
            Value::Map(entries) => (entries.clone(), Nesting::Map),
            Value::Bytes(bytes) => {
                let inner = cbor::parse(bytes)?.into_map().map_err(|_| AssertionProblem::IdentityDataMissing)?;
                (inner, Nesting::ByteString)
            }
            _ => return Err(AssertionProblem::IdentityDataMissing),
        };
        Ok((Self(map), nesting))
    }

    /// The number on the card; where there is none, the subject of the CWT.
    pub(super) fn subject(&self, claims: &CwtClaims) -> Result<UpstreamSubject, AssertionProblem> {
        let subject = self.text(ID).or_else(|| claims.subject()).ok_or(AssertionProblem::Subject)?;
        UpstreamSubject::parse(subject)
    }

    /// The claims by the hub's names. The number is not among them.
    pub(super) fn claims(&self) -> BTreeMap<String, Json> {
        let languages = Languages::default();
        let texts = [
            ("name", FULL_NAME),
            ("given_name", FIRST_NAME),
            ("middle_name", MIDDLE_NAME),
            ("family_name", LAST_NAME),
            ("email", EMAIL),
            ("phone_number", PHONE),
            ("legal_status", LEGAL_STATUS),
        ];
        let mut claims: BTreeMap<String, Json> =
            texts.iter().filter_map(|(name, key)| Some(((*name).to_owned(), self.text(*key)?.into()))).collect();
        let mut add = |name: String, value: Option<Json>| claims.extend(value.map(|value| (name, value)));
        add("birthdate".to_owned(), self.birthdate().map(Json::from));
        add("gender".to_owned(), self.word(GENDER, &["male", "female", "other"]));
        add("marital_status".to_owned(), self.word(MARITAL_STATUS, &["unmarried", "married", "divorced"]));
        add("address".to_owned(), self.text(ADDRESS).map(|text| json!({"formatted": text})));
        add("nationalities".to_owned(), self.text(NATIONALITY).map(|country| json!([country])));
        add("picture".to_owned(), self.picture().map(Json::from));
        if let Some(tag) = self.text(SECOND_LANGUAGE).and_then(|code| languages.tag(code)) {
            add(format!("name#{tag}"), self.text(SECOND_FULL_NAME).map(Json::from));
        }
        claims
    }

    fn text(&self, key: i64) -> Option<&str> {
        member(&self.0, key)?.as_text().map(str::trim).filter(|text| !text.is_empty())
    }

    fn birthdate(&self) -> Option<String> {
        civil_date(self.text(BIRTH_DATE)?, DateFormat::Compact)
    }

    /// An integer; some issuers write it as text.
    fn integer(&self, key: i64) -> Option<i64> {
        match member(&self.0, key)? {
            Value::Integer(integer) => i64::try_from(*integer).ok(),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The first word is for 1.
    fn word(&self, key: i64, words: &[&str]) -> Option<Json> {
        let index = usize::try_from(self.integer(key)?).ok()?.checked_sub(1)?;
        words.get(index).map(|word| (*word).into())
    }

    /// The photo as a data URI.
    fn picture(&self) -> Option<String> {
        let media_type = match self.integer(PHOTO_FORMAT)? {
            1 => "image/jpeg",
            2 => "image/jp2",
            3 => "image/avif",
            4 => "image/webp",
            _ => return None,
        };
        let photo = member(&self.0, PHOTO)?.as_bytes()?;
        Some(format!("data:{media_type};base64,{}", STANDARD.encode(photo)))
    }
}

// Keys of the identity map, in the specification's order.
pub(super) const ID: i64 = 1;
pub(super) const FULL_NAME: i64 = 4;
pub(super) const FIRST_NAME: i64 = 5;
pub(super) const MIDDLE_NAME: i64 = 6;
pub(super) const LAST_NAME: i64 = 7;
pub(super) const BIRTH_DATE: i64 = 8;
pub(super) const GENDER: i64 = 9;
pub(super) const ADDRESS: i64 = 10;
pub(super) const EMAIL: i64 = 11;
pub(super) const PHONE: i64 = 12;
pub(super) const NATIONALITY: i64 = 13;
const MARITAL_STATUS: i64 = 14;
const PHOTO: i64 = 16;
const PHOTO_FORMAT: i64 = 17;
pub(super) const SECOND_FULL_NAME: i64 = 19;
pub(super) const SECOND_LANGUAGE: i64 = 20;
const LEGAL_STATUS: i64 = 22;
