//! A hub in a region, with everything that can go wrong within reach.

use std::sync::Arc;
use std::time::Duration;

use country_adapters::{Outbound, Registry, UpstreamKeys};
use hub_core::audit::{AuditEvent, AuditKind, CollectedAuditLog};
use hub_core::ports::{ManualClock, Stores};
use hub_core::quota::{NodeQuota, Rate};
use hub_core::sealed::{Sealer, SealingKey};
use hub_core::store::memory::MemoryStore;
use hub_core::{
    Broker, Browser, BrowserOutcome, Config, ConsentView, Form, IssuerUrl, Keys, OAuthError, PageReason,
    PairwiseSecret, Parts, PickerView, PushedRequestAnswer, Redirect, RequestHead, TokenAnswer, UserinfoAnswer,
};
use serde_json::Value;
use strict_jose::{Algorithm, SigningKey, UnixTime};
use trust_list::TrustState;
use trust_list::testing::TestRegion;
use zeroize::Zeroizing;

use super::client::{ISSUER, TestClient};
use super::national::{National, Response, parameters, query};
use super::region::{self, Clients};
use super::store::PluggedStore;

/// 2027-01-15T08:00:00Z.
pub(crate) const START: UnixTime = UnixTime::new(1_800_000_000);

pub(crate) struct World {
    pub(crate) broker: Broker,
    pub(crate) trust: TrustState,
    pub(crate) now: UnixTime,
    pub(crate) region: TestRegion,
    pub(crate) clients: Clients,
    pub(crate) national: Arc<National>,
    pub(crate) store: Arc<PluggedStore>,
    pub(crate) audit: Arc<CollectedAuditLog>,
    pub(crate) card_key: SigningKey,
    pub(crate) hub_key: SigningKey,
    /// Published beside the key that signs: an earlier one.
    pub(crate) old_hub_key: SigningKey,
    clock: Arc<ManualClock>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_rate(1_000_000, 1_000_000)
    }

    /// A hub of which every client may ask so often, sustained and at once.
    pub(crate) fn with_rate(per_minute: u32, burst: u32) -> Self {
        let rate = Rate { per_minute: per_minute.try_into().unwrap(), burst: burst.try_into().unwrap() };
        let clients = Clients::new();
        let card_key = key();
        let (hub_key, old_hub_key) = (key(), key());
        let region = region::build(START, &clients, &card_key);
        let national = Arc::new(National::new(START));
        let clock = Arc::new(ManualClock::at(START));
        let memory = Arc::new(MemoryStore::new(clock.clone(), 1_000));
        let store = Arc::new(PluggedStore::new(memory));
        let audit = Arc::new(CollectedAuditLog::default());
        let parts = Parts {
            config: Config::new(IssuerUrl::parse(ISSUER).unwrap()),
            keys: Keys {
                signing: hub_key.clone(),
                published: vec![old_hub_key.public_jwk().clone()],
                sealer: Sealer::new(&SealingKey::generate().unwrap(), &[]).unwrap(),
                pairwise: PairwiseSecret::new(1, &Zeroizing::new([7; 32])),
            },
            stores: Stores::on(store.clone()),
            audit: audit.clone(),
            quota: Arc::new(NodeQuota::new(rate, clock.clone())),
            adapters: Registry::standard(),
            outbound: Outbound::over(national.clone()),
            upstream_keys: UpstreamKeys::new().with_assertion_key(key()),
        };
        let trust = TrustState::Fresh(region.verified().unwrap());
        let broker = Broker::new(parts).unwrap();
        Self {
            broker,
            trust,
            now: START,
            region,
            clients,
            national,
            store,
            audit,
            card_key,
            hub_key,
            old_hub_key,
            clock,
        }
    }

    /// Time passes, here and at the provider.
    pub(crate) fn wait(&mut self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
        self.now = self.now.plus(i64::try_from(seconds).unwrap());
        self.national.set_now(self.now);
    }

    /// The region renews its status document, and the hub learns of it.
    pub(crate) fn renew_trust(&mut self) {
        let now = self.now;
        self.change_region(|region| {
            region.republish(now).unwrap();
        });
    }

    /// The region publishes something else, and the hub learns of it.
    pub(crate) fn change_region(&mut self, change: impl FnOnce(&mut TestRegion)) {
        change(&mut self.region);
        self.trust = TrustState::Fresh(self.region.verified().unwrap());
    }

    /// A client's country changes the client's entry.
    pub(crate) fn change_client(&mut self, client_id: &str, change: impl FnOnce(&mut trust_list::Client)) {
        let list = self.region.verified().unwrap();
        let mut client = list.trusted_client(client_id, self.now).unwrap().client().clone();
        change(&mut client);
        self.change_region(|region| {
            region.add_client(&client).unwrap();
        });
    }

    /// A country changes the entry of its identity provider.
    pub(crate) fn change_provider(&mut self, country: &str, change: impl FnOnce(&mut trust_list::Issuer)) {
        let list = self.region.verified().unwrap();
        let member = list.member(region::country(country)).unwrap();
        let mut issuer = member.issuers().find(|issuer| issuer.id.as_str() == "idp").unwrap().clone();
        change(&mut issuer);
        self.change_region(|region| {
            region.add_issuer(&issuer).unwrap();
        });
    }

    /// A service of XB, or another country's, is suspended by its own country.
    pub(crate) fn suspend(&mut self, country: &str, entity: &str) {
        let (country, entity) = (region::country(country), region::entity(entity));
        self.change_region(|region| {
            region.suspend(country, Some(entity)).unwrap();
        });
    }

    /// The events of one kind.
    pub(crate) fn audited(&self, kind: AuditKind) -> Vec<AuditEvent> {
        self.audit.events().into_iter().filter(|event| event.kind == kind).collect()
    }

    pub(crate) async fn push(
        &self,
        client: &TestClient,
        changed: &[(&str, &str)],
    ) -> Result<PushedRequestAnswer, OAuthError> {
        self.push_form(&client.form(self.now, &client.request(changed))).await
    }

    pub(crate) async fn push_form(&self, form: &Form) -> Result<PushedRequestAnswer, OAuthError> {
        self.broker.pushed_authorization_request(&self.trust, &RequestHead::default(), form, self.now).await
    }

    pub(crate) async fn token(&self, client: &TestClient, pairs: &[(&str, &str)]) -> Result<TokenAnswer, OAuthError> {
        self.token_form(&client.form(self.now, pairs)).await
    }

    pub(crate) async fn token_form(&self, form: &Form) -> Result<TokenAnswer, OAuthError> {
        self.broker.token(&self.trust, &RequestHead::default(), form, self.now).await
    }

    pub(crate) async fn userinfo(&self, access_token: &str) -> Result<UserinfoAnswer, OAuthError> {
        let header = format!("Bearer {access_token}");
        self.broker
            .userinfo(&self.trust, &RequestHead { authorization: Some(&header), ..RequestHead::default() }, self.now)
            .await
    }

    /// Any request of these, with a head of its own.
    pub(crate) async fn push_with(
        &self,
        head: &RequestHead<'_>,
        form: &Form,
    ) -> Result<PushedRequestAnswer, OAuthError> {
        self.broker.pushed_authorization_request(&self.trust, head, form, self.now).await
    }

    pub(crate) async fn token_with(&self, head: &RequestHead<'_>, form: &Form) -> Result<TokenAnswer, OAuthError> {
        self.broker.token(&self.trust, head, form, self.now).await
    }

    pub(crate) async fn userinfo_with(&self, head: &RequestHead<'_>) -> Result<UserinfoAnswer, OAuthError> {
        self.broker.userinfo(&self.trust, head, self.now).await
    }

    pub(crate) async fn revoke(&self, client: &TestClient, token: &str) -> Result<(), OAuthError> {
        let form = client.form(self.now, &[("token", token)]);
        self.broker.revoke(&self.trust, &RequestHead::default(), &form, self.now).await
    }

    /// A whole login at XA, to the code.
    pub(crate) async fn code(&self, client: &TestClient, changed: &[(&str, &str)]) -> String {
        let mut citizen = Citizen::default();
        let consent = citizen.identified(self, client, changed).await;
        let redirect = citizen.decide(self, &consent, "allow").await;
        parameters(&expect_redirect(redirect).location)["code"].clone()
    }

    /// A whole login at XA, to the tokens.
    pub(crate) async fn tokens(&self, client: &TestClient, changed: &[(&str, &str)]) -> TokenAnswer {
        let code = self.code(client, changed).await;
        self.token(client, &client.redemption(&code)).await.unwrap()
    }

    /// A whole login at XA, to the userinfo answer.
    pub(crate) async fn person(&self, client: &TestClient, changed: &[(&str, &str)]) -> Value {
        let tokens = self.tokens(client, changed).await;
        Value::Object(self.userinfo(&tokens.access_token).await.unwrap().0)
    }
}

