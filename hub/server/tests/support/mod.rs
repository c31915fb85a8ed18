//! A hub in this process: its files in a temporary folder, its ports chosen by the system, and a client that speaks raw
//! HTTP over TLS.

// Every test binary uses a part of it.
#![expect(dead_code, unreachable_pub, reason = "shared between test binaries, each of which uses a part")]

use std::collections::HashMap;
use std::fs::Permissions;
use std::io::Write as _;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hub::{Config, Running, Wiring};
use hub_core::audit::CollectedAuditLog;
use hub_core::ports::{ManualClock, Stores};
use hub_core::store::memory::MemoryStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use strict_jose::UnixTime;
use tempfile::TempDir;
use trust_list::testing::TestRegion;

pub const ISSUER: &str = "https://hub.example";

/// A hub and its folder.
pub struct Hub {
    pub running: Running,
    pub folder: TempDir,
    pub region: TestRegion,
    pub clock: Arc<ManualClock>,
    pub store: Arc<MemoryStore>,
    pub audit: Arc<CollectedAuditLog>,
    client: Arc<ClientConfig>,
}

/// When every test begins.
pub const NOW: UnixTime = UnixTime::new(1_800_000_000);

/// A region with one identity provider.
pub fn region() -> TestRegion {
    let mut region = TestRegion::new(NOW).unwrap();
    region.add_issuer(&TestRegion::issuer("XA".parse().unwrap(), "idp".parse().unwrap(), NOW)).unwrap();
    region
}

/// A folder with everything a configuration names.
pub fn folder() -> TempDir {
    folder_for(&region())
}

pub fn folder_for(region: &TestRegion) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(["hub.example".to_owned()]).unwrap();
    write(folder.path(), "certificate.pem", &certified.cert.pem());
    write(folder.path(), "key.pem", &certified.signing_key.serialize_pem());
    std::fs::set_permissions(folder.path().join("key.pem"), Permissions::from_mode(0o600)).unwrap();
    std::fs::write(folder.path().join("root.json"), region.pinned_root()).unwrap();
    std::fs::create_dir(folder.path().join("publisher")).unwrap();
    region.write_to(&folder.path().join("publisher")).unwrap();
    copy(&keys(), &folder.path().join("keys"));
    write(folder.path(), "hub.toml", CONFIG);
    folder
}

/// The configuration of `folder` and nothing else.
pub fn wiring(folder: &TempDir) -> Wiring {
    let environment: HashMap<String, String> = if cfg!(feature = "test-profile") {
        [("PASSERELLE__SANDBOX__TEST_COUNTRIES".to_owned(), "true".to_owned())].into()
    } else {
        [].into()
    };
    Wiring::new(Config::load_with(&folder.path().join("hub.toml"), Some(environment)).unwrap())
}

/// One set of keys for all tests of a binary: RSA keys are dear to make.
fn keys() -> PathBuf {
    static KEYS: OnceLock<TempDir> = OnceLock::new();
    let folder = KEYS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        hub::keys::generate(&folder.path().join("keys")).unwrap();
        folder
    });
    folder.path().join("keys")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub const CONFIG: &str = r#"
issuer = "https://hub.example"
[listen]
address = "127.0.0.1:0"
certificate_file = "certificate.pem"
key_file = "key.pem"
workers = 1
stop_pause_seconds = 0
[management]
address = "127.0.0.1:0"
[trust]
publisher = "publisher"
root_file = "root.json"
state_directory = "state/trust"
[store]
url = "memory"
[audit]
directory = "state/audit"
[keys]
signing_directory = "keys/signing"
sealing_key_file = "keys/sealing.key"
pairwise_secret_file = "keys/pairwise.secret"
upstream_directory = "keys/upstream"
"#;

pub fn write(folder: &Path, name: &str, content: &str) {
    std::fs::write(folder.join(name), content).unwrap();
}

impl Hub {
    /// A hub with the configuration of [`folder`], its publisher in memory, on a clock that stands still.
    pub async fn start() -> Self {
        let region = region();
        let folder = folder_for(&region);
        let hub = Self::start_in(folder, region).await;
        hub.running.refresh_trust().await;
        hub
    }

