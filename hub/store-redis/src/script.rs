//! The scripts: each is one step, atomic on the server.
//!
//! To add one: 1. a file in `scripts/`, its keys and arguments in its first lines; 2. a field of [`Scripts`] and a line
//! in `Default` and in [`Scripts::all`]; 3. its call in the port it belongs to.

use std::time::Duration;

use hub_core::handles::{Once, StorageKey};
use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Script, ScriptInvocation, Value};

/// The scripts.
#[derive(Clone)]
pub(crate) struct Scripts {
    pub(crate) put: Script,
    pub(crate) put_request: Script,
    pub(crate) begin_request: Script,
    pub(crate) use_up: Script,
    pub(crate) put_login: Script,
    pub(crate) take: Script,
    pub(crate) approve: Script,
    pub(crate) deny: Script,
    pub(crate) redeem: Script,
    pub(crate) read_grant: Script,
    pub(crate) issue_refresh: Script,
    pub(crate) present_refresh: Script,
    pub(crate) tell: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            put: writing(include_str!("scripts/put.lua")),
            put_request: writing(include_str!("scripts/put_request.lua")),
            begin_request: freeing(include_str!("scripts/begin_request.lua")),
            use_up: freeing(include_str!("scripts/use_up.lua")),
            put_login: writing(include_str!("scripts/put_login.lua")),
            take: writing(include_str!("scripts/take.lua")),
            approve: writing(include_str!("scripts/approve.lua")),
            deny: freeing(include_str!("scripts/deny.lua")),
            redeem: writing(include_str!("scripts/redeem.lua")),
            read_grant: writing(include_str!("scripts/read_grant.lua")),
            issue_refresh: writing(include_str!("scripts/issue_refresh.lua")),
            present_refresh: writing(include_str!("scripts/present_refresh.lua")),
            tell: writing(include_str!("scripts/tell.lua")),
        }
    }
}

impl Scripts {
    /// Loads them, so that a call is one round trip from the first.
    pub(crate) async fn load(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        for script in self.all() {
            script.prepare_invoke().load_async(connection).await?;
        }
        Ok(())
    }

    fn all(&self) -> [&Script; 13] {
        [
            &self.put,
            &self.put_request,
            &self.begin_request,
            &self.use_up,
            &self.put_login,
            &self.take,
            &self.approve,
            &self.deny,
            &self.redeem,
            &self.read_grant,
            &self.issue_refresh,
            &self.present_refresh,
            &self.tell,
        ]
    }
}

/// A call of a script: its keys, its arguments, and what may be seen once behind both.
pub(crate) struct Call<'s>(ScriptInvocation<'s>);

impl<'s> Call<'s> {
    pub(crate) fn of(script: &'s Script) -> Self {
        Self(script.prepare_invoke())
    }

    pub(crate) fn key(mut self, key: &StorageKey) -> Self {
        self.0.key(name(key));
        self
    }

    /// A key that is no handle's.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.0.key(name);
        self
    }

    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.arg(bytes);
        self
    }

    pub(crate) fn ttl(mut self, ttl: Duration) -> Self {
        self.0.arg(millis(ttl));
        self
    }

    pub(crate) fn once(mut self, once: &[Once]) -> Self {
        for one in once {
            self.0.key(name(one.storage_key()));
            self.0.arg(millis(one.ttl()));
        }
        self
    }

    pub(crate) async fn on(self, mut connection: MultiplexedConnection) -> RedisResult<Value> {
        self.0.invoke_async(&mut connection).await
    }
}

/// The name of a key in Redis.
pub(crate) fn name(key: &StorageKey) -> String {
    format!("p:{key}")
}

/// Redis takes whole milliseconds, and no zero.
pub(crate) fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX).clamp(1, LONGEST_TTL_MS)
}

/// A script that may need memory. When the server is out of it the script is refused as a whole, before it changes
/// anything.
fn writing(body: &str) -> Script {
    Script::new(&["#!lua\n", PRELUDE, body].concat())
}

/// A script that needs no memory and works also when the server is out of it.
fn freeing(body: &str) -> Script {
    Script::new(&["#!lua flags=allow-oom\n", PRELUDE, body].concat())
}

const PRELUDE: &str = include_str!("scripts/prelude.lua");
/// A hundred years: Redis refuses what overflows its clock.
const LONGEST_TTL_MS: u64 = 100 * 365 * 24 * 3_600 * 1_000;
