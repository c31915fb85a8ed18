//! A real redis-server for each test, in a directory of its own.

#![expect(dead_code, reason = "each test file uses a part of this")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "in tests a failure is a panic")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use hub_core::handles::{GrantId, LoginHandle, Once, RefreshHandle, RequestId};
use hub_core::ports::{StoreError, Stores};
use hub_core::sealed::Sealed;
use hub_store_redis::{RedisConfig, RedisStore};
use redis::aio::MultiplexedConnection;
use tempfile::TempDir;

pub(crate) const MINUTE: Duration = Duration::from_mins(1);
/// The deadline and what a busy machine adds.
pub(crate) const IN_TIME: Duration = Duration::from_millis(1_900);
/// How soon after the server the store works again.
pub(crate) const BACK: Duration = Duration::from_secs(5);

/// A server. Ends with the test.
pub(crate) struct Server {
    directory: TempDir,
    extra: Vec<String>,
    process: Option<Child>,
}

impl Server {
    /// A server on a Unix socket, without persistence unless `extra` says otherwise.
    pub(crate) async fn start(extra: &[&str]) -> Self {
        let mut server = Self::prepare(extra);
        server.launch().await;
        server
    }

    /// A server whose directory is there and which does not run yet.
    pub(crate) fn prepare(extra: &[&str]) -> Self {
        let directory = tempfile::Builder::new().prefix("pr").tempdir().unwrap();
        Self { directory, extra: extra.iter().map(ToString::to_string).collect(), process: None }
    }

    /// Starts the process and waits until it answers.
    pub(crate) async fn launch(&mut self) {
        let arguments = ["--port", "0", "--save", "", "--appendonly", "no", "--daemonize", "no"];
        let process = Command::new("redis-server")
            .args(arguments)
            .arg("--dir")
            .arg(self.path())
            .arg("--unixsocket")
            .arg(self.socket())
            .args(&self.extra)
            .stdout(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("redis-server cannot be started ({error}); install it: apt-get install -y redis-server")
            });
        self.process = Some(process);
        let socket = self.socket();
        eventually("redis-server answers", Duration::from_secs(10), || {
            let socket = socket.clone();
            async move { tokio::net::UnixStream::connect(socket).await.is_ok() }
        })
        .await;
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.path().join("s")
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket().display())
    }

    /// A store on this server, connected.
    pub(crate) async fn store(&self) -> Arc<RedisStore> {
        connected(RedisConfig::new(self.url())).await
    }

    /// A connection to look behind the store's back.
    pub(crate) async fn connection(&self) -> MultiplexedConnection {
        let client = redis::Client::open(self.url()).unwrap();
        let config = redis::AsyncConnectionConfig::new().set_response_timeout(Some(Duration::from_secs(30)));
        client.get_multiplexed_async_connection_with_config(&config).await.unwrap()
    }

    /// Sends a command of words.
    pub(crate) async fn command(&self, words: &str) {
        let mut words = words.split(' ');
        let mut command = redis::cmd(words.next().unwrap());
        command.arg(words.collect::<Vec<_>>()).query_async::<redis::Value>(&mut self.connection().await).await.unwrap();
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Sends a signal by name, such as STOP.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.process.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
    }
}

/// A store that has its connection.
pub(crate) async fn connected(config: RedisConfig) -> Arc<RedisStore> {
    let store = Arc::new(RedisStore::start(config).unwrap());
    works_again(&Stores::on(store.clone()), Duration::from_secs(10)).await;
    store
}

/// Waits until the store is healthy; says how long that took.
pub(crate) async fn works_again(stores: &Stores, within: Duration) -> Duration {
    let start = Instant::now();
    eventually("the store works", within, || async { stores.health.health().await.is_ok() }).await;
    start.elapsed()
}

/// Asks again until it holds.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, within: Duration, mut holds: impl FnMut() -> F) {
    let start = Instant::now();
    while !holds().await {
        assert!(start.elapsed() < within, "not within {within:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) fn sealed(text: &str) -> Sealed {
    Sealed::from_bytes(text.as_bytes())
}

/// A free port on loopback. Another process could take it before it is used; a server that cannot bind says so.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A pushed request that stands.
pub(crate) async fn pushed(stores: &Stores) -> RequestId {
    let id = RequestId::random().unwrap();
    let _ = stores.pushed_requests.put(&id, sealed("request"), MINUTE * 5, &[]).await.unwrap();
    id
}

/// Somebody is sent to their national IdP.
pub(crate) async fn send_away(stores: &Stores, login: &LoginHandle, value: Sealed) {
    let request = pushed(stores).await;
    assert!(stores.logins.put(login, &request, value, MINUTE).await.unwrap());
}

/// A grant whose code is out.
pub(crate) async fn grant_with_code(stores: &Stores) -> GrantId {
    let (id, request) = (GrantId::random().unwrap(), pushed(stores).await);
    stores.grants.open(&id, sealed("grant"), MINUTE).await.unwrap();
    stores.grants.approve(&id, &request, MINUTE).await.unwrap().unwrap();
    id
}

/// Every step, and what it says while the store does not work.
pub(crate) async fn every_step(stores: &Stores) -> Vec<Result<(), StoreError>> {
    let (request, login, grant, token) = (
        RequestId::random().unwrap(),
        LoginHandle::random().unwrap(),
        GrantId::random().unwrap(),
        RefreshHandle::random().unwrap(),
    );
    let once = [Once::client_assertion("client", "jti", MINUTE)];
    vec![
        stores.pushed_requests.put(&request, sealed("it"), MINUTE, &once).await.map(drop),
        stores.pushed_requests.begin(&request, MINUTE).await.map(drop),
        stores.pushed_requests.use_up(&request).await.map(drop),
        stores.logins.put(&login, &request, sealed("it"), MINUTE).await.map(drop),
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
