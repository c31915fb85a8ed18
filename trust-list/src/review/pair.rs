//! Two versions of a JSON value, taken apart member by member so that nothing gets lost on the way.
//!
//! Whatever takes a part out of a pair owes a change for it; what nobody takes becomes a raw change
//! ([`Members::rest`]). A form that is not the expected one is a raw change as a whole.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Raw;

/// A value before and after. Absent is `None`.
#[derive(Clone, Debug)]
pub(super) struct Pair<'v> {
    /// Where it is: a JSON pointer (RFC 6901) into the newer document, or into the older one if it is gone.
    pub(super) at: String,
    pub(super) before: Option<&'v Value>,
    pub(super) after: Option<&'v Value>,
}

impl<'v> Pair<'v> {
    pub(super) fn new(before: Option<&'v Value>, after: &'v Value) -> Self {
        Self { at: String::new(), before, after: Some(after) }
    }

    /// Whether the two differ.
    pub(super) fn differs(&self) -> bool {
        self.before != self.after
    }

    /// The two as people read them, if they differ.
    pub(super) fn words(&self) -> Option<(Option<String>, Option<String>)> {
        self.differs().then(|| (self.before.map(word), self.after.map(word)))
    }

    /// A member of both. Of a value that is no object there is none.
    pub(super) fn member(&self, name: &str) -> Self {
        let of = |value: Option<&'v Value>| value.and_then(|value| value.get(name));
        Self { at: format!("{}/{}", self.at, escaped(name)), before: of(self.before), after: of(self.after) }
    }

    /// The members, to be taken one by one. If one side is no object, the whole is a raw change and has no members.
    pub(super) fn members(self, raw: &mut Vec<Raw>) -> Members<'v> {
        let is_object = |value: Option<&Value>| value.is_none_or(Value::is_object);
        if is_object(self.before) && is_object(self.after) && !self.is_bare() {
            return Members { pair: self, taken: BTreeSet::new() };
        }
        let at = self.at.clone();
        self.raw(raw);
        Members { pair: Self { at, before: None, after: None }, taken: BTreeSet::new() }
    }

    /// The elements of both, paired by what `key` calls them. If an element has no name, or two have one, the whole is
    /// a raw change. So is another order of the elements that stay.
    pub(super) fn elements(self, key: impl Fn(&Value) -> Option<String>, raw: &mut Vec<Raw>) -> Vec<(String, Self)> {
        let (Some(before), Some(after)) = (named(self.before, &key), named(self.after, &key)) else {
            self.raw(raw);
            return Vec::new();
        };
        if self.is_bare() {
            self.raw(raw);
            return Vec::new();
        }
        self.order(&before, &after, raw);
        let mut names: Vec<String> = after.iter().map(|(name, _)| name.clone()).collect();
        names.extend(before.iter().map(|(name, _)| name.clone()).filter(|name| !after.iter().any(|(n, _)| n == name)));
        let find = |side: &[(String, &'v Value)], name: &str| {
            side.iter().enumerate().find(|(_, (known, _))| known == name).map(|(at, (_, value))| (at, *value))
        };
        let pair = |name: String| {
            let (before, after) = (find(&before, &name), find(&after, &name));
            let place = after.or(before).map_or(0, |(at, _)| at);
            let at = format!("{}/{place}", self.at);
            (name, Self { at, before: before.map(|(_, value)| value), after: after.map(|(_, value)| value) })
        };
        names.into_iter().map(pair).collect()
    }

    /// Whether something empty comes or goes: it has no parts that could tell.
    fn is_bare(&self) -> bool {
        let empty = |value: &Value| match value {
            Value::Object(members) => members.is_empty(),
            Value::Array(elements) => elements.is_empty(),
            _ => false,
        };
        self.before.is_some() != self.after.is_some() && self.before.or(self.after).is_some_and(empty)
    }

    fn order(&self, before: &[(String, &Value)], after: &[(String, &Value)], raw: &mut Vec<Raw>) {
        let common = |side: &[(String, &Value)], other: &[(String, &Value)]| -> Vec<Value> {
            let stays = side.iter().filter(|(name, _)| other.iter().any(|(known, _)| known == name));
            stays.map(|(name, _)| name.clone().into()).collect()
        };
        let (then, now) = (common(before, after), common(after, before));
        if then != now {
            raw.push(Raw { at: self.at.clone(), before: Some(then.into()), after: Some(now.into()) });
        }
    }

    /// Whether the thing was there and is still there.
    pub(super) fn stays(&self) -> bool {
        self.before.is_some() && self.after.is_some()
    }

    /// What goes without saying when its owner comes or goes; said when the owner `stays`, or when it is not the usual.
    pub(super) fn unless_usual(self, owner_stays: bool, usual: &Value, raw: &mut Vec<Raw>) {
        match self.before.or(self.after) {
            Some(value) if owner_stays || value != usual => self.raw(raw),
            // Left out where it should be: both sides of the raw change are empty.
            None if !owner_stays => raw.push(Raw { at: self.at, before: None, after: None }),
            _ => {}
        }
    }

    /// Every place where the two differ, as deep as both have the same shape.
    pub(super) fn raw(self, raw: &mut Vec<Raw>) {
        match (self.before, self.after) {
            (before, after) if before == after => {}
            (Some(Value::Object(before)), Some(Value::Object(after))) => {
                let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
                for name in names {
                    self.member(name).raw(raw);
                }
            }
            (Some(Value::Array(before)), Some(Value::Array(after))) => {
                for place in 0..before.len().max(after.len()) {
                    let at = format!("{}/{place}", self.at);
                    Self { at, before: before.get(place), after: after.get(place) }.raw(raw);
                }
            }
            (before, after) => raw.push(Raw { at: self.at, before: before.cloned(), after: after.cloned() }),
        }
    }
}

