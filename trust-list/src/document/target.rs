//! What a suspension order is against.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strict_jose::Thumbprint;

use crate::{CountryCode, EntityId, Level};

/// A whole member, one of its entities, or a part of an entity: one key, or a level and all above it. As text: `XA`,
/// `XA/eid`, `XA/eid/key/THUMBPRINT`, `XA/eid/level/high`.
///
/// A reader that does not know a part passes over its member and so reads an order against the whole entity: more is
/// suspended, never less. For the same reason what contradicts itself is against the whole.
///
/// To add a kind of part: 1. a member here that older readers may pass over, 2. its [`Scope`], 3. its reinstatement in an
/// extension that older readers pass over (a row they misread would lift the whole), 4. its effect in `suspensions.rs`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SuspensionTarget {
    /// The member.
    pub country: CountryCode,
    /// Its entity; without one, every entity of the member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<EntityId>,
    /// The key of the entity, wherever it is read: in the list or in the entity's own key set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Thumbprint>,
    /// The level that the entity vouches for no more, nor for any above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

/// How much of a member a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope<'t> {
    Member,
    Entity(&'t EntityId),
    Key(&'t EntityId, &'t Thumbprint),
    /// Above `Low`: there is nothing below that.
    Level(&'t EntityId, Level),
}

impl SuspensionTarget {
    /// A whole member.
    pub fn member(country: CountryCode) -> Self {
        Self { country, entity: None, key: None, level: None }
    }

    /// One of its entities.
    pub fn entity(country: CountryCode, entity: EntityId) -> Self {
        Self { entity: Some(entity), ..Self::member(country) }
    }

    /// A key of that entity.
    pub fn key(country: CountryCode, entity: EntityId, key: Thumbprint) -> Self {
        Self { key: Some(key), ..Self::entity(country, entity) }
    }

    /// A level of that entity, and all above it.
    pub fn level(country: CountryCode, entity: EntityId, level: Level) -> Self {
        Self { level: Some(level), ..Self::entity(country, entity) }
    }

    /// Whether it is less than an entity.
    pub(crate) fn is_part(&self) -> bool {
        self.key.is_some() || self.level.is_some()
    }

    /// Whether it is `other` or a part of it, in the eyes of a reader that knows no parts too.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        self == other || (!other.is_part() && self.country == other.country && self.entity == other.entity)
    }

    pub(crate) fn scope(&self) -> Scope<'_> {
        match (&self.entity, &self.key, self.level) {
            (None, ..) => Scope::Member,
            (Some(entity), Some(key), None) => Scope::Key(entity, key),
            (Some(entity), None, Some(level)) if level > Level::Low => Scope::Level(entity, level),
            (Some(entity), ..) => Scope::Entity(entity),
        }
    }
}

impl fmt::Display for SuspensionTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.country)?;
        if let Some(entity) = &self.entity {
            write!(f, "/{entity}")?;
        }
        if let Some(key) = &self.key {
            write!(f, "/key/{key}")?;
        }
        if let Some(level) = self.level {
            write!(f, "/level/{level}")?;
        }
        Ok(())
    }
}

impl FromStr for SuspensionTarget {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let parts: Vec<&str> = text.split('/').collect();
        let country = |text: &str| text.parse().map_err(|_| TargetError::Country(text.to_owned()));
        let entity = |text: &str| text.parse().map_err(|_| TargetError::Entity(text.to_owned()));
        match parts[..] {
            [of] => Ok(Self::member(country(of)?)),
            [of, id] => Ok(Self::entity(country(of)?, entity(id)?)),
            [of, id, "key", key] => {
                let key = Thumbprint::parse(key).map_err(|_| TargetError::Key(key.to_owned()))?;
                Ok(Self::key(country(of)?, entity(id)?, key))
            }
            [of, id, "level", level] => {
                let level = Level::ALL.into_iter().find(|known| known.as_str() == level).ok_or(TargetError::Form)?;
                Ok(Self::level(country(of)?, entity(id)?, level))
            }
            _ => Err(TargetError::Form),
        }
    }
}

/// The text names no target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not of one of the four forms.
    #[error("write XA, XA/eid, XA/eid/key/THUMBPRINT, or XA/eid/level/high (low, substantial or high)")]
    Form,
    /// Not a country.
    #[error("{0:?} is not a country code, such as XA")]
    Country(String),
    /// Not an entity's id.
    #[error("{0:?} is not the id of an entity, such as eid")]
    Entity(String),
    /// Not a thumbprint.
    #[error("{0:?} is not a thumbprint: 43 characters, as trustctl keygen prints it")]
    Key(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "Bosmeb633SwCM-2b0L5sWqVFGWj6LCvinTfMZ8Rr9lk";

    #[test]
    fn a_target_is_written_as_it_is_read() {
        for text in ["XA", "XA/eid", &format!("XA/eid/key/{KEY}"), "XA/eid/level/high"] {
            assert_eq!(text.parse::<SuspensionTarget>().unwrap().to_string(), text);
        }
        for text in ["", "xa", "XA/", "XA/eid/key/short", "XA/eid/level/top", "XA/eid/high", "XA/eid/key", "XA//key/x"]
        {
            assert!(text.parse::<SuspensionTarget>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_not_clearly_a_part_is_the_whole() {
        let scope = |text: &str| format!("{:?}", serde_json::from_str::<SuspensionTarget>(text).unwrap().scope());
        let entity = scope(r#"{"country":"XA","entity":"eid"}"#);
        let low = r#"{"country":"XA","entity":"eid","level":"low"}"#;
        let both = format!(r#"{{"country":"XA","entity":"eid","key":"{KEY}","level":"high"}}"#);
        let unknown = r#"{"country":"XA","entity":"eid","attribute":"birthdate"}"#;
        for text in [low, &both, unknown] {
            assert_eq!(scope(text), entity, "{text}");
        }
        assert_eq!(scope(&format!(r#"{{"country":"XA","key":"{KEY}"}}"#)), "Member");
    }
}
