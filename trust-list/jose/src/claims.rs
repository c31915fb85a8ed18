//! The claims of a JWT (RFC 7519 §4), typed at the moment they are read.
//!
//! A claim of the wrong JSON type is an error, never "absent": `"exp": "never"` must not switch a check off.

use std::fmt;

use serde_json::{Map, Value};

use crate::json::{self, JsonError};
use crate::limits::Limits;
use crate::time::UnixTime;

/// A set of claims.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims(Map<String, Value>);

/// For whom a token is (RFC 7519 §4.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audience {
    /// A single string.
    One(String),
    /// An array of strings.
    Many(Vec<String>),
}

impl Audience {
    /// Every audience.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }

    /// Whether `expected` is among them.
    pub fn includes(&self, expected: &str) -> bool {
        self.as_slice().iter().any(|aud| aud == expected)
    }
}

impl Claims {
    /// Reads a claims set: a JSON object.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, ClaimError> {
        Ok(Self(json::parse_object(bytes, limits)?))
    }

    /// Claims from an object that was parsed strictly before.
    pub fn from_map(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// The claims as an object.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }

    /// The claims as an object.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// Any claim.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// A string that must be there.
    pub fn required_str(&self, name: &str) -> Result<&str, ClaimError> {
        self.optional_str(name)?.ok_or_else(|| ClaimError::Missing(name.to_owned()))
    }

    /// A string, if there.
    pub fn optional_str(&self, name: &str) -> Result<Option<&str>, ClaimError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ClaimError::WrongType(name.to_owned())),
        }
    }

    /// A time that must be there.
    pub fn required_time(&self, name: &str) -> Result<UnixTime, ClaimError> {
        self.optional_time(name)?.ok_or_else(|| ClaimError::Missing(name.to_owned()))
    }

    /// A time, if there: an integer from 0 to 2^53-1.
    pub fn optional_time(&self, name: &str) -> Result<Option<UnixTime>, ClaimError> {
        let time = |value| json::numeric_date(value).map_err(|_| ClaimError::WrongType(name.to_owned()));
        self.get(name).map(time).transpose()
    }

    /// A boolean, if there.
    pub fn optional_bool(&self, name: &str) -> Result<Option<bool>, ClaimError> {
        let typed = |value: &Value| value.as_bool().ok_or_else(|| ClaimError::WrongType(name.to_owned()));
        self.get(name).map(typed).transpose()
    }

    /// An object, if there.
    pub fn optional_object(&self, name: &str) -> Result<Option<&Map<String, Value>>, ClaimError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(members)),
            Some(_) => Err(ClaimError::WrongType(name.to_owned())),
        }
    }

    /// An array of strings, if there.
    pub fn optional_strings(&self, name: &str) -> Result<Option<Vec<String>>, ClaimError> {
        let typed = |value: &Value| strings(value).ok_or_else(|| ClaimError::WrongType(name.to_owned()));
        self.get(name).map(typed).transpose()
    }

    /// The audience, which must be there. An array must have members and all must be strings.
    pub fn audience(&self) -> Result<Audience, ClaimError> {
        match self.get("aud").ok_or_else(|| ClaimError::Missing("aud".to_owned()))? {
            Value::String(one) => Ok(Audience::One(one.clone())),
            value => match strings(value) {
                Some(many) if !many.is_empty() => Ok(Audience::Many(many)),
                _ => Err(ClaimError::WrongType("aud".to_owned())),
            },
        }
    }
}

fn strings(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|member| member.as_str().map(str::to_owned)).collect()
}

