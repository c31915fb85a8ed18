//! Sets of public keys (RFC 7517 §5), ours and other people's.

use serde_json::Value;

use crate::algorithm::Algorithm;
use crate::json::{self, JsonError};
use crate::jwk::{JwkError, KeyUse, PublicJwk};
use crate::kid::Kid;
use crate::limits::Limits;

/// What to do with a key we cannot use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Refuse the whole set, and one `kid` for two keys: for our lists, and for keys that somebody registers with us
    /// and can correct.
    Strict,
    /// Leave it out (RFC 7517 §5: sets may contain keys that we do not understand): for sets that others publish.
    SkipUnusable,
}

/// A set of checked keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwkSet {
    keys: Vec<PublicJwk>,
}

/// A verification tries one key and parsing prepares each: 100 EC keys cost about a millisecond.
const MAX_KEYS: usize = 100;

impl JwkSet {
    /// Reads a set.
    pub fn parse(bytes: &[u8], limits: &Limits, policy: Policy) -> Result<Self, JwkSetError> {
        Self::from_value(&Value::Object(json::parse_object(bytes, limits)?), policy)
    }

    /// Reads a set that is part of a document already parsed.
    pub fn from_value(value: &Value, policy: Policy) -> Result<Self, JwkSetError> {
        // RFC 7517 §5.1: "keys" must be present and an array.
        let entries = value.get("keys").and_then(Value::as_array).ok_or(JwkSetError::NoKeysArray)?;
        if entries.len() > MAX_KEYS {
            return Err(JwkSetError::TooManyKeys);
        }
        let parsed = entries.iter().map(PublicJwk::parse);
        match policy {
            Policy::Strict => {
                let keyed =
                    parsed.enumerate().map(|(index, key)| key.map_err(|error| JwkSetError::Key { index, error }));
                distinct_kids(Self { keys: keyed.collect::<Result<_, _>>()? })
            }
            Policy::SkipUnusable => Ok(Self { keys: parsed.filter_map(Result::ok).collect() }),
        }
    }

    /// A set of these keys.
    pub fn from_keys(keys: impl IntoIterator<Item = PublicJwk>) -> Self {
        Self { keys: keys.into_iter().collect() }
    }

    /// Every usable key, those for encryption too.
    pub fn keys(&self) -> &[PublicJwk] {
        &self.keys
    }

    /// The one key that may have signed with `alg` under `kid`.
    ///
    /// Without a `kid` there must be exactly one key that fits. With one, two different keys of that name are
    /// ambiguous, so neither is used: guessing would let the order of the set decide.
    pub fn find(&self, kid: Option<&Kid>, alg: Algorithm) -> Result<&PublicJwk, FindKeyError> {
        let named = |key: &&PublicJwk| kid.is_none_or(|kid| key.kid() == Some(kid));
        let signing = |key: &&PublicJwk| key.key_use() != Some(KeyUse::Encryption);
        let mut candidates: Vec<&PublicJwk> = self.keys.iter().filter(named).filter(signing).collect();
        if kid.is_none() {
            candidates.retain(|key| key.fits(alg).is_ok());
        }
        let first = *candidates.first().ok_or(FindKeyError::NotFound)?;
        if candidates.iter().any(|key| *key != first) {
            return Err(FindKeyError::Ambiguous);
        }
        candidates.into_iter().find(|key| key.fits(alg).is_ok()).ok_or(FindKeyError::DoesNotFit)
    }

    /// The key published for encryption that fits `alg`, the first if there are several.
    pub fn find_for_encryption(&self, alg: &str) -> Option<&PublicJwk> {
        self.keys.iter().find(|key| key.key_use() == Some(KeyUse::Encryption) && key.alg().is_none_or(|own| own == alg))
    }

    /// The set as it is published.
    pub fn to_value(&self) -> Value {
        serde_json::json!({ "keys": self.keys.iter().map(PublicJwk::to_value).collect::<Vec<_>>() })
    }
}

/// RFC 7517 §4.5: different keys within a set should have distinct kids; in ours they must.
fn distinct_kids(set: JwkSet) -> Result<JwkSet, JwkSetError> {
    let mut kids: Vec<&Kid> = set.keys.iter().filter_map(PublicJwk::kid).collect();
    kids.sort();
    if kids.is_sorted_by(|a, b| a < b) { Ok(set) } else { Err(JwkSetError::DuplicateKid) }
}

/// Why a set is refused.
#[derive(Debug, thiserror::Error)]
pub enum JwkSetError {
    /// Not strict JSON, or not an object.
    #[error("key set: {0}")]
    Json(#[from] JsonError),
    /// No array `keys`.
    #[error("a key set has an array of keys")]
    NoKeysArray,
    /// Too many keys.
    #[error("a key set has at most {MAX_KEYS} keys")]
    TooManyKeys,
    /// A key is refused, and the policy is strict.
    #[error("key {index} of the set: {error}")]
    Key {
        /// Its place, from 0.
        index: usize,
        /// What is wrong with it.
        #[source]
        error: JwkError,
    },
    /// Two keys share a kid, and the policy is strict.
    #[error("two keys of the set have the same kid")]
    DuplicateKid,
}

/// Why no key of a set may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FindKeyError {
    /// No such key; a newer set may have it.
    #[error("no key of that kid in the set")]
    NotFound,
    /// More than one key.
    #[error("more than one key could be meant")]
    Ambiguous,
    /// There is such a key, but it is not for this algorithm.
    #[error("the key of that kid is not for this algorithm")]
    DoesNotFit,
}
