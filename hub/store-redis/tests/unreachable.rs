//! A server that is dead or hangs: refused within the deadline, nothing mixed up, back within five seconds.

mod support;

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, Instant};

use hub_core::handles::LoginHandle;
use hub_core::ports::{Outage, StoreError, Stores};
use hub_store_redis::RedisConfig;
use support::{BACK, IN_TIME, Server, eventually, every_step, sealed, send_away, works_again};

#[tokio::test]
async fn s01_a_dead_server_is_unavailable_at_once_and_used_again_within_five_seconds() {
    let mut server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    server.kill();
    let start = Instant::now();
    for (number, step) in every_step(&stores).await.into_iter().enumerate() {
        assert_eq!(step, Err(StoreError::Unavailable(Outage::NotConnected)), "step {number}");
    }
    assert!(start.elapsed() < IN_TIME, "{:?}", start.elapsed());
    server.launch().await;
    let back = works_again(&stores, BACK).await;
    for (number, step) in every_step(&stores).await.into_iter().enumerate() {
        assert_eq!(step, Ok(()), "step {number}, {back:?} after the start");
    }
}

#[tokio::test]
async fn s01_a_server_that_starts_after_the_hub_is_found() {
    let mut server = Server::prepare(&[]);
    let store = Arc::new(hub_store_redis::RedisStore::start(RedisConfig::new(server.url())).unwrap());
    let stores = Stores::on(store);
    assert_eq!(stores.health.health().await, Err(StoreError::Unavailable(Outage::NotConnected)));
    server.launch().await;
    works_again(&stores, BACK).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn s02_f4_a_hanging_server_costs_one_deadline_sheds_load_and_mixes_nothing_up() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    let mut handles = Vec::new();
    for number in 0..200 {
        let handle = LoginHandle::random().unwrap();
        send_away(&stores, &handle, sealed(&format!("login {number}"))).await;
        handles.push(handle);
    }
    server.signal("STOP");
    let start = Instant::now();
    let waiting: Vec<_> = handles[..100]
        .iter()
        .map(|handle| {
            let (stores, handle) = (stores.clone(), handle.clone());
            tokio::spawn(async move { stores.logins.take(&handle).await })
        })
        .collect();
    for taken in waiting {
        assert!(matches!(taken.await.unwrap(), Err(StoreError::Unavailable(_))));
    }
    assert!(start.elapsed() < IN_TIME, "in flight: {:?}", start.elapsed());

    let start = Instant::now();
    for step in every_step(&stores).await {
        assert!(matches!(step, Err(StoreError::Unavailable(_))));
    }
    assert!(start.elapsed() < Duration::from_millis(200), "shed: {:?}", start.elapsed());

    server.signal("CONT");
    works_again(&stores, BACK).await;
    for (number, handle) in handles.iter().enumerate() {
        let taken = stores.logins.take(handle).await.unwrap();
        let expected = (number >= 100).then(|| sealed(&format!("login {number}")));
        assert_eq!(taken, expected, "login {number}: taken late counts as used, and answers belong to their question");
    }
}

#[tokio::test]
async fn f4_steps_that_are_cancelled_leave_the_answers_of_others_in_order() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    let mut sent = 0;
    for round in 0..1_000 {
        let (mine, other) = (LoginHandle::random().unwrap(), LoginHandle::random().unwrap());
        send_away(&stores, &mine, sealed(&format!("mine {round}"))).await;
        send_away(&stores, &other, sealed("another's")).await;
        let mut cancelled = stores.logins.take(&other);
        poll_fn(|context| Poll::Ready(cancelled.as_mut().poll(context).is_pending())).await;
        // Now the connection sends it; what is dropped earlier is not sent at all.
        tokio::task::yield_now().await;
        drop(cancelled);
        assert_eq!(stores.logins.take(&mine).await.unwrap(), Some(sealed(&format!("mine {round}"))));
        sent += usize::from(stores.logins.take(&other).await.unwrap().is_none());
    }
    assert!(sent > 0, "no step was cancelled between question and answer");
}

#[tokio::test]
async fn f4_a_server_that_hangs_is_noticed_while_nobody_logs_in() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    server.signal("STOP");
    eventually("steps are refused at once", BACK, || async {
        let start = Instant::now();
        let refused = stores.health.health();
        // Cancelled well before its deadline, so that it is not this step that notices.
        let refused = tokio::time::timeout(Duration::from_millis(50), refused).await;
        matches!(refused, Ok(Err(StoreError::Unavailable(_)))) && start.elapsed() < Duration::from_millis(50)
    })
    .await;
    server.signal("CONT");
    works_again(&stores, BACK).await;
}
