//! Dates of birth, as countries write them, to ISO 8601.

use jiff::civil::Date;
use serde::Deserialize;

/// How a country writes a date. ISO 8601 is always understood too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum DateFormat {
    /// ISO 8601.
    #[default]
    #[serde(rename = "YYYY-MM-DD")]
    Iso,
    /// eSignet.
    #[serde(rename = "YYYY/MM/DD")]
    YearMonthDaySlashes,
    /// Most forms on paper.
    #[serde(rename = "DD/MM/YYYY")]
    DayMonthYearSlashes,
    /// Claim 169.
    #[serde(rename = "YYYYMMDD")]
    Compact,
}

/// `YYYY-MM-DD`, or `YYYY` if month or day is not known (OpenID Connect Core §5.1: no other form exists).
pub(crate) fn civil_date(text: &str, format: DateFormat) -> Option<String> {
    let text = text.trim();
    let (year, month, day) = iso_parts(text).or_else(|| parts(text, format))?;
    if year == 0 {
        return None;
    }
    if month == 0 || day == 0 {
        // Many registers know the year only and write zeros for the rest.
        return (month <= 12 && day <= 31).then(|| format!("{year:04}"));
    }
    Date::new(year, month, day).ok().map(|date| date.to_string())
}

fn iso_parts(text: &str) -> Option<(i16, i8, i8)> {
    let mut fields = text.split('-');
    match (fields.next()?, fields.next(), fields.next(), fields.next()) {
        (year, None, None, None) if year.len() == 4 => Some((number(year)?, 0, 0)),
        (year, Some(month), Some(day), None) => three(year, month, day),
        _ => None,
    }
}

fn parts(text: &str, format: DateFormat) -> Option<(i16, i8, i8)> {
    match format {
        DateFormat::Iso => None,
        DateFormat::Compact => three(text.get(..4)?, text.get(4..6)?, text.get(6..)?),
        DateFormat::YearMonthDaySlashes | DateFormat::DayMonthYearSlashes => {
            let mut fields = text.split('/');
            let (first, second, third) = (fields.next()?, fields.next()?, fields.next()?);
            match (fields.next(), format) {
                (Some(_), _) => None,
                (None, DateFormat::DayMonthYearSlashes) => three(third, second, first),
                (None, _) => three(first, second, third),
            }
        }
    }
}

fn three(year: &str, month: &str, day: &str) -> Option<(i16, i8, i8)> {
    let full = year.len() == 4 && month.len() == 2 && day.len() == 2;
    full.then_some(())?;
    Some((number(year)?, i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?))
}

fn number(digits: &str) -> Option<i16> {
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read_in_its_own_country_and_iso_everywhere() {
        for (text, format) in [
            ("1991-03-08", DateFormat::Iso),
            ("1991/03/08", DateFormat::YearMonthDaySlashes),
            ("08/03/1991", DateFormat::DayMonthYearSlashes),
            ("19910308", DateFormat::Compact),
            ("1991-03-08", DateFormat::Compact),
        ] {
            assert_eq!(civil_date(text, format).as_deref(), Some("1991-03-08"), "{text}");
        }
    }

    #[test]
    fn an_unknown_day_or_month_leaves_the_year() {
        for text in ["1991/00/00", "1991/03/00", "1991", "1991-00-00"] {
            assert_eq!(civil_date(text, DateFormat::YearMonthDaySlashes).as_deref(), Some("1991"), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "1991/02/30",
            "1991/13/01",
            "91/03/08",
            "1991/3/8",
            "0000/01/01",
            "1991/03/08/",
            "é",
            "1991/03/+8",
            "08/03/1991",
            "1991é0308",
        ] {
            assert_eq!(civil_date(text, DateFormat::YearMonthDaySlashes), None, "{text}");
            assert_eq!(civil_date(text, DateFormat::Compact), None, "{text}");
        }
    }
}
