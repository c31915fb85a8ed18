//! Attacks on the status document: freshness, rollback, fast-forward, mix and match.

use serde_json::json;
use strict_jose::{Algorithm, SigningKey};
use trust_list::document::{DocumentPath, ListName, ListProblem, StatusProblem, Typ};
use trust_list::{Regression, UpdateError};

use crate::support::{
    HOUR, NOW, Watcher, cc, disabled, idp, newest, payload, region, replace_national, replace_regional, replace_status,
    sign,
};

fn refused(result: Result<impl Sized, UpdateError>) -> StatusProblem {
    match result.map(|_| ()).unwrap_err() {
        UpdateError::Status(problem) => problem,
        other => panic!("not a problem of the status document: {other}"),
    }
}

#[tokio::test]
async fn h01_a_version_below_the_highest_seen_is_refused_also_after_a_restart_and_without_the_cache() {
    let mut region = region();
    let old = region.documents.clone();
    region.republish(NOW.plus(60)).unwrap();
    let mut client = Watcher::of(&region).await;
    let seen = client.list.as_ref().unwrap().sequence();
    let expected = StatusProblem::Regressed(Regression::Rollback { offered: seen - 1, seen });

    assert_eq!(refused(client.update(&old, NOW.plus(61)).await), expected);
    client.restart();
    assert_eq!(refused(client.update(&old, NOW.plus(62)).await), expected);
    client.wipe_cache();
    assert_eq!(refused(client.update(&old, NOW.plus(63)).await), expected);
    assert!(idp(&client.update(&region.publisher(), NOW.plus(64)).await.unwrap(), NOW.plus(64)).is_ok());
}

#[tokio::test]
async fn h02_the_same_version_with_other_bytes_is_equivocation() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    let version = client.list.as_ref().unwrap().sequence();
    let mut other = payload(&region.documents, DocumentPath::Status);
    other["expires"] = json!(NOW.plus(HOUR / 2).to_rfc3339());
    replace_status(&mut region, &other);
    assert_eq!(
        refused(client.update(&region.publisher(), NOW).await),
        StatusProblem::Regressed(Regression::Equivocation(version))
    );
}

#[tokio::test]
async fn h02_a_list_under_a_number_seen_before_with_other_bytes_is_equivocation() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    let path = newest(&region.documents, ListName::Member(cc("XA")));
    let mut other = payload(&region.documents, path);
    other["LoTE"]["Note"] = json!("another release under the same number");
    replace_national(&mut region, "XA", other.to_string().as_bytes());
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    let DocumentPath::List(_, sequence) = path else { panic!() };
    assert_eq!(disabled(&list, "XA", NOW), Some(ListProblem::Regressed(Regression::Equivocation(sequence))));

    let path = newest(&region.documents, ListName::Regional);
    let mut other = payload(&region.documents, path);
    other["LoTE"]["Note"] = json!("another release under the same number");
    replace_regional(&mut region, other.to_string().as_bytes());
    let DocumentPath::List(name, sequence) = path else { panic!() };
    let expected = StatusProblem::ListRegressed { name, regression: Regression::Equivocation(sequence) };
    assert_eq!(refused(client.update(&region.publisher(), NOW).await), expected);
}

#[tokio::test]
async fn h11_a_list_number_that_leaps_disables_its_member() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    region.edit_national(cc("XA"), |list| Ok(list.sequence(1 << 52))).unwrap();
    let list = client.update(&region.publisher(), NOW).await.unwrap();
    assert_eq!(
        disabled(&list, "XA", NOW),
        Some(ListProblem::Regressed(Regression::Jump { offered: 1 << 52, seen: 2 }))
    );
}

#[tokio::test]
async fn the_same_version_with_the_same_bytes_is_no_error_and_no_change() {
    let region = region();
    let mut client = Watcher::of(&region).await;
    let before = client.list.clone().unwrap();
    let after = client.update(&region.publisher(), NOW.plus(5)).await.unwrap();
    assert!(std::sync::Arc::ptr_eq(&before, &after));
}

#[tokio::test]
async fn h01_a_regional_list_older_than_one_seen_is_refused_although_the_status_is_new() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    let path = newest(&region.documents, ListName::Regional);
    let DocumentPath::List(_, seen) = path else { panic!() };
    region.documents.remove(path);
    region.republish(NOW.plus(1)).unwrap();
    let name = ListName::Regional;
    let expected = StatusProblem::ListRegressed { name, regression: Regression::Rollback { offered: seen - 1, seen } };
    assert_eq!(refused(client.update(&region.publisher(), NOW.plus(1)).await), expected);
}

