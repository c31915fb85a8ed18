//! Starting and stopping a hub.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, web};
use audit_log::FileAuditLog;
use country_adapters::outbound::OutboundError;
use hub_core::audit::{AuditError, AuditEvent, AuditKind, AuditLog};
use strict_jose::UnixTime;
use tokio::task::JoinHandle;
use trust_list::Publisher;
use trust_list::publish::DirectoryPublisher;
use url::Url;

use crate::config::Config;
use crate::http::guard::guard;
use crate::http::{self, Edge, limits};
use crate::keys::KeyError;
use crate::management::{Health, Metrics, endpoints};
use crate::tls::{self, Certificate, Reloaded, TlsError};
use crate::trust::publisher::{FETCH_LIMIT, WebPublisher};
use crate::trust::refresh::Setup;
use crate::trust::{Trust, watchdog};
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
    watchdog: JoinHandle<()>,
    certificate_task: JoinHandle<()>,
    own_log: Option<Arc<FileAuditLog>>,
}

struct Serving {
    handle: ServerHandle,
    task: JoinHandle<io::Result<()>>,
}

/// Starts a hub. When this returns both listeners accept; whether the hub is ready is another question, which `/readyz`
/// answers.
pub async fn start(wiring: Wiring) -> Result<Running, StartError> {
    // A process has one TLS provider; a second hub in it finds it installed.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let metrics = Arc::new(Metrics::new());
    let ports = wiring::open_ports(&wiring, &metrics).await?;
    let broker = wiring::broker(&wiring, &ports, &metrics)?;
    let now = wiring.clock.now();
    let _receipt = ports.audit.record(AuditEvent::new(now, AuditKind::Started, AuditEvent::OK)).await?;

    let trust = Arc::new(Trust::new());
    let setup = refresher(&wiring, &ports.audit)?;
    let client = setup.open().await?;
    let health = Arc::new(Health {
        trust: trust.clone(),
        store: ports.stores.health.clone(),
        audit: ports.audit.clone(),
        clock: wiring.clock.clone(),
        stopping: AtomicBool::new(false),
    });
    let test = cfg!(feature = "test-profile");
    let edge = Edge { broker, trust: trust.clone(), clock: wiring.clock.clone(), test };
    let (public, address, certificate) = serve_public(&wiring.config, edge, &metrics)?;
    let (management, management_address) = serve_management(&wiring.config, &health, &metrics)?;
    let watchdog = watchdog::start(setup, client, trust.clone(), metrics).map_err(StartError::Thread)?;
    tracing::info!(%address, %management_address, issuer = wiring.config.issuer, build = crate::version::BUILD, "started");
    let certificate_task = tokio::spawn(watch_certificate(certificate));
    Ok(Running {
        address,
        management_address,
        public,
        management,
        health,
        trust,
        watchdog,
        certificate_task,
        own_log: ports.own_log,
    })
}

impl Running {
    /// Fetches and verifies the trust lists now, and waits until that is done.
    pub async fn refresh_trust(&self) {
        self.trust.refresh_now().await;
    }

    /// Stops: not ready at once, no new connections, requests in flight are finished for up to 30 seconds. Then the
    /// lists' refresher and the operators' listener stop.
    pub async fn stop(self) -> Result<(), StartError> {
        self.health.stopping.store(true, Ordering::Relaxed);
        self.public.stop().await?;
        self.trust.stop();
        self.certificate_task.abort();
        // The task ends by itself; that it panicked was already logged.
        let _ = self.watchdog.await;
        let stopped = AuditEvent::new(self.health.clock.now(), AuditKind::Stopped, AuditEvent::OK);
        let _receipt = self.health.audit.record(stopped).await?;
        if let Some(log) = self.own_log {
            log.close().await?;
        }
        self.management.stop().await?;
        tracing::info!("stopped");
        Ok(())
    }
}