/// The elements with their names, each once; none of an absent array.
fn named(array: Option<&Value>, key: impl Fn(&Value) -> Option<String>) -> Option<Vec<(String, &Value)>> {
    let Some(array) = array else { return Some(Vec::new()) };
    let mut seen = BTreeSet::new();
    let elements = array.as_array()?.iter().map(|value| Some((key(value)?, value)));
    let elements = elements.collect::<Option<Vec<_>>>()?;
    elements.iter().all(|(name, _)| seen.insert(name.clone())).then_some(elements)
}

/// The members of a pair of objects that nobody has taken yet.
pub(super) struct Members<'v> {
    pair: Pair<'v>,
    taken: BTreeSet<String>,
}

impl<'v> Members<'v> {
    /// A member, which whoever takes it puts into words.
    pub(super) fn take(&mut self, name: &str) -> Pair<'v> {
        self.taken.insert(name.to_owned());
        self.pair.member(name)
    }

    /// The names of the members that nobody has taken yet.
    pub(super) fn names(&self) -> Vec<String> {
        let of =
            |value: Option<&'v Value>| value.and_then(Value::as_object).into_iter().flat_map(|members| members.keys());
        let names: BTreeSet<&String> = of(self.pair.before).chain(of(self.pair.after)).collect();
        names.into_iter().filter(|name| !self.taken.contains(*name)).cloned().collect()
    }

    /// Every member that nobody took.
    pub(super) fn rest(self, raw: &mut Vec<Raw>) {
        for name in self.names() {
            self.pair.member(&name).raw(raw);
        }
    }
}

/// A value that says what `T` says and nothing else, or is absent.
pub(super) fn exact<T: DeserializeOwned + Serialize>(value: Option<&Value>) -> Result<Option<T>, NotExact> {
    let Some(value) = value else { return Ok(None) };
    let read: T = serde_json::from_value(value.clone()).map_err(|_| NotExact)?;
    let written = serde_json::to_value(&read).map_err(|_| NotExact)?;
    if written == *value { Ok(Some(read)) } else { Err(NotExact) }
}

/// A value says something that the type has no words for.
pub(super) struct NotExact;

/// RFC 6901 §3.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A text without its quotes, anything else as JSON.
pub(super) fn word(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn id(value: &Value) -> Option<String> {
        value.get("id")?.as_str().map(str::to_owned)
    }

    #[test]
    fn elements_are_paired_by_name_wherever_they_stand() {
        let (before, after) = (json!([{"id": "a", "n": 1}, {"id": "b"}]), json!([{"id": "c"}, {"id": "a", "n": 2}]));
        let mut raw = Vec::new();
        let pairs = Pair::new(Some(&before), &after).elements(id, &mut raw);
        let seen = pairs.iter().map(|(n, p)| (n.as_str(), p.at.as_str(), p.before.is_some(), p.after.is_some()));
        assert_eq!(
            seen.collect::<Vec<_>>(),
            [("c", "/0", false, true), ("a", "/1", true, true), ("b", "/1", true, false)]
        );
        assert_eq!(raw, []);
    }

    #[test]
    fn another_order_a_double_name_and_a_nameless_element_are_shown_raw() {
        for (before, after) in [
            (json!([{"id": "a"}, {"id": "b"}]), json!([{"id": "b"}, {"id": "a"}])),
            (json!([{"id": "a"}]), json!([{"id": "a"}, {"id": "a"}])),
            (json!([{"id": "a"}]), json!([{"id": "a"}, {}])),
            (json!([{"id": "a"}]), json!("x")),
        ] {
            let mut raw = Vec::new();
            let _ = Pair::new(Some(&before), &after).elements(id, &mut raw);
            assert_ne!(raw, [], "{after}");
        }
    }

    #[test]
    fn what_nobody_takes_is_shown_raw() {
        let (before, after) = (json!({"a": 1, "b/c": {"d": 1}}), json!({"a": 2, "b/c": {"d": 2}}));
        let mut raw = Vec::new();
        let mut members = Pair::new(Some(&before), &after).members(&mut raw);
        assert!(members.take("a").differs());
        members.rest(&mut raw);
        assert_eq!(raw, [Raw { at: "/b~1c/d".to_owned(), before: Some(json!(1)), after: Some(json!(2)) }]);
    }
}
