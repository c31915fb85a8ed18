//! The TLS of the public listener: versions, suites, and a certificate that can be renewed while running.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use arc_swap::ArcSwap;
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::crypto::aws_lc_rs::{self, cipher_suite};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SupportedCipherSuite};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

use crate::keys;

/// FAPI 2.0 Security Profile §5.2.2: of TLS 1.2 only these four; all suites of TLS 1.3 that rustls has.
const SUITES: [SupportedCipherSuite; 7] = [
    cipher_suite::TLS13_AES_128_GCM_SHA256,
    cipher_suite::TLS13_AES_256_GCM_SHA384,
    cipher_suite::TLS13_CHACHA20_POLY1305_SHA256,
    cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    cipher_suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
];

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate chain cannot be read.
    #[error("cannot read certificates from {}: {reason}", file.display())]
    Certificate {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The private key cannot be read.
    #[error("cannot read a private key from {}: {reason}", file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Certificate and key do not belong together, or rustls refuses them.
    #[error("certificate and key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The settings of the listener, and the certificate in them, to be reloaded.
pub fn server_config(certificate_file: &Path, key_file: &Path) -> Result<(ServerConfig, Arc<Certificate>), TlsError> {
    let provider = CryptoProvider { cipher_suites: SUITES.to_vec(), ..aws_lc_rs::default_provider() };
    let certificate = Arc::new(Certificate::load(certificate_file, key_file, provider.clone())?);
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .with_no_client_auth()
        .with_cert_resolver(certificate.clone());
    // Stateless tickets: a browser that comes back resumes, which saves a round trip and the dear half of the
    // handshake.
    config.ticketer = aws_lc_rs::Ticketer::new()?;
    // RFC 7301: HTTP/1.1 alone.
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok((config, certificate))
}

/// The certificate in use. An unusable new file leaves the old one in place.
#[derive(Debug)]
pub struct Certificate {
    chain_file: PathBuf,
    key_file: PathBuf,
    provider: CryptoProvider,
    loaded: ArcSwap<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    key: Arc<CertifiedKey>,
    modified: Modified,
}

/// When the two files were last written.
type Modified = [Option<SystemTime>; 2];

impl Certificate {
    fn load(certificate_file: &Path, key_file: &Path, provider: CryptoProvider) -> Result<Self, TlsError> {
        let modified = modified(certificate_file, key_file);
        let key = Arc::new(read(certificate_file, key_file, &provider)?);
        Ok(Self {
            chain_file: certificate_file.to_owned(),
            key_file: key_file.to_owned(),
            provider,
            loaded: ArcSwap::from_pointee(Loaded { key, modified }),
        })
    }

    /// Whether the certificate is one for `host`.
    pub fn is_for(&self, host: &str) -> bool {
        let loaded = self.loaded.load();
        let Some(leaf) = loaded.key.cert.first() else { return false };
        let (Ok(leaf), Ok(name)) = (ParsedCertificate::try_from(leaf), ServerName::try_from(host)) else {
            return false;
        };
        verify_server_name(&leaf, &name).is_ok()
    }

    /// Reads the files again if they changed. New connections get the new certificate; open ones go on.
    pub fn reload(&self) -> Result<Reloaded, TlsError> {
        let modified = modified(&self.chain_file, &self.key_file);
        if modified == self.loaded.load().modified {
            return Ok(Reloaded::Unchanged);
        }
        let key = Arc::new(read(&self.chain_file, &self.key_file, &self.provider)?);
        self.loaded.store(Arc::new(Loaded { key, modified }));
        Ok(Reloaded::Changed)
    }
}

/// Whether a reload found something new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reloaded {
    /// The files are as they were.
    Unchanged,
    /// There is a new certificate.
    Changed,
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.loaded.load().key.clone())
    }
}

fn modified(certificate_file: &Path, key_file: &Path) -> Modified {
    [certificate_file, key_file].map(|file| std::fs::metadata(file).and_then(|meta| meta.modified()).ok())
}

fn read(certificate_file: &Path, key_file: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let chain = read_chain(certificate_file)
        .map_err(|reason| TlsError::Certificate { file: certificate_file.to_owned(), reason })?;
    keys::check_mode(key_file)
        .map_err(|error| TlsError::Key { file: key_file.to_owned(), reason: error.to_string() })?;
    let key = PrivateKeyDer::from_pem_file(key_file)
        .map_err(|reason| TlsError::Key { file: key_file.to_owned(), reason: reason.to_string() })?;
    Ok(CertifiedKey::from_der(chain, key, provider)?)
}

fn read_chain(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file).map_err(|reason| reason.to_string())?.collect();
    let chain = chain.map_err(|reason| reason.to_string())?;
    if chain.is_empty() { Err("there is no certificate in it".to_owned()) } else { Ok(chain) }
}
