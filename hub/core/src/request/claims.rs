//! The `claims` parameter (OpenID Connect Core §5.5; OpenID Connect for Identity Assurance §6).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strict_jose::{Limits, json};

/// Which claims are asked for, and where.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct ClaimsRequest {
    /// For the userinfo answer.
    pub(crate) userinfo: BTreeMap<String, Importance>,
    /// For the ID token.
    pub(crate) id_token: BTreeMap<String, Importance>,
    /// OpenID Connect for Identity Assurance §6: alternatives for `verified_claims` in the userinfo answer, as they came:
    /// an object with `verification` and `claims` each.
    pub(crate) verified: Vec<Value>,
    /// OpenID Connect Core §5.5.1: the `sub` that the person must have.
    pub(crate) sub: Option<String>,
    /// OpenID Connect Core §5.5.1.1: the essential `acr` values.
    acr: Vec<String>,
}

/// OpenID Connect Core §5.5.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Importance {
    /// The relying party says that it cannot do without.
    Essential,
    /// It would like it.
    Voluntary,
}

/// A request for every registered claim in three languages, for both places, is 5 KiB.
const LIMITS: Limits = Limits { max_bytes: 8 * 1024, max_depth: 10 };
/// Twice the registered claims, in two languages.
const MAX_CLAIMS: usize = 96;
/// As long as a claim's name may be anywhere.
const MAX_NAME: usize = 64;

impl ClaimsRequest {
    /// Reads the parameter, strictly.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let members = json::parse_object(text.as_bytes(), &LIMITS).ok()?;
        let (userinfo, id_token) = (section(&members, "userinfo")?, section(&members, "id_token")?);
        let request = Self {
            verified: verified(&userinfo)?,
            acr: essential_values(&id_token, "acr")?,
            sub: sub(&userinfo, &id_token).ok()?,
            userinfo: plain(&userinfo)?,
            id_token: plain(&id_token)?,
        };
        (request.named().count() <= MAX_CLAIMS).then_some(request)
    }

    /// Every claim that is asked for by name, wherever it is to go.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&str, Importance)> {
        let plain = self.userinfo.iter().chain(&self.id_token).map(|(name, importance)| (name.as_str(), *importance));
        let verified = self.verified.iter().filter_map(|one| one.get("claims")?.as_object());
        plain.chain(verified.flatten().map(|(name, wish)| (name.as_str(), importance(wish))))
    }

    /// The essential `acr` values; none if the level is not essential.
    pub(crate) fn essential_acr(&self) -> &[String] {
        &self.acr
    }

    /// The names asked for, each once.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.named().map(|(name, _)| name.to_owned()).collect()
    }
}

/// OpenID Connect Core §5.2: `name` for `name#fr`.
pub(crate) fn base_name(name: &str) -> &str {
    name.split_once('#').map_or(name, |(base, _)| base)
}

/// OpenID Connect Core §5.5: members that are not understood are ignored; these two must be objects.
fn section(members: &Map<String, Value>, name: &str) -> Option<Map<String, Value>> {
    match members.get(name) {
        None | Some(Value::Null) => Some(Map::new()),
        Some(Value::Object(section)) => Some(section.clone()),
        Some(_) => None,
    }
}

/// The claims about the person; what the protocol itself gives is not one.
fn plain(section: &Map<String, Value>) -> Option<BTreeMap<String, Importance>> {
    let wishes = section.iter().filter(|(name, _)| !PROTOCOL_CLAIMS.contains(&name.as_str()));
    wishes.map(|(name, wish)| is_wish(name, wish).then(|| (name.clone(), importance(wish)))).collect()
}

/// Given by the protocol, whatever is asked: never counted as data about the person.
const PROTOCOL_CLAIMS: [&str; 15] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "txn",
    "subject_stability",
    "verified_claims",
];