    /// The same in a folder that is there already, before the first refresh.
    pub async fn start_in(folder: TempDir, region: TestRegion) -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let store = Arc::new(MemoryStore::new(clock.clone(), 1000));
        let audit = Arc::new(CollectedAuditLog::default());
        let mut wiring = wiring(&folder);
        wiring.clock = clock.clone();
        wiring.stores = Some(Stores::on(store.clone()));
        wiring.audit = Some(audit.clone());
        wiring.publisher = Some(Arc::new(region.publisher()));
        let running = hub::start(wiring).await.unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(folder.path().join("certificate.pem")).unwrap()).unwrap();
        let client = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        Self { running, folder, region, clock, store, audit, client: Arc::new(client) }
    }

    /// Sends `request` as it is over a new TLS connection and reads until the hub closes or says no more for a second.
    pub async fn raw(&self, request: impl Into<Vec<u8>>) -> Answer {
        let (address, client, request) = (self.running.address, self.client.clone(), request.into());
        tokio::task::spawn_blocking(move || exchange(address, client, &request)).await.unwrap()
    }

    /// A request with the usual head.
    pub async fn send(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: hub.example\r\nConnection: close\r\n");
        for (name, value) in headers {
            head.extend([*name, ": ", *value, "\r\n"]);
        }
        if !body.is_empty() {
            head.extend(["Content-Length: ", &body.len().to_string(), "\r\n"]);
        }
        self.raw(format!("{head}\r\n{body}")).await
    }

    pub async fn get(&self, target: &str) -> Answer {
        self.send("GET", target, &[], "").await
    }

    pub async fn post_form(&self, target: &str, body: &str) -> Answer {
        self.send("POST", target, &[("Content-Type", "application/x-www-form-urlencoded")], body).await
    }

    /// A GET at the operators' listener.
    pub async fn manage(&self, target: &str) -> Answer {
        manage(self.running.management_address, "GET", target).await
    }

    /// A POST at the operators' listener.
    pub async fn manage_post(&self, target: &str) -> Answer {
        manage(self.running.management_address, "POST", target).await
    }
}

/// A request without a body at an operators' listener.
pub async fn manage(address: SocketAddr, method: &str, target: &str) -> Answer {
    let request = format!("{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        Answer::parse(read_all(&mut stream))
    })
    .await
    .unwrap()
}

fn exchange(address: SocketAddr, client: Arc<ClientConfig>, request: &[u8]) -> Answer {
    let tcp = TcpStream::connect(address).unwrap();
    tcp.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let connection = ClientConnection::new(client, ServerName::try_from("hub.example").unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, tcp);
    // The hub may answer and close before everything is sent.
    let _ = stream.write_all(request);
    Answer::parse(read_all(&mut stream))
}

fn read_all(stream: &mut impl std::io::Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(read) = stream.read(&mut chunk) {
        if read == 0 {
            break;
        }
        bytes.extend_from_slice(&chunk[..read]);
    }
    bytes
}

/// An answer, or nothing where the hub closed without one.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: Vec<u8>) -> Self {
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Self { status: 0, headers: Vec::new(), body: bytes };
        };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        Self { status, headers, body: bytes[end + 4..].to_vec() }
    }

    /// The values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(own, _)| own == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header that is there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        match self.all(name).as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Handshakes.
impl Hub {
    /// The suite that is agreed on for one version; `None` where there is no agreement.
    pub async fn handshake(&self, version: &'static rustls::SupportedProtocolVersion) -> Option<String> {
        self.handshake_by(rustls::crypto::aws_lc_rs::default_provider(), version).await
    }

    /// FAPI 2.0 Security Profile §5.2.2 does not have this suite for TLS 1.2.
    pub async fn handshake_with_chacha_of_tls12(&self) -> Option<String> {
        let provider = rustls::crypto::CryptoProvider {
            cipher_suites: vec![
                rustls::crypto::aws_lc_rs::cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
                rustls::crypto::aws_lc_rs::cipher_suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
            ],
            ..rustls::crypto::aws_lc_rs::default_provider()
        };
        self.handshake_by(provider, &rustls::version::TLS12).await
    }

    async fn handshake_by(
        &self,
        provider: rustls::crypto::CryptoProvider,
        version: &'static rustls::SupportedProtocolVersion,
    ) -> Option<String> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.folder.path().join("certificate.pem")).unwrap()).unwrap();
        let client = ClientConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let address = self.running.address;
        tokio::task::spawn_blocking(move || {
            let mut tcp = TcpStream::connect(address).unwrap();
            let name = ServerName::try_from("hub.example").unwrap();
            let mut connection = ClientConnection::new(Arc::new(client), name).unwrap();
            while connection.is_handshaking() {
                connection.complete_io(&mut tcp).ok()?;
            }
            connection.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()))
        })
        .await
        .unwrap()
    }
}
