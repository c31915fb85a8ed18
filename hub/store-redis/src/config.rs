//! Where the server is and how we show who we are.

use std::fmt;

use redis::{Client, ClientTlsConfig, ConnectionAddr, IntoConnectionInfo as _, TlsCertificates};

use crate::check::StartError;
use crate::target::Target;

/// Where the server is and how we show who we are.
#[derive(Clone)]
pub struct RedisConfig {
    /// `redis://`, `rediss://` (TLS) or `redis+unix://`, with user and password as the server's ACL has them. With
    /// [`Sentinels`] the host in it is not used, everything else is.
    pub url: String,
    /// Certificates for `rediss://`; without them the system's roots are trusted and no certificate of ours is shown.
    pub tls: Option<RedisTls>,
    /// The Sentinels that know which server is the primary.
    pub sentinels: Option<Sentinels>,
}

/// Certificates for TLS, in PEM.
#[derive(Clone, Default)]
pub struct RedisTls {
    /// The roots to trust instead of the system's.
    pub ca: Option<Vec<u8>>,
    /// Our certificate chain and its key, for mutual TLS.
    pub client: Option<(Vec<u8>, Vec<u8>)>,
}

/// The Sentinels that know which server is the primary.
#[derive(Clone)]
pub struct Sentinels {
    /// Their URLs, with their own credentials.
    pub urls: Vec<String>,
    /// The name they know the primary by.
    pub primary: String,
}

impl RedisConfig {
    /// One server, by URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), tls: None, sentinels: None }
    }

    pub(crate) fn target(&self) -> Result<Target, StartError> {
        let server = self.client(&self.url)?;
        // Also with Sentinels, who say where the server is and not how to speak to it.
        if self.tls.is_some() && !is_tls(&server) {
            return Err(StartError::Config("certificates need a rediss:// URL"));
        }
        let Some(sentinels) = &self.sentinels else {
            return Ok(Target::Server(server));
        };
        if sentinels.urls.is_empty() {
            return Err(StartError::Config("no Sentinel is named"));
        }
        let watchers = sentinels.urls.iter().map(|url| self.client(url)).collect::<Result<_, _>>()?;
        Ok(Target::Sentinels { watchers, primary: sentinels.primary.clone(), server })
    }

    fn client(&self, url: &str) -> Result<Client, StartError> {
        let info =
            url.into_connection_info().map_err(|_| StartError::Config("the URL is not one of a Redis server"))?;
        let is_tls = matches!(info.addr(), ConnectionAddr::TcpTls { .. });
        match &self.tls {
            Some(tls) if is_tls => Client::build_with_tls(info, tls.certificates()).map_err(StartError::Tls),
            _ => Client::open(info).map_err(|_| StartError::Config("the URL is not one of a Redis server")),
        }
    }
}

fn is_tls(client: &Client) -> bool {
    matches!(client.get_connection_info().addr(), ConnectionAddr::TcpTls { .. })
}

impl RedisTls {
    fn certificates(&self) -> TlsCertificates {
        let client_tls =
            self.client.clone().map(|(client_cert, client_key)| ClientTlsConfig { client_cert, client_key });
        TlsCertificates { client_tls, root_cert: self.ca.clone() }
    }
}

/// Without what may hold a password.
impl fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.url.as_str().into_connection_info().map(|info| info.addr().to_string());
        f.debug_struct("RedisConfig")
            .field("address", &address.unwrap_or_default())
            .field("sentinels", &self.sentinels.as_ref().map(|sentinels| &sentinels.primary))
            .finish_non_exhaustive()
    }
}
