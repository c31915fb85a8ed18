//! Extensions (TS 119 602 cl. 6.6.9): each says whether a reader must understand it.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::ListProblem;

const CRITICAL: &str = "Critical";

/// Takes the extensions named in `known` out of their containers, in the order of `known`.
///
/// A container without `Critical` is refused; an unknown name in a critical container is too; unknown names elsewhere
/// are skipped. A name that appears twice would let readers choose, so it is refused.
pub(crate) fn take<const N: usize>(
    containers: Vec<Map<String, Value>>,
    known: [&'static str; N],
) -> Result<[Option<Value>; N], ListProblem> {
    let mut found = known.map(|_| None);
    for mut container in containers {
        let critical = is_critical(container.remove(CRITICAL).as_ref())?;
        for (name, value) in container {
            match known.iter().zip(&mut found).find(|(known, _)| **known == name) {
                Some((_, place)) if place.is_none() => *place = Some(value),
                Some(_) => return Err(ListProblem::clause("TS 119 602 cl. 6.6.9", format!("{name} appears twice"))),
                None if critical => return Err(ListProblem::UnknownCriticalExtension(name)),
                None => {}
            }
        }
    }
    Ok(found)
}

/// Refuses containers with anything critical in them.
pub(crate) fn refuse_critical(containers: Vec<Map<String, Value>>) -> Result<(), ListProblem> {
    take(containers, []).map(|[]| ())
}

/// Refuses containers with anything critical in them but what has one of these names.
pub(crate) fn understood(containers: &[Map<String, Value>], known: &[&str]) -> Result<(), ListProblem> {
    let known = |name: &String| *name == CRITICAL || known.contains(&name.as_str());
    containers.iter().try_for_each(|container| {
        let critical = is_critical(container.get(CRITICAL))?;
        match container.keys().find(|name| critical && !known(name)) {
            Some(name) => Err(ListProblem::UnknownCriticalExtension(name.clone())),
            None => Ok(()),
        }
    })
}

fn is_critical(value: Option<&Value>) -> Result<bool, ListProblem> {
    let flag = value.and_then(Value::as_bool);
    flag.ok_or_else(|| ListProblem::clause("TS 119 602 cl. 6.6.9", "an extension does not say whether it is Critical"))
}

/// The content of an extension in its own form.
pub(crate) fn read<T: DeserializeOwned>(name: &str, value: Value) -> Result<T, ListProblem> {
    serde_json::from_value(value).map_err(|error| ListProblem::WrongForm(format!("{name}: {error}")))
}

/// A critical extension of that name.
pub(crate) fn critical(name: &str, content: Value) -> Map<String, Value> {
    container(true, name, content)
}

/// An extension of that name that a reader may pass over.
pub(crate) fn optional(name: &str, content: Value) -> Map<String, Value> {
    container(false, name, content)
}

fn container(critical: bool, name: &str, content: Value) -> Map<String, Value> {
    Map::from_iter([(CRITICAL.to_owned(), critical.into()), (name.to_owned(), content)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn containers(value: Value) -> Vec<Map<String, Value>> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_known_extension_is_found_wherever_it_is() {
        let given = containers(json!([{"Critical": false, "Other": 1}, {"Critical": true, "Ours": 2}]));
        assert_eq!(take(given, ["Ours", "Absent"]), Ok([Some(json!(2)), None]));
    }

    #[test]
    fn h21_an_unknown_extension_stops_the_reader_only_when_it_is_critical() {
        let harmless = containers(json!([{"Critical": false, "Future": {}}]));
        assert_eq!(refuse_critical(harmless), Ok(()));
        let critical = containers(json!([{"Critical": true, "Future": {}}]));
        assert_eq!(refuse_critical(critical), Err(ListProblem::UnknownCriticalExtension("Future".to_owned())));
    }

    #[test]
    fn an_extension_that_does_not_state_its_criticality_is_refused() {
        for bad in [json!([{"Ours": 1}]), json!([{"Critical": "true", "Ours": 1}]), json!([{"Critical": 1}])] {
            assert!(matches!(take(containers(bad), ["Ours"]), Err(ListProblem::Clause { .. })));
        }
    }

    #[test]
    fn an_extension_given_twice_is_refused() {
        let twice = containers(json!([{"Critical": true, "Ours": 1}, {"Critical": false, "Ours": 2}]));
        assert!(matches!(take(twice, ["Ours"]), Err(ListProblem::Clause { .. })));
    }
}