/// Somebody with a browser.
#[derive(Default)]
pub(crate) struct Citizen {
    pub(crate) cookie: Option<String>,
}

impl Citizen {
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { cookie: self.cookie.as_deref() }
    }

    fn keep(&mut self, set_cookie: Option<&hub_core::BrowserSecret>) {
        if let Some(secret) = set_cookie {
            self.cookie = Some(secret.as_str().to_owned());
        }
    }

    /// Follows the relying party's link.
    pub(crate) async fn follow(&mut self, world: &World, client_id: &str, request_uri: &str) -> BrowserOutcome {
        let query = Form::from_pairs([("client_id", client_id), ("request_uri", request_uri)]);
        let outcome = world.broker.authorize(&world.trust, &query, &self.browser(), world.now).await;
        match &outcome {
            BrowserOutcome::Picker(picker) => self.keep(picker.set_cookie.as_ref()),
            BrowserOutcome::Redirect(redirect) => self.keep(redirect.set_cookie.as_ref()),
            BrowserOutcome::Consent(_) | BrowserOutcome::Document(_) | BrowserOutcome::ErrorPage(_) => {}
        }
        outcome
    }

    /// Pushes a request and follows the link to the picker.
    pub(crate) async fn picker(&mut self, world: &World, client: &TestClient, changed: &[(&str, &str)]) -> PickerView {
        let pushed = world.push(client, changed).await.unwrap();
        expect_picker(self.follow(world, &client.client_id, &pushed.request_uri).await)
    }

    /// Picks a country.
    pub(crate) async fn choose(&self, world: &World, picker: &PickerView, country: &str) -> BrowserOutcome {
        let form = Form::from_pairs([("state", picker.form_state.as_str()), ("country", country), ("service", "idp")]);
        world.broker.choose_country(&world.trust, &form, &self.browser(), world.now).await
    }

    /// Goes back at the picker.
    pub(crate) async fn cancel(&self, world: &World, picker: &PickerView) -> BrowserOutcome {
        let form = Form::from_pairs([("state", picker.form_state.as_str()), ("action", "cancel")]);
        world.broker.choose_country(&world.trust, &form, &self.browser(), world.now).await
    }

    /// Comes back from the provider.
    pub(crate) async fn come_back(&self, world: &World, country: &str, response: &Response) -> BrowserOutcome {
        world.broker.callback(&world.trust, country, &query(response), &self.browser(), world.now).await
    }

    /// Everything up to the redirect to XA's provider.
    pub(crate) async fn at_home(&mut self, world: &World, client: &TestClient, changed: &[(&str, &str)]) -> String {
        let picker = self.picker(world, client, changed).await;
        expect_redirect(self.choose(world, &picker, "XA").await).location
    }

    /// Everything up to the consent page.
    pub(crate) async fn identified(
        &mut self,
        world: &World,
        client: &TestClient,
        changed: &[(&str, &str)],
    ) -> ConsentView {
        let location = self.at_home(world, client, changed).await;
        let response = world.national.log_in(&location);
        expect_consent(self.come_back(world, "XA", &response).await)
    }

    /// Allows or denies.
    pub(crate) async fn decide(&self, world: &World, consent: &ConsentView, decision: &str) -> BrowserOutcome {
        let form = Form::from_pairs([("state", consent.form_state.as_str()), ("decision", decision)]);
        world.broker.consent(&world.trust, &form, &self.browser(), world.now).await
    }
}

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::ES256, None).unwrap()
}

