//! Times the calls to national systems.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use country_adapters::{
    AdapterError, AuthorizationResponse, Begun, Capabilities, Context, CountryAdapter, LoginRequest, Pending,
    Presented, ProfileError, Registry, VerifiedAssertion,
};
use serde_json::Value;
use trust_list::{CountryCode, TrustedIssuer};

use super::Metrics;
use super::metrics::{AdapterLabels, Country};

/// Every adapter of `registry`, timed.
pub fn timed(registry: Registry, metrics: &Arc<Metrics>) -> Registry {
    registry.map(|adapter| Arc::new(Timed { adapter, metrics: metrics.clone() }))
}

struct Timed {
    adapter: Arc<dyn CountryAdapter>,
    metrics: Arc<Metrics>,
}

impl Timed {
    fn observe<T>(&self, country: CountryCode, op: &'static str, started: Instant, result: &Result<T, AdapterError>) {
        let outcome = if result.is_ok() { "ok" } else { "error" };
        let labels = AdapterLabels { country: Country(Some(country)), op, outcome };
        self.metrics.adapters.get_or_create(&labels).observe(started.elapsed().as_secs_f64());
    }
}

#[async_trait]
impl CountryAdapter for Timed {
    fn kind(&self) -> &'static str {
        self.adapter.kind()
    }

    fn check_profile(&self, profile: &Value) -> Result<(), ProfileError> {
        self.adapter.check_profile(profile)
    }

    fn capabilities(&self) -> Capabilities {
        self.adapter.capabilities()
    }

    async fn begin(
        &self,
        issuer: &TrustedIssuer<'_>,
        request: &LoginRequest,
        ctx: &Context<'_>,
    ) -> Result<Begun, AdapterError> {
        let started = Instant::now();
        let begun = self.adapter.begin(issuer, request, ctx).await;
        self.observe(issuer.country(), "begin", started, &begun);
        begun
    }

    async fn complete(
        &self,
        issuer: &TrustedIssuer<'_>,
        pending: &Pending,
        response: &AuthorizationResponse,
        ctx: &Context<'_>,
    ) -> Result<VerifiedAssertion, AdapterError> {
        let started = Instant::now();
        let assertion = self.adapter.complete(issuer, pending, response, ctx).await;
        self.observe(issuer.country(), "complete", started, &assertion);
        assertion
    }

    async fn present(
        &self,
        issuer: &TrustedIssuer<'_>,
        presented: &Presented<'_>,
        ctx: &Context<'_>,
    ) -> Result<VerifiedAssertion, AdapterError> {
        let started = Instant::now();
        let assertion = self.adapter.present(issuer, presented, ctx).await;
        self.observe(issuer.country(), "present", started, &assertion);
        assertion
    }
}
