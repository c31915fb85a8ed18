//! What a new regional list changes: members, recognition, reinstatement.

use serde_json::Value;

use super::change::{Danger, Fact, Found, Label, Subject};
use super::organisation::{any_text, by_tag, localized};
use super::pair::{Pair, exact, word};
use super::root::{rest_of_key, thumbprint};
use super::scheme;
use crate::Recognition;
use crate::document::vocabulary::{
    LIST_MIME_TYPE, MEMBERS_EXTENSION, NATIONAL_LIST, PART_REINSTATEMENTS_EXTENSION, RECOGNITION_EXTENSION,
    REINSTATEMENTS_EXTENSION,
};

pub(super) fn compare(pair: Pair<'_>, found: &mut Found) {
    let (mut info, entities) = scheme::take(pair, found);
    for (country, pointer) in info.take("PointersToOtherLoTE").elements(territory, &mut found.raw) {
        pointer_to(&country, pointer, found);
    }
    for (_, mut members) in scheme::extensions(info.take("SchemeExtensions"), found) {
        for (country, member) in members.take(MEMBERS_EXTENSION).elements(text_of("country"), &mut found.raw) {
            self::member(&country, member, found);
        }
        for (_, row) in members.take(RECOGNITION_EXTENSION).elements(row_key, &mut found.raw) {
            recognition(row, found);
        }
        for extension in [REINSTATEMENTS_EXTENSION, PART_REINSTATEMENTS_EXTENSION] {
            for (target, row) in members.take(extension).elements(target, &mut found.raw) {
                reinstatement(target, &row, found);
            }
        }
        members.rest(&mut found.raw);
    }
    info.rest(&mut found.raw);
    entities.raw(&mut found.raw);
}

fn text_of(name: &'static str) -> impl Fn(&Value) -> Option<String> {
    move |value| value.get(name)?.as_str().map(str::to_owned)
}

/// The country that a pointer to a national list is about. Other pointers are shown raw.
fn territory(pointer: &Value) -> Option<String> {
    let [qualifier] = pointer.get("LoTEQualifiers")?.as_array()?.as_slice() else { return None };
    let national = qualifier.get("LoTEType")?.as_str()? == NATIONAL_LIST;
    if national { text_of("SchemeTerritory")(qualifier) } else { None }
}

/// Where a member's list is and who signs it.
fn pointer_to(country: &str, pair: Pair<'_>, found: &mut Found) {
    let subject = Subject::Member(country.to_owned());
    let operator =
        pair.after.or(pair.before).and_then(|pointer| pointer.pointer("/LoTEQualifiers/0/SchemeOperatorName"));
    let (operator, stays) = (any_text(operator), pair.stays());
    let mut members = pair.members(&mut found.raw);
    found.set(&members.take("LoTELocation"), &subject, Label::Location, None);
    for (key, identity) in members.take("ServiceDigitalIdentities").elements(identity_key, &mut found.raw) {
        signer(country, key, &operator, identity, found);
    }
    for (_, qualifier) in members.take("LoTEQualifiers").elements(text_of("SchemeTerritory"), &mut found.raw) {
        let mut qualifier = qualifier.members(&mut found.raw);
        localized(qualifier.take("SchemeOperatorName"), &subject, Label::OperatorName, found);
        qualifier.take("LoTEType").unless_usual(stays, &NATIONAL_LIST.into(), &mut found.raw);
        qualifier.take("MimeType").unless_usual(stays, &LIST_MIME_TYPE.into(), &mut found.raw);
        qualifier.take("SchemeTerritory");
        qualifier.rest(&mut found.raw);
    }
    members.rest(&mut found.raw);
}

fn identity_key(identity: &Value) -> Option<String> {
    let [key] = identity.get("PublicKeyValues")?.as_array()?.as_slice() else { return None };
    thumbprint(key)
}

fn signer(country: &str, key: String, holder: &str, pair: Pair<'_>, found: &mut Found) {
    let (country, holder) = (country.to_owned(), holder.to_owned());
    match (pair.before, pair.after) {
        (None, Some(_)) => {
            found.push(&pair.at, Some(Danger::KeyAdded), Fact::SignerAdded { country, key, holder });
        }
        (Some(_), None) => found.push(&pair.at, None, Fact::SignerRemoved { country, key, holder }),
        _ => {}
    }
    let mut identity = pair.members(&mut found.raw);
    for (_, key) in identity.take("PublicKeyValues").elements(thumbprint, &mut found.raw) {
        rest_of_key(key, found);
    }
    identity.rest(&mut found.raw);
}

/// What the members extension says of a member.
fn member(country: &str, pair: Pair<'_>, found: &mut Found) {
    let subject = Subject::Member(country.to_owned());
    let name = any_text(pair.after.or(pair.before).and_then(|member| member.get("name")));
    let named = || (country.to_owned(), name.clone());
    match (pair.before, pair.after) {
        (None, Some(_)) => {
            let (country, name) = named();
            found.push(&pair.at, None, Fact::MemberAdmitted { country, name });
        }
        (Some(_), None) => {
            let (country, name) = named();
            found.push(&pair.at, None, Fact::MemberRemoved { country, name });
        }
        _ => {}
    }
    let mut members = pair.members(&mut found.raw);
    members.take("country");
    by_tag(members.take("name"), &subject, Label::Name, found);
    status(&members.take("status"), &subject, found);
    found.set(&members.take("since"), &subject, Label::StatusSince, None);
    found.set(&members.take("history"), &subject, Label::History, None);
    let threshold = members.take("threshold");
    found.set(&threshold, &subject, Label::SignersNeeded, fewer(&threshold));
    permitted_hosts(country, members.take("permitted_hosts"), found);
    members.rest(&mut found.raw);
}

