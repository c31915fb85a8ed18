//! Starting and stopping a hub.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use audit_log::FileAuditLog;
use country_adapters::outbound::OutboundError;
use hub_core::audit::{AuditError, AuditEvent, AuditKind, AuditLog};
use strict_jose::UnixTime;
use tokio::task::JoinHandle;
use trust_list::Publisher;
use trust_list::publish::DirectoryPublisher;
use url::Url;

use crate::config::Config;
use crate::http::{Edge, limits};
use crate::keys::KeyError;
use crate::management::{Health, Metrics};
use crate::serve::{self, Serving};
use crate::tls::{Certificate, Reloaded, TlsError};
use crate::trust::apart::FETCH_LIMIT;
use crate::trust::publisher::WebPublisher;
use crate::trust::refresh::Setup;
use crate::trust::watched::Watched;
use crate::trust::{Trust, hearsay, watchdog};
use crate::wiring::{self, Wiring};

/// How often the certificate files are looked at.
const CERTIFICATE_LOOK: Duration = Duration::from_secs(30);

/// A hub that serves.
pub struct Running {
    /// The address of the public listener, with the port that was given where the configuration said 0.
    pub address: SocketAddr,
    /// The address of the operators' listener.
    pub management_address: SocketAddr,
    public: Serving,
    management: Serving,
    health: Arc<Health>,
    trust: Arc<Trust>,
    metrics: Arc<Metrics>,
    stop_pause: Duration,
    watchdog: JoinHandle<()>,
    /// They end with the hub.
    background: [JoinHandle<()>; 2],
    own_log: Option<Arc<FileAuditLog>>,
}

/// Starts a hub. When this returns both listeners accept; whether the hub is ready is another question, which `/readyz`
/// answers.
pub async fn start(wiring: Wiring) -> Result<Running, StartError> {
    // A process has one TLS provider; a second hub in it finds it installed.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let metrics = Arc::new(Metrics::new());
    let ports = wiring::open_ports(&wiring, &metrics).await?;
    let outbound = wiring::outbound(&wiring.config)?;
    let broker = wiring::broker(&wiring, &ports, outbound.clone(), &metrics)?;
    let now = wiring.clock.now();
    let _receipt = ports.audit.record(AuditEvent::new(now, AuditKind::Started, AuditEvent::OK)).await?;

    let trust = Arc::new(Trust::new());
    let setup = refresher(&wiring, &ports.audit, &metrics)?;
    let client = setup.open().await?;
    let health = Arc::new(Health {
        trust: trust.clone(),
        store: ports.stores.health.clone(),
        audit: ports.audit.clone(),
        clock: wiring.clock.clone(),
        outbound,
        stopping: AtomicBool::new(false),
    });
    let test = cfg!(feature = "test-profile");
    let edge = Edge { broker, trust: trust.clone(), clock: wiring.clock.clone(), test };
    let (public, certificate) = serve::public(&wiring.config, edge, &metrics)?;
    let management = serve::management(&wiring.config, &health, &metrics)?;
    let (address, management_address) = (public.address, management.address);
    let watchdog = watchdog::start(setup, client, trust.clone(), metrics.clone()).map_err(StartError::Thread)?;
    tracing::info!(%address, %management_address, issuer = wiring.config.issuer, build = crate::version::BUILD, "started");
    let background =
        [tokio::spawn(watch_certificate(certificate)), hearsay::start(trust.clone(), ports.stores.hearsay.clone())];
    Ok(Running {
        address,
        management_address,
        public,
        management,
        health,
        trust,
        metrics,
        stop_pause: Duration::from_secs(wiring.config.listen.stop_pause_seconds),
        watchdog,
        background,
        own_log: ports.own_log,
    })
}

impl Running {
    /// Fetches and verifies the trust lists now, and waits until that is done.
    pub async fn refresh_trust(&self) {
        self.trust.refresh_now().await;
    }

    /// Waits until a listener ends by itself, which none should, and says why it did.
    pub async fn failed(&mut self) -> StartError {
        StartError::Server(tokio::select! {
            ended = self.public.ended() => ended,
            ended = self.management.ended() => ended,
        })
    }

    /// Stops: not ready at once, but new connections are served for the configured pause, until a balancer has noticed.
    /// Then none, and requests in flight are finished for up to 30 seconds. Then the lists' refresher and the operators'
    /// listener stop.
    pub async fn stop(self) -> Result<(), StartError> {
        self.health.stopping.store(true, Ordering::Relaxed);
        tokio::time::sleep(self.stop_pause).await;
        let (stopped, undrained) = drain(self.public, &self.metrics).await;
        stopped?;
        self.trust.stop();
        self.background.iter().for_each(JoinHandle::abort);
        // The task ends by itself; that it panicked was already logged.
        let _ = self.watchdog.await;
        let stopped = AuditEvent::new(self.health.clock.now(), AuditKind::Stopped, AuditEvent::OK);
        let _receipt = self.health.audit.record(stopped).await?;
        if let Some(log) = self.own_log {
            log.close().await?;
        }
        self.management.stop().await?;
        tracing::info!("stopped");
        if undrained == 0 { Ok(()) } else { Err(StartError::Undrained { requests: undrained }) }
    }
}

