//! `verified_claims` (OpenID Connect for Identity Assurance 1.0): under which framework, how well and by whom a claim was
//! verified.
//!
//! What cannot be met is left out, never an error (§6.5).

use serde_json::{Map, Value, json};
use strict_jose::UnixTime;

use crate::mint::asked_for;
use crate::policy::{Permit, Release};

/// What discovery says in `electronic_records_supported`.
pub(crate) const RECORD_TYPE: &str = "population_register";
/// What discovery says in `evidence_supported`.
pub(crate) const EVIDENCE_TYPE: &str = "electronic_record";

/// The answer to one request or to several alternatives: nothing, an object, or an array of them.
pub(crate) fn verified_claims(
    release: &Release,
    permit: &Permit<'_>,
    requests: &[Value],
    now: UnixTime,
) -> Option<Value> {
    let verification = verification(release, permit);
    let mut met: Vec<Value> =
        requests.iter().filter_map(|request| answer(release, &verification, request, now)).collect();
    if met.len() > 1 { Some(Value::Array(met)) } else { met.pop() }
}

fn answer(release: &Release, verification: &Value, request: &Value, now: UnixTime) -> Option<Value> {
    let wanted = request.get("verification")?;
    if !meets(wanted, verification, now) {
        return None;
    }
    let names = request.get("claims")?.as_object()?;
    let claims: Map<String, Value> = asked_for(release, |name| names.contains_key(name))
        .filter(|(name, value)| names.get(name).is_none_or(|wish| meets(wish, value, now)))
        .collect();
    // §5.1: claims must not be empty.
    (!claims.is_empty()).then(|| json!({ "verification": only(verification, wanted), "claims": claims }))
}

/// §5.4: what stands behind every claim of this release.
fn verification(release: &Release, permit: &Permit<'_>) -> Value {
    let facts = release.facts();
    let issuer = permit.issuer().issuer();
    let authority = issuer.organisation.legal_name.pick(&["en"]);
    let country = issuer.country.to_string();
    let organisation = json!({ "name": authority, "country_code": country });
    json!({
        "trust_framework": facts.trust_framework,
        "assurance_level": facts.level.as_str(),
        "time": facts.verified_at.to_rfc3339(),
        "verification_process": facts.transaction.to_text(),
        "evidence": [{
            "type": EVIDENCE_TYPE,
            "check_details": [{ "check_method": "data", "organization": authority }],
            "record": { "type": RECORD_TYPE, "source": organisation },
        }],
    })
}

/// §5.4: `trust_framework` always; of the rest what was asked for.
fn only(verification: &Value, wanted: &Value) -> Map<String, Value> {
    let members = verification.as_object().into_iter().flatten();
    let asked = |name: &str| name == "trust_framework" || wanted.get(name).is_some();
    members.filter(|(name, _)| asked(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// §6.3: whether `actual` is what `wanted` constrains it to: `value`, `values`, `max_age`, and the same inside. For arrays:
/// each one wanted finds one that fits.
fn meets(wanted: &Value, actual: &Value, now: UnixTime) -> bool {
    match (wanted, actual) {
        (Value::Null, _) => true,
        (Value::Array(wanted), Value::Array(actual)) => {
            wanted.iter().all(|one| actual.iter().any(|other| meets(one, other, now)))
        }
        (Value::Object(wanted), actual) => wanted.iter().all(|(name, wish)| constraint(name, wish, actual, now)),
        _ => false,
    }
}

fn constraint(name: &str, wish: &Value, actual: &Value, now: UnixTime) -> bool {
    match name {
        "essential" | "purpose" => true,
        "value" => wish == actual,
        "values" => wish.as_array().is_some_and(|values| values.contains(actual)),
        "max_age" => is_younger(wish, actual, now),
        // A member that is only wished for may be missing; one that is constrained may not.
        name => match actual.get(name) {
            Some(actual) => meets(wish, actual, now),
            None => wish.is_null(),
        },
    }
}

/// §6.3.2: seconds that may have passed since `actual`.
fn is_younger(max_age: &Value, actual: &Value, now: UnixTime) -> bool {
    let time = actual.as_str().and_then(|text| UnixTime::parse_rfc3339(text).ok());
    match (max_age.as_i64(), time) {
        (Some(max_age), Some(time)) => max_age >= 0 && now.since(time) <= max_age,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(wanted: &Value) -> bool {
        let verification = json!({
            "trust_framework": "xa_eid",
            "assurance_level": "substantial",
            "time": "2026-11-22T10:00:00Z",
            "evidence": [{ "type": "electronic_record", "record": { "type": "population_register" } }],
        });
        let now = UnixTime::parse_rfc3339("2026-11-22T10:01:00Z").unwrap();
        meets(wanted, &verification, now)
    }

    #[test]
    fn what_is_wished_for_is_met_and_what_is_constrained_must_fit() {
        assert!(met(&json!({ "trust_framework": null })));
        assert!(met(&json!({ "trust_framework": { "value": "xa_eid" }, "policy": null })));
        assert!(met(&json!({ "trust_framework": { "values": ["xb_eid", "xa_eid"], "essential": true } })));
        assert!(met(&json!({ "time": { "max_age": 60 } })));
        assert!(met(&json!({ "evidence": [{ "type": { "value": "electronic_record" } }] })));
        assert!(!met(&json!({ "trust_framework": { "value": "xb_eid" } })));
        assert!(!met(&json!({ "time": { "max_age": 59 } })));
        assert!(!met(&json!({ "evidence": [{ "type": { "value": "document" } }] })));
        assert!(!met(&json!({ "assurance_process": { "policy": { "value": "x" } } })));
        assert!(!met(&json!({ "trust_framework": "xa_eid" })), "a bare value is no request");
    }
}
