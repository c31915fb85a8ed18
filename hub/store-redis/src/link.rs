//! One connection, kept alive.
//!
//! All steps share one multiplexed connection. It is given up, and another one made, as soon as an answer is late: an
//! answer that nobody waits for any more must not have the chance to reach another request. While there is none,
//! steps fail at once instead of queueing, so a server that hangs costs each request in flight one deadline and all
//! later ones nothing.

use std::future::Future;
use std::time::Duration;

use hub_core::ports::{Outage, StoreError};
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, RedisError, RedisResult};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::DEADLINE;
use crate::outage::Failure;
use crate::script::Scripts;

/// The one connection.
pub(crate) struct Link {
    state: watch::Receiver<State>,
    given_up: watch::Sender<u64>,
    keeper: JoinHandle<()>,
}

/// Whether there is a connection.
#[derive(Clone)]
enum State {
    Down(Outage),
    Up { connection: MultiplexedConnection, number: u64 },
}

impl Link {
    /// Begins to connect.
    pub(crate) fn start(target: Target, scripts: Scripts) -> Self {
        let (up, state) = watch::channel(State::Down(Outage::NotConnected));
        let (given_up, losses) = watch::channel(0);
        let keeper = tokio::spawn(Keeper { target, scripts, state: up, losses }.keep());
        Self { state, given_up, keeper }
    }

