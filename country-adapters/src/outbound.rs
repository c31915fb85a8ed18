//! The only way out: every request to a national system passes one guard.
//!
//! 1. [`destination`](self): https, a host of the signed list entry, no address of special use written as a number.
//! 2. The circuit breaker and the time budget of the country: [`Peer`].
//! 3. [`HttpPort`]: the connection itself. The one that is used resolves the host, refuses it if any of its addresses
//!    is of special use, connects to an address it has checked, follows no redirect, decompresses nothing, and stops
//!    at the caps for size and time.

mod breaker;
mod budget;
mod client;
mod destination;
mod peer;
mod request;
mod resolver;
mod special_use;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use strict_jose::UnixTime;
use trust_list::{CountryCode, TrustedIssuer};

pub use breaker::Health;
pub(crate) use budget::Budget;
pub use client::OutboundConfig;
pub use peer::Peer;
pub use request::{Caps, HttpPort, Method, OutboundError, OutboundRequest, OutboundResponse};
pub use special_use::{SpecialUse, is_special_use};

use breaker::Breakers;
use client::GuardedClient;

/// The guard. Built once: its connections and TLS sessions are reused.
#[derive(Clone)]
pub struct Outbound {
    port: Arc<dyn HttpPort>,
    special_use: SpecialUse,
    breakers: Arc<Breakers>,
}

impl Outbound {
    /// The guard over the network.
    pub fn new(config: OutboundConfig) -> Result<Self, OutboundError> {
        let special_use = config.special_use;
        Ok(Self { port: Arc::new(GuardedClient::new(config)?), special_use, breakers: Arc::default() })
    }

    /// The guard over another port: for tests that script the answers. Destinations are checked, breakers count; what
    /// the network port adds (addresses, caps) is the other port's affair.
    pub fn over(port: Arc<dyn HttpPort>) -> Self {
        Self { port, special_use: SpecialUse::Refuse, breakers: Arc::default() }
    }

    /// Sends a request to one of `hosts` (`host[:port]`), outside any country's breaker.
    pub async fn send(&self, hosts: &[String], request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        destination::check(&request.url, hosts, self.special_use)?;
        let time_limit = request.caps.time_limit;
        // The port has its own clock; this one holds whatever the port does.
        match tokio::time::timeout(time_limit, self.port.send(request)).await {
            Ok(answer) => answer,
            Err(_elapsed) => Err(OutboundError::Timeout),
        }
    }

    /// The way to one issuer: its hosts, its country's breaker, and a time budget that starts now.
    pub fn peer<'a>(&'a self, issuer: &'a TrustedIssuer<'_>, now: UnixTime) -> Peer<'a> {
        let hosts = &issuer.issuer().hosts;
        Peer::new(self, issuer.country(), hosts, now)
    }

    /// How a country has answered lately.
    pub fn health(&self, country: CountryCode, now: UnixTime) -> Health {
        self.breakers.health(country, now)
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbound").field("special_use", &self.special_use).finish_non_exhaustive()
    }
}
