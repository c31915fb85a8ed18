//! What changes about one service of a national list.

use serde_json::{Value, json};

use super::change::{Danger, Fact, Found, Label, Subject};
use super::organisation::{any_text, by_tag, localized};
use super::pair::{Pair, word};
use super::regional::status;
use super::root::{rest_of_key, thumbprint};
use super::scheme::{addresses, extensions, texts};
use crate::Level;
use crate::document::vocabulary::{CLIENT_EXTENSION, HOST_SUPPLY_POINT, ISSUER_EXTENSION};

/// The id that our extension gives a service; that of a service for other readers is its type and name.
pub(super) fn id(service: &Value) -> Option<String> {
    let info = service.get("ServiceInformation")?;
    let own = |container: &Value| {
        [ISSUER_EXTENSION, CLIENT_EXTENSION]
            .iter()
            .find_map(|name| container.get(*name)?.get("id")?.as_str().map(str::to_owned))
    };
    let extensions = info.get("ServiceInformationExtensions").and_then(Value::as_array);
    extensions.into_iter().flatten().find_map(own).or_else(|| {
        Some(format!("{} {}", info.get("ServiceTypeIdentifier").map(word)?, any_text(info.get("ServiceName"))))
    })
}

pub(super) fn compare(id: &str, pair: Pair<'_>, found: &mut Found) {
    let subject = Subject::Entry(id.to_owned());
    enters_or_leaves(id, &pair, found);
    let mut service = pair.members(&mut found.raw);
    let mut info = service.take("ServiceInformation").members(&mut found.raw);
    found.set(&service.take("ServiceHistory"), &subject, Label::History, None);
    service.rest(&mut found.raw);
    found.set(&info.take("ServiceTypeIdentifier"), &subject, Label::ServiceType, None);
    localized(info.take("ServiceName"), &subject, Label::Name, found);
    status(&info.take("ServiceStatus"), &subject, found);
    found.set(&info.take("StatusStartingTime"), &subject, Label::StatusSince, None);
    identity(id, info.take("ServiceDigitalIdentity"), found);
    supply_points(&subject, info.take("ServiceSupplyPoints"), found);
    addresses(info.take("ServiceDefinitionURI"), &subject, Label::Information, found);
    for (name, mut members) in extensions(info.take("ServiceInformationExtensions"), found) {
        if [ISSUER_EXTENSION, CLIENT_EXTENSION].contains(&name.as_str()) {
            extension(id, members.take(&name), found);
        }
        members.rest(&mut found.raw);
    }
    info.rest(&mut found.raw);
}

fn enters_or_leaves(id: &str, pair: &Pair<'_>, found: &mut Found) {
    let info = pair.after.or(pair.before).and_then(|service| service.get("ServiceInformation"));
    let name = any_text(info.and_then(|info| info.get("ServiceName")));
    let uri = info.and_then(|info| info.get("ServiceTypeIdentifier")).map(word).unwrap_or_default();
    let kind = uri.rsplit([':', '/']).next().unwrap_or_default().to_owned();
    let id = id.to_owned();
    match (pair.before, pair.after) {
        (None, Some(_)) => found.push(&pair.at, None, Fact::EntryAdded { id, kind, name }),
        (Some(_), None) => found.push(&pair.at, None, Fact::EntryRemoved { id, kind, name }),
        _ => {}
    }
}

fn identity(id: &str, pair: Pair<'_>, found: &mut Found) {
    let subject = Subject::Entry(id.to_owned());
    let mut identity = pair.members(&mut found.raw);
    texts(identity.take("OtherIds"), &subject, Label::Identifier, Some(Danger::Widened), found);
    for (key, pair) in identity.take("PublicKeyValues").elements(thumbprint, &mut found.raw) {
        let id = id.to_owned();
        match (pair.before, pair.after) {
            (None, Some(_)) => found.push(&pair.at, Some(Danger::KeyAdded), Fact::EntryKeyAdded { id, key }),
            (Some(_), None) => found.push(&pair.at, None, Fact::EntryKeyRemoved { id, key }),
            _ => {}
        }
        rest_of_key(pair, found);
    }
    identity.rest(&mut found.raw);
}

fn supply_points(subject: &Subject, pair: Pair<'_>, found: &mut Found) {
    for (_, point) in pair.elements(|point| Some(point.to_string()), &mut found.raw) {
        if point.differs() {
            let (before, after) = (point.before.map(supply_point), point.after.map(supply_point));
            let danger = after.is_some().then_some(Danger::Widened);
            let of = subject.clone();
            found.push(&point.at, danger, Fact::Set { of, label: Label::Host, before, after });
        }
    }
}

