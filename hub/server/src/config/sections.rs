//! The sections of the file. Every one refuses unknown keys.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use country_adapters::SpecialUse;
use serde::Deserialize;

/// The whole configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The issuer identifier: `https://` and a host (and port), nothing after it. Every link the hub writes starts with
    /// it.
    pub issuer: String,
    /// The citizens' and relying parties' listener.
    pub listen: Listen,
    /// The operators' listener.
    pub management: Management,
    /// The trust lists.
    pub trust: Trust,
    /// Where logins in progress are kept.
    pub store: Store,
    /// The audit log.
    pub audit: Audit,
    /// The hub's own keys.
    pub keys: Keys,
    /// Calls to national identity providers.
    #[serde(default)]
    pub upstream: Upstream,
    /// How long things live.
    #[serde(default)]
    pub lifetimes: Lifetimes,
    /// How often a client may ask.
    #[serde(default)]
    pub limits: Limits,
    /// Test regions only.
    #[cfg(feature = "test-profile")]
    #[serde(default)]
    pub sandbox: Sandbox,
}

/// `[listen]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Address of the HTTPS listener.
    pub address: SocketAddr,
    /// Certificate chain, PEM, leaf first. Read again when the file changes.
    pub certificate_file: PathBuf,
    /// Private key of the leaf, PEM (PKCS#8). Read again when the file changes.
    pub key_file: PathBuf,
    /// Worker threads; as many as there are cores when left out.
    #[serde(default)]
    pub workers: Option<usize>,
    /// When a stop is asked for: how long the hub still accepts connections while `/readyz` already says no.
    #[serde(default = "default_stop_pause_seconds")]
    pub stop_pause_seconds: u64,
}

/// `[management]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Management {
    /// Address of the plain HTTP listener for probes and metrics. Never expose it.
    pub address: SocketAddr,
}

/// `[trust]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trust {
    /// Where the signed lists are: an `https://` URL, or a folder.
    pub publisher: String,
    /// More places with the same documents; the newest that is good counts.
    #[serde(default)]
    pub mirrors: Vec<String>,
    /// The pinned root, handed over out of band.
    pub root_file: PathBuf,
    /// Where the highest versions seen are kept. Survives restarts; never restore it from a backup.
    pub state_directory: PathBuf,
    /// Pause between two refreshes.
    #[serde(default = "default_refresh_seconds")]
    pub refresh_seconds: u64,
}

/// `[store]`
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// `memory` (one replica, logins die with it), `redis://…` or `rediss://…` without a password.
    #[serde(default)]
    pub url: Option<String>,
    /// File with the URL, where it carries a password.
    #[serde(default)]
    pub url_file: Option<PathBuf>,
    /// Roots to trust for `rediss://` instead of the system's, PEM.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// URLs of the Sentinels, where they choose the server, without a password.
    #[serde(default)]
    pub sentinels: Vec<String>,
    /// The name the Sentinels know the primary by.
    #[serde(default)]
    pub sentinel_primary: Option<String>,
}

/// Without the URLs: before they are checked they may hold a password.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("url_file", &self.url_file)
            .field("ca_file", &self.ca_file)
            .field("sentinels", &self.sentinels.len())
            .field("sentinel_primary", &self.sentinel_primary)
            .finish_non_exhaustive()
    }
}

/// `[audit]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Folder of this replica's log.
    pub directory: PathBuf,
}

/// `[keys]`: what `hub keys generate --dir` writes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// Private JWKs that sign tokens; `*.active.jwk`, of which there is exactly one, signs; all are
    /// published.
    pub signing_directory: PathBuf,
    /// 32 bytes, base64url, one key a line: seals what is stored. The first line seals, every line opens.
    pub sealing_key_file: PathBuf,
    /// `version:secret`, the secret 32 bytes in base64url: makes pairwise subjects. Losing it changes every `sub`.
    pub pairwise_secret_file: PathBuf,
    /// The hub's keys towards national identity providers.
    pub upstream_directory: PathBuf,
}

/// `[upstream]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// Certificate authorities trusted besides the public ones, PEM.
    #[serde(default)]
    pub extra_ca_file: Option<PathBuf>,
}

/// `[lifetimes]`, all in seconds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifetimes {
    /// A pushed request before the person arrives. FAPI 2.0 §5.3.2.2: less than 600.
    pub pushed_request_seconds: u64,
    /// The person's whole way: choosing, logging in at home, deciding. Slow networks and late SMS need minutes.
    pub login_seconds: u64,
    /// An authorization code. FAPI 2.0 §5.3.2.1: at most 60.
    pub code_seconds: u64,
    /// An access token.
    pub access_token_seconds: u64,
    /// An ID token.
    pub id_token_seconds: u64,
    /// A refresh token, and with it the grant.
    pub refresh_token_seconds: u64,
}

/// `[limits]`: of each client, on each replica; pushed requests, tokens, revocations and federation calls together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests a minute, sustained.
    pub client_requests_per_minute: u32,
    /// Requests at once, after a pause.
    pub client_burst: u32,
}

/// `[sandbox]`: exists in builds with the feature `test-profile` only.
#[cfg(feature = "test-profile")]
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sandbox {
    /// National identity providers and publishers may be on loopback addresses.
    pub loopback_peers: bool,
    /// The test countries XA to XZ may be used.
    pub test_countries: bool,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            pushed_request_seconds: 60,
            login_seconds: 30 * 60,
            code_seconds: 60,
            access_token_seconds: 5 * 60,
            id_token_seconds: 5 * 60,
            refresh_token_seconds: 4 * 60 * 60,
        }
    }
}

/// Twenty requests a second are ten logins a second at one relying party (a pushed request and a token each): most of what a
/// national identity provider was seen to do for everybody together (15 a second). A burst is half a minute's worth.
impl Default for Limits {
    fn default() -> Self {
        Self { client_requests_per_minute: 1200, client_burst: 600 }
    }
}

pub(crate) const fn default_refresh_seconds() -> u64 {
    15
}

const fn default_stop_pause_seconds() -> u64 {
    3
}

impl Config {
    /// What outbound calls may reach.
    pub fn special_use(&self) -> SpecialUse {
        #[cfg(feature = "test-profile")]
        if self.sandbox.loopback_peers {
            return SpecialUse::AllowLoopback;
        }
        SpecialUse::Refuse
    }

    /// Whether invented countries are accepted.
    pub fn test_countries(&self) -> bool {
        #[cfg(feature = "test-profile")]
        return self.sandbox.test_countries;
        #[cfg(not(feature = "test-profile"))]
        false
    }

    /// Makes relative paths start at `folder`.
    pub(super) fn resolve_paths(&mut self, folder: &Path) {
        let required = [
            &mut self.listen.certificate_file,
            &mut self.listen.key_file,
            &mut self.trust.root_file,
            &mut self.trust.state_directory,
            &mut self.audit.directory,
            &mut self.keys.signing_directory,
            &mut self.keys.sealing_key_file,
            &mut self.keys.pairwise_secret_file,
            &mut self.keys.upstream_directory,
        ];
        let optional =
            [self.store.url_file.as_mut(), self.store.ca_file.as_mut(), self.upstream.extra_ca_file.as_mut()];
        for path in required.into_iter().chain(optional.into_iter().flatten()) {
            *path = folder.join(&*path);
        }
        for place in std::iter::once(&mut self.trust.publisher).chain(&mut self.trust.mirrors) {
            if !place.contains("://") {
                *place = folder.join(&*place).to_string_lossy().into_owned();
            }
        }
    }
}
