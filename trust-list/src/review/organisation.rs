//! Who answers for an entry (TS 119 602 §6.5), and texts in several languages.

use serde_json::Value;

use super::change::{Fact, Found, Label, Subject};
use super::pair::{Pair, word};
use super::scheme::{addresses, by_language};

pub(super) fn compare(pair: Pair<'_>, of: &Subject, found: &mut Found) {
    let mut members = pair.members(&mut found.raw);
    localized(members.take("TEName"), of, Label::LegalName, found);
    localized(members.take("TETradeName"), of, Label::Registration, found);
    addresses(members.take("TEInformationURI"), of, Label::Information, found);
    let mut address = members.take("TEAddress").members(&mut found.raw);
    addresses(address.take("TEPostalAddress"), of, Label::PostalAddress, found);
    addresses(address.take("TEElectronicAddress"), of, Label::ElectronicAddress, found);
    address.rest(&mut found.raw);
    members.rest(&mut found.raw);
}

/// One text for each language.
pub(super) fn localized(pair: Pair<'_>, of: &Subject, label: Label, found: &mut Found) {
    for (_, text) in pair.elements(by_language, &mut found.raw) {
        let (before, after) = (text.before.map(in_language), text.after.map(in_language));
        if text.differs() {
            found.push(&text.at, None, Fact::Set { of: of.clone(), label, before, after });
        }
        let mut members = text.members(&mut found.raw);
        for name in ["lang", "value"] {
            members.take(name);
        }
        members.rest(&mut found.raw);
    }
}

fn in_language(value: &Value) -> String {
    let text = value.get("value").map(word).unwrap_or_default();
    format!("{text} ({})", lang(value).unwrap_or_default())
}

pub(super) fn lang(value: &Value) -> Option<&str> {
    value.get("lang")?.as_str()
}

/// A text of ours: an object of language and text.
pub(super) fn by_tag(pair: Pair<'_>, of: &Subject, label: Label, found: &mut Found) {
    let mut texts = pair.members(&mut found.raw);
    for tag in texts.names() {
        let text = texts.take(&tag);
        if let Some((before, after)) = text.words() {
            let tagged = |text: Option<String>| text.map(|text| format!("{text} ({tag})"));
            let (before, after) = (tagged(before), tagged(after));
            found.push(&text.at, None, Fact::Set { of: of.clone(), label, before, after });
        }
    }
}

/// A text in the first language it has: for sentences that name somebody.
pub(super) fn any_text(value: Option<&Value>) -> String {
    let first = |value: &Value| match value {
        Value::Array(texts) => texts.first().and_then(|text| text.get("value")).map(word),
        Value::Object(texts) => texts.get("en").or_else(|| texts.values().next()).map(word),
        other => Some(word(other)),
    };
    value.and_then(first).unwrap_or_default()
}
