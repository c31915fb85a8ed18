//! Points in time as JOSE writes them: whole seconds since 1970 in UTC.

use std::fmt;

use jiff::SignedDuration;
use jiff::civil::DateTime;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

/// The largest integer that every JSON implementation reads exactly, 2^53 - 1 (RFC 7493 §2.2).
pub const MAX_SAFE_INTEGER: i64 = (1 << 53) - 1;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds ignored.
///
/// RFC 7519 §2 (NumericDate) also allows fractions. Off-spec: fractions are refused, because libraries disagree
/// about them and some stop working on huge ones. Arithmetic saturates, so a hostile time cannot overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct UnixTime(i64);

impl UnixTime {
    /// The time `seconds` after the epoch.
    pub const fn new(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// The time `seconds` later.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// The time `seconds` earlier.
    #[must_use]
    pub const fn minus(self, seconds: i64) -> Self {
        Self(self.0.saturating_sub(seconds))
    }

    /// Seconds from `earlier` to this time; negative when `earlier` is in fact later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// `YYYY-MM-DDThh:mm:ssZ`. A time outside the years 0000 to 9999 is written as the nearest one inside, since the
    /// form has no room for it.
    pub fn to_rfc3339(self) -> String {
        let nearest = self.0.clamp(YEAR_0, YEAR_9999_END);
        let civil = EPOCH.checked_add(SignedDuration::from_secs(nearest)).unwrap_or(EPOCH);
        civil.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// Reads exactly the form that [`UnixTime::to_rfc3339`] writes: UTC, whole seconds, capital `T` and `Z`.
    ///
    /// RFC 3339 §5.6 leaves more room; a signed document should have one spelling for one time.
    pub fn parse_rfc3339(text: &str) -> Result<Self, TimeError> {
        let civil: DateTime = text.strip_suffix('Z').and_then(|t| t.parse().ok()).ok_or(TimeError::NotRfc3339)?;
        let time = Self(civil.duration_since(EPOCH).as_secs());
        // The parser is lenient (lower case, a space, fractions, second 60); writing the time again is not.
        if time.to_rfc3339() == text { Ok(time) } else { Err(TimeError::NotRfc3339) }
    }
}

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
/// 0000-01-01T00:00:00Z.
const YEAR_0: i64 = -62_167_219_200;
/// 9999-12-31T23:59:59Z.
const YEAR_9999_END: i64 = 253_402_300_799;

impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for UnixTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = i64::deserialize(deserializer)?;
        if (0..=MAX_SAFE_INTEGER).contains(&seconds) {
            Ok(Self(seconds))
        } else {
            Err(D::Error::custom(TimeError::NotNumericDate))
        }
    }
}

/// Why a text is not a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not of the form `YYYY-MM-DDThh:mm:ssZ`.
    #[error("a time is written YYYY-MM-DDThh:mm:ssZ")]
    NotRfc3339,
    /// Not an integer from 0 to 2^53-1.
    #[error("a time is an integer from 0 to 2^53-1")]
    NotNumericDate,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates_instead_of_overflowing() {
        assert_eq!(UnixTime::new(i64::MAX).plus(1), UnixTime::new(i64::MAX));
        assert_eq!(UnixTime::new(i64::MIN).minus(1), UnixTime::new(i64::MIN));
        assert_eq!(UnixTime::new(i64::MAX).since(UnixTime::new(-1)), i64::MAX);
        assert_eq!(UnixTime::new(10).since(UnixTime::new(70)), -60);
    }

    #[test]
    fn rfc3339_is_written_and_read_in_one_form() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_764_000_000, "2025-11-24T16:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (YEAR_0, "0000-01-01T00:00:00Z"),
            (YEAR_9999_END, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(UnixTime::new(seconds).to_rfc3339(), text);
            assert_eq!(UnixTime::parse_rfc3339(text), Ok(UnixTime::new(seconds)));
        }
    }

    #[test]
    fn a_time_outside_the_form_is_written_as_the_nearest_inside() {
        assert_eq!(UnixTime::new(i64::MAX).to_rfc3339(), "9999-12-31T23:59:59Z");
        assert_eq!(UnixTime::new(i64::MIN).to_rfc3339(), "0000-01-01T00:00:00Z");
    }

    #[test]
    fn any_other_spelling_of_a_time_is_refused() {
        for text in [
            "",
            "Z",
            "2025-11-24",
            "2025-11-24T16:00:00",
            "2025-11-24T16:00:00.0Z",
            "2025-11-24T16:00:00.123Z",
            "2025-11-24t16:00:00z",
            "2025-11-24T16:00:00z",
            "2025-11-24 16:00:00Z",
            "2025-11-24T16:00Z",
            "2025-11-24T16:00:00+00:00",
            "2025-11-24T16:00:60Z",
            "2025-02-29T00:00:00Z",
            "2025-13-01T00:00:00Z",
            "+002025-11-24T16:00:00Z",
            " 2025-11-24T16:00:00Z",
            "2025-11-24T16:00:00ZZ",
            "20251124T160000Z",
        ] {
            assert_eq!(UnixTime::parse_rfc3339(text), Err(TimeError::NotRfc3339), "{text}");
        }
    }

    #[test]
    fn serde_takes_whole_seconds_in_range_only() {
        assert_eq!(serde_json::to_string(&UnixTime::new(7)).unwrap(), "7");
        assert_eq!(serde_json::from_str::<UnixTime>("7").unwrap(), UnixTime::new(7));
        for text in ["7.0", "7.5", "7e3", "\"7\"", "-1", "9007199254740992", "1e300", "null", "true"] {
            assert!(serde_json::from_str::<UnixTime>(text).is_err(), "{text}");
        }
    }
}
