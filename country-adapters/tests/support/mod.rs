//! What the tests of every kit share: a signed region, a scripted provider, a login from end to end.

#![expect(dead_code, reason = "each test file uses its part of the bench")]

pub(crate) mod op;
pub(crate) mod region;

use std::sync::{Arc, LazyLock};

use country_adapters::{
    AdapterError, AuthorizationResponse, Begun, Context, CountryAdapter, LoginRequest, Outbound, Pending, Presented,
    Registry, UpstreamKeys, VerifiedAssertion,
};
use serde_json::Value;
use strict_jose::{Algorithm, SigningKey, UnixTime};
use trust_list::{Level, TrustedIssuer};

use op::{FakeOp, Style};
use region::Region;

pub(crate) const NOW: UnixTime = UnixTime::new(1_764_000_000);
pub(crate) const CLIENT_ID: &str = "hub-01";
pub(crate) const REDIRECT_URI: &str = "https://hub.example/callback/xx";

/// The hub's keys. RSA keys are slow to make, so one set for all.
pub(crate) static KEYS: LazyLock<UpstreamKeys> = LazyLock::new(|| UpstreamKeys::generate().unwrap());

/// A signing key for each algorithm, of the providers.
pub(crate) static ES256: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::ES256, None).unwrap());
pub(crate) static OTHER_ES256: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::generate(Algorithm::ES256, None).unwrap());
pub(crate) static PS256: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::PS256, None).unwrap());
pub(crate) static RS256: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate(Algorithm::RS256, None).unwrap());

/// One provider, one hub.
pub(crate) struct Bench {
    pub(crate) op: Arc<FakeOp>,
    pub(crate) outbound: Outbound,
    pub(crate) region: Region,
    pub(crate) registry: Registry,
    pub(crate) kind: &'static str,
    pub(crate) now: UnixTime,
}

impl Bench {
    pub(crate) fn new(kind: &'static str, profile: Value, op: FakeOp) -> Self {
        let op = Arc::new(op);
        let outbound = Outbound::over(Arc::clone(&op) as _);
        let region = Region::of_one(kind, profile, op.style.host, &[]);
        Self { op, outbound, region, registry: Registry::standard(), kind, now: NOW }
    }

    pub(crate) fn issuer(&self) -> TrustedIssuer<'_> {
        self.region.issuer()
    }

    pub(crate) fn adapter(&self) -> &dyn CountryAdapter {
        self.registry.adapter(self.kind).unwrap()
    }

    pub(crate) fn ctx(&self) -> Context<'_> {
        Context { outbound: &self.outbound, now: self.now, client_keys: &KEYS }
    }

    pub(crate) async fn begin(&self, request: &LoginRequest) -> Result<Begun, AdapterError> {
        self.adapter().begin(&self.issuer(), request, &self.ctx()).await
    }

    pub(crate) async fn complete(
        &self,
        pending: &Pending,
        response: &AuthorizationResponse,
    ) -> Result<VerifiedAssertion, AdapterError> {
        self.adapter().complete(&self.issuer(), pending, response, &self.ctx()).await
    }

    pub(crate) async fn present(&self, presented: &Presented<'_>) -> Result<VerifiedAssertion, AdapterError> {
        self.adapter().present(&self.issuer(), presented, &self.ctx()).await
    }

    /// A login from end to end.
    pub(crate) async fn login(&self) -> Result<VerifiedAssertion, AdapterError> {
        self.login_for(&request()).await
    }

    pub(crate) async fn login_for(&self, request: &LoginRequest) -> Result<VerifiedAssertion, AdapterError> {
        let begun = self.begin(request).await?;
        // As the caller keeps it: sealed, which means serialised.
        let kept = serde_json::to_string(&begun.pending).unwrap();
        let response = self.op.person_logs_in(&begun.redirect_to);
        self.complete(&serde_json::from_str(&kept).unwrap(), &response).await
    }
}

pub(crate) fn request() -> LoginRequest {
    LoginRequest {
        state: "state-of-the-hub".to_owned(),
        redirect_uri: REDIRECT_URI.to_owned(),
        level: Level::Low,
        max_age: None,
        claims: ["name", "birthdate"].map(str::to_owned).into(),
        ui_locales: vec!["fr".to_owned(), "en".to_owned()],
    }
}

pub(crate) fn style(
    host: &'static str,
    acr: &'static str,
    userinfo: op::UserinfoStyle,
    userinfo_claims: Value,
) -> Style {
    Style { host, dpop: op::DpopStyle::Ignored, userinfo, acr, userinfo_claims }
}
