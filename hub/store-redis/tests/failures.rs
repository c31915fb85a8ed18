//! What happens when the server fails: refused within the deadline, never twice, back within five seconds.

mod support;

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use hub_core::handles::{GrantId, LoginHandle, Once, RequestId};
use hub_core::ports::{Guarded, Outage, Redeemed, StoreError, Stores};
use hub_store_redis::RedisConfig;
use support::{MINUTE, Server, connected, eventually, sealed, works_again};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

/// The deadline and what a busy machine adds.
const IN_TIME: Duration = Duration::from_millis(1_900);
const BACK: Duration = Duration::from_secs(5);

async fn grant_with_code(stores: &Stores) -> GrantId {
    let (id, request) = (GrantId::random().unwrap(), RequestId::random().unwrap());
    stores.grants.open(&id, sealed("grant"), MINUTE).await.unwrap();
    stores.grants.approve(&id, &request, MINUTE).await.unwrap().unwrap();
    id
}

/// Every step, and what it says while the store does not work.
async fn every_step(stores: &Stores) -> Vec<Result<(), StoreError>> {
    let (request, login, grant, token) = (
        RequestId::random().unwrap(),
        LoginHandle::random().unwrap(),
        GrantId::random().unwrap(),
        hub_core::handles::RefreshHandle::random().unwrap(),
    );
    let once = [Once::client_assertion("client", "jti", MINUTE)];
    vec![
        stores.pushed_requests.put(&request, sealed("it"), MINUTE, &once).await.map(drop),
        stores.pushed_requests.read(&request).await.map(drop),
        stores.logins.put(&login, sealed("it"), MINUTE).await,
        stores.logins.take(&login).await.map(drop),
        stores.grants.open(&grant, sealed("it"), MINUTE).await,
        stores.grants.approve(&grant, &request, MINUTE).await.map(drop),
        stores.grants.deny(&grant, &request).await.map(drop),
        stores.grants.redeem(&grant, MINUTE, &once).await.map(drop),
        stores.grants.read(&grant, &once).await.map(drop),
        stores.grants.revoke(&grant).await,
        stores.refresh_tokens.issue(&token, &grant, sealed("it"), MINUTE).await.map(drop),
        stores.refresh_tokens.present(&token, &grant, &once).await.map(drop),
        stores.replay.first_seen(&once[0]).await.map(drop),
        stores.health.health().await,
    ]
}

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
        stores.logins.put(&handle, sealed(&format!("login {number}")), MINUTE).await.unwrap();
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
        stores.logins.put(&mine, sealed(&format!("mine {round}")), MINUTE).await.unwrap();
        stores.logins.put(&other, sealed("another's"), MINUTE).await.unwrap();
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

#[tokio::test]
async fn every_step_is_one_call() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    server.command("CONFIG RESETSTAT").await;
    for step in every_step(&stores).await {
        step.unwrap();
    }
    let mut connection = server.connection().await;
    let statistics: String = redis::cmd("INFO").arg("commandstats").query_async(&mut connection).await.unwrap();
    let calls = |command: &str| {
        let line = statistics.lines().find_map(|line| line.strip_prefix(&format!("cmdstat_{command}:calls=")));
        line.map_or(0, |line| line.split(',').next().unwrap().parse::<u32>().unwrap())
    };
    // Revoking, seeing first and health are plain commands; the eleven other steps are a script each.
    assert_eq!(calls("evalsha"), 11, "{statistics}");
    assert_eq!((calls("eval"), calls("script|load")), (0, 0), "{statistics}");
}

#[tokio::test]
async fn s04_out_of_memory_is_unavailable_and_leaves_no_half_step() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    let id = grant_with_code(&stores).await;
    let login = LoginHandle::random().unwrap();
    stores.logins.put(&login, sealed("login"), MINUTE).await.unwrap();
    let once = [Once::client_assertion("client", "jti", MINUTE)];
    server.command("CONFIG SET maxmemory 1").await;

    let full = StoreError::Unavailable(Outage::OutOfMemory);
    let request = RequestId::random().unwrap();
    assert_eq!(stores.pushed_requests.put(&request, sealed("it"), MINUTE, &once).await, Err(full));
    assert_eq!(stores.grants.redeem(&id, MINUTE, &once).await, Err(full));
    assert_eq!(stores.logins.take(&login).await, Err(full), "the person may try again");
    assert_eq!(stores.replay.first_seen(&once[0]).await, Err(full));
    assert_eq!(stores.health.health().await, Err(full));
    stores.pushed_requests.read(&request).await.unwrap();
    stores.grants.revoke(&GrantId::random().unwrap()).await.unwrap();

    server.command("CONFIG SET maxmemory 0").await;
    assert!(stores.logins.take(&login).await.unwrap().is_some());
    let redeemed = stores.grants.redeem(&id, MINUTE, &once).await.unwrap();
    assert_eq!(redeemed, Guarded::Fresh(Redeemed::First(sealed("grant"))), "neither code nor assertion was used");
}

