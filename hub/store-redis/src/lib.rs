//! hub-core's storage ports on Redis 7 or later (or Valkey), one server or a primary that Sentinels watch.
//!
//! 1. [`RedisConfig`] says where; [`RedisStore::start`] refuses what cannot work and begins to connect;
//!    [`RedisStore::check`] tells an operator in words what is wrong with the server.
//! 2. `Link` keeps one multiplexed connection and replaces it when it fails. While there is none, steps fail at once.
//! 3. Each step of a port is one Lua script (`scripts/*.lua`), one round trip, with a deadline of [`DEADLINE`].
//!
//! # What is kept
//!
//! `p:{space}:{digest}` -> `{epoch}{contents}` with a time to live. The digest is of the handle, the contents are
//! sealed, so neither the server nor its dumps hold anything readable.
//!
//! # After a failover
//!
//! A replica that is promoted may lack the last writes: a login that was taken would be there again. So every value
//! carries the epoch it was written in, the first half of the server's `master_replid`, which changes whenever a server
//! starts or is promoted. A script compares it with the server's epoch in the same step, and a value of another
//! epoch is gone. The person logs in again; nothing is used twice. What is only *remembered* (assertions seen) has no
//! such protection: an assertion used within the last moment before a failover could be used a second time, by
//! somebody who stole it.
//!
//! # What the server must permit
//!
//! `~p:*`, and the commands `EVALSHA SCRIPT|LOAD GET SET EXISTS DEL PTTL PEXPIRE INFO PING`.

mod check;
mod config;
mod link;
mod outage;
mod ports;
mod script;
mod target;

use std::fmt;
use std::time::Duration;

pub use check::StartError;
pub use config::{RedisConfig, RedisTls, Sentinels};

use link::Link;
use script::Scripts;

/// hub-core's storage ports on Redis.
pub struct RedisStore {
    link: Link,
    scripts: Scripts,
    config: RedisConfig,
}

impl RedisStore {
    /// Reads the configuration and begins to connect in the background; needs a Tokio runtime. The server need not be
    /// there yet: steps fail as unavailable until it is.
    pub fn start(config: RedisConfig) -> Result<Self, StartError> {
        let scripts = Scripts::default();
        let link = Link::start(config.target()?, scripts.clone());
        Ok(Self { link, scripts, config })
    }

    /// Whether the server is one we can work with: reachable, our credentials, version, eviction policy, a primary, and
    /// every command we need permitted. For the start of the hub and for `hub check`.
    pub async fn check(&self) -> Result<(), StartError> {
        check::check(&self.config.target()?).await
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("config", &self.config).finish_non_exhaustive()
    }
}

/// How long a step may take before it is given up: ten thousand times what Redis needs, and well below the patience of
/// a person or a relying party.
pub const DEADLINE: Duration = Duration::from_secs(1);
