//! Everything that runs in the demo.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::DemoArgs;
use super::bank::Bank;
use super::control;
use super::pension::Pension;
use crate::clock::Clock;
use crate::hub_process::{self, HubOptions, HubProcess};
use crate::national_client::NationalClient;
use crate::region::{ExtraMember, Options, Ports, Region};
use crate::rp::{Hub, RelyingParty};
use crate::serve::{self, Served};
use crate::sim::client::Client;

/// The demo's cast.
pub(super) struct Stage {
    pub(super) region: Arc<Region>,
    pub(super) hub: HubProcess,
    pub(super) hub_options: HubOptions,
    /// The hub's public keys towards national providers.
    pub(super) upstream_jwks: Value,
    pub(super) extra_member: Option<ExtraMember>,
    pub(super) http: reqwest::Client,
    pub(super) bank: RelyingParty,
    pub(super) insurer: RelyingParty,
    pub(super) pension: RelyingParty,
    pub(super) pension_at_xe: NationalClient,
    pub(super) bank_url: String,
    pub(super) control_url: String,
    /// They stop when dropped.
    _servers: [Served; 3],
}

impl Stage {
    pub(super) async fn start(args: &DemoArgs) -> anyhow::Result<Self> {
        clear(&args.dir)?;
        let base = args.port_base;
        let extra_member = args.extra_member.as_deref().map(read_member).transpose()?;
        let (bank_url, pension_url) = (url(base + 6), url(base + 7));
        let region = Arc::new(Region::start(Options {
            hub_issuer: hub_process::issuer_on(base),
            ports: Ports { publisher: base + 2, xa: base + 3, xe: base + 4, xf: base + 5 },
            bank_url: bank_url.clone(),
            pension_url: pension_url.clone(),
            extra_member: extra_member.clone(),
            ..Options::new(args.dir.join("region"), Clock::system())
        })?);
        region.pki.server_identity()?.write_to(&args.dir.join("pki"), "server")?;
        let hub_options = HubOptions {
            management_port: base + 1,
            store: args.store.clone(),
            ..region.hub_options(args.dir.join("hub"))
        };
        let upstream_jwks = hub_options.write(&region.pki)?;
        region.register_hub(&upstream_jwks);
        let hub = start_hub(args, &hub_options, &region).await?;

        let http = region.http()?;
        let metadata = Hub::discover(&http, &hub_options.issuer()).await?;
        let party = |id: &str| {
            let registration = region.party(id)?.registration();
            RelyingParty::new(&registration, metadata.clone(), http.clone(), region.clock.clone())
        };
        let (bank, insurer, pension) = (party("bank-xe")?, party("insurer-xf")?, party("pension-xa")?);
        let pension_at_xe = register_pension_at_xe(&region, &pension, &pension_url, &http);
        let servers = [
            Bank::serve(&region.pki, serve::bind(base + 6)?, bank.clone())?,
            Pension::serve(&region.pki, serve::bind(base + 7)?, pension.clone(), pension_at_xe.clone())?,
            control::serve(&region, serve::bind(base + 8)?)?,
        ];
        let control_url = url(base + 8);
        Ok(Self {
            region,
            hub,
            hub_options,
            upstream_jwks,
            extra_member,
            http,
            bank,
            insurer,
            pension,
            pension_at_xe,
            bank_url,
            control_url,
            _servers: servers,
        })
    }
}

async fn start_hub(args: &DemoArgs, options: &HubOptions, region: &Region) -> anyhow::Result<HubProcess> {
    // Found out here, the error can say what to do; the hub's own would be in its log.
    drop((serve::bind(options.port)?, serve::bind(options.management_port)?));
    let mut hub = HubProcess::start(&hub_process::program(args.hub.as_deref())?, options)?;
    hub.wait_ready(&region.http()?).await?;
    Ok(hub)
}

/// The pension fund asks its pensioners to log in at XE under its own name there.
fn register_pension_at_xe(
    region: &Region,
    pension: &RelyingParty,
    pension_url: &str,
    http: &reqwest::Client,
) -> NationalClient {
    let redirect_uri = format!("{pension_url}/callback");
    region.oidc.clients.register(Client {
        client_id: pension.client_id.clone(),
        jwks: json!({"keys": [pension.key.public_jwk().to_value()]}),
        redirect_uris: vec![redirect_uri.clone()],
        dpop: false,
        encryption_key: None,
    });
    NationalClient {
        client_id: pension.client_id.clone(),
        redirect_uri,
        key: pension.key.clone(),
        issuer: region.oidc.issuer().to_owned(),
        clock: region.clock.clone(),
        http: http.clone(),
    }
}

/// Keys, lists and logs of an earlier demo belong to a region that is gone.
fn clear(dir: &Path) -> anyhow::Result<()> {
    for left in ["region", "hub", "pki", "demo.json"] {
        let left = dir.join(left);
        let removed = if left.is_dir() { std::fs::remove_dir_all(&left) } else { std::fs::remove_file(&left) };
        match removed {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", left.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

fn read_member(file: &Path) -> anyhow::Result<ExtraMember> {
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is no member", file.display()))
}

fn url(port: u16) -> String {
    format!("https://localhost:{port}")
}
