//! A TLS server of a few lines: one thread, one connection at a time, an answer the test writes byte by byte.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::PrivatePkcs8KeyDer;

pub(super) type Stream = StreamOwned<ServerConnection, TcpStream>;

/// A certification authority of the test's own.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
}

/// A server's certificate and key.
pub(super) struct Leaf {
    certificate: Certificate,
    key: KeyPair,
}

impl Authority {
    pub(super) fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), certificate }
    }

    pub(super) fn pem(&self) -> String {
        self.certificate.pem()
    }

    pub(super) fn leaf(&self, host: &str) -> Leaf {
        self.sign(&CertificateParams::new(vec![host.to_owned()]).unwrap())
    }

    pub(super) fn expired_leaf(&self, host: &str) -> Leaf {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
        self.sign(&params)
    }

    fn sign(&self, params: &CertificateParams) -> Leaf {
        let key = KeyPair::generate().unwrap();
        Leaf { certificate: params.signed_by(&key, &self.issuer).unwrap(), key }
    }
}

pub(super) struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Serves every connection with `serve`, after having read the request.
    pub(super) fn start(leaf: &Leaf, serve: impl Fn(&mut Stream) + Send + 'static) -> Self {
        let key = PrivatePkcs8KeyDer::from(leaf.key.serialize_der());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.certificate.der().clone()], key.into())
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, config) = (listener.local_addr().unwrap().port(), Arc::new(config));
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::SeqCst);
                let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), socket);
                if stream.read(&mut [0; 4096]).is_ok() {
                    serve(&mut stream);
                }
            }
        });
        Self { port, connections }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// A server that says `text`.
pub(super) fn reply(text: &str) -> impl Fn(&mut Stream) + Send + 'static {
    let text = text.to_owned();
    move |stream| {
        write(stream, &text);
    }
}

/// Whether the peer still listens.
pub(super) fn write(stream: &mut Stream, text: &str) -> bool {
    stream.write_all(text.as_bytes()).and_then(|()| stream.flush()).is_ok()
}

pub(super) fn wait_for_close(stream: &mut Stream) {
    while matches!(stream.read(&mut [0; 4096]), Ok(1..)) {}
}
