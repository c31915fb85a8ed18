//! Which claims may leave a kit: those the list allows, of a shape and size that a claim can have.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The names of claims that a list may allow and a kit can fill.
///
/// OpenID Connect Core §5.1, OpenID Connect for Identity Assurance §4, and the two statuses of the hub's own.
/// A name may carry a language as `name#fr` (OpenID Connect Core §5.2). National numbers have no name here: they never
/// leave their country.
pub const REGISTERED_CLAIMS: [&str; 21] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "birthdate",
    "birth_family_name",
    "gender",
    "email",
    "email_verified",
    "phone_number",
    "phone_number_verified",
    "address",
    "picture",
    "locale",
    "zoneinfo",
    "updated_at",
    "nationalities",
    "place_of_birth",
    "legal_status",
    "marital_status",
];

/// Whether a claim may leave a kit: its name is one of ours, whatever a list says, and the list allows it.
pub(crate) fn may_leave(name: &str, allow_list: &BTreeSet<String>) -> bool {
    let base = base_name(name);
    name.len() <= MAX_NAME && REGISTERED_CLAIMS.contains(&base) && allow_list.contains(base)
}

/// The claims that are registered and that `allow_list` names, without those that no honest issuer would send.
///
/// A claim that is too long or deceptive is dropped and not shortened: half a name is another name.
pub(crate) fn allowed(claims: BTreeMap<String, Value>, allow_list: &BTreeSet<String>) -> BTreeMap<String, Value> {
    claims
        .into_iter()
        .filter(|(name, _)| may_leave(name, allow_list))
        .filter(|(name, value)| is_sound(value, max_text(name), MAX_VALUE_DEPTH))
        .take(MAX_CLAIMS)
        .collect()
}

/// `name` for `name#fr` (OpenID Connect Core §5.2).
pub(crate) fn base_name(name: &str) -> &str {
    name.split_once('#').map_or(name, |(base, _)| base)
}

/// A character that changes how the text around it is read, or that no printable text has.
///
/// Unicode TR 36 §2.10: bidirectional overrides and isolates. The plain direction marks U+200E, U+200F and the
/// joiners U+200C, U+200D stay: Arabic and Fulah names are written with them.
pub(crate) fn is_forbidden_char(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

fn is_sound(value: &Value, max_text: usize, depth: usize) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => is_sound_text(text, max_text),
        Value::Array(items) => {
            depth > 0 && items.len() <= MAX_MEMBERS && items.iter().all(|item| is_sound(item, max_text, depth - 1))
        }
        Value::Object(members) => {
            depth > 0
                && members.len() <= MAX_MEMBERS
                && members.iter().all(|(name, item)| name.len() <= MAX_NAME && is_sound(item, max_text, depth - 1))
        }
    }
}

fn is_sound_text(text: &str, max_text: usize) -> bool {
    // A formatted address has line feeds (OpenID Connect Core §5.1.1).
    !text.is_empty() && text.len() <= max_text && !text.chars().any(|c| c != '\n' && is_forbidden_char(c))
}

fn max_text(name: &str) -> usize {
    if base_name(name) == "picture" { MAX_PICTURE } else { MAX_TEXT }
}

/// `registration_type` with a five-letter language tag is 23; twice that and some.
const MAX_NAME: usize = 64;
/// A full name of 8 parts of 16 letters, 4 bytes each; addresses are shorter.
const MAX_TEXT: usize = 512;
/// A portrait of 48 KiB in base64 with its data-URI prefix.
const MAX_PICTURE: usize = 66 * 1024;
/// 21 registered names in 3 languages each are 63.
pub(crate) const MAX_CLAIMS: usize = 64;
/// 6 members of an address in 3 languages and without one are 24.
pub(crate) const MAX_MEMBERS: usize = 24;
/// `address` is an object of texts; `nationalities` an array of them.
const MAX_VALUE_DEPTH: usize = 2;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filtered(claims: &Value, allow: &[&str]) -> Vec<String> {
        let claims = claims.as_object().unwrap().clone().into_iter().collect();
        allowed(claims, &allow.iter().map(ToString::to_string).collect()).into_keys().collect()
    }

    #[test]
    fn r03_a_claim_the_list_does_not_allow_is_absent() {
        let claims = json!({"name": "Afi", "name#fr": "Afi", "preferred_username": "5827193643", "sub": "x"});
        assert_eq!(filtered(&claims, &["name"]), ["name", "name#fr"]);
    }

    #[test]
    fn r03_a_name_that_is_not_registered_never_leaves_even_if_a_list_allows_it() {
        let numbers = ["uin", "vid", "sub", "individual_id", "national_id", "document_number", "registration_type"];
        let mut claims = json!({"name": "Afi", "uin#fr": "5827193643", "sub#en": "x"});
        for number in numbers {
            claims[number] = json!("5827193643");
        }
        let everything: Vec<&str> = numbers.into_iter().chain(["name"]).collect();
        assert_eq!(filtered(&claims, &everything), ["name"]);
    }

    #[test]
    fn g11_a_claim_that_is_deceptive_or_too_long_is_dropped_whole() {
        for value in [
            json!("a\u{202e}b"),
            json!("a\0"),
            json!("a\u{2066}b"),
            json!("x".repeat(513)),
            json!(""),
            json!(null),
            json!([[["deep"]]]),
            json!({"a": {"b": {"c": "d"}}}),
            json!(vec!["x"; 25]),
        ] {
            assert!(filtered(&json!({"name": value}), &["name"]).is_empty(), "{value:.60}");
        }
    }

    #[test]
    fn names_in_every_script_and_addresses_of_several_lines_pass() {
        let claims =
            json!({"name": "N'Diaye Aïssatou", "name#ar": "محمد\u{200f}", "address": {"formatted": "12 rue\nLomé"}});
        assert_eq!(filtered(&claims, &["name", "address"]), ["address", "name", "name#ar"]);
    }
}
