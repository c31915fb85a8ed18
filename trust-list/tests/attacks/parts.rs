//! Orders against a part of an entity: one key, or a level and all above it.

use proptest::prelude::*;
use strict_jose::{Algorithm, SigningKey, Thumbprint};
use trust_list::document::{DocumentPath, ListName, SuspensionTarget};
use trust_list::testing::TestRegion;
use trust_list::{IssuerKind, IssuerQuery, Level, NotTrusted, Notice, VerifiedList};

use crate::support::{NOW, Watcher, cc, idp, payload, purpose, region, replace_status};

fn key_of(region: &mut TestRegion) -> (SigningKey, SigningKey) {
    let keys = [(); 2].map(|()| SigningKey::generate(Algorithm::ES256, None).unwrap());
    let mut issuer = TestRegion::issuer(cc("XA"), "idp".parse().unwrap(), NOW);
    issuer.keys = keys.iter().map(|key| key.public_jwk().clone()).collect();
    issuer.max_level = Level::High;
    region.add_issuer(&issuer).unwrap();
    let [first, second] = keys;
    (first, second)
}

fn part(text: &str) -> SuspensionTarget {
    format!("XA/idp/{text}").parse().unwrap()
}

fn of_key(key: &SigningKey) -> SuspensionTarget {
    SuspensionTarget::key(cc("XA"), "idp".parse().unwrap(), key.public_jwk().thumbprint().clone())
}

fn order(region: &mut TestRegion, target: SuspensionTarget) {
    let own = region.national_key(cc("XA")).unwrap().clone();
    region.order_by(&own, target).unwrap();
}

/// Whether the issuer's key verifies anything, and whether the issuer says that it is suspended.
fn verifies(list: &VerifiedList, key: &SigningKey) -> bool {
    let (purpose, service) = (purpose(), "idp".parse().unwrap());
    let query = IssuerQuery {
        country: cc("XA"),
        service: Some(&service),
        kind: IssuerKind::IdentityProvider,
        recogniser: cc("XB"),
        purpose: &purpose,
        level: Level::Low,
        at: NOW,
    };
    let issuer = list.trusted_issuer(&query).unwrap();
    let found = issuer.verifier(Some(key.kid()), Algorithm::ES256);
    let fetched = !issuer.suspends(key.public_jwk().thumbprint());
    assert_eq!(found.is_some(), fetched, "a key in the list and the same key fetched");
    fetched
}

#[tokio::test]
async fn a_suspended_key_verifies_nothing_and_the_entitys_other_key_does() {
    let mut region = region();
    let (first, second) = key_of(&mut region);
    let mut client = Watcher::of(&region).await;
    order(&mut region, of_key(&first));
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert!(idp(&list, NOW).is_ok(), "the entity stands");
    assert_eq!((verifies(&list, &first), verifies(&list, &second)), (false, true));
    region.reinstate(of_key(&first)).unwrap();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert_eq!((verifies(&list, &first), verifies(&list, &second)), (true, true));
}

#[tokio::test]
async fn a_suspended_level_takes_the_ceiling_below_it_and_the_lowest_ends_the_entity() {
    for (level, expected) in
        [("high", Ok(Level::Substantial)), ("substantial", Ok(Level::Low)), ("low", Err(NotTrusted::Suspended))]
    {
        let mut region = region();
        region.recognise(cc("XC"), cc("XA"), purpose(), Level::High).unwrap();
        order(&mut region, part(&format!("level/{level}")));
        assert_eq!(idp(&region.verified().unwrap(), NOW), expected, "{level}");
    }
}

#[tokio::test]
async fn a_suspended_level_is_not_reachable() {
    let mut region = region();
    order(&mut region, part("level/substantial"));
    let list = region.verified().unwrap();
    let (purpose, service) = (purpose(), "idp".parse().unwrap());
    let query = IssuerQuery {
        country: cc("XA"),
        service: Some(&service),
        kind: IssuerKind::IdentityProvider,
        recogniser: cc("XB"),
        purpose: &purpose,
        level: Level::Substantial,
        at: NOW,
    };
    assert_eq!(list.trusted_issuer(&query).err(), Some(NotTrusted::LevelNotReachable { max: Level::Low }));
    assert!(!list.explain_issuer(&query).trusted());
}

#[tokio::test]
async fn another_country_needs_two_regulators_for_a_part_too() {
    let mut region = region();
    let (first, _) = key_of(&mut region);
    let [xb, xc] = ["XB", "XC"].map(|country| region.regulator_key(cc(country)).unwrap().clone());
    region.order_by(&xb, of_key(&first)).unwrap();
    assert!(verifies(&region.verified().unwrap(), &first));
    region.order_by(&xc, of_key(&first)).unwrap();
    assert!(!verifies(&region.verified().unwrap(), &first));
}

#[tokio::test]
async fn the_reinstatement_of_an_entity_lifts_its_parts_and_that_of_a_part_lifts_nothing_else() {
    let mut region = region();
    let (first, second) = key_of(&mut region);
    for target in [of_key(&first), part("level/low"), of_key(&second)] {
        order(&mut region, target);
    }
    region.reinstate(part("level/low")).unwrap();
    let list = region.verified().unwrap();
    assert_eq!((verifies(&list, &first), verifies(&list, &second)), (false, false));
    region.reinstate("XA/idp".parse().unwrap()).unwrap();
    let list = region.verified().unwrap();
    assert_eq!((verifies(&list, &first), verifies(&list, &second)), (true, true));
    assert!(list.suspensions().is_empty());
}

