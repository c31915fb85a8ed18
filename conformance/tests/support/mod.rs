//! A region and a hub in this process, all on one clock that stands until a test moves it.
#![expect(dead_code, reason = "each test file uses its own part")]

use std::sync::Arc;

use conformance::browser::journey::{Decision, Journey};
use conformance::browser::{Arrival, Browser};
use conformance::clock::Clock;
use conformance::hub_process;
use conformance::load::redis::free_port;
use conformance::persona::{self, Persona, Situation};
use conformance::region::{Options, Region};
use conformance::rp::{Hub, RelyingParty, Request, Tokens};
use hub::{Config, Running, Wiring};
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

/// Everything a story needs.
pub(crate) struct World {
    pub(crate) region: Region,
    pub(crate) clock: Clock,
    pub(crate) hub: Running,
    pub(crate) http: reqwest::Client,
    pub(crate) issuer: String,
    pub(crate) dir: TempDir,
}

/// Where a citizen's journey ended.
pub(crate) struct Login {
    pub(crate) party: RelyingParty,
    pub(crate) request: Request,
    pub(crate) browser: Browser,
    pub(crate) arrival: Arrival,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|options| options).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(Options) -> Options) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::standing_now();
        let issuer = hub_process::issuer_on(free_port().unwrap());
        let options = Options { hub_issuer: issuer.clone(), ..Options::new(dir.path().join("region"), clock.clone()) };
        let region = Region::start(change(options)).unwrap();
        let files = region.hub_options(dir.path().join("hub"));
        region.register_hub(&files.write(&region.pki).unwrap());
        let config = Config::load(&files.config_file()).unwrap();
        let hub = hub::start(Wiring { clock: Arc::new(clock.clone()), ..Wiring::new(config) }).await.unwrap();
        hub.refresh_trust().await;
        let http = region.http().unwrap();
        Self { region, clock, hub, http, issuer, dir }
    }

    /// A client of the hub.
    pub(crate) async fn party(&self, client_id: &str) -> RelyingParty {
        let hub = Hub::discover(&self.http, &self.issuer).await.unwrap();
        let registration = self.region.party(client_id).unwrap().registration();
        RelyingParty::new(&registration, hub, self.http.clone(), self.clock.clone()).unwrap()
    }

    /// A citizen's whole way for an honest request.
    pub(crate) async fn login(&self, client_id: &str, country: &str, who: Situation, decision: Decision) -> Login {
        let party = self.party(client_id).await;
        let request = party.request("openid profile", &[]);
        self.walk(party, request, country, who, decision).await
    }

    /// A citizen's whole way for this request.
    pub(crate) async fn walk(
        &self,
        party: RelyingParty,
        request: Request,
        country: &str,
        who: Situation,
        decision: Decision,
    ) -> Login {
        let start = party.push(&request).await.unwrap();
        let mut browser = Browser::new(self.http.clone());
        let persona: Persona = persona::find(country, who).unwrap();
        let journey = Journey { country, persona: &persona, decision };
        let arrival = journey.walk(&mut browser, &start, &party.redirect_uri).await.unwrap();
        Login { party, request, browser, arrival }
    }
}

impl Login {
    /// The address at which the relying party is called.
    pub(crate) fn back(&self) -> &Url {
        match &self.arrival {
            Arrival::Address(url) => url,
            Arrival::Page(page) => panic!("ended at {} ({}): {}", page.url, page.status, page.body),
        }
    }

    /// A parameter of that address.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        conformance::browser::journey::parameter(self.back(), name)
    }

    /// The error the relying party is told.
    pub(crate) fn error(&self) -> String {
        self.parameter("error").unwrap_or_else(|| panic!("no error in {}", self.back()))
    }

    /// Redeems the code.
    pub(crate) async fn tokens(&self) -> Tokens {
        self.party.finish(&self.request, self.back()).await.unwrap()
    }

    /// Asks for userinfo.
    pub(crate) async fn userinfo(&self, tokens: &Tokens) -> Value {
        let answer = self.party.userinfo(tokens.answer["access_token"].as_str().unwrap()).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}
