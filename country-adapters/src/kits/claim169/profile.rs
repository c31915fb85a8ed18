//! The profile of an issuer of Claim 169 cards.

use serde::Deserialize;
use serde_json::Value;
use strict_jose::Kid;
use trust_list::Level;

use crate::SubjectStability;
use crate::error::ProfileError;
use crate::openid::settings::not_empty;
use crate::profile::{Profile, read};

/// The keys themselves are in the entry, not here.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claim169Profile {
    /// The names that the issuer writes into its cards.
    pub(super) iss: Vec<String>,
    /// The only kids that count; without it, every key of the entry.
    #[serde(default)]
    pub(super) kids: Option<Vec<Kid>>,
    /// For how many days from its issue a card without an end is accepted. Without it, never.
    #[serde(default)]
    pub(super) accepted_without_exp_days: Option<u16>,
    /// What showing a card is worth.
    pub(super) level: Level,
    /// Whether the number on the card stays.
    #[serde(default = "stable")]
    pub(super) subject_stability: SubjectStability,
    /// Under what the issuer vouches.
    #[serde(default = "claim169")]
    pub(super) trust_framework: String,
}

impl Profile for Claim169Profile {
    const KIND: &'static str = "claim169";

    fn parse(profile: &Value) -> Result<Self, ProfileError> {
        let members =
            profile.as_object().ok_or_else(|| ProfileError::Malformed("a profile is an object".to_owned()))?;
        let profile: Self = read(members.clone())?;
        not_empty("iss", profile.iss.iter().any(String::is_empty) || profile.iss.is_empty())?;
        not_empty("trust_framework", profile.trust_framework.is_empty())?;
        Ok(profile)
    }
}

fn stable() -> SubjectStability {
    SubjectStability::Stable
}

fn claim169() -> String {
    "claim169".to_owned()
}