    /// Takes `step` on the connection, within the deadline.
    pub(crate) async fn run<T, F>(&self, step: impl FnOnce(MultiplexedConnection) -> F) -> Result<T, StoreError>
    where
        F: Future<Output = RedisResult<T>>,
    {
        let (connection, number) = self.connection()?;
        let failure = match timeout(DEADLINE, step(connection)).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => Failure::from(&error),
            Err(_) => Failure::too_slow(),
        };
        if failure.ends_connection {
            self.given_up.send_if_modified(|last| std::mem::replace(last, number.max(*last)) < number);
        }
        Err(failure.store_error())
    }

    fn connection(&self) -> Result<(MultiplexedConnection, u64), StoreError> {
        let given_up = *self.given_up.borrow();
        match &*self.state.borrow() {
            State::Up { connection, number } if *number > given_up => Ok((connection.clone(), *number)),
            State::Up { .. } => Err(StoreError::Unavailable(Outage::NotConnected)),
            State::Down(outage) => Err(StoreError::Unavailable(*outage)),
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

/// Makes connections, one after the other.
struct Keeper {
    target: Target,
    scripts: Scripts,
    state: watch::Sender<State>,
    losses: watch::Receiver<u64>,
}

impl Keeper {
    async fn keep(mut self) {
        let mut pause = SHORTEST_PAUSE;
        for number in 1.. {
            match self.target.connect_and_load(&self.scripts).await {
                Ok(connection) => {
                    tracing::info!(server = %self.target, "store connected");
                    pause = SHORTEST_PAUSE;
                    self.state.send_replace(State::Up { connection: connection.clone(), number });
                    self.until_lost(connection, number).await;
                    tracing::warn!(server = %self.target, "store connection given up");
                    self.state.send_replace(State::Down(Outage::NotConnected));
                }
                Err(outage) => {
                    self.report(outage);
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Returns when a step gives this connection up, or when the server does not answer a ping: a loss is noticed, and
    /// mended, also while nobody logs in.
    async fn until_lost(&mut self, mut connection: MultiplexedConnection, number: u64) {
        loop {
            tokio::select! {
                _ = self.losses.wait_for(|lost| *lost >= number) => return,
                () = sleep(PING_EVERY) => {}
            }
            let ping = timeout(DEADLINE, redis::cmd("PING").query_async::<()>(&mut connection)).await;
            let failure =
                ping.map_or_else(|_| Some(Failure::too_slow()), |pong| pong.as_ref().err().map(Failure::from));
            if failure.is_some_and(|failure| failure.ends_connection) {
                return;
            }
        }
    }

    /// Says once why there is no connection, not at each attempt.
    fn report(&self, outage: Outage) {
        self.state.send_if_modified(|state| {
            let known = matches!(state, State::Down(before) if *before == outage);
            if !known {
                tracing::error!(server = %self.target, %outage, "store unavailable");
                *state = State::Down(outage);
            }
            !known
        });
    }
}

/// What to connect to.
pub(crate) enum Target {
    /// One server.
    Server(Client),
    /// Whatever these Sentinels call the primary.
    Sentinels {
        /// The Sentinels.
        watchers: Vec<Client>,
        /// The primary's name.
        primary: String,
        /// How to connect to it, but for its address.
        server: Client,
    },
}

impl Target {
    /// A new connection to the server, or to the primary.
    pub(crate) async fn connect(&self) -> RedisResult<MultiplexedConnection> {
        match self {
            Self::Server(client) => open(client).await,
            Self::Sentinels { watchers, primary, server } => {
                let mut last = no_primary();
                for watcher in watchers {
                    match ask(watcher, primary).await {
                        Ok((host, port)) => return open(&moved(server, host, port)?).await,
                        Err(error) => last = error,
                    }
                }
                Err(last)
            }
        }
    }

    /// A new connection to a primary that has the scripts.
    async fn connect_and_load(&self, scripts: &Scripts) -> Result<MultiplexedConnection, Outage> {
        let connecting = async {
            let mut connection = self.connect().await?;
            let info: String = redis::cmd("INFO").arg("replication").query_async(&mut connection).await?;
            scripts.load(&mut connection).await?;
            Ok((connection, info.contains("role:master")))
        };
        match timeout(CONNECT_DEADLINE, connecting).await {
            Ok(Ok((connection, true))) => Ok(connection),
            Ok(Ok((_, false))) => Err(Outage::ReadOnly),
            Ok(Err(error)) => Err(Failure::from(&error).outage),
            Err(_) => Err(Outage::TooSlow),
        }
    }
}

/// The address only: a URL may hold a password.
impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Server(client) => client.get_connection_info().addr().fmt(f),
            Self::Sentinels { primary, .. } => write!(f, "primary {primary}"),
        }
    }
}

async fn open(client: &Client) -> RedisResult<MultiplexedConnection> {
    // Deadlines are set by who waits: `run`, `until_lost`, `connect_and_load`.
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_DEADLINE))
        .set_response_timeout(None)
        .set_pipeline_buffer_size(PIPELINE_BUFFER);
    client.get_multiplexed_async_connection_with_config(&config).await
}

/// Asks a Sentinel where the primary is.
async fn ask(watcher: &Client, primary: &str) -> RedisResult<(String, u16)> {
    let asking = async {
        let mut connection = open(watcher).await?;
        let mut question = redis::cmd("SENTINEL");
        question.arg("GET-MASTER-ADDR-BY-NAME").arg(primary).query_async(&mut connection).await
    };
    let answer: Option<(String, u16)> =
        timeout(SENTINEL_DEADLINE, asking).await.unwrap_or_else(|_| Err(no_primary()))?;
    answer.ok_or_else(no_primary)
}

/// The same server elsewhere.
fn moved(server: &Client, host: String, port: u16) -> RedisResult<Client> {
    let info = server.get_connection_info().clone();
    let address = match info.addr() {
        ConnectionAddr::TcpTls { insecure, tls_params, .. } => {
            ConnectionAddr::TcpTls { host, port, insecure: *insecure, tls_params: tls_params.clone() }
        }
        _ => ConnectionAddr::Tcp(host, port),
    };
    Client::open(info.set_addr(address))
}

fn no_primary() -> RedisError {
    (redis::ErrorKind::MasterNameNotFoundBySentinel, "no Sentinel names a primary").into()
}

/// Connecting is three round trips and a TLS handshake.
const CONNECT_DEADLINE: Duration = Duration::from_secs(2);
/// Three Sentinels of which two hang leave time to connect.
const SENTINEL_DEADLINE: Duration = Duration::from_millis(500);
/// How often an idle connection is tried.
const PING_EVERY: Duration = Duration::from_secs(1);
/// Between attempts to connect: back within five seconds of the server, and no storm.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
/// Steps that wait for the socket. More wait for room in this queue, each within its deadline.
const PIPELINE_BUFFER: usize = 1_024;
