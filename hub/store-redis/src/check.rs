//! What an operator is told about a server that will not do.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hub_core::handles::{Handle, HandleKind, Once, StorageKey, kind};
use redis::aio::MultiplexedConnection;
use redis::{RedisError, RedisResult};
use tokio::time::timeout;

use crate::outage::{is_forbidden, is_stranger};
use crate::script::{Call, Scripts};
use crate::target::Target;

/// Why we cannot work with the configuration or the server. The operator's to mend.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration cannot be meant.
    #[error("the Redis configuration is wrong: {0}")]
    Config(&'static str),
    /// The certificates cannot be read, or the server's is not trusted.
    #[error("TLS with the Redis server fails; check `rediss://`, the CA file and the client certificate: {0}")]
    Tls(#[source] RedisError),
    /// Nobody is there.
    #[error("the Redis server cannot be reached; check its address and that it runs: {0}")]
    Unreachable(#[source] RedisError),
    /// It does not answer.
    #[error("something listens at the address of the Redis server but does not answer in time")]
    TooSlow,
    /// Our name or password is wrong.
    #[error("the Redis server refuses our credentials; check user and password in its URL: {0}")]
    Credentials(#[source] RedisError),
    /// We may not use a command or a key.
    #[error(
        "the Redis server forbids a command; its ACL must permit `~p:*` and \
         `+evalsha +script|load +get +set +exists +del +pttl +pexpire +info +ping`: {0}"
    )]
    NotPermitted(#[source] RedisError),
    /// It is a replica.
    #[error("the Redis server is a replica; name the primary, or the Sentinels that know it")]
    Replica,
    /// It is too old.
    #[error("the Redis server is version {0}; 7.0 or later is needed")]
    TooOld(String),
    /// It may evict.
    #[error("the Redis server's `maxmemory-policy` is `{0}`; it must be `noeviction`, or logins vanish under load")]
    Evicts(String),
    /// It fails in another way.
    #[error("the Redis server fails: {0}")]
    Failing(#[source] RedisError),
    /// The system gives no randomness.
    #[error("the system's random source failed")]
    NoRandomness,
}

/// All checks, on a connection of their own.
pub(crate) async fn check(target: &Target) -> Result<(), StartError> {
    timeout(CHECK_DEADLINE, async {
        let mut connection = target.connect().await.map_err(explain)?;
        check_info(&info(&mut connection).await?)?;
        check_permissions(&connection).await
    })
    .await
    .unwrap_or(Err(StartError::TooSlow))
}

async fn info(connection: &mut MultiplexedConnection) -> Result<String, StartError> {
    let info: RedisResult<String> = redis::cmd("INFO").query_async(connection).await;
    info.map_err(explain)
}

/// What `INFO` tells of a server that will do.
pub(crate) fn check_info(info: &str) -> Result<(), StartError> {
    check_version(info)?;
    check_role(info)?;
    check_eviction(info)
}

/// Scripts carry flags (`#!lua`) since 7.0.
fn check_version(info: &str) -> Result<(), StartError> {
    let version = field(info, "redis_version");
    let major = version.split('.').next().and_then(|major| major.parse().ok());
    if major.is_some_and(|major: u32| major >= 7) { Ok(()) } else { Err(StartError::TooOld(version.to_owned())) }
}

fn check_role(info: &str) -> Result<(), StartError> {
    if field(info, "role") == "master" { Ok(()) } else { Err(StartError::Replica) }
}

/// A server that evicts may forget that an assertion was seen, while the assertion is still good.
fn check_eviction(info: &str) -> Result<(), StartError> {
    match field(info, "maxmemory_policy") {
        "noeviction" => Ok(()),
        other => Err(StartError::Evicts(other.to_owned())),
    }
}

/// Takes every step once, with handles nobody else has; what it leaves behind ends after a second.
async fn check_permissions(connection: &MultiplexedConnection) -> Result<(), StartError> {
    let scripts = Scripts::default();
    scripts.load(&mut connection.clone()).await.map_err(explain)?;
    let grant = key::<kind::Grant>()?;
    let (request, login, token) = (key::<kind::Request>()?, key::<kind::Login>()?, key::<kind::Refresh>()?);
    let once = [Once::upstream_assertion(&strict_jose::b64::encode(grant.digest()), PROBE_TTL)];
    for call in [
        Call::of(&scripts.put_request).key(&request).bytes(b"probe").ttl(PROBE_TTL).once(&once),
        Call::of(&scripts.begin_request).key(&request).ttl(PROBE_TTL * 2),
        Call::of(&scripts.put_login).key(&login).key(&request).bytes(b"probe").ttl(PROBE_TTL),
        Call::of(&scripts.put).key(&grant).bytes(b"Aprobe").ttl(PROBE_TTL),
        Call::of(&scripts.approve).key(&grant).key(&request).ttl(PROBE_TTL),
        Call::of(&scripts.redeem).key(&grant).ttl(PROBE_TTL),
        Call::of(&scripts.read_grant).key(&grant),
        Call::of(&scripts.issue_refresh).key(&token).key(&grant).bytes(b"probe").ttl(PROBE_TTL * 2),
        Call::of(&scripts.present_refresh).key(&token).key(&grant),
        Call::of(&scripts.deny).key(&grant).key(&request),
        Call::of(&scripts.take).key(&login),
        Call::of(&scripts.use_up).key(&request),
        Call::of(&scripts.tell).named("p:told-probe").bytes(b"0").ttl(PROBE_TTL),
    ] {
        call.on(connection.clone()).await.map_err(explain)?;
    }
    Ok(())
}

fn key<K: HandleKind>() -> Result<StorageKey, StartError> {
    Ok(Handle::<K>::random().map_err(|_| StartError::NoRandomness)?.storage_key())
}

fn explain(error: RedisError) -> StartError {
    if is_forbidden(&error) {
        StartError::NotPermitted(error)
    } else if is_stranger(&error) {
        StartError::Credentials(error)
    } else if error.is_timeout() {
        StartError::TooSlow
    } else if is_tls(&error) {
        StartError::Tls(error)
    } else if error.is_io_error() || is_not_there_yet(&error) {
        StartError::Unreachable(error)
    } else {
        StartError::Failing(error)
    }
}

/// It reads its data from disk, waits for its primary, or a script holds it up: it will be there.
fn is_not_there_yet(error: &RedisError) -> bool {
    matches!(error.code(), Some("LOADING" | "MASTERDOWN" | "TRYAGAIN" | "BUSY"))
}

/// rustls reports a handshake that fails as invalid data.
fn is_tls(error: &RedisError) -> bool {
    let inner = error.source().and_then(|source| source.downcast_ref::<Arc<dyn Error + Send + Sync>>());
    let io = inner.and_then(|inner| inner.downcast_ref::<io::Error>());
    io.is_some_and(|io| io.kind() == io::ErrorKind::InvalidData)
}

/// The value of `name:value` in the answer of `INFO`.
fn field<'i>(info: &'i str, name: &str) -> &'i str {
    let value = |line: &'i str| line.strip_prefix(name)?.strip_prefix(':');
    info.lines().find_map(value).unwrap_or_default()
}

const CHECK_DEADLINE: Duration = Duration::from_secs(5);
const PROBE_TTL: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_still_loads_its_data_is_away_and_not_wrong() {
        for (code, away) in [("LOADING", true), ("MASTERDOWN", true), ("ERR", false)] {
            let error = explain(redis::make_extension_error(code.to_owned(), None));
            assert_eq!(matches!(error, StartError::Unreachable(_)), away, "{code}: {error:?}");
        }
    }

    #[test]
    fn versions_below_seven_are_refused_and_named() {
        assert!(check_version("# Server\r\nredis_version:7.0.15\r\n").is_ok());
        assert!(check_version("redis_version:8.2.1\r\n").is_ok());
        for version in ["6.2.14", "2.8", "", "seven"] {
            let refused = check_version(&format!("redis_version:{version}\r\n"));
            assert!(matches!(refused, Err(StartError::TooOld(named)) if named == version), "{version}");
        }
    }

    #[test]
    fn s04_every_policy_that_evicts_is_refused_and_named() {
        assert!(check_eviction("maxmemory_policy:noeviction\r\n").is_ok());
        for policy in ["allkeys-lru", "volatile-ttl", ""] {
            let refused = check_eviction(&format!("maxmemory_policy:{policy}\r\n"));
            assert!(matches!(refused, Err(StartError::Evicts(named)) if named == policy), "{policy}");
        }
    }
}
