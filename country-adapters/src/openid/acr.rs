//! What a provider's `acr` values mean: nobody but the signed list says.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use trust_list::Level;

use crate::error::AssertionProblem;

/// A provider's `acr` values with their level and methods.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct AcrMap(BTreeMap<String, Assurance>);

/// What one value means.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assurance {
    /// The level.
    pub(crate) level: Level,
    /// How the person was authenticated.
    #[serde(default)]
    pub(crate) methods: Vec<String>,
}

impl AcrMap {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values that stand for `level` or a higher one.
    pub(crate) fn reaching(&self, level: Level) -> Vec<&str> {
        self.0.iter().filter(|(_, means)| means.level >= level).map(|(acr, _)| acr.as_str()).collect()
    }

    /// What `acr` means. Every value in it must be known: an unknown one could be a weaker way in.
    ///
    /// OpenID Connect Core §2: `acr` is one value. eSignet joins several factors with spaces; a person who used them
    /// all reaches at least the level of the best.
    pub(crate) fn meaning(&self, acr: Option<&str>, may_join: MayJoin) -> Result<Assurance, AssertionProblem> {
        let acr = acr.ok_or(AssertionProblem::AcrUnknown)?;
        let values: Vec<&str> = match may_join {
            MayJoin::Yes => acr.split(' ').collect(),
            MayJoin::No => vec![acr],
        };
        let known: Option<Vec<&Assurance>> = values.into_iter().map(|value| self.0.get(value)).collect();
        let known = known.ok_or(AssertionProblem::AcrUnknown)?;
        let level = known.iter().map(|means| means.level).max().ok_or(AssertionProblem::AcrUnknown)?;
        let methods: BTreeSet<String> = known.iter().flat_map(|means| means.methods.iter().cloned()).collect();
        Ok(Assurance { level, methods: methods.into_iter().collect() })
    }
}

/// Whether a provider puts several values into one `acr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MayJoin {
    /// Separated by spaces.
    Yes,
    /// Never.
    No,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn map() -> AcrMap {
        serde_json::from_value(json!({
            "mosip:idp:acr:biometrics": {"level": "high", "methods": ["bio"]},
            "mosip:idp:acr:generated-code": {"level": "substantial", "methods": ["otp"]},
            "mosip:idp:acr:static-code": {"level": "low"},
        }))
        .unwrap()
    }

    #[test]
    fn one_value_means_what_the_list_says() {
        let means = map().meaning(Some("mosip:idp:acr:generated-code"), MayJoin::No).unwrap();
        assert_eq!((means.level, means.methods), (Level::Substantial, vec!["otp".to_owned()]));
    }

    #[test]
    fn joined_values_reach_the_best_and_keep_every_method() {
        let acr = Some("mosip:idp:acr:generated-code mosip:idp:acr:biometrics");
        let means = map().meaning(acr, MayJoin::Yes).unwrap();
        assert_eq!((means.level, means.methods.len()), (Level::High, 2));
        assert_eq!(map().meaning(acr, MayJoin::No), Err(AssertionProblem::AcrUnknown));
    }

    #[test]
    fn g12_a_value_that_the_list_does_not_know_is_refused_even_beside_known_ones() {
        for acr in [
            None,
            Some(""),
            Some("mosip:idp:acr:id-token"),
            Some("mosip:idp:acr:biometrics mosip:idp:acr:new"),
            Some("mosip:idp:acr:biometrics "),
        ] {
            assert_eq!(map().meaning(acr, MayJoin::Yes), Err(AssertionProblem::AcrUnknown), "{acr:?}");
        }
    }

    #[test]
    fn only_values_that_reach_the_level_are_asked_for() {
        assert_eq!(map().reaching(Level::High), ["mosip:idp:acr:biometrics"]);
        assert_eq!(map().reaching(Level::Low).len(), 3);
    }
}