#[tokio::test]
async fn s03_f7_a_server_that_may_not_write_is_unavailable_and_says_why() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    let id = grant_with_code(&stores).await;
    server.command("REPLICAOF 127.0.0.1 1").await;
    assert_eq!(
        stores.grants.redeem(&id, MINUTE, &[]).await,
        Err(StoreError::Unavailable(Outage::ReadOnly)),
        "no token from a replica"
    );
    eventually("the store stays away from a replica", BACK, || async {
        stores.health.health().await == Err(StoreError::Unavailable(Outage::ReadOnly))
    })
    .await;
    server.command("REPLICAOF NO ONE").await;
    works_again(&stores, BACK).await;
    assert_eq!(
        stores.grants.redeem(&id, MINUTE, &[]).await,
        Ok(Guarded::Fresh(Redeemed::Unknown)),
        "promoted since: another epoch"
    );

    server.command("CONFIG SET min-replicas-to-write 1").await;
    assert_eq!(stores.health.health().await, Err(StoreError::Unavailable(Outage::ReadOnly)));
    server.command("CONFIG SET min-replicas-to-write 0").await;
    assert_eq!(stores.health.health().await, Ok(()));
}

#[tokio::test]
async fn f7_a_right_that_is_revoked_is_unavailable_until_it_is_given_back() {
    let server = Server::start(&[]).await;
    server.command(&format!("ACL SETUSER hub on >secret ~p:* {OUR_RIGHTS}")).await;
    let url = format!("{}?user=hub&pass=secret", server.url());
    let stores = Stores::on(connected(RedisConfig::new(url)).await);
    let login = LoginHandle::random().unwrap();
    stores.logins.put(&login, sealed("login"), MINUTE).await.unwrap();
    let forbidden = Err(StoreError::Unavailable(Outage::NotPermitted));
    server.command("ACL SETUSER hub -set -del").await;
    assert_eq!(stores.health.health().await, forbidden);
    assert_eq!(stores.logins.take(&login).await, forbidden.map(|()| None));
    server.command("ACL SETUSER hub +set +del").await;
    assert_eq!(stores.health.health().await, Ok(()));
    assert!(stores.logins.take(&login).await.unwrap().is_some(), "what was forbidden did not happen");
}

/// The rights that the documentation names.
const OUR_RIGHTS: &str = "+evalsha +script|load +get +set +exists +del +pttl +pexpire +info +ping";

#[tokio::test]
async fn s07_after_a_flush_every_handle_is_unknown() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    let (request, login) = (RequestId::random().unwrap(), LoginHandle::random().unwrap());
    let _ = stores.pushed_requests.put(&request, sealed("it"), MINUTE, &[]).await.unwrap();
    stores.logins.put(&login, sealed("it"), MINUTE).await.unwrap();
    let id = grant_with_code(&stores).await;
    server.command("FLUSHALL").await;
    server.command("SCRIPT FLUSH").await;
    assert_eq!(stores.pushed_requests.read(&request).await, Ok(None));
    assert_eq!(stores.logins.take(&login).await, Ok(None));
    assert_eq!(stores.grants.redeem(&id, MINUTE, &[]).await, Ok(Guarded::Fresh(Redeemed::Unknown)));
}

