//! JSON as our protocols need it: one meaning for one text.
//!
//! RFC 8259 §4 leaves duplicate names open, and parsers that disagree about them are how one token means two things.
//! Here they are refused at every level, with the nesting and the size bounded before anything is built.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::limits::Limits;
use crate::scan;
use crate::time::{MAX_SAFE_INTEGER, TimeError, UnixTime};

/// Reads one JSON text into a [`Value`].
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, JsonError> {
    parse_as(bytes, limits)
}

/// Reads one JSON object.
pub fn parse_object(bytes: &[u8], limits: &Limits) -> Result<Map<String, Value>, JsonError> {
    match parse(bytes, limits)? {
        Value::Object(members) => Ok(members),
        _ => Err(JsonError::NotAnObject),
    }
}

/// Reads one JSON text straight into `T`, with the same strictness also where `T` ignores members.
pub fn parse_as<T: DeserializeOwned>(bytes: &[u8], limits: &Limits) -> Result<T, JsonError> {
    let text = checked_text(bytes, limits)?;
    serde_json::from_str(text).map_err(JsonError::from_serde)
}

/// The text of `bytes`, once its size, encoding, nesting and names are known to be good.
///
/// For types that borrow from the text: give the result to `serde_json::from_str`, which refuses trailing data.
pub fn checked_text<'a>(bytes: &'a [u8], limits: &Limits) -> Result<&'a str, JsonError> {
    if bytes.len() > limits.max_bytes {
        return Err(JsonError::TooLarge { max: limits.max_bytes });
    }
    // RFC 8259 §8.1: implementations must not add a byte order mark; we also do not ignore one.
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(JsonError::ByteOrderMark);
    }
    // The whole text, since a parser does not look at the encoding of a member that it skips.
    let text = std::str::from_utf8(bytes).map_err(|_| JsonError::NotUtf8)?;
    scan::check_structure(text, limits.max_depth)?;
    Ok(text)
}

/// A time as tokens carry it: an integer from 0 to 2^53-1, in seconds (RFC 7519 §2).
pub fn numeric_date(value: &Value) -> Result<UnixTime, TimeError> {
    match value.as_i64() {
        Some(seconds) if (0..=MAX_SAFE_INTEGER).contains(&seconds) => Ok(UnixTime::new(seconds)),
        _ => Err(TimeError::NotNumericDate),
    }
}

/// Why a text is not the JSON we read.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// More bytes than this kind of document may have.
    #[error("larger than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// Nested deeper than this kind of document may be.
    #[error("nested deeper than {max}")]
    TooDeep {
        /// The limit.
        max: usize,
    },
    /// Starts with U+FEFF.
    #[error("starts with a byte order mark")]
    ByteOrderMark,
    /// Not UTF-8 throughout.
    #[error("not UTF-8")]
    NotUtf8,
    /// One object has two members of one name.
    #[error("duplicate member name at byte {at}")]
    DuplicateName {
        /// Where the second one starts.
        at: usize,
    },
    /// Not JSON, or data after the end.
    #[error("not JSON at line {line}, column {column}")]
    Syntax {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but an object is required.
    #[error("not a JSON object")]
    NotAnObject,
    /// JSON, but not of the form that the document prescribes.
    #[error("not the expected form: {0}")]
    WrongForm(#[source] serde_json::Error),
}

impl JsonError {
    /// The error that serde_json gives for a text, in our terms.
    pub fn from_serde(error: serde_json::Error) -> Self {
        if error.is_data() {
            Self::WrongForm(error)
        } else {
            Self::Syntax { line: error.line(), column: error.column() }
        }
    }
}
