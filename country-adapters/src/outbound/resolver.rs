//! Names to addresses, each address checked before anyone may connect to it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::request::OutboundError;
use super::special_use::SpecialUse;

/// What turns a name into addresses.
#[async_trait]
pub(super) trait Lookup: Send + Sync {
    /// Every address of `host`.
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The resolver of the system.
pub(super) struct SystemLookup;

#[async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Resolves a name and lets through the addresses it has checked. The connection is made to one of exactly these, so
/// a name that changes its answer between check and use gains nothing.
pub(super) struct CheckingResolver {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) special_use: SpecialUse,
}

impl Resolve for CheckingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (lookup, special_use) = (Arc::clone(&self.lookup), self.special_use);
        Box::pin(async move { Ok(checked_addresses(lookup.as_ref(), special_use, name.as_str()).await?) })
    }
}

/// One address of special use spoils the name: an honest one has none.
async fn checked_addresses(lookup: &dyn Lookup, special_use: SpecialUse, host: &str) -> Result<Addrs, OutboundError> {
    let addresses = lookup.addresses(host).await.map_err(|_| OutboundError::Resolve)?;
    if addresses.is_empty() {
        return Err(OutboundError::Resolve);
    }
    if addresses.iter().any(|address| !special_use.admits(*address)) {
        return Err(OutboundError::ForbiddenAddress);
    }
    // Port 0 stands for the port of the URL.
    Ok(Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0))))
}
