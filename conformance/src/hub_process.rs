//! A hub to drive: its files, and the process that runs on them.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use serde_json::Value;

use crate::files;
use crate::pki::TestPki;

/// What a hub is set up with.
#[derive(Clone, Debug)]
pub struct HubOptions {
    /// Its folder: configuration, keys, trust state, audit log.
    pub dir: PathBuf,
    /// Port of the public listener.
    pub port: u16,
    /// Port that others reach it at, where a balancer stands in front: the port of the issuer.
    pub front_port: Option<u16>,
    /// Port of the operators' listener.
    pub management_port: u16,
    /// `memory` or a Redis URL.
    pub store: String,
    /// The publisher's URL, without a slash at the end.
    pub publisher: String,
    /// The pinned root.
    pub root_file: PathBuf,
    /// The CA of all simulated parties.
    pub ca_file: PathBuf,
    /// Seconds between two looks at the trust lists.
    pub refresh_seconds: u64,
    /// What is logged, as `RUST_LOG` says it.
    pub log: String,
    /// Requests a minute that one client may make, and at once, if not the default.
    pub client_requests: Option<(u32, u32)>,
    /// Worker threads, if not one for each core.
    pub workers: Option<usize>,
}

impl HubOptions {
    /// The issuer.
    pub fn issuer(&self) -> String {
        issuer_on(self.front_port.unwrap_or(self.port))
    }

    /// The operators' listener.
    pub fn management(&self) -> String {
        format!("http://127.0.0.1:{}", self.management_port)
    }

    /// The configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.dir.join("hub.toml")
    }

    /// Where the keys are.
    pub fn keys_dir(&self) -> PathBuf {
        self.dir.join("keys")
    }

    /// Writes certificate and configuration; makes keys if there are none. Gives the public keys to register at
    /// national providers.
    pub fn write(&self, pki: &TestPki) -> anyhow::Result<Value> {
        std::fs::create_dir_all(&self.dir)?;
        pki.server_identity()?.write_to(&self.dir, "tls")?;
        if !self.keys_dir().exists() {
            hub::keys::generate(&self.keys_dir())?;
        }
        files::write_whole(&self.config_file(), self.toml().as_bytes())?;
        let jwks = std::fs::read(self.keys_dir().join("upstream/jwks.json"))?;
        Ok(serde_json::from_slice(&jwks)?)
    }

    fn toml(&self) -> String {
        let Self { port, management_port, publisher, store, refresh_seconds, .. } = self;
        let limits = self.client_requests.map(limits).unwrap_or_default();
        let workers = self.workers.map(|workers| format!("workers = {workers}\n")).unwrap_or_default();
        format!(
            "issuer = \"{issuer}\"\n\n\
             [listen]\naddress = \"127.0.0.1:{port}\"\ncertificate_file = \"tls.pem\"\nkey_file = \"tls.key\"\n{workers}\n\
             [management]\naddress = \"127.0.0.1:{management_port}\"\n\n\
             [trust]\npublisher = \"{publisher}/\"\nroot_file = \"{root}\"\nstate_directory = \"trust-state\"\n\
             refresh_seconds = {refresh_seconds}\n\n\
             [store]\nurl = \"{store}\"\n\n\
             [audit]\ndirectory = \"audit\"\n\n\
             [keys]\nsigning_directory = \"keys/signing\"\nsealing_key_file = \"keys/sealing.key\"\n\
             pairwise_secret_file = \"keys/pairwise.secret\"\nupstream_directory = \"keys/upstream\"\n\n\
             [upstream]\nextra_ca_file = \"{ca}\"\n\n\
             {limits}\
             [sandbox]\nloopback_peers = true\ntest_countries = true\n",
            issuer = self.issuer(),
            root = absolute(&self.root_file).display(),
            ca = absolute(&self.ca_file).display(),
        )
    }
}

fn limits((per_minute, burst): (u32, u32)) -> String {
    format!("[limits]\nclient_requests_per_minute = {per_minute}\nclient_burst = {burst}\n\n")
}

/// The issuer of a hub on this port.
pub fn issuer_on(port: u16) -> String {
    format!("https://localhost:{port}")
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// A running `hub serve`. It is killed when dropped.
pub struct HubProcess {
    child: Child,
    management: String,
    log: PathBuf,
}

impl HubProcess {
    /// Starts the program on the options' files. Its log goes to `hub.log` in the folder.
    pub fn start(program: &Path, options: &HubOptions) -> anyhow::Result<Self> {
        let log = options.dir.join("hub.log");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&log)?;
        let child = Command::new(program)
            .args(["serve", "--config"])
            .arg(options.config_file())
            .env("RUST_LOG", &options.log)
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("{} cannot be started: build it with {BUILD}", program.display()))?;
        Ok(Self { child, management: options.management(), log })
    }

    /// Process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the hub says that it is ready; fails with the end of its log when it ends or takes too long.
    pub async fn wait_ready(&mut self, http: &reqwest::Client) -> anyhow::Result<()> {
        let mut last = "no answer".to_owned();
        for _ in 0..MOST_LOOKS {
            self.still_running()?;
            match http.get(format!("{}/readyz?verbose", self.management)).send().await {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                Ok(answer) => last = answer.text().await?,
                Err(_) => {}
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        anyhow::bail!("the hub is not ready: {last}\n{}", self.end_of_log())
    }

    /// Fails with the end of the log if the hub has ended.
    pub fn still_running(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => anyhow::bail!("the hub ended ({status}):\n{}", self.end_of_log()),
        }
    }

    /// Ends it at once, as a power cut would: SIGKILL.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Everything it has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn end_of_log(&self) -> String {
        let text = self.log();
        let lines: Vec<&str> = text.lines().collect();
        lines.iter().skip(lines.len().saturating_sub(20)).copied().collect::<Vec<_>>().join("\n")
    }
}

impl Drop for HubProcess {
    fn drop(&mut self) {
        // It may have ended by itself; both calls then fail harmlessly.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Twenty seconds.
const MOST_LOOKS: u32 = 200;

const BUILD: &str = "cargo build -p hub --features hub/test-profile";

/// The `hub` binary: the one that is named, or the one beside the running executable. `conformance` itself will do, it
/// has the same subcommand.
pub fn program(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    named.map_or_else(beside_this_executable, |named| Ok(named.to_owned()))
}

fn beside_this_executable() -> anyhow::Result<PathBuf> {
    let here = std::env::current_exe()?;
    let file = here.with_file_name("hub");
    anyhow::ensure!(file.is_file(), "no hub beside {}: build it with {BUILD}", here.display());
    Ok(file)
}
