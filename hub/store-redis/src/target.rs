//! What to connect to: a server, or whatever its Sentinels call the primary.

use std::fmt;
use std::time::Duration;

use hub_core::ports::Outage;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ConnectionAddr, ErrorKind, RedisError, RedisResult};
use tokio::time::timeout;

use crate::check::{StartError, check_info};
use crate::outage::Failure;
use crate::script::Scripts;

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

    /// A new connection to a primary that has the scripts, and that is still of a version and with an eviction policy that
    /// will do: another server may stand behind the address than at the start.
    pub(crate) async fn connect_and_load(&self, scripts: &Scripts) -> Result<MultiplexedConnection, Outage> {
        let connecting = async {
            let mut connection = self.connect().await?;
            let info: String = redis::cmd("INFO").query_async(&mut connection).await?;
            scripts.load(&mut connection).await?;
            Ok((connection, info))
        };
        match timeout(CONNECT_DEADLINE, connecting).await {
            Ok(Ok((connection, info))) => fitness(&info).map(|()| connection),
            Ok(Err(error)) => Err(Failure::from(&error).outage),
            Err(_) => Err(Outage::TooSlow),
        }
    }
}

/// The address only: a URL may hold a password.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(client) => client.get_connection_info().addr().fmt(f),
            Self::Sentinels { primary, .. } => write!(f, "primary {primary}"),
        }
    }
}

fn fitness(info: &str) -> Result<(), Outage> {
    check_info(info).map_err(|error| match error {
        StartError::Replica => Outage::ReadOnly,
        _ => Outage::Unsuitable,
    })
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
    (ErrorKind::MasterNameNotFoundBySentinel, "no Sentinel names a primary").into()
}

/// Connecting is three round trips and a TLS handshake.
const CONNECT_DEADLINE: Duration = Duration::from_secs(2);
/// Three Sentinels of which two hang leave time to connect.
const SENTINEL_DEADLINE: Duration = Duration::from_millis(500);
/// Steps that wait for the socket. More wait for room in this queue, each within its deadline.
const PIPELINE_BUFFER: usize = 1_024;
