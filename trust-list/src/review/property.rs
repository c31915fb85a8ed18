//! Nothing that changed is left out: whatever is changed in a document, anywhere, shows.

use std::sync::OnceLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use strict_jose::{Algorithm, JwkSet, PublicJwk, SigningKey, UnixTime};

use super::*;
use crate::document::{MemberEntry, Reinstatement, Role, Root, SuspensionTarget};
use crate::publish::{NationalBuilder, RegionalBuilder, RootBuilder};
use crate::{
    AcceptedDocument, Client, ClientKind, CountryCode, DocumentDemand, ExchangePolicy, GrantType, Issuer, IssuerKind,
    Level, LocalizedText, Organisation, Quorum, Recognition, RegisteredPurpose, ServiceStatus,
};

const NOW: UnixTime = UnixTime::new(1_800_000_000);

fn key() -> PublicJwk {
    SigningKey::generate(Algorithm::ES256, None).unwrap().public_jwk().clone()
}

fn cc(code: &str) -> CountryCode {
    code.parse().unwrap()
}

fn root() -> Value {
    let builder = RootBuilder::new(cc("XZ"), "https://trust.region.example", NOW)
        .regulator(cc("XA"), "Regulator of XA", &key())
        .regulator(cc("XB"), "Regulator of XB", &key())
        .online(cc("XA"), "Publisher", &key())
        .quorum(Role::Root, Quorum { threshold: 2, countries: 2 });
    let root: Root = Root::read(builder.build().unwrap().document()).unwrap();
    serde_json::to_value(root.document()).unwrap()
}

fn organisation(country: &str) -> Organisation {
    Organisation::draft(cc(country), LocalizedText::en("Authority").with("fr", "Autorité"), "authority.example")
}

fn member(code: &str) -> MemberEntry {
    MemberEntry {
        permitted_hosts: vec![format!(".{}.example", code.to_lowercase()), "id.example".to_owned()],
        ..MemberEntry::draft(cc(code), format!("https://trust.region.example/lists/{code}.json"), vec![key()], NOW)
    }
}

fn regional() -> Value {
    let row = Recognition {
        recogniser: cc("XB"),
        recognised: cc("XA"),
        purpose: "account-opening".parse().unwrap(),
        max_level: Level::Substantial,
        legal_basis: "Memorandum 12".to_owned(),
        from: NOW,
        until: Some(NOW.plus(1_000)),
    };
    let target = SuspensionTarget::entity(cc("XA"), "idp".parse().unwrap());
    let list =
        RegionalBuilder::new(cc("XZ"), "https://x.example/lists/regional.json", &organisation("XZ"), NOW).unwrap();
    let list = list.member(&member("XA")).member(&member("XB")).recognise(&row);
    let list = list.member_status(cc("XB"), ServiceStatus::Suspended, NOW.plus(1)).unwrap();
    let list = list.reinstate(Reinstatement { target, orders_before: NOW }).build().unwrap();
    serde_json::from_slice(list.payload()).unwrap()
}

fn national() -> Value {
    let issuer = Issuer {
        issuer_identifiers: vec!["https://idp.xa.example".to_owned()],
        hosts: vec!["idp.xa.example".to_owned()],
        keys: vec![key()],
        profile: json!({ "client_id": "hub", "acr_map": { "a": { "level": "low", "methods": ["otp"] } }, "none": null }),
        claims: ["given_name", "birthdate"].map(str::to_owned).into(),
        ..Issuer::draft(cc("XA"), "idp".parse().unwrap(), IssuerKind::IdentityProvider, NOW)
    };
    let purpose = RegisteredPurpose {
        purpose: "account-opening".parse().unwrap(),
        claims: ["given_name".to_owned()].into(),
        min_level: Level::Substantial,
        legal_basis: "Law 7".to_owned(),
        text: LocalizedText::en("To open an account"),
        document: Some(DocumentDemand { accept: [AcceptedDocument::Valid, AcceptedDocument::Extended].into() }),
    };
    let keys = JwkSet::from_keys([key()]);
    let client = Client {
        redirect_uris: vec!["https://bank.xa.example/cb".to_owned()],
        grant_types: [GrantType::AuthorizationCode].into(),
        scopes: ["openid".to_owned()].into(),
        purposes: vec![purpose],
        exchange: Some(ExchangePolicy::default()),
        ..Client::draft(cc("XA"), "bank".parse().unwrap(), ClientKind::RelyingParty, keys, NOW)
    };
    let list = NationalBuilder::new(cc("XA"), "https://x.example/lists/XA.json", &organisation("XA"), NOW).unwrap();
    let list = list.issuer(&issuer).unwrap().client(&client).unwrap();
    let list = list.status(&"idp".parse().unwrap(), ServiceStatus::Suspended, NOW.plus(1)).unwrap();
    serde_json::from_slice(list.build().unwrap().payload()).unwrap()
}

