//! Rows of the recognition matrix on the command line.

use std::fmt::Display;
use std::str::FromStr;

use strict_jose::UnixTime;
use trust_list::{CountryCode, Purpose, Recognition};

use crate::clock;
use crate::names::NamedLevel;

/// `RECOGNISER:RECOGNISED:PURPOSE[=TIME]`: a row that ends.
#[derive(Clone, Debug)]
pub(crate) struct EndOfRow {
    pub(crate) recogniser: CountryCode,
    pub(crate) recognised: CountryCode,
    pub(crate) purpose: Purpose,
    pub(crate) end: Option<UnixTime>,
}

impl FromStr for EndOfRow {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (row, end) = text.split_once('=').map_or((text, None), |(row, end)| (row, Some(end)));
        let parts: Vec<&str> = row.split(':').collect();
        let [by, other, purpose] = parts[..] else {
            return Err("write RECOGNISER:RECOGNISED:PURPOSE, such as XB:XA:account-opening".to_owned());
        };
        Ok(Self {
            recogniser: read(by)?,
            recognised: read(other)?,
            purpose: read(purpose)?,
            end: end.map(clock::parse).transpose()?,
        })
    }
}

/// `XB recognises XA for PURPOSE up to LEVEL [from TIME] [until TIME] on BASIS`.
#[derive(Clone, Debug)]
pub(crate) struct RowInWords {
    row: Recognition,
    from: Option<UnixTime>,
}

impl RowInWords {
    /// The row; it begins `now` if it does not say when.
    pub(crate) fn beginning(&self, now: UnixTime) -> Recognition {
        Recognition { from: self.from.unwrap_or(now), ..self.row.clone() }
    }
}

const FORM: &str =
    "write: XB recognises XA for account-opening up to substantial from TIME until TIME on the agreement";

impl FromStr for RowInWords {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (row, basis) = text.split_once(" on ").ok_or(FORM)?;
        let words: Vec<&str> = row.split_whitespace().collect();
        let [by, "recognises", other, "for", purpose, "up", "to", level, times @ ..] = &words[..] else {
            return Err(FORM.to_owned());
        };
        let (from, until) = match times {
            [] => (None, None),
            ["from", from] => (Some(*from), None),
            ["until", until] => (None, Some(*until)),
            ["from", from, "until", until] => (Some(*from), Some(*until)),
            _ => return Err(FORM.to_owned()),
        };
        let time = |text: Option<&str>| text.map(clock::parse).transpose();
        let level: NamedLevel = read(level)?;
        let row = Recognition {
            recogniser: read(by)?,
            recognised: read(other)?,
            purpose: read(purpose)?,
            max_level: level.0,
            legal_basis: basis.trim().trim_matches('"').to_owned(),
            from: UnixTime::new(0),
            until: time(until)?,
        };
        Ok(Self { row, from: time(from)? })
    }
}

fn read<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| format!("{text}: {error}"))
}