#[tokio::test]
async fn f5_after_a_restart_from_disk_every_handle_is_of_an_earlier_epoch() {
    let mut server = Server::start(&["--appendonly", "yes", "--appendfsync", "always"]).await;
    let stores = Stores::on(server.store().await);
    let (request, login) = (RequestId::random().unwrap(), LoginHandle::random().unwrap());
    let _ = stores.pushed_requests.put(&request, sealed("it"), MINUTE, &[]).await.unwrap();
    stores.logins.put(&login, sealed("it"), MINUTE).await.unwrap();
    let id = grant_with_code(&stores).await;
    let once = Once::client_assertion("client", "jti", MINUTE);
    assert!(stores.replay.first_seen(&once).await.unwrap());
    server.kill();
    server.launch().await;
    works_again(&stores, BACK).await;
    let kept: usize = redis::cmd("DBSIZE").query_async(&mut server.connection().await).await.unwrap();
    assert!(kept >= 4, "the disk kept them: {kept}");
    assert_eq!(stores.pushed_requests.read(&request).await, Ok(None));
    assert_eq!(stores.logins.take(&login).await, Ok(None));
    assert_eq!(stores.grants.redeem(&id, MINUTE, &[]).await, Ok(Guarded::Fresh(Redeemed::Unknown)));
    assert!(!stores.replay.first_seen(&once).await.unwrap(), "what was seen stays seen");
}

#[tokio::test]
async fn s10_a_lost_answer_counts_as_used() {
    let server = Server::start(&[]).await;
    let proxy = Proxy::before(&server);
    let stores = Stores::on(connected(RedisConfig::new(proxy.url())).await);
    let id = grant_with_code(&stores).await;
    let once = |jti: &str| [Once::client_assertion("client", jti, MINUTE)];
    proxy.loses_answers.store(true, Ordering::SeqCst);
    let start = Instant::now();
    let lost = stores.grants.redeem(&id, MINUTE, &once("first")).await;
    assert_eq!(lost, Err(StoreError::Unavailable(Outage::TooSlow)));
    assert!(start.elapsed() < IN_TIME, "{:?}", start.elapsed());
    proxy.loses_answers.store(false, Ordering::SeqCst);
    works_again(&stores, BACK).await;
    let replayed = stores.grants.redeem(&id, MINUTE, &once("first")).await.unwrap();
    assert!(matches!(replayed, Guarded::Replayed(_)), "{replayed:?}");
    let again = stores.grants.redeem(&id, MINUTE, &once("second")).await.unwrap();
    assert_eq!(again, Guarded::Fresh(Redeemed::Again), "never a second time");
}

#[tokio::test]
async fn t03_no_clock_of_ours_matters() {
    // Times to live are spans, counted by the server: nothing that a hub's clock says goes into a key or a value.
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    let once = Once::client_assertion("client", "jti", MINUTE);
    assert!(stores.replay.first_seen(&once).await.unwrap());
    let key = format!("p:{}", once.storage_key());
    let mut connection = server.connection().await;
    let (value, left): (String, u64) =
        redis::pipe().get(&key).cmd("PTTL").arg(&key).query_async(&mut connection).await.unwrap();
    assert_eq!(value, "");
    assert!((55_000..=60_000).contains(&left), "{left} ms");
}

/// Passes everything on, or loses what the server answers.
struct Proxy {
    path: std::path::PathBuf,
    loses_answers: Arc<AtomicBool>,
}

impl Proxy {
    fn before(server: &Server) -> Self {
        let (path, behind) = (server.path().join("p"), server.socket());
        let listener = UnixListener::bind(&path).unwrap();
        let loses_answers = Arc::new(AtomicBool::new(false));
        let loses = loses_answers.clone();
        tokio::spawn(async move {
            while let Ok((front, _)) = listener.accept().await {
                let Ok(back) = UnixStream::connect(&behind).await else { continue };
                let (front_reads, front_writes) = front.into_split();
                let (back_reads, back_writes) = back.into_split();
                tokio::spawn(pump(front_reads, back_writes, Arc::new(AtomicBool::new(false))));
                tokio::spawn(pump(back_reads, front_writes, loses.clone()));
            }
        });
        Self { path, loses_answers }
    }

    fn url(&self) -> String {
        format!("redis+unix://{}", self.path.display())
    }
}

async fn pump(
    mut from: tokio::net::unix::OwnedReadHalf,
    mut to: tokio::net::unix::OwnedWriteHalf,
    loses: Arc<AtomicBool>,
) {
    let mut buffer = [0; 4_096];
    while let Ok(count) = from.read(&mut buffer).await {
        if count == 0 {
            return;
        }
        if !loses.load(Ordering::SeqCst) && to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
