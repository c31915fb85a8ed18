//! The way to one issuer, for one operation.

use std::time::Duration;

use strict_jose::UnixTime;
use trust_list::CountryCode;
use url::Url;

use super::budget::Budget;
use super::request::{OutboundError, OutboundRequest, OutboundResponse};
use super::{Outbound, destination};

/// The way to one issuer, for one operation: its hosts, its country's breaker, one time budget for all its calls.
pub struct Peer<'a> {
    outbound: &'a Outbound,
    country: CountryCode,
    hosts: &'a [String],
    now: UnixTime,
    budget: Budget,
}

impl<'a> Peer<'a> {
    pub(super) fn new(outbound: &'a Outbound, country: CountryCode, hosts: &'a [String], now: UnixTime) -> Self {
        Self { outbound, country, hosts, now, budget: Budget::new(now, OPERATION_BUDGET) }
    }

    /// Whether `url` is one that could be called: for a URL that somebody else is going to call on our word.
    pub fn admits(&self, url: &Url) -> Result<(), OutboundError> {
        destination::check(url, self.hosts, self.outbound.special_use)
    }

    /// The time of the operation and what has passed since it began: for what is signed on the way.
    pub fn time(&self) -> UnixTime {
        self.budget.time()
    }

    /// The time the operation has: also for what it waits for without calling anyone itself.
    pub(crate) fn budget(&self) -> Budget {
        self.budget
    }

    /// Sends a request within what is left of the budget.
    pub async fn send(&self, mut request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        let left = self.budget.left();
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
        match verdict(&answer) {
            Verdict::Answers => breakers.succeeded(self.country),
            Verdict::Fails => breakers.failed(self.country, self.now),
            Verdict::Unasked => {}
        }
        answer
    }
}

/// What an answer says about the country.
enum Verdict {
    /// It is there, if only to say no.
    Answers,
    /// A server error, silence or garbage.
    Fails,
    /// We refused to call: that says nothing, neither for it nor against it.
    Unasked,
}

fn verdict(answer: &Result<OutboundResponse, OutboundError>) -> Verdict {
    use OutboundError as E;
    match answer {
        Ok(response) if response.status < 500 => Verdict::Answers,
        Err(E::NotHttps | E::HostNotAllowed | E::ForbiddenAddress | E::CircuitOpen | E::Busy | E::Setup) => {
            Verdict::Unasked
        }
        Ok(_) | Err(E::Resolve | E::Connect | E::Timeout | E::TooLarge | E::Compressed | E::Http) => Verdict::Fails,
    }
}

/// A person waits for the answer: the whole of it within ten seconds.
const OPERATION_BUDGET: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use async_trait::async_trait;

    use super::super::request::{Caps, HttpPort};
    use super::*;
    use crate::outbound::Health;

    const T: UnixTime = UnixTime::new(1_764_000_000);

    /// Fails as the path says.
    struct Failing;

    #[async_trait]
    impl HttpPort for Failing {
        async fn send(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
            Err(if request.url.path() == "/private" { OutboundError::ForbiddenAddress } else { OutboundError::Connect })
        }
    }

    #[tokio::test]
    async fn f9_our_own_refusal_of_a_destination_speaks_neither_for_nor_against_a_country() {
        let outbound = Outbound::over(Arc::new(Failing));
        let (country, hosts) = ("XA".parse().unwrap(), ["idp.xa.example".to_owned()]);
        let send = async |url: &str| {
            let peer = Peer::new(&outbound, country, &hosts, T);
            peer.send(OutboundRequest::get(url.parse().unwrap(), Caps::JWKS)).await.unwrap_err()
        };
        for _ in 0..5 {
            assert_eq!(send("https://other.example/").await, OutboundError::HostNotAllowed);
            assert_eq!(send("https://idp.xa.example/private").await, OutboundError::ForbiddenAddress);
        }
        assert_eq!(outbound.health(country, T), Health::Up);
        for _ in 0..5 {
            assert_eq!(outbound.health(country, T), Health::Up);
            assert_eq!(send("https://idp.xa.example/").await, OutboundError::Connect);
            // Does not start the count of failures again.
            send("https://other.example/").await;
        }
        assert!(matches!(outbound.health(country, T), Health::Down { .. }));
    }
}
