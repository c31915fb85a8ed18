//! An HTTPS server on loopback, as every simulated party runs one.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};
use anyhow::Context as _;

use crate::pki::TestPki;

/// A running server. It stops when dropped.
pub struct Served {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    /// `https://localhost:<port>`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.address.port())
    }

    /// `localhost:<port>`, as the trust list names the host.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // The command is sent by the call itself; the future only waits for the answer.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// A port for a server that starts later.
pub fn free_port() -> anyhow::Result<u16> {
    free_ports(1)
}

/// The first of `count` ports in a row for servers that start later.
///
/// They are below those that the system gives to outgoing connections (from 32768 on), or one of these could take them
/// in the meantime. Processes begin at different places; within one, no port is given twice.
pub fn free_ports(count: u16) -> anyhow::Result<u16> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    const PLACES: u32 = 10_000;
    let begin = std::process::id().wrapping_mul(199);
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    for _ in 0..PLACES {
        let place = begin.wrapping_add(NEXT.fetch_add(count.into(), Ordering::SeqCst)) % PLACES;
        let first = FIRST_PORT + u16::try_from(place)?;
        if (first..first + count).all(is_free) {
            return Ok(first);
        }
    }
    anyhow::bail!("no {count} ports in a row are free from {FIRST_PORT} on")
}

const FIRST_PORT: u16 = 10_000;

/// Binds loopback; port 0 takes a free one. A taken port is named in the error.
pub fn bind(port: u16) -> anyhow::Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).with_context(|| {
        format!("port {port} on 127.0.0.1 is not free: stop what uses it or choose another with --port-base")
    })
}

/// Serves `configure` over TLS on `listener`, with one worker on a thread of its own.
pub fn serve<F>(pki: &TestPki, listener: TcpListener, configure: F) -> anyhow::Result<Served>
where
    F: Fn(&mut ServiceConfig) + Clone + Send + 'static,
{
    let address = listener.local_addr()?;
    let tls = pki.server_identity()?.server_config()?;
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::Builder::new().name(format!("sim-{}", address.port())).spawn(move || {
        let started = HttpServer::new(move || App::new().configure(configure.clone()))
            .workers(1)
            .disable_signals()
            .shutdown_timeout(1)
            // Without it the first answer on a fresh connection waits for a delayed ACK.
            .tcp_nodelay(true)
            .listen_rustls_0_23(listener, tls)
            .map(HttpServer::run);
        match started {
            Ok(server) => {
                let handle = server.handle();
                if sender.send(Ok(handle)).is_ok()
                    && let Err(error) = actix_web::rt::System::new().block_on(server)
                {
                    tracing::error!(%error, "a simulated server ended");
                }
            }
            Err(error) => drop(sender.send(Err(error))),
        }
    })?;
    let handle = receiver.recv().context("the server thread ended before it started")??;
    Ok(Served { address, handle, thread: Some(thread) })
}
