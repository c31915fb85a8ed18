//! Reading JSON that somebody else wrote.

use serde_json::Value;

/// A member, or null where there is none.
pub fn at<'j>(value: &'j Value, name: &str) -> &'j Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// A member that is text, or "".
pub fn text<'j>(value: &'j Value, name: &str) -> &'j str {
    at(value, name).as_str().unwrap_or_default()
}
