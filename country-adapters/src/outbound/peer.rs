//! The way to one issuer, for one operation.

use std::time::Duration;

use strict_jose::UnixTime;
use tokio::time::Instant;
use trust_list::CountryCode;
use url::Url;

use super::request::{OutboundError, OutboundRequest, OutboundResponse};
use super::{Outbound, destination};

/// The way to one issuer, for one operation: its hosts, its country's breaker, one time budget for all its calls.
pub struct Peer<'a> {
    outbound: &'a Outbound,
    country: CountryCode,
    hosts: &'a [String],
    now: UnixTime,
    begun: Instant,
}

impl<'a> Peer<'a> {
    pub(super) fn new(outbound: &'a Outbound, country: CountryCode, hosts: &'a [String], now: UnixTime) -> Self {
        Self { outbound, country, hosts, now, begun: Instant::now() }
    }

    /// Whether `url` is one that could be called: for a URL that somebody else is going to call on our word.
    pub fn admits(&self, url: &Url) -> Result<(), OutboundError> {
        destination::check(url, self.hosts, self.outbound.special_use)
    }

    /// The time of the operation and what has passed since it began: for what is signed on the way.
    pub fn time(&self) -> UnixTime {
        self.now.plus(i64::try_from(self.begun.elapsed().as_secs()).unwrap_or(i64::MAX))
    }

    /// Sends a request within what is left of the budget.
    pub async fn send(&self, mut request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        let left = OPERATION_BUDGET.saturating_sub(self.begun.elapsed());
        if left.is_zero() {
            return Err(OutboundError::Timeout);
        }
        request.caps.time_limit = request.caps.time_limit.min(left);
        let breakers = &self.outbound.breakers;
        let place = breakers.enter(self.country, self.now)?;
        let endpoint = request.url.path().to_owned();
        let answer = self.outbound.send(self.hosts, request).await;
        drop(place);
        if let Err(error) = &answer {
            tracing::warn!(country = %self.country, endpoint, %error, "call failed");
        }
        if speaks_against_the_country(&answer) {
            breakers.failed(self.country, self.now);
        } else {
            breakers.succeeded(self.country);
        }
        answer
    }
}

/// A refusal by our own rules says nothing about the country; a server error, silence and garbage do.
fn speaks_against_the_country(answer: &Result<OutboundResponse, OutboundError>) -> bool {
    match answer {
        Ok(response) => response.status >= 500,
        Err(OutboundError::NotHttps | OutboundError::HostNotAllowed) => false,
        Err(_) => true,
    }
}

/// A person waits for the answer: the whole of it within ten seconds.
const OPERATION_BUDGET: Duration = Duration::from_secs(10);
