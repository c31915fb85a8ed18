//! From configuration to a broker.

use std::num::NonZeroU32;
use std::sync::Arc;

use audit_log::FileAuditLog;
use country_adapters::{Outbound, OutboundConfig, Registry};
use hub_core::audit::AuditLog;
use hub_core::ports::{Clock, Stores};
use hub_core::quota::{NodeQuota, Rate};
use hub_core::store::memory::{DEFAULT_MAX_ENTRIES, MemoryStore};
use hub_core::{Broker, IssuerUrl, Lifetimes, Parts};
use hub_store_redis::{RedisConfig, RedisStore, RedisTls, Sentinels, StartError as RedisError};

use strict_jose::UnixTime;
use trust_list::Publisher;

use crate::clock::SystemClock;
use crate::config::{self, Config};
use crate::keys;
use crate::management::audited::Audited;
use crate::management::limited::Limited;
use crate::management::{Metrics, adapters};
use crate::start::StartError;

/// What a hub is started with. Tests bring a clock, a store or an audit log of their own; `hub serve` brings the
/// configuration alone.
pub struct Wiring {
    /// The configuration.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Instead of the store that the configuration names.
    pub stores: Option<Stores>,
    /// Instead of the audit log that the configuration names.
    pub audit: Option<Arc<dyn AuditLog>>,
    /// Instead of the publisher that the configuration names.
    pub publisher: Option<Arc<dyn Publisher>>,
    /// The country adapters.
    pub adapters: Registry,
}

impl Wiring {
    /// Everything as the configuration says, on the machine's clock.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            clock: Arc::new(SystemClock::new()),
            stores: None,
            audit: None,
            publisher: None,
            adapters: Registry::standard(),
        }
    }
}

/// The ports, opened.
pub(crate) struct Ports {
    pub(crate) stores: Stores,
    pub(crate) audit: Arc<dyn AuditLog>,
    /// The log, if it is ours to close.
    pub(crate) own_log: Option<Arc<FileAuditLog>>,
}

/// Opens store and audit log.
pub(crate) async fn open_ports(wiring: &Wiring, metrics: &Arc<Metrics>) -> Result<Ports, StartError> {
    let stores = match &wiring.stores {
        Some(stores) => stores.clone(),
        None => open_store(&wiring.config, &wiring.clock).await?,
    };
    let (audit, own_log): (Arc<dyn AuditLog>, _) = if let Some(audit) = &wiring.audit {
        (audit.clone(), None)
    } else {
        let log = Arc::new(open_audit(&wiring.config, &wiring.clock).await?);
        (log.clone(), Some(log))
    };
    Ok(Ports { stores, audit: Arc::new(Audited::new(audit, metrics.clone())), own_log })
}

/// Makes the broker.
pub(crate) fn broker(
    wiring: &Wiring,
    ports: &Ports,
    outbound: Outbound,
    metrics: &Arc<Metrics>,
) -> Result<Broker, StartError> {
    let keys = keys::load(&wiring.config.keys)?;
    Ok(Broker::new(Parts {
        config: settings(&wiring.config)?,
        keys: keys.broker,
        stores: ports.stores.clone(),
        audit: ports.audit.clone(),
        quota: Arc::new(Limited::new(
            NodeQuota::new(rate(&wiring.config.limits), wiring.clock.clone()),
            metrics.clone(),
        )),
        adapters: adapters::timed(wiring.adapters.clone(), metrics),
        outbound,
        upstream_keys: keys.upstream,
    })?)
}

