//! What a new root changes.

use serde_json::Value;
use strict_jose::{Algorithm, PublicJwk};

use super::change::{Danger, Fact, Found, Label, Subject};
use super::pair::{Pair, exact, word};
use crate::Quorum;
use crate::document::Role;

pub(super) fn compare(pair: Pair<'_>, found: &mut Found) {
    let mut root = pair.members(&mut found.raw);
    let mut set = |name, label, danger: fn(&Pair<'_>) -> Option<Danger>| {
        let value = root.take(name);
        found.set(&value, &Subject::Document, label, danger(&value));
    };
    set("version", Label::Number, |_| None);
    set("issued", Label::Issued, |_| None);
    set("expires", Label::ValidUntil, |_| None);
    set("region", Label::Region, |value| value.before.and(Some(Danger::Widened)));
    set("distribution", Label::Distribution, |_| None);
    set("status_life", Label::StatusLife, longer);
    // With another log, other witnesses or none, what is published is easier to hide.
    set("log", Label::Log, |value| value.before.and(Some(Danger::Setting)));
    let (roles, keys) = (root.take("roles"), root.take("keys"));
    quorums(roles, found);
    for (key, pair) in keys.elements(|key| thumbprint(key.get("jwk")?), &mut found.raw) {
        root_key(&key, pair, found);
    }
    root.rest(&mut found.raw);
}

/// Who holds back documents, or a stolen online key, can stretch the truth that far.
fn longer(pair: &Pair<'_>) -> Option<Danger> {
    let seconds = |value: Option<&Value>| value.and_then(Value::as_i64);
    (seconds(pair.before)? < seconds(pair.after)?).then_some(Danger::Prolonged)
}

fn quorums(pair: Pair<'_>, found: &mut Found) {
    let mut roles = pair.members(&mut found.raw);
    for (name, role) in [("root", Role::Root), ("regional", Role::Regional), ("status", Role::Status)] {
        let pair = roles.take(name);
        match (exact(pair.before), exact(pair.after)) {
            (Ok(before), Ok(after)) if before != after => {
                let danger = lowered(before, after).then_some(Danger::QuorumLowered);
                found.push(&pair.at, danger, Fact::Quorum { role, before, after });
            }
            (Ok(_), Ok(_)) => {}
            _ => pair.raw(&mut found.raw),
        }
    }
    roles.rest(&mut found.raw);
}

fn lowered(before: Option<Quorum>, after: Option<Quorum>) -> bool {
    let Some(before) = before else { return false };
    after.is_none_or(|after| after.threshold < before.threshold || after.countries < before.countries)
}

fn root_key(key: &str, pair: Pair<'_>, found: &mut Found) {
    let (before, after) = (pair.before, pair.after);
    let said = after.or(before);
    let of = |name: &str| said.and_then(|value| value.get(name)).map(word).unwrap_or_default();
    let (key, holder) = (key.to_owned(), of("holder"));
    let (at, pair_stays) = (pair.at.clone(), pair.stays());
    let mut members = pair.members(&mut found.raw);
    let jwk = members.take("jwk");
    if pair_stays {
        let subject = Subject::Key(key, holder);
        found.set(&members.take("country"), &subject, Label::Country, Some(Danger::KeyAdded));
        found.set(&members.take("holder"), &subject, Label::Holder, None);
        let roles = members.take("roles");
        found.set(&roles, &subject, Label::Roles, more_roles(&roles));
    } else {
        let (country, roles) = (of("country"), roles(said.and_then(|value| value.get("roles"))));
        for name in ["country", "holder", "roles"] {
            members.take(name);
        }
        let (danger, fact) = match after {
            // A key that is announced has no role yet, and no power.
            Some(_) => {
                let danger = (!roles.is_empty()).then_some(Danger::KeyAdded);
                (danger, Fact::RootKeyAdded { key, holder, country, roles })
            }
            None => (None, Fact::RootKeyRemoved { key, holder, country, roles }),
        };
        found.push(&at, danger, fact);
    }
    rest_of_key(jwk, found);
    members.rest(&mut found.raw);
}

fn roles(value: Option<&Value>) -> String {
    let names = value.and_then(Value::as_array).map(|roles| roles.iter().map(word).collect::<Vec<_>>().join(", "));
    names.or_else(|| value.map(word)).unwrap_or_default()
}

fn more_roles(pair: &Pair<'_>) -> Option<Danger> {
    let had = pair.before.and_then(Value::as_array)?;
    let has = pair.after.and_then(Value::as_array)?;
    has.iter().any(|role| !had.contains(role)).then_some(Danger::KeyAdded)
}

/// The RFC 7638 thumbprint of a key in JSON.
pub(super) fn thumbprint(key: &Value) -> Option<String> {
    PublicJwk::parse(key).ok().map(|key| key.thumbprint().to_string())
}

/// What a key says beyond what its thumbprint covers. Its usual name, use and algorithm go without saying.
pub(super) fn rest_of_key(pair: Pair<'_>, found: &mut Found) {
    let stays = pair.stays();
    let key = pair.after.or(pair.before);
    let usual = key.and_then(|key| PublicJwk::parse(key).ok()).map(|key| usual(&key));
    let mut members = pair.members(&mut found.raw);
    for name in ["kty", "crv", "x", "y", "n", "e"] {
        let value = members.take(name);
        if stays {
            value.raw(&mut found.raw);
        }
    }
    for (name, usual) in usual.into_iter().flatten() {
        members.take(name).unless_usual(stays, &usual.into(), &mut found.raw);
    }
    members.rest(&mut found.raw);
}

/// What `trustctl keygen` writes into a key.
fn usual(key: &PublicJwk) -> Vec<(&'static str, String)> {
    let bare = |alg: &Algorithm| key.fits(*alg).is_ok();
    let alg = [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA].into_iter().find(bare);
    let named = [("kid", key.thumbprint().to_string()), ("use", "sig".to_owned())];
    named.into_iter().chain(alg.map(|alg| ("alg", alg.as_str().to_owned()))).collect()
}
