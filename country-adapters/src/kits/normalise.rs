//! From a country's claims to the hub's: names, dates, gender, languages, empty texts, the two statuses.
//!
//! What cannot be read is left out: a claim the hub does not understand is one it cannot vouch for.

mod address;
mod date;
mod gender;
mod language;
mod status;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::assertion::claims::{MAX_CLAIMS, base_name, may_leave};
use crate::{DocumentStatus, PersonStatus};

pub(crate) use date::{DateFormat, civil_date};
pub(crate) use gender::GenderMap;
pub(crate) use language::{Languages, alpha3};

/// How one country writes.
pub(crate) struct Rules<'p> {
    /// Its names to ours, where they differ.
    pub(crate) claim_map: &'p BTreeMap<String, String>,
    /// What to throw away.
    pub(crate) strip: &'p BTreeSet<String>,
    /// Its dates.
    pub(crate) dates: DateFormat,
    /// Its words for gender.
    pub(crate) genders: &'p GenderMap,
    /// Its languages, the preferred one first.
    pub(crate) languages: &'p Languages,
    /// The claims that its list entry allows, by our names.
    pub(crate) allowed: &'p BTreeSet<String>,
}

/// Claims by the hub's names, and the facts that are not claims.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Normalised {
    pub(crate) claims: BTreeMap<String, Value>,
    pub(crate) person_status: PersonStatus,
    pub(crate) document_status: DocumentStatus,
}

impl Rules<'_> {
    /// Everything that can be read and is allowed. A provider may send half a megabyte of names: what is not allowed
    /// is dropped before anything is done with it, and of the rest no more than [`MAX_CLAIMS`] are kept.
    pub(crate) fn apply(&self, upstream: &BTreeMap<String, Value>) -> Normalised {
        let mut result = Normalised::default();
        for (name, value) in upstream.iter().filter(|(name, _)| !self.is_stripped(base_name(name))) {
            let (base, tag) = self.named(name);
            match base.as_str() {
                "person_status" => result.person_status = status::person(value),
                "document_status" => result.document_status = status::document(value, upstream),
                _ if !may_leave(&base, self.allowed) || result.claims.len() >= MAX_CLAIMS => {}
                _ => {
                    if let Some(value) = self.value(&base, value) {
                        result.claims.insert(tagged(&base, tag.as_deref()), value);
                    }
                }
            }
        }
        self.add_untagged(&mut result.claims);
        result
    }

    /// The raw number, and the user name that is the raw number, never pass.
    fn is_stripped(&self, base: &str) -> bool {
        ALWAYS_STRIPPED.contains(&base) || self.strip.contains(base)
    }

    fn named(&self, name: &str) -> (String, Option<String>) {
        let (base, suffix) = name.split_once('#').map_or((name, None), |(base, suffix)| (base, Some(suffix)));
        let base = self.claim_map.get(base).map_or(base, String::as_str);
        (base.to_owned(), suffix.and_then(|suffix| self.languages.tag(suffix)))
    }

    fn value(&self, base: &str, value: &Value) -> Option<Value> {
        match (base, value) {
            ("address", value) => address::normal(value, self.languages),
            // A language that was asked for and does not exist comes as an empty text.
            (_, Value::String(text)) if text.trim().is_empty() => None,
            ("birthdate", Value::String(text)) => civil_date(text, self.dates).map(Value::String),
            ("gender", Value::String(text)) => self.genders.normal(text).map(Value::String),
            ("birthdate" | "gender", _) | (_, Value::Null) => None,
            (_, Value::String(text)) => Some(Value::String(text.trim().to_owned())),
            (_, other) => Some(other.clone()),
        }
    }

    /// A provider that answers in several languages leaves the plain name out: the preferred language stands in.
    fn add_untagged(&self, claims: &mut BTreeMap<String, Value>) {
        let bases: BTreeSet<String> = claims.keys().map(|name| base_name(name).to_owned()).collect();
        for base in bases.into_iter().filter(|base| !claims.contains_key(base)).collect::<Vec<_>>() {
            let preferred = self.languages.in_order().find_map(|tag| claims.get(&tagged(&base, Some(tag))));
            // The tagged names of a claim stand together.
            let first = || claims.range(tagged(&base, Some(""))..).next().map(|(_, value)| value);
            if let Some(value) = preferred.or_else(first).cloned() {
                claims.insert(base, value);
            }
        }
    }
}

fn tagged(base: &str, tag: Option<&str>) -> String {
    tag.map_or_else(|| base.to_owned(), |tag| format!("{base}#{tag}"))
}

