//! CBOR with one meaning: nothing behind it, nothing nested too deeply, no key twice.

use ciborium::Value;

use crate::error::AssertionProblem;

/// Reads one item.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, AssertionProblem> {
    let mut rest = bytes;
    let value: Value =
        ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_DEPTH).map_err(|_| AssertionProblem::Cbor)?;
    if !rest.is_empty() {
        return Err(AssertionProblem::Cbor);
    }
    check_keys(&value)?;
    Ok(value)
}

/// RFC 8949 §5.6: a map with a key twice is not valid, and readers disagree on which one counts.
fn check_keys(value: &Value) -> Result<(), AssertionProblem> {
    match value {
        Value::Map(entries) => {
            let mut keys: Vec<Vec<u8>> = entries.iter().map(|(key, _)| encoded(key)).collect::<Result<_, _>>()?;
            keys.sort_unstable();
            if !keys.is_sorted_by(|a, b| a < b) {
                return Err(AssertionProblem::Cbor);
            }
            entries.iter().try_for_each(|(key, member)| check_keys(key).and_then(|()| check_keys(member)))
        }
        Value::Array(items) => items.iter().try_for_each(check_keys),
        Value::Tag(_, inner) => check_keys(inner),
        _ => Ok(()),
    }
}

fn encoded(value: &Value) -> Result<Vec<u8>, AssertionProblem> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).map_err(|_| AssertionProblem::Cbor)?;
    Ok(bytes)
}

/// The member of a map under an integer key.
pub(super) fn member(map: &[(Value, Value)], key: i64) -> Option<&Value> {
    let key = Value::from(key);
    map.iter().find(|(own, _)| *own == key).map(|(_, value)| value)
}

/// The text of the specification's own test vectors nests 4 deep; 128 is what its readers allow.
const MAX_DEPTH: usize = 128;