/// OpenID Connect Core §5.5.1: null, or an object whose `essential` is a boolean and whose `values` is an array.
fn is_wish(name: &str, wish: &Value) -> bool {
    let named = (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(|b| (0x21..=0x7e).contains(&b));
    let formed = match wish {
        Value::Null => true,
        Value::Object(members) => {
            members.get("essential").is_none_or(Value::is_boolean) && members.get("values").is_none_or(Value::is_array)
        }
        _ => false,
    };
    named && formed
}

fn importance(wish: &Value) -> Importance {
    match wish.get("essential") {
        Some(Value::Bool(true)) => Importance::Essential,
        _ => Importance::Voluntary,
    }
}

/// The values of an essential claim.
fn essential_values(section: &Map<String, Value>, name: &str) -> Option<Vec<String>> {
    match section.get(name) {
        None => Some(Vec::new()),
        Some(wish) if !is_wish(name, wish) => None,
        Some(wish) if importance(wish) == Importance::Voluntary => Some(Vec::new()),
        Some(wish) => {
            let many = wish.get("values").and_then(Value::as_array).into_iter().flatten();
            many.chain(wish.get("value")).map(|value| value.as_str().map(str::to_owned)).collect()
        }
    }
}

/// OpenID Connect Core §5.5.1: a `sub` with a value; the same in both places if it stands in both.
fn sub(userinfo: &Map<String, Value>, id_token: &Map<String, Value>) -> Result<Option<String>, Unreadable> {
    let value = |section: &Map<String, Value>| match section.get("sub").and_then(|wish| wish.get("value")) {
        None => Ok(None),
        Some(value) => value.as_str().map(|value| Some(value.to_owned())).ok_or(Unreadable),
    };
    match (value(userinfo)?, value(id_token)?) {
        (Some(one), Some(other)) if one != other => Err(Unreadable),
        (one, other) => Ok(one.or(other)),
    }
}

/// The parameter does not say what it is about.
struct Unreadable;

/// OpenID Connect for Identity Assurance §6: an object or an array of them; `verification` and `claims` are required, and
/// at least one claim must be asked for.
fn verified(userinfo: &Map<String, Value>) -> Option<Vec<Value>> {
    let alternatives = match userinfo.get("verified_claims") {
        None | Some(Value::Null) => return Some(Vec::new()),
        Some(Value::Array(many)) => many.clone(),
        Some(one) => vec![one.clone()],
    };
    alternatives.iter().all(is_verified_request).then_some(alternatives)
}

fn is_verified_request(request: &Value) -> bool {
    let claims = request.get("claims").and_then(Value::as_object);
    let claims_fit =
        claims.is_some_and(|claims| !claims.is_empty() && claims.iter().all(|(name, wish)| is_wish(name, wish)));
    claims_fit && request.get("verification").is_some_and(|verification| verification.get("trust_framework").is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_their_importance() {
        let text = r#"{"userinfo":{"given_name":{"essential":true},"email":null},"id_token":{"birthdate":{},"acr":null},"x":1}"#;
        let request = ClaimsRequest::parse(text).unwrap();
        let named: BTreeMap<_, _> = request.named().collect();
        assert_eq!(named.keys().copied().collect::<Vec<_>>(), ["birthdate", "email", "given_name"]);
        assert_eq!(named.get("given_name"), Some(&Importance::Essential));
        assert_eq!(named.get("email"), Some(&Importance::Voluntary));
    }

    #[test]
    fn verified_claims_are_asked_for_with_verification_and_claims() {
        let one = r#"{"userinfo":{"verified_claims":{"verification":{"trust_framework":null},"claims":{"given_name":null}}}}"#;
        assert_eq!(ClaimsRequest::parse(one).unwrap().names(), BTreeSet::from(["given_name".to_owned()]));
        for verified in [
            "{}",
            r#"{"verification":{"trust_framework":null}}"#,
            r#"{"verification":{"trust_framework":null},"claims":{}}"#,
            r#"{"verification":{},"claims":{"given_name":null}}"#,
            r#"{"claims":{"given_name":null}}"#,
            "true",
        ] {
            let text = format!(r#"{{"userinfo":{{"verified_claims":{verified}}}}}"#);
            assert!(ClaimsRequest::parse(&text).is_none(), "{verified}");
        }
    }

    #[test]
    fn a18_what_is_deep_long_doubled_or_of_the_wrong_type_is_refused() {
        let deep = format!("{{\"userinfo\":{}{}}}", "{\"a\":".repeat(200), "}".repeat(200));
        let long = format!("{{\"userinfo\":{{\"{}\":null}}}}", "a".repeat(1024 * 1024));
        let many = (0..200).map(|n| format!("\"c{n}\":null")).collect::<Vec<_>>().join(",");
        for text in [
            "",
            "[]",
            "null",
            r#"{"userinfo":[]}"#,
            r#"{"userinfo":{"email":true}}"#,
            r#"{"userinfo":{"email":{"essential":"yes"}}}"#,
            r#"{"userinfo":{"email":{"values":"x"}}}"#,
            r#"{"userinfo":{"email":null,"email":null}}"#,
            r#"{"userinfo":{"e mail":null}}"#,
            r#"{"userinfo":{"sub":{"value":"a"}},"id_token":{"sub":{"value":"b"}}}"#,
            &deep,
            &long,
            &format!("{{\"userinfo\":{{{many}}}}}"),
        ] {
            assert!(ClaimsRequest::parse(text).is_none(), "{text:.60}");
        }
    }
}
