//! What is lost, by a flush, a restart or on the way back, counts as used: nothing is used twice.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "in tests a failure is a panic")]

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use hub_core::handles::{LoginHandle, Once, RequestId};
use hub_core::ports::{Guarded, Outage, Redeemed, StoreError, Stores};
use hub_store_redis::RedisConfig;
use support::{BACK, IN_TIME, MINUTE, Server, connected, grant_with_code, sealed, works_again};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

#[tokio::test]
async fn s07_after_a_flush_every_handle_is_unknown() {
    let server = Server::start(&[]).await;
    let stores = Stores::on(server.store().await);
    let (request, login) = (RequestId::random().unwrap(), LoginHandle::random().unwrap());
    let _ = stores.pushed_requests.put(&request, sealed("it"), MINUTE, &[]).await.unwrap();
    assert!(stores.logins.put(&login, &request, sealed("it"), MINUTE).await.unwrap());
    let id = grant_with_code(&stores).await;
    server.command("FLUSHALL").await;
    server.command("SCRIPT FLUSH").await;
    assert_eq!(stores.pushed_requests.begin(&request, MINUTE).await, Ok(None));
    assert_eq!(stores.logins.take(&login).await, Ok(None));
    assert_eq!(stores.grants.redeem(&id, MINUTE, &[]).await, Ok(Guarded::Fresh(Redeemed::Unknown)));
}

#[tokio::test]
async fn f5_after_a_restart_from_disk_every_handle_is_of_an_earlier_epoch() {
    let mut server = Server::start(&["--appendonly", "yes", "--appendfsync", "always"]).await;
    let stores = Stores::on(server.store().await);
    let (request, login) = (RequestId::random().unwrap(), LoginHandle::random().unwrap());
    let _ = stores.pushed_requests.put(&request, sealed("it"), MINUTE, &[]).await.unwrap();
    assert!(stores.logins.put(&login, &request, sealed("it"), MINUTE).await.unwrap());
    let id = grant_with_code(&stores).await;
    let once = Once::client_assertion("client", "jti", MINUTE);
    assert!(stores.replay.first_seen(&once).await.unwrap());
    server.kill();
    server.launch().await;
    works_again(&stores, BACK).await;
    let kept: usize = redis::cmd("DBSIZE").query_async(&mut server.connection().await).await.unwrap();
    assert!(kept >= 4, "the disk kept them: {kept}");
    assert_eq!(stores.pushed_requests.begin(&request, MINUTE).await, Ok(None));
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
