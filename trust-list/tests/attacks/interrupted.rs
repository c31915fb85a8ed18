//! Updates that break off in the middle: what was in force stays, what is newly suspended is suspended.

use strict_jose::{Algorithm, SigningKey, UnixTime};
use tempfile::TempDir;
use trust_list::document::{ListName, SuspensionTarget};
use trust_list::publish::{Proposal, RootBuilder};
use trust_list::testing::TestRegion;
use trust_list::{HighWater, NotTrusted, Notice, Staleness, TrustClient, TrustState, UpdateError};

use crate::support::{HOUR, NOW, Watcher, cc, idp, newest, region};

async fn start(region: &TestRegion, dir: &TempDir, now: UnixTime) -> TrustClient {
    let memory = HighWater::open(dir.path()).unwrap();
    TrustClient::start(region.pinned_root().to_owned(), memory, now).await.unwrap()
}

/// Publishes a new status at `now` that names a regional list nobody can fetch.
fn lose_the_regional_list(region: &mut TestRegion, now: UnixTime) {
    region.republish(now).unwrap();
    region.edit_regional(Ok).unwrap();
    region.documents.remove(newest(&region.documents, ListName::Regional));
    region.serve();
}

#[tokio::test]
async fn a_start_after_an_interrupted_update_goes_on_with_the_last_whole_snapshot_until_its_end() {
    let mut region = region();
    let dir = TempDir::new().unwrap();
    let mut client = start(&region, &dir, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    let whole = client.state().list().unwrap().sequence();
    lose_the_regional_list(&mut region, NOW.plus(60));
    client.refresh(&region.publisher(), NOW.plus(60)).await;
    drop(client);

    let client = start(&region, &dir, NOW.plus(61)).await;
    let state = client.state();
    assert!(matches!(state, TrustState::Stale { why: Staleness::FromDisk, .. }), "{state:?}");
    assert_eq!(state.list().unwrap().sequence(), whole);
    assert!(idp(state.in_force(NOW.plus(61)).unwrap(), NOW.plus(61)).is_ok());
    drop(client);
    assert_eq!(start(&region, &dir, NOW.plus(HOUR)).await.state().name(), "expired");
}

#[tokio::test]
async fn h01_what_a_start_accepts_from_its_own_disk_no_publisher_may_offer() {
    let mut region = region();
    let old = region.documents.clone();
    let mut client = Watcher::of(&region).await;
    lose_the_regional_list(&mut region, NOW.plus(60));
    client.update(&region.publisher(), NOW.plus(60)).await.unwrap_err();
    client.restart();
    let error = client.update(&old, NOW.plus(61)).await.unwrap_err();
    assert_eq!(error.code(), "rollback");
}

#[tokio::test]
async fn h01_another_older_status_on_disk_than_the_last_whole_one_is_refused() {
    let mut region = region();
    let oldest = region.status_bytes().unwrap().to_owned();
    let dir = TempDir::new().unwrap();
    let mut client = start(&region, &dir, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    region.republish(NOW.plus(1)).unwrap();
    client.refresh(&region.publisher(), NOW.plus(1)).await;
    drop(client);
    std::fs::write(dir.path().join("documents/status.json"), oldest).unwrap();
    let client = start(&region, &dir, NOW.plus(2)).await;
    assert!(matches!(client.state(), TrustState::Regressed { list: None, .. }), "{:?}", client.state());
}

#[tokio::test]
async fn an_order_bites_although_the_lists_of_its_status_cannot_be_had() {
    let mut region = region();
    let dir = TempDir::new().unwrap();
    let mut client = start(&region, &dir, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    let end = client.state().list().unwrap().expires_at();
    region.suspend(cc("XA"), Some("idp".parse().unwrap())).unwrap();
    lose_the_regional_list(&mut region, NOW.plus(60));

    let at = NOW.plus(60);
    let state = client.refresh(&region.publisher(), at).await;
    // XA's order is against the one anchor there is, so nothing is left to be in force.
    assert_eq!(state.list().unwrap().anchor_count(), 0);
    assert_eq!(idp(state.list().unwrap(), at), Err(NotTrusted::Suspended));
    assert_eq!(state.list().unwrap().expires_at(), end, "nothing is renewed by it");
    assert!(client.last_error().is_some());
    drop(client);
    let client = start(&region, &dir, at).await;
    assert_eq!(idp(client.state().list().unwrap(), at), Err(NotTrusted::Suspended), "also after a restart");
}

#[tokio::test]
async fn an_order_bites_although_two_countries_contradict_one_another() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    let mut false_claim = TestRegion::issuer(cc("XC"), "impostor".parse().unwrap(), NOW);
    false_claim.issuer_identifiers = vec!["https://idp.xa.example".to_owned()];
    false_claim.hosts.clear();
    // Suspended members are no claimants, so the order is against XB, which is none.
    region.add_issuer(&false_claim).unwrap();
    region.suspend(cc("XB"), None).unwrap();
    let error = client.update(&region.publisher(), NOW).await.unwrap_err();
    assert!(matches!(error, UpdateError::Conflict(_)), "{error}");
    let list = client.list.as_ref().unwrap();
    assert_eq!(list.member(cc("XB")).unwrap().disabled(NOW), Some(NotTrusted::Suspended));
    assert!(idp(list, NOW).is_ok());
}

#[tokio::test]
async fn an_order_bites_although_nothing_can_be_written() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    region.suspend(cc("XA"), Some("idp".parse().unwrap())).unwrap();
    // In the place of the file that is written aside there is a directory.
    std::fs::create_dir(client.dir.path().join("marks/marks.tmp")).unwrap();
    let error = client.update(&region.publisher(), NOW).await.unwrap_err();
    assert_eq!(error.code(), "high_water");
    let list = client.list.as_ref().unwrap();
    assert_eq!(idp(list, NOW), Err(NotTrusted::Suspended));
    assert!(matches!(list.notices(), [Notice::OrdersNotKept(_)]), "{:?}", list.notices());
}

#[tokio::test]
async fn a_failed_update_lifts_nothing() {
    let mut region = region();
    region.suspend(cc("XA"), Some("idp".parse().unwrap())).unwrap();
    let mut client = Watcher::of(&region).await;
    region.reinstate(SuspensionTarget::entity(cc("XA"), "idp".parse().unwrap())).unwrap();
    let mut documents = region.documents.clone();
    documents.remove(newest(&region.documents, ListName::Regional));
    client.update(&documents, NOW).await.unwrap_err();
    assert_eq!(idp(client.list.as_ref().unwrap(), NOW), Err(NotTrusted::Suspended));
    assert!(idp(&client.update(&region.publisher(), NOW).await.unwrap(), NOW).is_ok());
}

#[tokio::test]
async fn h01_after_one_of_the_signers_of_a_list_has_left_an_older_list_is_still_refused() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    let path = newest(&region.documents, ListName::Regional);
    // All three regulators signed the list; XC gets a new key, and the two that are left are a quorum.
    let left = region.regulator_key(cc("XC")).unwrap().public_jwk().thumbprint().clone();
    let new = SigningKey::generate(Algorithm::ES256, None).unwrap();
    region.edit_root(|root| root.without_key(&left).regulator(cc("XC"), "New", new.public_jwk())).unwrap();
    region.documents.remove(path);
    region.republish(NOW.plus(1)).unwrap();
    let error = client.update(&region.publisher(), NOW.plus(1)).await.unwrap_err();
    assert_eq!(error.code(), "rollback", "{error}");
}

