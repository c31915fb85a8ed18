//! A certificate authority for tests: one root, server certificates for loopback, all ECDSA P-256.
//!
//! Nothing outside this process trusts the root; the hub gets it as an extra CA in its test profile.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// The certificate authority of a simulated region.
pub struct TestPki {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A server certificate with its key, in PEM for files and ready for rustls.
pub struct ServerIdentity {
    /// Certificate, PEM.
    pub certificate_pem: String,
    /// Private key, PKCS#8 PEM.
    pub key_pem: String,
    certificate: CertificateDer<'static>,
    key_der: Vec<u8>,
}

impl TestPki {
    /// Makes a new root.
    pub fn generate() -> anyhow::Result<Self> {
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        params.distinguished_name.push(DnType::CommonName, "Passerelle test region (never trust outside a test)");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate()?)? })
    }

    /// The root certificate in PEM.
    pub fn ca_pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for `localhost`, 127.0.0.1 and ::1.
    pub fn server_identity(&self) -> anyhow::Result<ServerIdentity> {
        let names = ["localhost", "127.0.0.1", "::1"].map(String::from);
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name.push(DnType::CommonName, "localhost");
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        Ok(ServerIdentity {
            certificate_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            certificate: certificate.der().clone(),
            key_der: key.serialize_der(),
        })
    }
}

impl ServerIdentity {
    /// The rustls configuration of a server that shows this certificate.
    pub fn server_config(&self) -> anyhow::Result<ServerConfig> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key_der.clone()));
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key)
            .context("the test certificate does not fit its key")
    }

    /// Writes certificate and key into `dir` as `<name>.pem` and `<name>.key`.
    pub fn write_to(&self, dir: &Path, name: &str) -> anyhow::Result<()> {
        std::fs::create_dir_all(dir)?;
        std::fs::write(dir.join(format!("{name}.pem")), &self.certificate_pem)?;
        crate::files::write_private(&dir.join(format!("{name}.key")), self.key_pem.as_bytes())
    }
}
