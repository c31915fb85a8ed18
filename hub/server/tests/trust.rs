//! The trust lists in a running hub, and what the operators' listener says about them: attacks H01, H04, H15, H23, S08.

#[cfg(test)]
mod support;

use std::sync::Arc;

use hub::StartError;
use hub_core::audit::{AuditError, AuditKind};
use hub_core::ports::ManualClock;
use serde_json::Value;
use support::Hub;

const REQUEST_URI: &str = "urn:ietf:params:oauth:request_uri:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

async fn readiness(hub: &Hub) -> (u16, Value) {
    let answer = hub.manage("/readyz?verbose").await;
    (answer.status, answer.json())
}

#[tokio::test]
async fn h23_a_first_start_without_a_list_is_live_and_not_ready_and_logs_nobody_in() {
    let region = support::region();
    let folder = support::folder_for(&region);
    region.publisher().publish(trust_list::publish::Published::new());
    let hub = Hub::start_in(folder, region).await;
    hub.running.refresh_trust().await;
    assert_eq!(hub.manage("/livez").await.status, 200);
    let (status, answer) = readiness(&hub).await;
    assert_eq!((status, answer["status"].as_str()), (503, Some("not ready")));
    assert_ne!(answer["checks"]["trust"], "ok");
    // Nothing was ever pushed, so there is nothing to authorize.
    assert_eq!(hub.get(&format!("/authorize?client_id=x&request_uri={REQUEST_URI}")).await.status, 400);
    let par = hub.post_form("/par", "client_id=x").await;
    assert_eq!((par.status, par.json()["error"].as_str()), (503, Some("temporarily_unavailable")));
    assert!(par.header("retry-after").is_some());
}

#[tokio::test]
async fn which_publisher_answered_and_how_fresh_it_was_is_in_the_metrics() {
    let hub = Hub::start().await;
    hub.running.refresh_trust().await;
    let text = hub.manage("/metrics").await.text();
    assert!(text.contains("/publisher\",verdict=\"newest\"} 1"), "{text}");
    assert!(text.contains("hub_trustlist_publisher_answered_timestamp_seconds{publisher="), "{text}");
    hub.region.publisher().publish(trust_list::publish::Published::new());
    hub.running.refresh_trust().await;
    let text = hub.manage("/metrics").await.text();
    assert!(text.contains("/publisher\",verdict=\"no_status\"} 1"), "{text}");
    assert!(!text.contains("verdict=\"newest\""), "{text}");
    assert!(text.contains("hub_trustlist_publisher_version{publisher="), "the last good one is still told\n{text}");
}

#[cfg(not(feature = "test-profile"))]
#[tokio::test]
async fn a_production_build_does_not_use_a_list_with_invented_countries() {
    let hub = Hub::start().await;
    let (status, answer) = readiness(&hub).await;
    assert_eq!((status, answer["checks"]["trust_state"].as_str()), (503, Some("not-configured")), "{answer}");
}

#[tokio::test]
async fn s08_a_hub_whose_audit_log_does_not_record_is_not_ready_until_it_does() {
    let hub = Hub::start().await;
    hub.audit.fail_with(Some(AuditError::NotWritable));
    let (status, answer) = readiness(&hub).await;
    assert_eq!((status, answer["checks"]["audit"].as_str()), (503, Some("the audit log cannot be written")));
    hub.audit.fail_with(None);
    assert_eq!(readiness(&hub).await.1["checks"]["audit"], "ok");
}