#[tokio::test]
async fn h11_after_the_signers_of_a_list_were_taken_away_its_number_binds_nobody() {
    let mut region = region();
    let mut client = Watcher::of(&region).await;
    // Of the three that signed it XA is left, and one is no quorum.
    let mut root = RootBuilder::successor_of(&region.documents.root().unwrap(), NOW);
    let new = ["XB", "XC"].map(|country| {
        let old = region.regulator_key(cc(country)).unwrap().public_jwk().thumbprint().clone();
        let new = SigningKey::generate(Algorithm::ES256, None).unwrap();
        root = root.clone().without_key(&old).regulator(cc(country), "New", new.public_jwk());
        new
    });
    let by_all = |proposal: Proposal| {
        let old = region.signed_by_regulators(proposal).unwrap();
        new.iter().fold(old, |proposal, key| proposal.signed_by(key, NOW).unwrap())
    };
    let root = by_all(root.build().unwrap());
    let path = newest(&region.documents, ListName::Regional);
    let mut documents = region.documents.clone();
    documents.remove(path);
    let older = newest(&documents, ListName::Regional);
    let (_, list) = documents.list(ListName::Regional).unwrap();
    let list = by_all(list).to_bytes();
    documents.add(&root).unwrap();
    documents.put_unchecked(older, list);
    region.documents = documents;
    region.republish(NOW.plus(1)).unwrap();
    let result = client.update(&region.publisher(), NOW.plus(1)).await;
    assert!(result.is_ok(), "{:?}", result.err());
}