/// A reader from before parts, by what it read.
#[derive(serde::Deserialize)]
struct OldTarget {
    country: String,
    entity: Option<String>,
}

#[tokio::test]
async fn a_reader_that_knows_no_parts_suspends_the_whole_entity_and_lifts_nothing_because_a_part_is_lifted() {
    let mut region = region();
    let (first, _) = key_of(&mut region);
    order(&mut region, of_key(&first));
    let status = payload(&region.documents, DocumentPath::Status);
    let signed =
        strict_jose::SignedDocument::parse(status["suspensions"][0].to_string().as_bytes(), &strict_jose::Limits::LIST);
    let old: OldTarget = serde_json::from_slice(signed.unwrap().payload()).unwrap();
    assert_eq!((old.country.as_str(), old.entity.as_deref()), ("XA", Some("idp")));

    region.reinstate(of_key(&first)).unwrap();
    let (sequence, _) = region.documents.list(ListName::Regional).unwrap();
    let regional = payload(&region.documents, DocumentPath::List(ListName::Regional, sequence));
    let extensions = regional["LoTE"]["ListAndSchemeInformation"]["SchemeExtensions"].as_array().unwrap();
    assert!(extensions.iter().all(|extension| extension.get("PasserelleReinstatements").is_none()));
    let parts = extensions.iter().find(|extension| extension.get("PasserellePartReinstatements").is_some()).unwrap();
    assert_eq!(parts["Critical"], false, "it is not stopped by what it does not know");
}

#[tokio::test]
async fn an_order_that_says_more_than_a_client_understands_is_against_the_whole() {
    let mut region = region();
    let own = region.national_key(cc("XA")).unwrap().clone();
    let order = serde_json::json!({
        "region": "XZ", "country": "XA", "entity": "idp", "attribute": "birthdate",
        "reason": "misissuance", "issued": NOW.to_rfc3339(),
    });
    let mut document = strict_jose::SignedDocument::new(order.to_string().into_bytes());
    document.sign_with(&own, "passerelle-suspension+json", NOW).unwrap();
    let mut status = payload(&region.documents, DocumentPath::Status);
    let signed: serde_json::Value = serde_json::from_slice(&document.to_json_bytes()).unwrap();
    status["suspensions"] = serde_json::json!([signed]);
    status["version"] = (status["version"].as_u64().unwrap() + 1).into();
    replace_status(&mut region, &status);
    assert_eq!(idp(&region.verified().unwrap(), NOW), Err(NotTrusted::Suspended));
}

/// How many orders a client keeps on its disk.
fn kept(client: &Watcher) -> usize {
    let mut files = vec![client.dir.path().to_owned()];
    let mut orders = 0;
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if let Ok(value) = serde_json::from_slice::<serde_json::Value>(&std::fs::read(path).unwrap()) {
            orders += value.get("orders").and_then(|orders| orders.as_array()).map_or(0, Vec::len);
        }
    }
    orders
}

#[tokio::test]
async fn who_orders_the_same_again_and_again_fills_no_disk_and_loses_no_suspension() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    for minute in 0..20 {
        region.republish(NOW.plus(60 * minute)).unwrap();
        order(&mut region, "XA/idp".parse().unwrap());
        client.update(&region.publisher(), region.now()).await.unwrap();
    }
    let now = region.now();
    let list = client.list.clone().unwrap();
    assert_eq!(idp(&list, NOW), Err(NotTrusted::Suspended), "since the first");
    assert_eq!(kept(&client), 2, "the first and the last");

    // The publisher leaves every order out, and a reinstatement lifts all but the last.
    let mut status = payload(&region.documents, DocumentPath::Status);
    status.as_object_mut().unwrap().remove("suspensions").unwrap();
    status["version"] = (status["version"].as_u64().unwrap() + 1).into();
    replace_status(&mut region, &status);
    client.restart();
    let list = client.update(&region.publisher(), now).await.unwrap();
    assert_eq!(idp(&list, now), Err(NotTrusted::Suspended));
    assert!(list.notices().iter().all(|notice| matches!(notice, Notice::OrderLeftOut(_))));
    let lifted_before = now.minus(30);
    region
        .edit_regional(|list| {
            Ok(list.reinstate(trust_list::document::Reinstatement {
                target: "XA/idp".parse().unwrap(),
                orders_before: lifted_before,
            }))
        })
        .unwrap();
    let list = client.update(&region.publisher(), now).await.unwrap();
    assert_eq!(idp(&list, now), Err(NotTrusted::Suspended), "the last order is younger");
    region.reinstate("XA/idp".parse().unwrap()).unwrap();
    assert!(idp(&client.update(&region.publisher(), now).await.unwrap(), now).is_ok());
}

proptest! {
    #[test]
    fn a_thumbprint_in_a_target_is_one(text in "[A-Za-z0-9_-]{40,46}") {
        let target = format!("XA/idp/key/{text}").parse::<SuspensionTarget>();
        prop_assert_eq!(target.is_ok(), Thumbprint::parse(text.clone()).is_ok());
    }
}
