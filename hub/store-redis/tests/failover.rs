//! F6: a primary dies, the Sentinel promotes its replica, and nothing is used twice.

#![expect(clippy::unwrap_used, reason = "in tests a failure is a panic")]

mod support;

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hub_core::handles::LoginHandle;
use hub_core::ports::{Guarded, Redeemed, Stores};
use hub_store_redis::{RedisConfig, Sentinels};
use support::{MINUTE, Server, connected, eventually, free_port, grant_with_code, sealed, send_away, works_again};

#[tokio::test]
async fn f6_after_a_failover_the_hub_finds_the_new_primary_and_old_handles_are_refused() {
    let (first_port, second_port) = (free_port(), free_port());
    let mut first = Server::start(&["--port", &first_port.to_string()]).await;
    let follow = format!("127.0.0.1 {first_port}");
    let second = Server::start(&["--port", &second_port.to_string(), "--replicaof", &follow]).await;
    let sentinel = Sentinel::watching(first_port);
    let config = RedisConfig {
        url: "redis://not-used".into(),
        tls: None,
        sentinels: Some(Sentinels { urls: vec![sentinel.url()], primary: "hub".into() }),
    };
    let stores = Stores::on(connected(config).await);

    let (id, login) = (grant_with_code(&stores).await, LoginHandle::random().unwrap());
    send_away(&stores, &login, sealed("login")).await;
    eventually("the replica has everything", Duration::from_secs(10), || async {
        let count: usize = redis::cmd("DBSIZE").query_async(&mut second.connection().await).await.unwrap();
        count >= 3 && replicas_known(&sentinel).await == 1
    })
    .await;

    // The code is redeemed in the very moment before the primary dies; its replica does not learn of it.
    second.signal("STOP");
    let redeemed = stores.grants.redeem(&id, MINUTE, &[]).await.unwrap();
    assert_eq!(redeemed, Guarded::Fresh(Redeemed::First(sealed("grant"))));
    first.kill();
    second.signal("CONT");

    works_again(&stores, Duration::from_secs(30)).await;
    let kept: usize = redis::cmd("DBSIZE").query_async(&mut second.connection().await).await.unwrap();
    assert!(kept >= 3, "the new primary holds the old values: {kept}");
    let again = stores.grants.redeem(&id, MINUTE, &[]).await.unwrap();
    assert_eq!(again, Guarded::Fresh(Redeemed::Unknown), "never a second time");
    assert_eq!(stores.logins.take(&login).await, Ok(None));
    let fresh = LoginHandle::random().unwrap();
    send_away(&stores, &fresh, sealed("login")).await;
    assert!(stores.logins.take(&fresh).await.unwrap().is_some(), "who logs in again gets through");
}

async fn replicas_known(sentinel: &Sentinel) -> usize {
    let client = redis::Client::open(sentinel.url()).unwrap();
    let Ok(mut connection) = client.get_multiplexed_async_connection().await else { return 0 };
    let replicas: redis::RedisResult<Vec<redis::Value>> =
        redis::cmd("SENTINEL").arg("REPLICAS").arg("hub").query_async(&mut connection).await;
    replicas.map_or(0, |replicas| replicas.len())
}

struct Sentinel {
    _directory: tempfile::TempDir,
    process: Child,
    port: u16,
}

impl Sentinel {
    fn watching(primary: u16) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (config, port) = (directory.path().join("sentinel.conf"), free_port());
        let text = format!(
            "port {port}\ndir {}\nsentinel monitor hub 127.0.0.1 {primary} 1\n\
             sentinel down-after-milliseconds hub 1500\nsentinel failover-timeout hub 10000\n",
            directory.path().display()
        );
        std::fs::write(&config, text).unwrap();
        let process =
            Command::new("redis-server").arg(&config).arg("--sentinel").stdout(Stdio::null()).spawn().unwrap();
        Self { _directory: directory, process, port }
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
