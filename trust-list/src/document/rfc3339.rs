//! Times in our documents: `YYYY-MM-DDThh:mm:ssZ`, no fraction (TS 119 602 cl. 6.1.3).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};
use strict_jose::UnixTime;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
pub(crate) fn serialize<S: Serializer>(time: &UnixTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339())
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    UnixTime::parse_rfc3339(&text).map_err(D::Error::custom)
}

/// The same for a time that may be absent.
pub(crate) mod optional {
    use super::{Deserialize, Deserializer, Serializer, UnixTime};
    use serde::de::Error as _;

    #[expect(clippy::ref_option, reason = "serde calls it with a reference")]
    pub(crate) fn serialize<S: Serializer>(time: &Option<UnixTime>, serializer: S) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => super::serialize(time, serializer),
            None => serializer.serialize_none(),
        }
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UnixTime>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| UnixTime::parse_rfc3339(&text).map_err(D::Error::custom)).transpose()
    }
}
