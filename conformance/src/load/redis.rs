//! A Redis of our own on loopback, and a counter of round trips in front of it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::serve;

/// A `redis-server` process; it ends when dropped.
pub struct Redis {
    child: Child,
    port: u16,
    dir: PathBuf,
}

impl Redis {
    /// Starts `redis-server` without persistence on a free port.
    pub async fn start(dir: &Path) -> anyhow::Result<Self> {
        let port = serve::free_port()?;
        Self::start_on(port, dir).await
    }

    /// Starts `redis-server` on this port.
    pub async fn start_on(port: u16, dir: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(dir)?;
        let log = std::fs::File::create(dir.join(format!("redis-{port}.log")))?;
        let mut child = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
            // Uncompressed, so that a dump can be searched.
            .args(["--maxmemory-policy", "noeviction", "--rdbcompression", "no", "--dir"])
            .arg(dir)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(Stdio::null())
            .spawn()
            .context("redis-server cannot be started: install it (apt-get install redis-server), or leave it out with --no-redis")?;
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(Self { child, port, dir: dir.to_owned() });
            }
            if let Some(status) = child.try_wait()? {
                anyhow::bail!("redis-server ended at once ({status}), see {}", dir.display());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        child.kill()?;
        anyhow::bail!("redis-server does not answer on port {port}")
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `redis://127.0.0.1:<port>`
    pub fn url(&self) -> String {
        url_of(self.port)
    }

    /// Everything it holds, as it would lie on a stolen disk.
    pub async fn dump(&self) -> anyhow::Result<Vec<u8>> {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).await?;
        connection.write_all(b"SAVE\r\n").await?;
        let mut answer = [0; 5];
        connection.read_exact(&mut answer).await?;
        anyhow::ensure!(&answer == b"+OK\r\n", "SAVE was refused");
        Ok(std::fs::read(self.dir.join("dump.rdb"))?)
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended by itself; both calls then fail harmlessly.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// `redis://127.0.0.1:<port>`
pub fn url_of(port: u16) -> String {
    format!("redis://127.0.0.1:{port}")
}

/// A TCP relay that counts round trips: how often the hub speaks after Redis has spoken.
///
/// A pipeline or a script is one round trip, however many commands it holds; that is what a network makes one wait for.
/// Exact as long as one login runs at a time, so the driver counts with one.
pub struct RoundTrips {
    port: u16,
    count: Arc<AtomicU64>,
}

const REDIS_SPOKE: u8 = 0;
const HUB_SPOKE: u8 = 1;

impl RoundTrips {
    /// Relays a port of its own to `target` until the runtime ends.
    pub async fn before(target: u16) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let count = Arc::new(AtomicU64::new(0));
        let counter = count.clone();
        tokio::spawn(async move {
            while let Ok((hub, _)) = listener.accept().await {
                let counter = counter.clone();
                tokio::spawn(async move {
                    if let Ok(redis) = TcpStream::connect(("127.0.0.1", target)).await {
                        relay(hub, redis, counter).await;
                    }
                });
            }
        });
        Ok(Self { port, count })
    }

    /// The relay's URL.
    pub fn url(&self) -> String {
        url_of(self.port)
    }

    /// Round trips since it started.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }
}

async fn relay(hub: TcpStream, redis: TcpStream, count: Arc<AtomicU64>) {
    // Without it Nagle's algorithm on the relay would split one pipeline into two.
    drop((hub.set_nodelay(true), redis.set_nodelay(true)));
    let last = Arc::new(AtomicU8::new(REDIS_SPOKE));
    let (mut from_hub, mut to_hub) = hub.into_split();
    let (mut from_redis, mut to_redis) = redis.into_split();
    let asking = {
        let last = last.clone();
        async move {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(read @ 1..) = from_hub.read(&mut buffer).await {
                if last.swap(HUB_SPOKE, Ordering::SeqCst) == REDIS_SPOKE {
                    count.fetch_add(1, Ordering::SeqCst);
                }
                if to_redis.write_all(buffer.get(..read).unwrap_or_default()).await.is_err() {
                    break;
                }
            }
        }
    };
    let answering = async move {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from_redis.read(&mut buffer).await {
            last.store(REDIS_SPOKE, Ordering::SeqCst);
            if to_hub.write_all(buffer.get(..read).unwrap_or_default()).await.is_err() {
                break;
            }
        }
    };
    tokio::select! { () = asking => {}, () = answering => {} }
}
