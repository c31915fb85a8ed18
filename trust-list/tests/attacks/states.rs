//! The states of trust: how each is entered and left, and what it serves.

use async_trait::async_trait;
use strict_jose::UnixTime;
use tempfile::TempDir;
use trust_list::document::DocumentPath;
use trust_list::publish::Published;
use trust_list::testing::TestRegion;
use trust_list::{
    Alarm, FetchError, HighWater, HighWaterError, NotReady, Publisher, Staleness, TrustClient, TrustState, UpdateError,
};

use crate::support::{DAY, HOUR, NOW, cc, idp, region};

/// A publisher that never answers.
struct Down;

#[async_trait]
impl Publisher for Down {
    async fn fetch(&self, path: &str, _: usize) -> Result<Option<Vec<u8>>, FetchError> {
        Err(FetchError::Unreachable { path: path.to_owned(), reason: "timed out".to_owned() })
    }
}

async fn started(region: &TestRegion, now: UnixTime) -> (TempDir, TrustClient) {
    let dir = TempDir::new().unwrap();
    let memory = HighWater::open(dir.path()).unwrap();
    let client = TrustClient::start(region.pinned_root().to_owned(), memory, now).await.unwrap();
    (dir, client)
}

#[tokio::test]
async fn h23_a_first_start_without_network_runs_and_trusts_nothing() {
    let region = region();
    let (_dir, mut client) = started(&region, NOW).await;
    assert!(matches!(client.state(), TrustState::Unreachable { list: None, .. }));
    let state = client.refresh(&Down, NOW).await;
    assert_eq!((state.name(), state.in_force(NOW).unwrap_err()), ("unreachable", NotReady::NoList));
    let state = client.refresh(&region.publisher(), NOW).await;
    assert_eq!(state.name(), "fresh");
    assert!(idp(state.in_force(NOW).unwrap(), NOW).is_ok());
}

#[tokio::test]
async fn without_a_pinned_root_nothing_is_trusted_and_the_state_says_so() {
    let mut client = TrustClient::not_configured();
    assert_eq!(client.refresh(&region().publisher(), NOW).await.in_force(NOW).unwrap_err(), NotReady::NotConfigured);
    assert_eq!(client.state().name(), "not-configured");
    assert_eq!(TrustState::default().in_force(NOW).unwrap_err(), NotReady::NotConfigured);
    assert_eq!(TrustState::default().life_used_percent(NOW), None);
}

#[tokio::test]
async fn a_pinned_root_that_cannot_be_read_is_an_error_at_start() {
    let result = TrustClient::start(b"{}".to_vec(), HighWater::volatile(), NOW).await;
    assert!(matches!(result.map(|_| ()), Err(UpdateError::Pinned(_))));
}