#[tokio::test]
async fn h01_a_national_list_older_than_one_seen_disables_its_member() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    let path = newest(&region.documents, ListName::Member(cc("XA")));
    let DocumentPath::List(_, seen) = path else { panic!() };
    region.documents.remove(path);
    region.republish(NOW.plus(1)).unwrap();
    let list = client.update(&region.publisher(), NOW.plus(1)).await.unwrap();
    assert_eq!(
        disabled(&list, "XA", NOW),
        Some(ListProblem::Regressed(Regression::Rollback { offered: seen - 1, seen }))
    );
    assert_eq!(disabled(&list, "XB", NOW), None);
}

#[tokio::test]
async fn h03_a_status_past_its_end_at_fetch_is_refused() {
    let region = region();
    let mut client = Watcher::new(region.pinned_root());
    let at = NOW.plus(HOUR);
    assert_eq!(refused(client.update(&region.publisher(), at).await), StatusProblem::Expired { at });
    assert!(client.update(&region.publisher(), at.minus(1)).await.is_ok());
}

#[tokio::test]
async fn h05_a_status_issued_more_than_a_minute_ahead_is_refused() {
    let mut region = region();
    region.republish(NOW.plus(61)).unwrap();
    let mut client = Watcher::new(region.pinned_root());
    assert_eq!(refused(client.update(&region.publisher(), NOW).await), StatusProblem::IssuedInFuture);
    assert!(client.update(&region.publisher(), NOW.plus(1)).await.is_ok());
}

#[tokio::test]
async fn a_status_that_lives_longer_than_the_root_allows_is_refused() {
    let mut region = region();
    let mut long = payload(&region.documents, DocumentPath::Status);
    long["expires"] = json!(NOW.plus(HOUR + 1).to_rfc3339());
    replace_status(&mut region, &long);
    let mut client = Watcher::new(region.pinned_root());
    assert_eq!(refused(client.update(&region.publisher(), NOW).await), StatusProblem::LivesTooLong { max: HOUR });
}

#[tokio::test]
async fn h11_a_version_that_leaps_is_refused_by_who_has_seen_the_region_before() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    let seen = client.list.as_ref().unwrap().sequence();
    let mut leap = payload(&region.documents, DocumentPath::Status);
    leap["version"] = json!(i64::MAX);
    replace_status(&mut region, &leap);
    let offered = u64::try_from(i64::MAX).unwrap();
    assert_eq!(
        refused(client.update(&region.publisher(), NOW).await),
        StatusProblem::Regressed(Regression::Jump { offered, seen })
    );
}

#[tokio::test]
async fn h11_after_a_fast_forward_normal_versions_stay_refused_until_the_root_rotates_the_stolen_key() {
    let mut region = region();
    let honest = region.documents.clone();
    // A client that meets the region for the first time cannot know that the number is absurd.
    let mut leap = payload(&region.documents, DocumentPath::Status);
    leap["version"] = json!(i64::MAX);
    replace_status(&mut region, &leap);
    let mut client = Watcher::of(&region).await;

    // Without rotation the honest documents are a rollback.
    region.documents = honest;
    region.republish(NOW.plus(60)).unwrap();
    let result = client.update(&region.publisher(), NOW.plus(60)).await;
    assert!(matches!(refused(result), StatusProblem::Regressed(Regression::Rollback { .. })));

    // The regulators rotate the online key out: its marks bind nobody any more.
    let stolen = region.online_key().public_jwk().thumbprint().clone();
    let fresh = SigningKey::generate(Algorithm::ES256, None).unwrap();
    region.set_online_key(fresh.clone());
    region.edit_root(|root| root.without_key(&stolen).online(cc("XA"), "Publisher", fresh.public_jwk())).unwrap();
    let list = client.update(&region.publisher(), NOW.plus(60)).await.unwrap();
    assert!(idp(&list, NOW.plus(60)).is_ok());

    // And what the stolen key signs is worth nothing.
    region.documents.put_unchecked(DocumentPath::Status, sign(leap.to_string().as_bytes(), Typ::Status, &[]));
    assert!(matches!(refused(client.update(&region.documents, NOW.plus(61)).await), StatusProblem::Quorum(_)));
}