fn documents() -> [(Typ, Value); 3] {
    [(Typ::Root, root()), (Typ::Regional, regional()), (Typ::National, national())]
}

/// Every place in a document, its own included.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            places(value, &format!("{at}/{name}"), found);
        }),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(place, value)| places(value, &format!("{at}/{place}"), found));
        }
        _ => {}
    }
}

/// The ways to change a value without knowing what it is.
fn mutations(value: &Value) -> Vec<Value> {
    let mut changed = vec![Value::Null, json!({}), json!([]), json!("other"), json!([value])];
    match value {
        Value::String(text) => changed.push(json!(format!("{text}x"))),
        Value::Number(number) => changed.push(json!(number.as_i64().unwrap_or(0) + 1)),
        Value::Array(elements) => {
            let mut more = elements.clone();
            more.extend(elements.last().cloned());
            let mut fewer = elements.clone();
            fewer.pop();
            let reversed: Vec<Value> = elements.iter().rev().cloned().collect();
            changed.extend([
                json!(more),
                json!(fewer),
                json!(reversed),
                json!([elements.as_slice(), &[json!({})]].concat()),
            ]);
        }
        Value::Object(members) => {
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.remove(name);
                changed.push(json!(fewer));
            }
            for added in [json!(1), json!({}), json!(null)] {
                let mut more = members.clone();
                more.insert("unheard_of".to_owned(), added);
                changed.push(json!(more));
            }
        }
        _ => {}
    }
    changed.retain(|other| other != value);
    changed
}

fn mutants(document: &Value) -> impl Iterator<Item = (String, Value)> {
    let mut found = Vec::new();
    places(document, "", &mut found);
    found.into_iter().flat_map(move |at| {
        let original = document.pointer(&at).unwrap().clone();
        let mutants = mutations(&original).into_iter().map(|changed| {
            let mut mutant = document.clone();
            *mutant.pointer_mut(&at).unwrap() = changed;
            mutant
        });
        mutants.map(|mutant| (at.clone(), mutant)).collect::<Vec<_>>()
    })
}

#[test]
fn whatever_changes_anywhere_in_a_document_shows() {
    for (kind, document) in documents() {
        assert_eq!(compare(kind, Some(&document), &document), []);
        let mut tried = 0;
        for (at, mutant) in mutants(&document) {
            for (before, after) in [(&document, &mutant), (&mutant, &document)] {
                assert!(!in_words(kind, Pair::new(Some(before), after)).is_empty(), "{kind:?} {at}: {before} {after}");
            }
            tried += 1;
        }
        assert!(tried > 200, "{kind:?} {tried}");
    }
}

#[test]
fn a_first_document_says_all_that_it_contains() {
    for (kind, document) in documents() {
        let said = in_words(kind, Pair::new(None, &document));
        for (at, mutant) in mutants(&document) {
            assert!(in_words(kind, Pair::new(None, &mutant)) != said, "{kind:?} {at}: {mutant}");
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z:/.]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{1,6}", inner, 0..3).prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_value_in_any_place_shows(which in 0..3_usize, place in any::<prop::sample::Index>(), value in any_json()) {
        static DOCUMENTS: OnceLock<[(Typ, Value); 3]> = OnceLock::new();
        let (kind, document) = &DOCUMENTS.get_or_init(documents)[which];
        let mut found = Vec::new();
        places(document, "", &mut found);
        let at = place.get(&found);
        prop_assume!(document.pointer(at).unwrap() != &value);
        let mut mutant = document.clone();
        *mutant.pointer_mut(at).unwrap() = value;
        for (before, after) in [(document, &mutant), (&mutant, document)] {
            let changes = in_words(*kind, Pair::new(Some(before), after));
            prop_assert!(!changes.is_empty(), "{at}");
            for language in crate::Language::ALL {
                prop_assert!(changes.iter().all(|change| !change.line(language).trim().is_empty()));
            }
        }
    }
}