/// The store that the configuration names. A server that is away is no reason not to start: the hub is live, and ready
/// once it is back. A server that will never do is.
pub(crate) async fn open_store(config: &Config, clock: &Arc<dyn Clock>) -> Result<Stores, StartError> {
    let Some(redis) = redis_config(&config.store)? else {
        return Ok(Stores::on(Arc::new(MemoryStore::new(clock.clone(), DEFAULT_MAX_ENTRIES))));
    };
    let store = RedisStore::start(redis)?;
    match store.check().await {
        Ok(()) => {}
        Err(error @ (RedisError::Unreachable(_) | RedisError::TooSlow)) => {
            tracing::error!(%error, "the store is away; the hub is not ready until it is back");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(Stores::on(Arc::new(store)))
}

/// The log in the folder that the configuration names.
async fn open_audit(config: &Config, clock: &Arc<dyn Clock>) -> Result<FileAuditLog, StartError> {
    let folder = &config.audit.directory;
    let unwritable = |source| StartError::Unreadable { file: folder.clone(), source };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    let log = FileAuditLog::open(&folder.join(AUDIT_FILE), clock.clone())?;
    if let Err(behind) = check_clock(log.last_event_time(), clock.now()) {
        // Closed, not dropped: whoever sets the clock right finds the file free.
        log.close().await?;
        return Err(behind);
    }
    Ok(log)
}

/// Attacks T02: on a clock that stands before the last record, things that have ended would be good again.
fn check_clock(last: Option<UnixTime>, now: UnixTime) -> Result<(), StartError> {
    match last {
        Some(last) if last.since(now) > CLOCK_TOLERANCE => Err(StartError::ClockBehind { last, now }),
        _ => Ok(()),
    }
}

/// The log's file in its folder.
const AUDIT_FILE: &str = "audit.log";
/// Replicas and restarts may differ by this many seconds (attacks T01).
const CLOCK_TOLERANCE: i64 = 60;

/// `None` is the store in memory.
pub(crate) fn redis_config(store: &config::Store) -> Result<Option<RedisConfig>, StartError> {
    let url = match (&store.url, &store.url_file) {
        (Some(url), _) if url == "memory" => return Ok(None),
        (Some(url), _) => url.clone(),
        (None, Some(file)) => {
            keys::check_mode(file)?;
            String::from_utf8_lossy(&read(file)?).trim().to_owned()
        }
        (None, None) => return Ok(None),
    };
    let tls = match &store.ca_file {
        Some(file) => Some(RedisTls { ca: Some(read(file)?), client: None }),
        None => None,
    };
    let primary = store.sentinel_primary.clone();
    let sentinels = primary.map(|primary| Sentinels { urls: store.sentinels.clone(), primary });
    Ok(Some(RedisConfig { url, tls, sentinels }))
}

/// The way out, with the configuration's certificate authorities.
pub(crate) fn outbound(config: &Config) -> Result<Outbound, StartError> {
    let extra_ca_pem = match &config.upstream.extra_ca_file {
        Some(file) => Some(read(file)?),
        None => None,
    };
    Ok(Outbound::new(OutboundConfig { extra_ca_pem, special_use: config.special_use() })?)
}

/// A file that the configuration names.
pub(crate) fn read(file: &std::path::Path) -> Result<Vec<u8>, StartError> {
    std::fs::read(file).map_err(|source| StartError::Unreadable { file: file.to_owned(), source })
}

/// A zero does not pass the configuration's checks; here it would be one.
fn rate(limits: &config::Limits) -> Rate {
    let at_least_one = |value| NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN);
    Rate { per_minute: at_least_one(limits.client_requests_per_minute), burst: at_least_one(limits.client_burst) }
}

fn settings(config: &Config) -> Result<hub_core::Config, StartError> {
    let lifetimes = &config.lifetimes;
    Ok(hub_core::Config {
        lifetimes: Lifetimes {
            pushed_request: lifetimes.pushed_request_seconds,
            login: lifetimes.login_seconds,
            code: lifetimes.code_seconds,
            id_token: lifetimes.id_token_seconds,
            access_token: lifetimes.access_token_seconds,
            refresh_token: lifetimes.refresh_token_seconds,
        },
        ..hub_core::Config::new(IssuerUrl::parse(&config.issuer)?)
    })
}