// Claims are about persons: names only.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims")?;
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Why claims are refused. Values are never part of the message.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// The payload is not a strict JSON object.
    #[error("claims: {0}")]
    Json(#[from] JsonError),
    /// A required claim is absent.
    #[error("claim {0} is missing")]
    Missing(String),
    /// A claim has the wrong JSON type.
    #[error("claim {0} has the wrong type")]
    WrongType(String),
    /// A claim that must have one value has another.
    #[error("claim {0} is not the expected one")]
    Unexpected(String),
    /// `iss` is not the expected issuer.
    #[error("the issuer is not the expected one")]
    WrongIssuer,
    /// `aud` is not us, or not us alone where that is asked.
    #[error("the audience is not the expected one")]
    WrongAudience,
    /// `azp` is missing beside other audiences, or names another party.
    #[error("the authorized party is not the expected one")]
    WrongAuthorizedParty,
    /// `exp` has passed.
    #[error("expired")]
    Expired,
    /// `nbf` is too far ahead.
    #[error("not valid yet")]
    NotYetValid,
    /// `iat` is too far ahead.
    #[error("issued in the future")]
    IssuedInFuture,
    /// `iat` is too long ago.
    #[error("issued too long ago")]
    TooOld,
    /// `exp` is too long after `iat`, or after now where there is no `iat`.
    #[error("valid for too long")]
    LifeTooLong,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(mut value: Value) -> Claims {
        Claims::from_map(std::mem::take(value.as_object_mut().unwrap()))
    }

    #[test]
    fn a_claim_of_the_wrong_type_is_an_error_and_never_absent() {
        let wrong = claims(json!({ "s": 1, "t": "1", "b": "true", "o": [], "l": ["a", 1], "null": null }));
        let name = |error: ClaimError| match error {
            ClaimError::WrongType(name) => name,
            other => panic!("{other:?}"),
        };
        assert_eq!(name(wrong.optional_str("s").unwrap_err()), "s");
        assert_eq!(name(wrong.required_str("s").unwrap_err()), "s");
        assert_eq!(name(wrong.optional_time("t").unwrap_err()), "t");
        assert_eq!(name(wrong.required_time("t").unwrap_err()), "t");
        assert_eq!(name(wrong.optional_bool("b").unwrap_err()), "b");
        assert_eq!(name(wrong.optional_object("o").unwrap_err()), "o");
        assert_eq!(name(wrong.optional_strings("l").unwrap_err()), "l");
        assert_eq!(name(wrong.optional_str("null").unwrap_err()), "null");
        assert_eq!(name(wrong.optional_strings("null").unwrap_err()), "null");
    }

    #[test]
    fn an_absent_claim_is_none_or_missing() {
        let empty = claims(json!({}));
        assert_eq!(empty.optional_str("a").unwrap(), None);
        assert_eq!(empty.optional_time("a").unwrap(), None);
        assert_eq!(empty.optional_bool("a").unwrap(), None);
        assert_eq!(empty.optional_object("a").unwrap(), None);
        assert_eq!(empty.optional_strings("a").unwrap(), None);
        assert!(matches!(empty.required_str("a"), Err(ClaimError::Missing(name)) if name == "a"));
        assert!(matches!(empty.required_time("a"), Err(ClaimError::Missing(name)) if name == "a"));
    }

    #[test]
    fn claims_of_the_right_type_are_read() {
        let good = claims(json!({ "s": "text", "t": 7, "b": false, "o": { "x": 1 }, "l": ["a", "b"], "aud": ["x"] }));
        assert_eq!(good.required_str("s").unwrap(), "text");
        assert_eq!(good.required_time("t").unwrap(), UnixTime::new(7));
        assert_eq!(good.optional_bool("b").unwrap(), Some(false));
        assert_eq!(good.optional_object("o").unwrap().unwrap().len(), 1);
        assert_eq!(good.optional_strings("l").unwrap().unwrap(), ["a", "b"]);
        assert_eq!(good.audience().unwrap(), Audience::Many(vec!["x".to_owned()]));
        assert_eq!(good.get("t"), Some(&json!(7)));
        assert_eq!(good.clone().into_map().len(), 6);
    }

    #[test]
    fn only_a_json_object_is_a_claims_set() {
        for text in ["[]", "\"a\"", "null", "{", "{\"a\":1,\"a\":1}"] {
            assert!(matches!(Claims::parse(text.as_bytes(), &Limits::TOKEN), Err(ClaimError::Json(_))), "{text}");
        }
    }
}
