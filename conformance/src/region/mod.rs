//! A region of three member states: their providers, their regulators, their signed lists, their publisher.
//!
//! 1. [`Region::start`] starts the states' servers and the publisher, makes the regulators' keys, and publishes root,
//!    lists and status. Two of three regulators, from two countries, are the quorum.
//! 2. [`Region::register_hub`] makes the hub a client of the national providers.
//! 3. [`Region::suspend`], [`Region::reinstate`], [`Region::edit_national`] and [`Region::edit_regional`] are what
//!    regulators do; each publishes at once. [`Region::restamp`] is the online key's minute.
//!
//! To add a member: a server in [`Region::start`], its entries in [`entities`], its rows in [`recognition`].

pub mod entities;
mod members;
pub mod publisher;
mod recognition;
mod trust;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anyhow::Context as _;
use serde_json::Value;
use trust_list::publish::Published;

use self::entities::{HUB_CLIENT_ID, Party};
pub use self::members::ExtraMember;
use self::publisher::Publisher;
use self::trust::Regulators;
use crate::clock::Clock;
use crate::hub_process::HubOptions;
use crate::pki::TestPki;
use crate::serve::{self, Served};
use crate::sim::cards::CardIssuer;
use crate::sim::client::Client as NationalClient;
use crate::sim::esignet::Esignet;
use crate::sim::oidc::Oidc;
use crate::{browser, files};

/// The relying party of the load driver.
pub const BENCH_PARTY: &str = "bench-rp";
/// The country system of the load driver.
pub const BENCH_SYSTEM: &str = "bench-system";
/// The audience it exchanges for.
pub const BENCH_AUDIENCE: &str = "https://bench.xa.example";
/// The audience of XA's pension fund.
pub const PENSION_AUDIENCE: &str = "https://pension.xa.example";

/// What a region is started with.
pub struct Options {
    /// Where its files go.
    pub dir: PathBuf,
    /// The time of everybody in it.
    pub clock: Clock,
    /// The hub's issuer: where persons are sent back to.
    pub hub_issuer: String,
    /// Ports; 0 takes a free one.
    pub ports: Ports,
    /// Where the bank's pages are.
    pub bank_url: String,
    /// Where the pension fund's pages are.
    pub pension_url: String,
    /// A member whose provider somebody else runs.
    pub extra_member: Option<ExtraMember>,
    /// Seconds that a status document lives, if not an hour.
    pub status_life: Option<i64>,
}

/// Ports of the region's servers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    /// The publisher.
    pub publisher: u16,
    /// XA's eSignet.
    pub xa: u16,
    /// XE's provider.
    pub xe: u16,
    /// XF's card desk.
    pub xf: u16,
}

impl Options {
    /// Free ports, and no hub yet.
    pub fn new(dir: PathBuf, clock: Clock) -> Self {
        Self {
            dir,
            clock,
            hub_issuer: "https://localhost:1".into(),
            ports: Ports::default(),
            bank_url: "https://bank-xe.example".into(),
            pension_url: "https://pension-xa.example".into(),
            extra_member: None,
            status_life: None,
        }
    }
}

/// A running region.
pub struct Region {
    /// The certificate authority of everybody in it.
    pub pki: TestPki,
    /// The time of everybody in it.
    pub clock: Clock,
    /// XA's provider.
    pub esignet: Arc<Esignet>,
    /// XE's provider.
    pub oidc: Arc<Oidc>,
    /// XF's card desk.
    pub cards: Arc<CardIssuer>,
    /// The publisher.
    pub publisher: Arc<Publisher>,
    /// XA's server.
    pub xa: Served,
    /// XE's server.
    pub xe: Served,
    /// XF's server.
    pub xf: Served,
    /// The publisher's server.
    pub publisher_server: Served,
    parties: BTreeMap<String, Party>,
    regulators: Regulators,
    published: Mutex<Published>,
    options: Options,
}

impl Region {
    /// Starts every server and publishes the lists.
    pub fn start(options: Options) -> anyhow::Result<Self> {
        let pki = TestPki::generate()?;
        std::fs::create_dir_all(&options.dir)?;
        files::write_whole(&options.dir.join("ca.pem"), pki.ca_pem().as_bytes())?;
        let (ports, clock) = (options.ports, &options.clock);
        let (esignet, xa) = Esignet::start(&pki, serve::bind(ports.xa)?, "XA", clock)?;
        let (oidc, xe) = Oidc::start(&pki, serve::bind(ports.xe)?, "XE", clock)?;
        let (cards, xf) = CardIssuer::start(&pki, serve::bind(ports.xf)?, "XF", clock)?;
        // Either country's provider can be told to sign with the other's key.
        drop((esignet.foreign_key.set(oidc.key.clone()), oidc.foreign_key.set(esignet.key())));
        let served = options.dir.join("trust");
        let (publisher, publisher_server) = Publisher::start(&pki, serve::bind(ports.publisher)?, &served)?;
        let mut region = Self {
            parties: members::parties(&options)?,
            regulators: Regulators::generate()?,
            published: Mutex::default(),
            clock: clock.clone(),
            pki,
            esignet,
            oidc,
            cards,
            publisher,
            xa,
            xe,
            xf,
            publisher_server,
            options,
        };
        region.publish_everything()?;
        Ok(region)
    }

    /// Makes the hub, with these public keys, a client of XA's and XE's providers.
    pub fn register_hub(&self, jwks: &Value) {
        let keys = jwks.get("keys").and_then(Value::as_array);
        let encryption = keys.into_iter().flatten().find(|key| key.get("use").is_some_and(|of| of == "enc"));
        let client = |country: &str, dpop| NationalClient {
            client_id: HUB_CLIENT_ID.into(),
            jwks: jwks.clone(),
            redirect_uris: vec![format!("{}/callback/{country}", self.options.hub_issuer)],
            dpop,
            encryption_key: encryption.cloned(),
        };
        self.esignet.clients.register(client("XA", true));
        self.oidc.clients.register(client("XE", false));
    }

    /// A client of the hub by its id.
    pub fn party(&self, client_id: &str) -> anyhow::Result<&Party> {
        self.parties.get(client_id).with_context(|| format!("no client {client_id} in the region"))
    }

    /// All clients of the hub.
    pub fn parties(&self) -> impl Iterator<Item = &Party> {
        self.parties.values()
    }

    /// An HTTP client that trusts the region's authority.
    pub fn http(&self) -> anyhow::Result<reqwest::Client> {
        browser::http_client(&self.pki.ca_pem())
    }

    /// The CA's file.
    pub fn ca_file(&self) -> PathBuf {
        self.options.dir.join("ca.pem")
    }

    /// The pinned root.
    pub fn root_file(&self) -> PathBuf {
        self.publisher.dir().join("root/1.json")
    }

    /// A hub for this region with its files in `dir`, on the port of its issuer.
    pub fn hub_options(&self, dir: PathBuf) -> HubOptions {
        let port = self.options.hub_issuer.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(0);
        HubOptions {
            dir,
            port,
            front_port: None,
            management_port: 0,
            store: "memory".into(),
            publisher: self.publisher_server.url(),
            root_file: self.root_file(),
            ca_file: self.ca_file(),
            refresh_seconds: 2,
            log: "info".into(),
            client_requests: None,
            workers: None,
        }
    }
}
