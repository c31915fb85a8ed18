//! The two listeners.

mod patient;

use std::convert::Infallible;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_http::{HttpService, Protocol};
use actix_service::{ServiceFactoryExt as _, fn_service, map_config};
use actix_tls::accept::TlsError;
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::dev::{AppConfig, Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpServer, web};
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::http::guard::guard;
use crate::http::{self, Edge, limits};
use crate::management::{Health, Metrics, endpoints};
use crate::start::StartError;
use crate::tls::{self, Certificate};
use patient::Patient;

/// A listener that serves.
pub(crate) struct Serving {
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
    task: JoinHandle<io::Result<()>>,
}

impl Serving {
    fn start(address: SocketAddr, server: Server) -> Self {
        Self { address, handle: server.handle(), task: tokio::spawn(server) }
    }

    /// Waits until it ends by itself, which it should not, and says why it did.
    pub(crate) async fn ended(&mut self) -> io::Error {
        match (&mut self.task).await {
            Ok(Err(error)) => error,
            Ok(Ok(())) | Err(_) => io::Error::other("a listener ended by itself"),
        }
    }

    /// No new connections; requests in flight are finished.
    pub(crate) async fn stop(self) -> Result<(), StartError> {
        self.handle.stop(true).await;
        match self.task.await {
            Ok(ended) => ended.map_err(StartError::Server),
            Err(_) => Err(StartError::Server(io::Error::other("the server task ended early"))),
        }
    }
}

/// The citizens' and relying parties' listener: HTTPS.
pub(crate) fn public(
    config: &Config,
    edge: Edge,
    metrics: &Arc<Metrics>,
) -> Result<(Serving, Arc<Certificate>), StartError> {
    let (tls, certificate) = tls::server_config(&config.listen.certificate_file, &config.listen.key_file)?;
    let (listener, address) = bind("listen.address", config.listen.address)?;
    let mut builder = Server::build().shutdown_timeout(limits::DRAIN.as_secs() + 1).disable_signals();
    if let Some(workers) = config.listen.workers {
        builder = builder.workers(workers);
    }
    let stopping = builder.graceful_shutdown_signal();
    let (edge, metrics) = (web::Data::new(edge), web::Data::from(metrics.clone()));
    let connections = move || {
        let app =
            App::new().app_data(edge.clone()).app_data(metrics.clone()).wrap(from_fn(guard)).configure(http::routes);
        let stopping = stopping.clone();
        let http = HttpService::build()
            .client_request_timeout(limits::HEAD_TIMEOUT)
            .client_disconnect_timeout(limits::DISCONNECT_TIMEOUT)
            .keep_alive(limits::KEEP_ALIVE)
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .finish(map_config(app, |()| AppConfig::default()));
        let mut acceptor = Acceptor::new(tls.clone());
        acceptor.set_handshake_timeout(limits::HEAD_TIMEOUT);
        fn_service(without_delay)
            .and_then(acceptor)
            .map_init_err(|()| ())
            .map_err(TlsError::into_service_error)
            .and_then(|stream: TlsStream<TcpStream>| async move {
                let peer = stream.get_ref().0.peer_addr().ok();
                Ok((Patient::new(stream, limits::ANSWER_LIMIT), Protocol::Http1, peer))
            })
            .and_then(http.map_err(TlsError::Service))
    };
    let server = builder.listen("public", listener, connections).map_err(StartError::Server)?.run();
    Ok((Serving::start(address, server), certificate))
}

/// Without this the first answer on a new TLS connection waits 40 ms for a delayed ACK. A socket that refuses is as slow
/// as it was.
async fn without_delay(socket: TcpStream) -> Result<TcpStream, TlsError<io::Error, Infallible>> {
    let _ = socket.set_nodelay(true);
    Ok(socket)
}

/// The operators' listener: plain HTTP.
pub(crate) fn management(config: &Config, health: &Arc<Health>, metrics: &Arc<Metrics>) -> Result<Serving, StartError> {
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
    Ok(Serving::start(address, server))
}

fn bind(key: &'static str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Bind { key, address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}
