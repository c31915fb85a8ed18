//! What a new national list changes: organisations and their services.

use serde_json::Value;

use super::change::{Found, Subject};
use super::entry;
use super::organisation;
use super::pair::Pair;
use super::scheme;

pub(super) fn compare(pair: Pair<'_>, found: &mut Found) {
    let (info, entities) = scheme::take(pair, found);
    info.rest(&mut found.raw);
    for (id, entity) in entities.elements(first_id, &mut found.raw) {
        let mut members = entity.members(&mut found.raw);
        organisation::compare(members.take("TrustedEntityInformation"), &Subject::Entry(id), found);
        for (id, service) in members.take("TrustedEntityServices").elements(entry::id, &mut found.raw) {
            entry::compare(&id, service, found);
        }
        members.rest(&mut found.raw);
    }
}

/// An organisation goes by the id of its first service.
fn first_id(entity: &Value) -> Option<String> {
    entity.get("TrustedEntityServices")?.as_array()?.iter().find_map(entry::id)
}
