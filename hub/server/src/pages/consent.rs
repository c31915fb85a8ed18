//! The consent page: who asks, why, what exactly; yes and no of equal weight.

use askama::Template;
use hub_core::{ConsentClaim, ConsentView};
use serde_json::Value;
use strict_jose::UnixTime;

use super::picker::{asker, level_text};
use super::texts::{Label, Texts};
use super::{Frame, plain};

/// The page, ready to render.
#[derive(Debug, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage<'v> {
    frame: Frame,
    t: &'static Texts,
    asker: String,
    purpose: String,
    legal_basis: String,
    source: String,
    level: &'static str,
    rows: Vec<Row<'v>>,
    refused: Vec<Label<'v>>,
    offline: bool,
    state: &'v str,
}

#[derive(Debug)]
struct Row<'v> {
    claim: &'v str,
    label: Label<'v>,
    value: String,
    essential: bool,
}

impl<'v> ConsentPage<'v> {
    /// The page for `view`. `home` and `there` are the names of the country that checked the person and of the one the
    /// data goes to.
    pub fn new(view: &'v ConsentView, frame: Frame, home: &str, there: &str) -> Self {
        let t = frame.texts();
        let languages = frame.language.preferences();
        Self {
            frame,
            t,
            asker: format!("{}, {}", asker(&view.client_name, &view.client_legal_name, frame), plain(there)),
            purpose: plain(view.purpose_text.pick(&languages)),
            legal_basis: plain(&view.legal_basis),
            source: plain(home),
            level: level_text(t, view.level),
            rows: view.claims.iter().map(|claim| row(claim, t)).collect(),
            refused: view.refused.iter().map(|claim| t.claims.label(claim)).collect(),
            offline: view.offline_access,
            state: &view.form_state,
        }
    }
}

fn row<'v>(claim: &'v ConsentClaim, t: &Texts) -> Row<'v> {
    Row {
        claim: &claim.name,
        label: t.claims.label(&claim.name),
        value: plain(&value(claim, t)),
        essential: claim.essential,
    }
}

/// A value in the person's words, where its claim has a fixed list of values; otherwise as it is.
fn value(claim: &ConsentClaim, t: &Texts) -> String {
    let word = t.claims.value(&claim.name, claim.value.as_str().unwrap_or_default());
    match (word, claim.name.as_str(), &claim.value) {
        (Some(word), _, _) => word.to_owned(),
        // OpenID Connect Core §5.1: seconds since 1970. A person reads the date.
        (None, "updated_at", Value::Number(number)) => number.as_i64().map_or_else(String::new, date),
        (None, _, value) => spoken(value, t),
    }
}

fn date(seconds: i64) -> String {
    UnixTime::new(seconds).to_rfc3339().chars().take_while(|c| *c != 'T').collect()
}

/// A value as a person reads it: no brackets, no quotes, no field names.
fn spoken(value: &Value, t: &Texts) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(true) => t.yes.to_owned(),
        Value::Bool(false) => t.no.to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(items) => join(items.iter(), t),
        // OpenID Connect Core §5.1.1: `formatted` is the whole address as a person writes it.
        Value::Object(members) => match members.get("formatted") {
            Some(Value::String(formatted)) => formatted.replace("\r\n", ", ").replace('\n', ", "),
            _ => join(members.values(), t),
        },
    }
}

fn join<'j>(values: impl Iterator<Item = &'j Value>, t: &Texts) -> String {
    values.map(|value| spoken(value, t)).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}
