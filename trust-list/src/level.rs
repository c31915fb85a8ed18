//! Levels of assurance.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How well a person was identified and authenticated. The words and their order are those of Regulation (EU)
/// No 910/2014 Art. 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Limited confidence.
    Low,
    /// Substantial confidence.
    Substantial,
    /// Higher confidence than substantial.
    High,
}

impl Level {
    /// Every level, lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Substantial, Self::High];

    /// The word for the level.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Substantial => "substantial",
            Self::High => "high",
        }
    }

    /// The level as an `acr` value (OpenID Connect Core §2).
    pub const fn acr(self) -> &'static str {
        match self {
            Self::Low => "urn:passerelle:loa:low",
            Self::Substantial => "urn:passerelle:loa:substantial",
            Self::High => "urn:passerelle:loa:high",
        }
    }

    /// The level that an `acr` value of ours names.
    pub fn from_acr(acr: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.acr() == acr)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_and_each_has_its_own_acr() {
        assert!(Level::Low < Level::Substantial && Level::Substantial < Level::High);
        for level in Level::ALL {
            assert_eq!(Level::from_acr(level.acr()), Some(level));
            assert_eq!(serde_json::to_value(level).unwrap(), level.as_str());
        }
        assert_eq!(Level::from_acr("substantial"), None);
        assert_eq!(Level::from_acr("urn:passerelle:loa:HIGH"), None);
    }
}