#[tokio::test]
async fn the_operators_listener_counts_and_says_what_the_build_is() {
    let hub = Hub::start().await;
    hub.get("/jwks").await;
    hub.get("/never-a-label-canary").await;
    let metrics = hub.manage("/metrics").await;
    assert!(metrics.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    let text = metrics.text();
    for line in [
        "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_route=\"/jwks\",http_response_status_code=\"200\"} 1",
        "hub_trustlist_expires_timestamp_seconds ",
        "hub_audit_write_errors_total 0",
        "hub_panics_total 0",
        "hub_trustlist_turn_age_seconds ",
        "http_server_active_requests 0",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("canary"), "a path nobody serves became a label");
    let version = hub.manage("/version").await.json();
    assert_eq!(version["build"], if cfg!(feature = "test-profile") { "test-profile" } else { "production" });
}

#[tokio::test]
async fn the_operators_endpoints_are_not_on_the_public_listener_nor_the_other_way_round() {
    let hub = Hub::start().await;
    for path in ["/livez", "/readyz", "/metrics", "/version"] {
        assert_eq!(hub.get(path).await.status, 404, "{path}");
    }
    for path in ["/jwks", "/authorize", "/token"] {
        assert_eq!(hub.manage(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn f14_a_hub_that_stops_ends_cleanly_records_it_and_accepts_no_more() {
    let hub = Hub::start().await;
    let (address, audit) = (hub.running.address, hub.audit.clone());
    hub.running.stop().await.unwrap();
    assert!(std::net::TcpStream::connect(address).is_err());
    let kinds: Vec<_> = audit.events().iter().map(|event| event.kind).collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&AuditKind::Started), Some(&AuditKind::Stopped)));
}

#[tokio::test]
async fn t02_a_hub_whose_clock_is_behind_its_own_audit_log_does_not_start() {
    let folder = support::folder();
    let at = |seconds: i64| {
        let mut wiring = support::wiring(&folder);
        wiring.clock = Arc::new(ManualClock::at(support::NOW.plus(seconds)));
        hub::start(wiring)
    };
    at(0).await.unwrap().stop().await.unwrap();
    let refused = at(-24 * 60 * 60).await.err().unwrap();
    assert!(matches!(refused, StartError::ClockBehind { .. }), "{refused}");
    // Replicas may differ by some seconds.
    at(-30).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn s01_a_hub_whose_store_is_away_is_live_and_not_ready() {
    let folder = support::folder();
    let mut wiring = support::wiring(&folder);
    wiring.config.store.url = Some("redis://127.0.0.1:1".to_owned());
    wiring.clock = Arc::new(ManualClock::at(support::NOW));
    let running = hub::start(wiring).await.unwrap();
    let address = running.management_address;
    assert_eq!(support::manage(address, "GET", "/livez").await.status, 200);
    let readiness = support::manage(address, "GET", "/readyz").await;
    assert_eq!(readiness.status, 503);
    assert!(readiness.json()["checks"]["store"].as_str().unwrap().contains("store is unavailable"));
    running.stop().await.unwrap();
}

/// A test region is only trusted by a build that may trust one.
#[cfg(feature = "test-profile")]
mod with_invented_countries {
    use std::time::{Duration, Instant};

    use trust_list::testing::TestRegion;

    use super::*;

    #[tokio::test]
    async fn h04_a_list_that_expires_while_running_ends_readiness_and_every_grant_at_once() {
        let mut hub = Hub::start().await;
        let (status, answer) = readiness(&hub).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(answer["checks"]["trust_state"], "fresh");

        hub.clock.advance(Duration::from_hours(2));
        let (status, answer) = readiness(&hub).await;
        assert_eq!(status, 503);
        assert_eq!(answer["checks"]["trust_state"], "expired");
        assert!(answer["checks"]["trust"].as_str().unwrap().contains("expired at"), "{answer}");
        for grant in [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ] {
            let token = hub.post_form("/token", &format!("grant_type={grant}")).await;
            assert_eq!(
                (token.status, token.json()["error"].as_str()),
                (503, Some("temporarily_unavailable")),
                "{grant}"
            );
        }
        assert!(hub.manage("/metrics").await.text().contains("hub_trustlist_state{state=\"expired\"} 1"));

        // The publisher renews: ready again after the next refresh.
        hub.region.republish(support::NOW.plus(2 * 60 * 60)).unwrap();
        hub.running.refresh_trust().await;
        assert_eq!(readiness(&hub).await.0, 200);
    }

    #[tokio::test]
    async fn a_new_list_is_in_force_after_a_refresh_and_recorded() {
        let mut hub = Hub::start().await;
        let version = |metrics: &str| {
            let line = metrics.lines().find(|line| line.starts_with("hub_trustlist_version ")).unwrap().to_owned();
            line.split(' ').nth(1).unwrap().parse::<u64>().unwrap()
        };
        let before = version(&hub.manage("/metrics").await.text());
        hub.region
            .add_issuer(&TestRegion::issuer("XB".parse().unwrap(), "new".parse().unwrap(), support::NOW))
            .unwrap();
        hub.running.refresh_trust().await;
        assert!(version(&hub.manage("/metrics").await.text()) > before);
        let changes = hub.audit.events().into_iter().filter(|event| event.kind == AuditKind::TrustListChanged);
        assert_eq!(changes.map(|event| event.result).collect::<Vec<_>>().last(), Some(&"ok"));
    }

    #[tokio::test]
    async fn h17_whoever_publishes_tells_the_hub_to_look_and_it_does_at_once() {
        let mut hub = Hub::start().await;
        let metrics = hub.manage("/metrics").await.text();
        let before = metrics.lines().find(|line| line.starts_with("hub_trustlist_version ")).unwrap();
        hub.region
            .add_issuer(&TestRegion::issuer("XB".parse().unwrap(), "new".parse().unwrap(), support::NOW))
            .unwrap();
        let told = Instant::now();
        for _ in 0..50 {
            let answer = hub.manage_post("/trust/refresh").await;
            assert_eq!((answer.status, answer.json()["status"].as_str()), (202, Some("accepted")));
        }
        while hub.manage("/metrics").await.text().contains(before) {
            assert!(told.elapsed() < Duration::from_secs(5), "the ordinary pause is longer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(hub.manage("/trust/refresh").await.status, 404, "a link preview changes nothing");
    }

    #[tokio::test]
    async fn h15_lists_that_nobody_renews_raise_an_alarm_at_half_and_at_80_per_cent_of_their_life() {
        let hub = Hub::start().await;
        for (minutes, alarm, words) in [(29, 0, ""), (1, 50, "half of"), (17, 50, "half of"), (1, 80, "80 % of")] {
            hub.clock.advance(Duration::from_mins(minutes));
            let (status, answer) = readiness(&hub).await;
            assert_eq!(status, 200, "an alarm is no outage: {answer}");
            let warnings = answer["warnings"].to_string();
            assert_eq!(warnings.contains("life is over"), alarm > 0, "{warnings}");
            assert!(warnings.contains(words), "{warnings}");
            let metrics = hub.manage("/metrics").await.text();
            assert!(metrics.contains(&format!("\nhub_trustlist_alarm {alarm}\n")), "{alarm}: {metrics}");
        }
    }

    #[tokio::test]
    async fn h23_lists_with_nobody_left_to_trust_are_a_state_of_their_own_and_not_ready() {
        let mut hub = Hub::start().await;
        hub.region.suspend("XA".parse().unwrap(), Some("idp".parse().unwrap())).unwrap();
        hub.running.refresh_trust().await;
        let (status, answer) = readiness(&hub).await;
        assert_eq!((status, answer["checks"]["trust_state"].as_str()), (503, Some("zero-anchors")), "{answer}");
        assert!(hub.manage("/metrics").await.text().contains("hub_trustlist_state{state=\"zero-anchors\"} 1"));
        let par = hub.post_form("/par", "client_id=x").await;
        assert_eq!((par.status, par.json()["error"].as_str()), (503, Some("temporarily_unavailable")));
    }

    #[tokio::test]
    async fn h01_an_older_list_is_refused_recorded_and_the_last_good_one_serves_on() {
        let mut hub = Hub::start().await;
        let older = hub.region.documents.clone();
        hub.region
            .add_issuer(&TestRegion::issuer("XB".parse().unwrap(), "new".parse().unwrap(), support::NOW))
            .unwrap();
        hub.running.refresh_trust().await;
        hub.region.documents = older;
        hub.region.serve();
        hub.running.refresh_trust().await;
        let (status, answer) = readiness(&hub).await;
        assert_eq!((status, answer["checks"]["trust_state"].as_str()), (200, Some("regressed")));
        assert!(hub.audit.events().iter().any(|event| event.result == "rollback"));
    }

    #[tokio::test]
    async fn h15_without_the_publisher_the_last_list_serves_also_after_a_restart() {
        let hub = Hub::start().await;
        hub.region.publisher().publish(trust_list::publish::Published::new());
        hub.running.refresh_trust().await;
        let (status, answer) = readiness(&hub).await;
        assert_eq!((status, answer["checks"]["trust_state"].as_str()), (200, Some("unreachable")), "{answer}");
        let Hub { running, folder, region, .. } = hub;
        running.stop().await.unwrap();
        let again = Hub::start_in(folder, region).await;
        again.running.refresh_trust().await;
        assert_eq!(readiness(&again).await.0, 200);
    }
}