/// The address of a host that the hub may call; anything else whole.
fn supply_point(value: &Value) -> String {
    let uri = value.get("uriValue");
    match uri.and_then(Value::as_str) {
        Some(uri) if *value == json!({ "ServiceType": HOST_SUPPLY_POINT, "uriValue": uri }) => uri.to_owned(),
        _ => value.to_string(),
    }
}

/// What our own extension says: of an issuer, or of a client.
fn extension(id: &str, pair: Pair<'_>, found: &mut Found) {
    let subject = Subject::Entry(id.to_owned());
    // The profile of an issuer is an object for its adapter; that of a client names a security profile.
    let is_object = |value: Option<&Value>| value.is_some_and(Value::is_object);
    let stays = pair.stays();
    let mut own = pair.members(&mut found.raw);
    own.take("id").unless_usual(stays, &id.into(), &mut found.raw);
    let profile = own.take("profile");
    if is_object(profile.before) || is_object(profile.after) {
        settings(id, String::new(), profile, found);
    } else {
        found.set(&profile, &subject, Label::SecurityProfile, profile.before.and(Some(Danger::Setting)));
    }
    found.set(&own.take("adapter"), &subject, Label::Adapter, None);
    found.set(&own.take("sector"), &subject, Label::Sector, None);
    let level = own.take("max_level");
    found.set(&level, &subject, Label::MaxLevel, higher(level.before, level.after));
    for (name, label) in [
        ("claims", Label::Claim),
        ("redirect_uris", Label::RedirectUri),
        ("grant_types", Label::Grant),
        ("scopes", Label::Scope),
    ] {
        texts(own.take(name), &subject, label, Some(Danger::Widened), found);
    }
    let exchange = own.take("exchange");
    found.set(&exchange, &subject, Label::Exchange, exchange.after.and(Some(Danger::Widened)));
    for (purpose, pair) in own.take("purposes").elements(purpose_name, &mut found.raw) {
        let danger = pair.after.and(Some(Danger::Widened));
        if !pair.stays() {
            let (before, after) = (pair.before.map(|_| purpose.clone()), pair.after.map(|_| purpose.clone()));
            let of = subject.clone();
            found.push(&pair.at, danger, Fact::Set { of, label: Label::Purpose, before, after });
        }
        self::purpose(&Subject::Purpose(id.to_owned(), purpose), pair, found);
    }
    own.rest(&mut found.raw);
}

fn purpose_name(purpose: &Value) -> Option<String> {
    purpose.get("purpose")?.as_str().map(str::to_owned)
}

fn purpose(of: &Subject, pair: Pair<'_>, found: &mut Found) {
    let mut members = pair.members(&mut found.raw);
    members.take("purpose");
    texts(members.take("claims"), of, Label::Claim, Some(Danger::Widened), found);
    let level = members.take("min_level");
    // The level a person must reach: a lower one lets in more.
    let lowered = higher(level.after, level.before).map(|_| Danger::MinimumLowered);
    found.set(&level, of, Label::MinLevel, lowered);
    found.set(&members.take("legal_basis"), of, Label::LegalBasis, None);
    by_tag(members.take("text"), of, Label::PurposeText, found);
    members.rest(&mut found.raw);
}

fn higher(before: Option<&Value>, after: Option<&Value>) -> Option<Danger> {
    let level = |value: &Value| serde_json::from_value::<Level>(value.clone()).ok();
    (level(before?)? < level(after?)?).then_some(Danger::LevelRaised)
}

/// Every setting of an adapter by its name, objects inside it with a dot.
fn settings(id: &str, prefix: String, pair: Pair<'_>, found: &mut Found) {
    let is_object = |value: Option<&Value>| value.is_some_and(Value::is_object);
    if (is_object(pair.before) || pair.before.is_none()) && (is_object(pair.after) || pair.after.is_none()) {
        let mut members = pair.members(&mut found.raw);
        for name in members.names() {
            let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
            settings(id, path, members.take(&name), found);
        }
    } else if let Some((before, after)) = pair.words() {
        // What a new entry sets is part of the entry; what changes later decides anew.
        let danger = pair.before.and(Some(Danger::Setting));
        found.push(&pair.at, danger, Fact::Setting { id: id.to_owned(), name: prefix, before, after });
    }
}
