//! What a purpose demands of the person's identity document.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

/// The states of the person's document that a purpose accepts. Every other one ends the login.
///
/// A purpose without a demand accepts them all: an expired card is not a lost identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentDemand {
    /// `valid`, and what else. Where the issuer does not say, the state is unknown, which no demand accepts.
    #[serde(deserialize_with = "valid_and_more")]
    pub accept: BTreeSet<AcceptedDocument>,
}

/// A state of a document that a purpose may accept. Lost, revoked and unknown have no word here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AcceptedDocument {
    /// In force.
    Valid,
    /// Past its printed end, in force by law.
    Extended,
    /// Past its end.
    Expired,
}

fn valid_and_more<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeSet<AcceptedDocument>, D::Error> {
    let accept = BTreeSet::deserialize(from)?;
    if accept.contains(&AcceptedDocument::Valid) {
        return Ok(accept);
    }
    Err(serde::de::Error::custom("what `document` accepts must have `valid` in it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l12_a_demand_that_nobody_can_meet_or_that_is_misspelt_is_refused() {
        let read = |text: &str| serde_json::from_str::<DocumentDemand>(text);
        let demand = read(r#"{"accept":["valid","extended"]}"#).unwrap();
        assert_eq!(demand.accept, [AcceptedDocument::Valid, AcceptedDocument::Extended].into());
        for text in [
            r#"{"accept":[]}"#,
            r#"{"accept":["expired"]}"#,
            r#"{"accept":["valid","lost"]}"#,
            r#"{"accept":["valid","unknown"]}"#,
            r#"{"accept":["valid"],"except":["valid"]}"#,
            "{}",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
