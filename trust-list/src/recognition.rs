//! The recognition matrix: who accepts whose identities, for what.

use serde::{Deserialize, Serialize};
use strict_jose::UnixTime;

use crate::document::rfc3339;
use crate::{CountryCode, Level, Purpose};

/// One row: `recogniser` accepts persons identified by `recognised` for `purpose`.
///
/// It is never transitive and there is no default: what no row says is not recognised. Withdrawal is a dated end, not
/// a deletion, so "was it recognised then?" keeps its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognition {
    /// The country that accepts.
    pub recogniser: CountryCode,
    /// The country whose identities are accepted.
    pub recognised: CountryCode,
    /// For which purpose.
    pub purpose: Purpose,
    /// Up to which level.
    pub max_level: Level,
    /// The agreement or law behind it.
    pub legal_basis: String,
    /// First second in force.
    #[serde(with = "rfc3339")]
    pub from: UnixTime,
    /// First second no longer in force, if there is an end.
    #[serde(default, with = "rfc3339::optional", skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixTime>,
}

impl Recognition {
    /// Whether the row is in force at `at`.
    pub fn in_force(&self, at: UnixTime) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}