pub(crate) fn expect_picker(outcome: BrowserOutcome) -> PickerView {
    match outcome {
        BrowserOutcome::Picker(picker) => *picker,
        other => panic!("not a picker: {other:?}"),
    }
}

pub(crate) fn expect_consent(outcome: BrowserOutcome) -> ConsentView {
    match outcome {
        BrowserOutcome::Consent(consent) => *consent,
        other => panic!("not a consent page: {other:?}"),
    }
}

pub(crate) fn expect_redirect(outcome: BrowserOutcome) -> Redirect {
    match outcome {
        BrowserOutcome::Redirect(redirect) => redirect,
        other => panic!("not a redirect: {other:?}"),
    }
}

/// An error page, with no Location at all.
pub(crate) fn expect_page(outcome: BrowserOutcome) -> PageReason {
    match outcome {
        BrowserOutcome::ErrorPage(page) => page.reason,
        other => panic!("not an error page: {other:?}"),
    }
}

/// An error at the relying party: the code, after checking redirect URI, state and iss.
pub(crate) fn expect_error(outcome: BrowserOutcome, client: &TestClient) -> String {
    let location = expect_redirect(outcome).location;
    assert!(location.starts_with(&format!("{}?", client.redirect_uri)), "{location}");
    let sent = parameters(&location);
    assert_eq!((sent["state"].as_str(), sent["iss"].as_str()), ("state-1", ISSUER), "{location}");
    assert!(!sent.contains_key("code"), "{location}");
    sent["error"].clone()
}
