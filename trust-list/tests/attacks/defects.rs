//! The negative catalogue: a healthy list with exactly one defect each, out of `tests/defects`.
//!
//! A file says where the defect is (`at`, a JSON pointer), what to `set` there (or nothing, to remove it), and what the
//! refusal must mention (`refused_for`). To add one: write the file.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;
use trust_list::UpdateError;
use trust_list::document::ListName;

use crate::support::{NOW, Watcher, cc, disabled, newest, payload, region, replace_national, replace_regional};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defect {
    at: String,
    set: Option<Value>,
    refused_for: String,
}

impl Defect {
    fn apply(&self, list: &mut Value) {
        apply(list, &self.at, self.set.as_ref());
    }
}

/// Puts a value in a place, or takes away what is there; it must change something.
pub(crate) fn apply(list: &mut Value, at: &str, set: Option<&Value>) {
    let (parent_at, name) = at.rsplit_once('/').unwrap();
    let parent = list.pointer_mut(parent_at).unwrap();
    let before = parent.clone();
    match (set, parent) {
        (Some(value), Value::Array(elements)) if name == "-" => elements.push(value.clone()),
        (Some(value), parent) if parent.is_array() => parent[name.parse::<usize>().unwrap()] = value.clone(),
        (Some(value), parent) => parent[name] = value.clone(),
        (None, Value::Object(members)) => drop(members.remove(name)),
        (None, Value::Array(elements)) => drop(elements.remove(name.parse().unwrap())),
        (None, _) => panic!("nothing to remove"),
    }
    assert_ne!(*list.pointer(parent_at).unwrap(), before, "the defect changes nothing");
}

fn defects(kind: &str) -> Vec<(String, Defect)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/defects").join(kind);
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        })
        .collect();
    found.sort_by(|a: &(String, Defect), b| a.0.cmp(&b.0));
    found
}

#[tokio::test]
async fn h26_each_defect_of_a_national_list_disables_its_member_for_the_right_reason() {
    let defects = defects("national");
    assert!(defects.len() > 20);
    for (name, defect) in defects {
        let mut region = region();
        let mut list = payload(&region.documents, newest(&region.documents, ListName::Member(cc("XA"))));
        defect.apply(&mut list);
        replace_national(&mut region, "XA", list.to_string().as_bytes());
        let verified = Watcher::of(&region).await.list.unwrap();
        let problem = disabled(&verified, "XA", NOW).unwrap_or_else(|| panic!("{name} was accepted")).to_string();
        assert!(problem.contains(&defect.refused_for), "{name} was refused for another reason: {problem}");
        assert_eq!(disabled(&verified, "XB", NOW), None, "{name}");
    }
}

#[tokio::test]
async fn h26_each_defect_of_the_regional_list_stops_the_update_for_the_right_reason() {
    let defects = defects("regional");
    assert!(defects.len() > 8);
    for (name, defect) in defects {
        let mut region = region();
        let mut list = payload(&region.documents, newest(&region.documents, ListName::Regional));
        defect.apply(&mut list);
        replace_regional(&mut region, list.to_string().as_bytes());
        let result = Watcher::new(region.pinned_root()).update(&region.publisher(), NOW).await;
        let Err(UpdateError::Regional(problem)) = result else { panic!("{name}: {result:?}") };
        let problem = problem.to_string();
        assert!(problem.contains(&defect.refused_for), "{name} was refused for another reason: {problem}");
    }
}