/// `individual_id` is the number the person typed; Keycloak's user name is the number in Mauritania.
const ALWAYS_STRIPPED: [&str; 3] = ["individual_id", "preferred_username", "username"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ALLOWED: [&str; 6] = ["name", "birthdate", "gender", "email", "phone_number", "address"];

    fn normal(upstream: &Value, languages: &[&str]) -> Normalised {
        let claim_map = BTreeMap::from([("fullName".to_owned(), "name".to_owned())]);
        let genders = GenderMap::from_pairs(&[("Femme", "female"), ("MLE", "male")]);
        let rules = Rules {
            claim_map: &claim_map,
            strip: &BTreeSet::from(["secret".to_owned()]),
            dates: DateFormat::YearMonthDaySlashes,
            genders: &genders,
            languages: &Languages::new(languages.iter().map(ToString::to_string)),
            allowed: &ALLOWED.map(str::to_owned).into(),
        };
        rules.apply(&upstream.as_object().unwrap().clone().into_iter().collect())
    }

    fn claims(upstream: &Value) -> Value {
        json!(normal(upstream, &["fr", "en"]).claims)
    }

    #[test]
    fn dates_with_slashes_become_iso_and_words_for_gender_ours() {
        assert_eq!(
            claims(&json!({"birthdate": "1991/03/08", "gender": "Femme", "fullName": " Afi Mensah "})),
            json!({"birthdate": "1991-03-08", "gender": "female", "name": "Afi Mensah"})
        );
    }

    #[test]
    fn the_raw_number_never_passes_under_any_of_its_names() {
        let upstream =
            json!({"individual_id": "5827193643", "preferred_username": "1000000064", "secret": "x", "username": "1"});
        assert_eq!(claims(&upstream), json!({}));
    }

    #[test]
    fn g11_claims_that_the_entry_does_not_allow_are_dropped_first_and_the_rest_is_capped() {
        let letters = || ('a'..='z').map(String::from);
        let languages = || letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
        let mut upstream = json!({"birthdate": "1991/03/08"});
        for language in languages() {
            upstream[format!("n{language}#fr")] = json!("x");
            upstream[format!("phone_number#{language}")] = json!("+22890112345");
        }
        let claims = normal(&upstream, &["fr", "en"]).claims;
        let tagged = claims.keys().filter(|name| name.starts_with("phone_number#")).count();
        // `birthdate` comes first and is one of them; `phone_number` is filled in afterwards.
        assert_eq!((tagged, claims.len()), (MAX_CLAIMS - 1, MAX_CLAIMS + 1));
    }

    #[test]
    fn the_language_that_stands_in_is_one_of_the_same_claim() {
        let upstream = json!({"name#wo": "Afi", "email#wo": "a@b.example", "address#wo": {"formatted": "Lomé"}});
        let claims = normal(&upstream, &["fr"]).claims;
        assert_eq!((&claims["name"], &claims["email"]), (&json!("Afi"), &json!("a@b.example")));
        assert_eq!(claims["address"], json!({"formatted": "Lomé"}));
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let upstream =
            json!({"birthdate": "1991/13/08", "gender": "X", "name": "", "email": null, "phone_number": "  "});
        assert_eq!(claims(&upstream), json!({}));
    }

    #[test]
    fn languages_of_two_and_three_letters_become_bcp_47_and_one_stands_in_for_the_plain_name() {
        assert_eq!(
            claims(&json!({"name#eng": "Afi", "name#fra": "Afí"})),
            json!({"name": "Afí", "name#en": "Afi", "name#fr": "Afí"})
        );
        // IDA cuts "por" and "spa" after two letters.
        assert_eq!(claims(&json!({"name#po": "Ana"})), json!({"name": "Ana", "name#pt": "Ana"}));
        assert_eq!(claims(&json!({"name#sp": "Ana"})), json!({"name": "Ana", "name#es": "Ana"}));
    }

    #[test]
    fn the_two_statuses_are_facts_and_not_claims() {
        let upstream =
            json!({"person_status": "deceased", "document_status": "extended", "document_valid_until": "2027-06-30"});
        let result = normal(&upstream, &[]);
        assert_eq!(result.person_status, PersonStatus::Deceased);
        assert!(matches!(result.document_status, DocumentStatus::Extended { until: Some(_) }));
        assert!(!result.claims.contains_key("person_status"));
        assert_eq!(normal(&json!({}), &[]), Normalised::default());
    }
}