/// Stops the public listener; and how many requests were not finished in their time.
async fn drain(public: Serving, metrics: &Metrics) -> (Result<(), StartError>, i64) {
    let mut stopping = std::pin::pin!(public.stop());
    tokio::select! {
        stopped = &mut stopping => (stopped, 0),
        () = tokio::time::sleep(limits::DRAIN) => {
            let undrained = metrics.in_flight.get();
            (stopping.await, undrained)
        }
    }
}

fn refresher(wiring: &Wiring, audit: &Arc<dyn AuditLog>, metrics: &Arc<Metrics>) -> Result<Setup, StartError> {
    let config = &wiring.config;
    let places = std::iter::once(&config.trust.publisher).chain(&config.trust.mirrors);
    let publishers = places.map(|place| {
        let publisher = wiring.publisher.clone().map_or_else(|| publisher(config, place), Ok)?;
        let watched = Watched::new(place.clone(), publisher, metrics.clone(), wiring.clock.clone());
        Ok(Arc::new(watched) as Arc<dyn Publisher>)
    });
    Ok(Setup {
        root: wiring::read(&config.trust.root_file)?,
        state_directory: config.trust.state_directory.clone(),
        publishers: publishers.collect::<Result<_, StartError>>()?,
        clock: wiring.clock.clone(),
        audit: audit.clone(),
        fetch_limit: FETCH_LIMIT,
        interval: Duration::from_secs(config.trust.refresh_seconds),
        test_countries: config.test_countries(),
    })
}

fn publisher(config: &Config, place: &str) -> Result<Arc<dyn Publisher>, StartError> {
    match Url::parse(place) {
        Ok(base) if base.scheme() == "https" => Ok(Arc::new(WebPublisher::new(base, wiring::outbound(config)?))),
        _ => Ok(Arc::new(DirectoryPublisher::new(place))),
    }
}

/// Attacks T05: a renewed certificate is served without a restart; an unusable one changes nothing.
async fn watch_certificate(certificate: Arc<Certificate>) {
    loop {
        tokio::time::sleep(CERTIFICATE_LOOK).await;
        let certificate = certificate.clone();
        // Disk and key parsing: not on a thread that carries the store's connection.
        let Ok(reloaded) = tokio::task::spawn_blocking(move || certificate.reload()).await else { continue };
        match reloaded {
            Ok(Reloaded::Changed) => tracing::info!("a new certificate is served"),
            Ok(Reloaded::Unchanged) => {}
            Err(error) => tracing::error!(%error, "the new certificate cannot be used; the old one is still served"),
        }
    }
}

/// Why a hub does not start, or did not stop cleanly.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file of the configuration cannot be read.
    #[error("cannot read {}: {source}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The system's word.
        source: io::Error,
    },
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The settings of the broker.
    #[error(transparent)]
    Settings(#[from] hub_core::ConfigError),
    /// The outbound client, mostly an unreadable certificate authority.
    #[error("outbound calls (upstream.extra_ca_file): {0}")]
    Outbound(#[from] OutboundError),
    /// The store will not do.
    #[error("store ([store]): {0}")]
    Store(#[from] hub_store_redis::StartError),
    /// The audit log records nothing.
    #[error("audit log (audit.directory): {0}")]
    Audit(#[from] AuditError),
    /// A listener cannot be opened.
    #[error("cannot listen on {address} ({key}): {source}")]
    Bind {
        /// The key of the configuration.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// The system's word.
        source: io::Error,
    },
    /// The audit log cannot be opened.
    #[error("audit log (audit.directory): {0}")]
    AuditFile(#[from] audit_log::OpenError),
    /// The machine's clock is wrong.
    #[error(
        "the clock says {}, but the last audit record is of {}; set the clock right, then start again",
        now.to_rfc3339(),
        last.to_rfc3339()
    )]
    ClockBehind {
        /// The time of the last record.
        last: UnixTime,
        /// The time now.
        now: UnixTime,
    },
    /// The pinned root, or the folder of what was seen.
    #[error("trust lists ([trust]): {0}")]
    Trust(#[from] trust_list::UpdateError),
    /// The refresher's thread cannot be started.
    #[error("cannot start the refresher of the trust lists: {0}")]
    Thread(io::Error),
    /// The HTTP server.
    #[error("HTTP server: {0}")]
    Server(io::Error),
    /// Requests were not finished in the time a stop gives them.
    #[error("{requests} requests were not finished in time")]
    Undrained {
        /// How many.
        requests: i64,
    },
}
