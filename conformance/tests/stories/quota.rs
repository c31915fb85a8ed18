//! Attack B11: a client that asks too often.

use crate::support::{PARTY, World, assert_error, block_on};
use conformance::browser::journey::Decision;
use conformance::persona::Situation;
use conformance::rp::{Answer, RelyingParty};

/// So many pushed requests, eight at a time.
async fn flood(party: &RelyingParty, requests: usize) -> Vec<Answer> {
    let mut answers = Vec::new();
    for _ in 0..requests / 8 {
        let eight = (0..8).map(|_| async { party.push_raw(&party.request("openid", &[])).await.unwrap() });
        answers.extend(futures_util::future::join_all(eight).await);
    }
    answers
}

#[test]
fn b11_a_flood_of_pushed_requests_gets_429_and_retry_after_and_others_log_in_meanwhile() {
    block_on(async {
        let world = World::start_limited(1200, 40).await;
        let loud = world.party("bank-xe");
        let quiet = world.login(PARTY, "XE", Situation::Success, Decision::Allow);
        let (answers, login) = tokio::join!(flood(&loud, 104), quiet);
        let (taken, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!((taken.len(), refused.len()), (40, 64), "the burst, and not one more");
        for answer in &refused {
            assert_error("B11", answer, 429, &["temporarily_unavailable"]);
            assert_eq!(answer.headers["retry-after"], "1");
        }
        let tokens = login.tokens().await;
        login.userinfo(&tokens).await;

        // Retry-After is true: a second later there is room for twenty.
        world.clock.advance(1);
        let answers = flood(&loud, 24).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 201).count(), 20);
        let metrics = format!("http://{}/metrics", world.hub.management_address);
        let metrics = world.http.get(metrics).send().await.unwrap().text().await.unwrap();
        assert!(metrics.contains("\nhub_client_quota_refusals_total 68\n"), "{metrics}");
    });
}
