//! Predicates: a yes or no in place of the value behind it (attacks R04).

use serde_json::Value;
use strict_jose::UnixTime;

/// The claim that a predicate is derived from, if `name` is a predicate: `age_over_18` and its like (ISO/IEC 18013-5
/// §7.2.5), from `birthdate`.
///
/// To add one: 1. its name here, 2. how it is derived in [`derive`].
pub(super) fn source(name: &str) -> Option<&'static str> {
    age_over(name).map(|_| "birthdate")
}

/// The value of the predicate `name`, if `of` decides it.
pub(super) fn derive(name: &str, of: &Value, now: UnixTime) -> Option<bool> {
    is_older_than(age_over(name)?, of.as_str()?, &now.to_rfc3339())
}

fn age_over(name: &str) -> Option<u16> {
    let years = name.strip_prefix("age_over_").filter(|years| years.len() == 2)?;
    years.bytes().all(|b| b.is_ascii_digit()).then(|| years.parse().ok()).flatten()
}

/// Whether the birthday that completes `years` is not after `today`, both as `YYYY-MM-DD..`.
///
/// OpenID Connect Core §5.1: a birthdate may be `YYYY` only. Then the answer is known in all years but one, and in that
/// one it is not given: "perhaps" is no.
fn is_older_than(years: u16, birthdate: &str, today: &str) -> Option<bool> {
    let born: u16 = birthdate.get(..4)?.parse().ok().filter(|year| *year > 0)?;
    let full: u16 = born.checked_add(years)?;
    let this_year: u16 = today.get(..4)?.parse().ok()?;
    match full.cmp(&this_year) {
        std::cmp::Ordering::Less => Some(true),
        std::cmp::Ordering::Greater => Some(false),
        std::cmp::Ordering::Equal => {
            let birthday = birthdate.get(4..10).filter(|rest| is_month_and_day(rest))?;
            Some(birthday <= today.get(4..10)?)
        }
    }
}

/// `-MM-DD`, which compares as text.
fn is_month_and_day(text: &str) -> bool {
    text.bytes().enumerate().all(|(at, b)| if at % 3 == 0 { b == b'-' } else { b.is_ascii_digit() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r04_an_age_is_reached_on_the_birthday() {
        let today = "2026-11-22T10:00:00Z";
        for (birthdate, expected) in [
            ("2008-11-21", Some(true)),
            ("2008-11-22", Some(true)),
            ("2008-11-23", Some(false)),
            ("2009-01-01", Some(false)),
            ("1950-02-30", Some(true)),
            ("2007", Some(true)),
            ("2008", None),
            ("2009", Some(false)),
            ("0000-11-22", None),
            ("2008-1122", None),
            ("22.11.2008", None),
            ("", None),
        ] {
            assert_eq!(is_older_than(18, birthdate, today), expected, "{birthdate}");
        }
    }

    #[test]
    fn only_ages_of_two_digits_are_predicates() {
        assert_eq!(source("age_over_18"), Some("birthdate"));
        for name in ["age_over_", "age_over_8", "age_over_180", "age_over_+1", "birthdate", "age"] {
            assert_eq!(source(name), None, "{name}");
        }
    }
}