#[tokio::test]
async fn h12_another_valid_list_than_the_one_the_status_names_is_refused() {
    let mut region = region();
    // A regional list with one number more, signed as it must be, but not named.
    let (sequence, old) = region.documents.list(ListName::Regional).unwrap();
    region.edit_regional(Ok).unwrap();
    let named = DocumentPath::List(ListName::Regional, sequence + 1);
    region.documents.put_unchecked(named, old.to_bytes());
    region.serve();
    let mut client = Watcher::new(region.pinned_root());
    let error = client.update(&region.publisher(), NOW).await.unwrap_err();
    assert!(matches!(error, UpdateError::Regional(ListProblem::WrongLength | ListProblem::WrongHash)), "{error}");
}

#[tokio::test]
async fn h12_another_valid_national_list_than_the_named_one_disables_its_member() {
    let mut region = region();
    let (sequence, old) = region.documents.list(ListName::Member(cc("XA"))).unwrap();
    region.edit_national(cc("XA"), Ok).unwrap();
    let named = DocumentPath::List(ListName::Member(cc("XA")), sequence + 1);
    region.documents.put_unchecked(named, old.to_bytes());
    region.serve();
    let list = Watcher::of(&region).await.list.unwrap();
    let problem = disabled(&list, "XA", NOW);
    assert!(matches!(problem, Some(ListProblem::WrongLength | ListProblem::WrongHash)), "{problem:?}");
}

#[tokio::test]
async fn a_mirror_that_withholds_the_newest_root_is_noticed() {
    let mut region = region();
    region.edit_root(|root| root).unwrap();
    region.documents.remove(DocumentPath::Root(2));
    let mut client = Watcher::new(region.pinned_root());
    let expected = StatusProblem::RootWithheld { named: 2, trusted: 1 };
    assert_eq!(refused(client.update(&region.documents, NOW).await), expected);
}

#[tokio::test]
async fn regulators_cannot_sign_the_status_and_another_typ_does_not_count() {
    let mut region = region();
    let content = payload(&region.documents, DocumentPath::Status).to_string();
    let regulator = region.regulator_key(cc("XA")).unwrap().clone();
    let online = region.online_key().clone();
    for (typ, key) in [(Typ::Status, &regulator), (Typ::Regional, &online), (Typ::Suspension, &online)] {
        region.documents.put_unchecked(DocumentPath::Status, sign(content.as_bytes(), typ, &[key]));
        let mut client = Watcher::new(region.pinned_root());
        let result = client.update(&region.documents, NOW).await;
        assert!(matches!(refused(result), StatusProblem::Quorum(_)), "{typ:?}");
    }
}

#[tokio::test]
async fn h25_a_list_name_that_is_a_path_is_refused_and_no_file_is_made_outside() {
    let mut region = region();
    let long = "x".repeat(300);
    for name in ["../x", "?", "#", "%2e%2e", "lists/XA", "xa", &long] {
        let mut status = payload(&region.documents, DocumentPath::Status);
        status["lists"][0]["name"] = json!(name);
        replace_status(&mut region, &status);
        let mut client = Watcher::new(region.pinned_root());
        let result = client.update(&region.publisher(), NOW).await;
        assert!(matches!(refused(result), StatusProblem::WrongForm(_)), "{name}");
        let mut made: Vec<_> = std::fs::read_dir(client.dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        made.sort();
        assert_eq!(made, ["documents", "marks"], "{name}");
    }
}

#[tokio::test]
async fn h26_a_status_that_is_not_strict_json_is_refused() {
    let region = region();
    let good = payload(&region.documents, DocumentPath::Status).to_string();
    let version = client_version(&good);
    let bad = [
        good.replacen('{', r#"{"version":1,"#, 1),
        good.replacen(&format!("\"version\":{version}"), &format!("\"version\":{version}.0"), 1),
        good.replacen(&format!("\"version\":{version}"), "\"version\":-1", 1),
        format!("\u{feff}{good}"),
        format!("{good}{{}}"),
        format!("{good} x"),
    ];
    for text in bad {
        assert_ne!(text, good);
        let mut documents = region.documents.clone();
        documents.put_unchecked(DocumentPath::Status, sign(text.as_bytes(), Typ::Status, &[region.online_key()]));
        let mut client = Watcher::new(region.pinned_root());
        let result = client.update(&documents, NOW).await;
        assert!(matches!(refused(result), StatusProblem::WrongForm(_)), "{text:.80}");
    }
}

fn client_version(status: &str) -> u64 {
    serde_json::from_str::<serde_json::Value>(status).unwrap()["version"].as_u64().unwrap()
}