#[tokio::test]
async fn h15_while_the_publisher_is_down_the_last_list_serves_to_its_end_with_alarms_on_the_way() {
    let region = region();
    let (_dir, mut client) = started(&region, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    for (minutes, alarm) in [(1, None), (29, None), (30, Some(Alarm::Half)), (48, Some(Alarm::Urgent))] {
        let now = NOW.plus(minutes * 60);
        let state = client.refresh(&Down, now).await;
        assert!(matches!(state, TrustState::Unreachable { since, .. } if *since == NOW.plus(60)), "{state:?}");
        assert!(state.in_force(now).is_ok());
        assert_eq!(state.alarm(now), alarm, "after {minutes} minutes");
    }
    let end = NOW.plus(HOUR);
    let state = client.refresh(&Down, end).await;
    assert!(matches!(state, TrustState::Expired { since } if *since == end));
    assert_eq!(state.in_force(end).unwrap_err(), NotReady::Expired { since: end });
    assert!(client.last_error().is_some());
}

#[tokio::test]
async fn h04_a_list_that_expires_between_two_refreshes_is_out_of_force_at_once() {
    let region = region();
    let (_dir, mut client) = started(&region, NOW).await;
    let end = NOW.plus(HOUR);
    let state = client.refresh(&region.publisher(), NOW).await;
    assert!(state.in_force(end.minus(1)).is_ok());
    assert_eq!(state.in_force(end).unwrap_err(), NotReady::Expired { since: end });
    let held = state.in_force(NOW).unwrap();
    assert!(idp(held, end.minus(1)).is_ok());
    assert!(idp(held, end).is_err(), "also for who still holds the snapshot");
    assert_eq!(client.tick(end.minus(1)).name(), "fresh");
    assert_eq!(client.tick(end).name(), "expired");
}

#[tokio::test]
async fn an_expired_state_recovers_with_the_next_good_status() {
    let mut region = region();
    let (_dir, mut client) = started(&region, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    let later = NOW.plus(2 * HOUR);
    assert_eq!(client.refresh(&region.publisher(), later).await.name(), "expired");
    region.republish(later).unwrap();
    assert_eq!(client.refresh(&region.publisher(), later).await.name(), "fresh");
}

#[tokio::test]
async fn a_status_that_nobody_renews_becomes_stale_at_half_its_life() {
    let mut region = region();
    let (_dir, mut client) = started(&region, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    assert_eq!(client.refresh(&region.publisher(), NOW.plus(HOUR / 2 - 60)).await.name(), "fresh");
    let half = NOW.plus(HOUR / 2);
    let state = client.refresh(&region.publisher(), half).await;
    assert!(matches!(state, TrustState::Stale { why: Staleness::NotRenewed, .. }), "{state:?}");
    assert!(state.in_force(half).is_ok());
    region.republish(half).unwrap();
    assert_eq!(client.refresh(&region.publisher(), half).await.name(), "fresh");
}

#[tokio::test]
async fn what_must_be_refused_makes_the_state_regressed_and_the_last_good_list_serves_to_its_end() {
    let mut region = region();
    let old = region.documents.clone();
    region.republish(NOW.plus(60)).unwrap();
    let (_dir, mut client) = started(&region, NOW).await;
    client.refresh(&region.publisher(), NOW.plus(60)).await;
    let state = client.refresh(&old, NOW.plus(61)).await;
    assert!(matches!(state, TrustState::Regressed { list: Some(_), .. }), "{state:?}");
    assert_eq!(state.why().unwrap().code(), "rollback");
    assert!(state.in_force(NOW.plus(61)).is_ok());
    let end = NOW.plus(60 + HOUR);
    assert_eq!(client.refresh(&old, end).await.name(), "expired");
}

#[tokio::test]
async fn a_first_contact_with_bad_documents_is_regressed_without_a_list() {
    let region = region();
    let mut documents = region.documents.clone();
    documents.put_unchecked(DocumentPath::Status, b"{}".to_vec());
    let (_dir, mut client) = started(&region, NOW).await;
    let state = client.refresh(&documents, NOW).await;
    assert!(matches!(state, TrustState::Regressed { list: None, .. }), "{state:?}");
    assert_eq!(state.in_force(NOW).unwrap_err(), NotReady::NoList);
}

#[tokio::test]
async fn zero_anchors_is_a_state_of_its_own_and_not_in_force() {
    let mut region = TestRegion::new(NOW).unwrap();
    let (_dir, mut client) = started(&region, NOW).await;
    let state = client.refresh(&region.publisher(), NOW).await;
    assert_eq!((state.name(), state.in_force(NOW).unwrap_err()), ("zero-anchors", NotReady::ZeroAnchors));
    // Still nothing while the publisher is down: the list that is kept has nothing to trust.
    let state = client.refresh(&Down, NOW).await;
    assert_eq!((state.name(), state.in_force(NOW).unwrap_err()), ("unreachable", NotReady::ZeroAnchors));
    region.add_issuer(&TestRegion::issuer(cc("XA"), "idp".parse().unwrap(), NOW)).unwrap();
    assert_eq!(client.refresh(&region.publisher(), NOW).await.name(), "fresh");
}

#[tokio::test]
async fn a_start_from_disk_serves_the_last_good_list_until_it_expires() {
    let region = region();
    let (dir, mut client) = started(&region, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    drop(client);
    let restart = |now| {
        let (root, memory) = (region.pinned_root().to_owned(), HighWater::open(dir.path()).unwrap());
        async move { TrustClient::start(root, memory, now).await.unwrap() }
    };
    let client = restart(NOW.plus(60)).await;
    assert!(matches!(client.state(), TrustState::Stale { why: Staleness::FromDisk, .. }), "{:?}", client.state());
    assert!(idp(client.state().in_force(NOW.plus(60)).unwrap(), NOW.plus(60)).is_ok());
    drop(client);
    let mut client = restart(NOW.plus(HOUR)).await;
    assert_eq!(client.state().name(), "expired");
    let state = client.refresh(&Down, NOW.plus(HOUR)).await;
    assert!(state.in_force(NOW.plus(HOUR)).is_err());
}

#[tokio::test]
async fn a_start_from_disk_that_the_publisher_confirms_is_fresh() {
    let region = region();
    let (dir, mut client) = started(&region, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    drop(client);
    let memory = HighWater::open(dir.path()).unwrap();
    let mut client = TrustClient::start(region.pinned_root().to_owned(), memory, NOW).await.unwrap();
    assert_eq!(client.refresh(&region.publisher(), NOW.plus(5)).await.name(), "fresh");
}

#[tokio::test]
async fn a_regional_list_near_its_end_bounds_the_life_of_the_snapshot() {
    let mut region = region();
    region.edit_regional(|list| Ok(list.next_update(NOW.plus(600)))).unwrap();
    assert_eq!(region.verified().unwrap().expires_at(), NOW.plus(600));
    region.edit_regional(|list| Ok(list.next_update(NOW.plus(DAY)))).unwrap();
    assert_eq!(region.verified().unwrap().expires_at(), NOW.plus(HOUR));
}

#[tokio::test]
async fn two_processes_cannot_share_one_memory() {
    let dir = TempDir::new().unwrap();
    let first = HighWater::open(dir.path()).unwrap();
    assert!(matches!(HighWater::open(dir.path()), Err(HighWaterError::InUse(_))));
    drop(first);
    assert!(HighWater::open(dir.path()).is_ok());
}

#[tokio::test]
async fn damaged_marks_are_an_error_and_never_a_first_start() {
    let region = region();
    let (dir, mut client) = started(&region, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    drop(client);
    for damage in ["", "{", "{\"status\":null}", "\u{0}"] {
        std::fs::write(dir.path().join("marks/marks.json"), damage).unwrap();
        assert!(matches!(HighWater::open(dir.path()), Err(HighWaterError::Damaged { .. })), "{damage:?}");
    }
}

#[tokio::test]
async fn a_write_that_was_cut_off_leaves_the_marks_as_they_were() {
    let mut region = region();
    let old = region.documents.clone();
    region.republish(NOW.plus(1)).unwrap();
    let (dir, mut client) = started(&region, NOW).await;
    client.refresh(&region.publisher(), NOW.plus(1)).await;
    drop(client);
    std::fs::write(dir.path().join("marks/marks.tmp"), "{ half of ").unwrap();
    let memory = HighWater::open(dir.path()).unwrap();
    let mut client = TrustClient::start(region.pinned_root().to_owned(), memory, NOW.plus(1)).await.unwrap();
    assert_eq!(client.refresh(&old, NOW.plus(1)).await.why().unwrap().code(), "rollback");
}

#[tokio::test]
async fn a_publisher_without_a_status_is_unreachable_not_empty() {
    let (_dir, mut client) = started(&region(), NOW).await;
    let state = client.refresh(&Published::new(), NOW).await;
    assert_eq!((state.name(), state.why().unwrap().code()), ("unreachable", "no_status"));
}

#[tokio::test]
async fn a_clock_that_is_set_back_makes_a_visible_state_and_the_list_serves_on() {
    let mut region = region();
    let (_dir, mut client) = started(&region, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    region.republish(NOW.plus(60)).unwrap();
    let yesterday = NOW.minus(DAY);
    let state = client.refresh(&region.publisher(), yesterday).await;
    assert!(matches!(state, TrustState::Regressed { list: Some(_), .. }), "{state:?}");
    assert_eq!(state.why().unwrap().code(), "status");
    // It is not yet past its end, by either clock.
    assert!(state.in_force(yesterday).is_ok());
    assert_eq!(state.life_used_percent(yesterday), Some(0));
    assert_eq!(client.refresh(&region.publisher(), NOW.plus(60)).await.name(), "fresh");
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_expires_the_list_and_one_that_comes_back_brings_it_back() {
    let region = region();
    let (_dir, mut client) = started(&region, NOW).await;
    client.refresh(&region.publisher(), NOW).await;
    let tomorrow = NOW.plus(DAY);
    assert_eq!(client.tick(tomorrow).name(), "expired");
    assert_eq!(client.state().in_force(tomorrow).unwrap_err(), NotReady::Expired { since: NOW.plus(HOUR) });
    let state = client.refresh(&region.publisher(), tomorrow).await;
    assert_eq!(state.name(), "expired");
    let state = client.refresh(&region.publisher(), NOW.plus(60)).await;
    assert_eq!(state.name(), "fresh");
    assert!(state.in_force(NOW.plus(60)).is_ok());
}