/// A status; becoming granted again is dangerous, being new is not.
pub(super) fn status(pair: &Pair<'_>, of: &Subject, found: &mut Found) {
    if let Some((before, after)) = pair.words() {
        let revived = before.is_some() && after.as_deref().is_some_and(|status| status.ends_with("granted"));
        let last =
            |status: Option<String>| status.map(|status| status.rsplit(':').next().unwrap_or_default().to_owned());
        let of = of.clone();
        let fact = Fact::Status { of, before: last(before), after: last(after) };
        found.push(&pair.at, revived.then_some(Danger::Reinstated), fact);
    }
}

fn fewer(pair: &Pair<'_>) -> Option<Danger> {
    let number = |value: Option<&Value>| value.and_then(Value::as_u64);
    (number(pair.after)? < number(pair.before)?).then_some(Danger::QuorumLowered)
}

/// Without any rule every host is permitted, so the last rule that goes widens, and the first one narrows.
fn permitted_hosts(country: &str, pair: Pair<'_>, found: &mut Found) {
    let country_name = country.to_owned();
    match (pair.before, pair.after) {
        (Some(_), None) => {
            found.push(&pair.at, Some(Danger::Widened), Fact::AnyHost { country: country_name, permitted: true });
        }
        (None, Some(_)) => found.push(&pair.at, None, Fact::AnyHost { country: country_name, permitted: false }),
        _ => {}
    }
    let widens = pair.before.is_some().then_some(Danger::Widened);
    scheme::texts(pair, &Subject::Member(country.to_owned()), Label::Host, widens, found);
}

/// A row is the row for two countries, a purpose and a beginning.
fn row_key(row: &Value) -> Option<String> {
    let part = |name| row.get(name).and_then(Value::as_str);
    let parts = [part("recogniser")?, part("recognised")?, part("purpose")?, part("from")?];
    Some(Value::from(parts.map(Value::from).to_vec()).to_string())
}

fn recognition(pair: Pair<'_>, found: &mut Found) {
    let (Ok(before), Ok(after)) = (exact(pair.before), exact(pair.after)) else {
        pair.raw(&mut found.raw);
        return;
    };
    match (before, after) {
        (None, Some(row)) => found.push(&pair.at, None, Fact::RecognitionAdded { row }),
        (Some(row), None) => found.push(&pair.at, None, Fact::RecognitionRemoved { row }),
        (Some(before), Some(after)) => changed_row(&pair.at, &before, &after, found),
        (None, None) => {}
    }
}

fn changed_row(at: &str, before: &Recognition, after: &Recognition, found: &mut Found) {
    let row = || after.clone();
    if before.max_level != after.max_level {
        let raised = before.max_level < after.max_level;
        let (before, after) = (before.max_level, after.max_level);
        found.push(at, raised.then_some(Danger::LevelRaised), Fact::RecognitionLevel { row: row(), before, after });
    }
    if before.until != after.until {
        let longer = before.until.is_some_and(|until| after.until.is_none_or(|later| until < later));
        let word = |row: &Recognition| row.until.map(strict_jose::UnixTime::to_rfc3339);
        let (before, after) = (word(before), word(after));
        found.push(at, longer.then_some(Danger::Prolonged), Fact::RecognitionUntil { row: row(), before, after });
    }
    if before.legal_basis != after.legal_basis {
        let (before, after) = (before.legal_basis.clone(), after.legal_basis.clone());
        found.push(at, None, Fact::RecognitionBasis { row: row(), before, after });
    }
}

/// What a reinstatement is about: all that it says but its time, so that targets of every kind are told apart.
fn target(row: &Value) -> Option<String> {
    let members = row.as_object()?;
    let country = members.get("country")?.as_str()?;
    let entity = members.get("entity").map(|entity| format!("/{}", word(entity))).unwrap_or_default();
    let known = |name: &str| ["country", "entity", "orders_before"].contains(&name);
    let others =
        members.iter().filter(|(name, _)| !known(name)).map(|(name, value)| format!(" {name} {}", word(value)));
    Some(format!("{country}{entity}{}", others.collect::<String>()))
}

fn reinstatement(target: String, pair: &Pair<'_>, found: &mut Found) {
    if !pair.differs() {
        return;
    }
    let time = |value: &Value| value.get("orders_before").map(word).unwrap_or_default();
    let danger = Some(Danger::Reinstated);
    match (pair.after, pair.before) {
        (Some(row), _) => {
            found.push(&pair.at, danger, Fact::Reinstated { target, orders_before: time(row) });
        }
        (None, Some(row)) => {
            found.push(&pair.at, None, Fact::ReinstatementRemoved { target, orders_before: time(row) });
        }
        (None, None) => {}
    }
}