impl Serving {
    fn start(server: Server) -> Self {
        Self { handle: server.handle(), task: tokio::spawn(server) }
    }

    async fn stop(self) -> Result<(), StartError> {
        self.handle.stop(true).await;
        match self.task.await {
            Ok(ended) => ended.map_err(StartError::Server),
            Err(_) => Err(StartError::Server(io::Error::other("the server task ended early"))),
        }
    }
}

fn serve_public(
    config: &Config,
    edge: Edge,
    metrics: &Arc<Metrics>,
) -> Result<(Serving, SocketAddr, Arc<Certificate>), StartError> {
    let (tls, certificate) = tls::server_config(&config.listen.certificate_file, &config.listen.key_file)?;
    let (listener, address) = bind("listen.address", config.listen.address)?;
    let (edge, metrics) = (web::Data::new(edge), web::Data::from(metrics.clone()));
    let app = move || {
        App::new().app_data(edge.clone()).app_data(metrics.clone()).wrap(from_fn(guard)).configure(http::routes)
    };
    let mut server = HttpServer::new(app)
        // Without it the first answer on a new connection waits 40 ms for a delayed ACK.
        .tcp_nodelay(true)
        .client_request_timeout(limits::HEAD_TIMEOUT)
        .tls_handshake_timeout(limits::HEAD_TIMEOUT)
        .client_disconnect_timeout(limits::DISCONNECT_TIMEOUT)
        .keep_alive(limits::KEEP_ALIVE)
        .shutdown_timeout(limits::DRAIN_SECONDS)
        .disable_signals();
    if let Some(workers) = config.listen.workers {
        server = server.workers(workers);
    }
    let server = server.listen_rustls_0_23(listener, tls).map_err(StartError::Server)?.run();
    Ok((Serving::start(server), address, certificate))
}

fn serve_management(
    config: &Config,
    health: &Arc<Health>,
    metrics: &Arc<Metrics>,
) -> Result<(Serving, SocketAddr), StartError> {
    let (listener, address) = bind("management.address", config.management.address)?;
    let (health, metrics) = (web::Data::from(health.clone()), web::Data::from(metrics.clone()));
    let app = move || App::new().app_data(health.clone()).app_data(metrics.clone()).configure(endpoints::routes);
    let server = HttpServer::new(app)
        .workers(1)
        .tcp_nodelay(true)
        .client_request_timeout(limits::HEAD_TIMEOUT)
        .shutdown_timeout(1)
        .disable_signals()
        .listen(listener)
        .map_err(StartError::Server)?
        .run();
    Ok((Serving::start(server), address))
}

fn bind(key: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Bind { key, address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

fn refresher(wiring: &Wiring, audit: &Arc<dyn AuditLog>) -> Result<Setup, StartError> {
    let config = &wiring.config;
    let publisher = match &wiring.publisher {
        Some(publisher) => publisher.clone(),
        None => publisher(config)?,
    };
    Ok(Setup {
        root: wiring::read(&config.trust.root_file)?,
        state_directory: config.trust.state_directory.clone(),
        publisher,
        clock: wiring.clock.clone(),
        audit: audit.clone(),
        fetch_limit: FETCH_LIMIT,
        interval: Duration::from_secs(config.trust.refresh_seconds),
        test_countries: config.test_countries(),
    })
}

fn publisher(config: &Config) -> Result<Arc<dyn Publisher>, StartError> {
    match Url::parse(&config.trust.publisher) {
        Ok(base) if base.scheme() == "https" => Ok(Arc::new(WebPublisher::new(base, wiring::outbound(config)?))),
        _ => Ok(Arc::new(DirectoryPublisher::new(&config.trust.publisher))),
    }
}

/// Attacks T05: a renewed certificate is served without a restart; an unusable one changes nothing.
async fn watch_certificate(certificate: Arc<Certificate>) {
    loop {
        tokio::time::sleep(CERTIFICATE_LOOK).await;
        match certificate.reload() {
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
}
