//! One connection, kept alive.
//!
//! All steps share one multiplexed connection. It is given up, and another one made, as soon as an answer is late: an
//! answer that nobody waits for any more must not have the chance to reach another request. While there is none,
//! steps fail at once instead of queueing, so a server that hangs costs each request in flight one deadline and all
//! later ones nothing.

use std::future::Future;
use std::time::Duration;

use hub_core::ports::{Outage, StoreError};
use redis::RedisResult;
use redis::aio::MultiplexedConnection;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::DEADLINE;
use crate::outage::Failure;
use crate::script::Scripts;
use crate::target::Target;

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
            let failure = tokio::select! {
                _ = self.losses.wait_for(|lost| *lost >= number) => return,
                failure = ping_later(&mut connection) => failure,
            };
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

/// Waits, and pings; what that failed with, if it failed.
async fn ping_later(connection: &mut MultiplexedConnection) -> Option<Failure> {
    sleep(PING_EVERY).await;
    match timeout(DEADLINE, redis::cmd("PING").query_async::<()>(connection)).await {
        Ok(pong) => pong.as_ref().err().map(Failure::from),
        Err(_) => Some(Failure::too_slow()),
    }
}

/// How often an idle connection is tried.
const PING_EVERY: Duration = Duration::from_secs(1);
/// Between attempts to connect: back within five seconds of the server, and no storm.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);
