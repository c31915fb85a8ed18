//! What every list says of itself (TS 119 602 §6.3).

use serde_json::Value;

use super::change::{Danger, Fact, Found, Label, Subject};
use super::organisation::{lang, localized};
use super::pair::{Members, Pair, word};

/// The members of the LoTE's scheme information, after those that both kinds of list have were put into words.
pub(super) fn take<'v>(pair: Pair<'v>, found: &mut Found) -> (Members<'v>, Pair<'v>) {
    let mut document = pair.members(&mut found.raw);
    let mut lote = document.take("LoTE").members(&mut found.raw);
    document.rest(&mut found.raw);
    let mut info = lote.take("ListAndSchemeInformation").members(&mut found.raw);
    let entities = lote.take("TrustedEntitiesList");
    lote.rest(&mut found.raw);
    let subject = Subject::Document;
    for (name, label) in [
        ("LoTESequenceNumber", Label::Number),
        ("ListIssueDateTime", Label::Issued),
        ("NextUpdate", Label::ValidUntil),
        ("SchemeTerritory", Label::Country),
    ] {
        found.set(&info.take(name), &subject, label, None);
    }
    localized(info.take("SchemeName"), &subject, Label::Name, found);
    localized(info.take("SchemeOperatorName"), &subject, Label::OperatorName, found);
    texts(info.take("DistributionPoints"), &subject, Label::Location, None, found);
    let mut address = info.take("SchemeOperatorAddress").members(&mut found.raw);
    addresses(address.take("SchemeOperatorPostalAddress"), &subject, Label::PostalAddress, found);
    addresses(address.take("SchemeOperatorElectronicAddress"), &subject, Label::ElectronicAddress, found);
    address.rest(&mut found.raw);
    (info, entities)
}

/// A set of texts: each that comes or goes.
pub(super) fn texts(pair: Pair<'_>, of: &Subject, label: Label, danger: Option<Danger>, found: &mut Found) {
    for (_, text) in pair.elements(|text| text.as_str().map(str::to_owned), &mut found.raw) {
        // A text that comes is more than before; one that goes is not.
        found.set(&text, of, label, danger.filter(|_| text.after.is_some()));
    }
}

/// Addresses, of which one language has several: an address goes by all that it says.
pub(super) fn addresses(pair: Pair<'_>, of: &Subject, label: Label, found: &mut Found) {
    for (_, address) in pair.elements(|value| Some(value.to_string()), &mut found.raw) {
        if address.differs() {
            let (before, after) = (address.before.map(in_one_line), address.after.map(in_one_line));
            found.push(&address.at, None, Fact::Set { of: of.clone(), label, before, after });
        }
    }
}

/// The parts of an address one after the other, its language in brackets; what has other parts whole.
fn in_one_line(value: &Value) -> String {
    const PARTS: [&str; 7] =
        ["lang", "uriValue", "StreetAddress", "Locality", "StateOrProvince", "PostalCode", "Country"];
    let members = value.as_object();
    let known = members
        .is_some_and(|members| members.iter().all(|(name, part)| PARTS.contains(&name.as_str()) && part.is_string()));
    let (true, Some(lang)) = (known, lang(value)) else { return value.to_string() };
    let parts = PARTS.iter().skip(1).filter_map(|name| value.get(name).map(word));
    format!("{} ({lang})", parts.collect::<Vec<_>>().join(", "))
}

/// The containers of extensions by the one name in each (TS 119 602 §6.6.9). Ours are critical.
pub(super) fn extensions<'v>(pair: Pair<'v>, found: &mut Found) -> Vec<(String, Members<'v>)> {
    let mut extensions = Vec::new();
    for (name, container) in pair.elements(extension_name, &mut found.raw) {
        let stays = container.stays();
        let mut members = container.members(&mut found.raw);
        members.take("Critical").unless_usual(stays, &Value::Bool(true), &mut found.raw);
        extensions.push((name, members));
    }
    extensions
}

fn extension_name(container: &Value) -> Option<String> {
    let mut names = container.as_object()?.keys().filter(|name| *name != "Critical");
    let name = names.next()?;
    names.next().is_none().then(|| name.clone())
}

/// The language of an element, which is unique among texts of one field.
pub(super) fn by_language(value: &Value) -> Option<String> {
    lang(value).map(str::to_owned)
}
