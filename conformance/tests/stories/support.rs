//! A region and a hub in this process, all on one clock that stands until a test moves it.
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use conformance::browser::journey::{self, Decision, Journey};
use conformance::browser::{Arrival, Browser, Page};
use conformance::clock::Clock;
use conformance::hub_process::{self, HubOptions};
use conformance::persona::{self, Situation};
use conformance::region::{Options, Region};
use conformance::rp::{Answer, Hub, RelyingParty, Request, Tokens};
use conformance::serve::free_port;
use hub::{Config, Running, Wiring};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use url::Url;

/// The relying party that most stories are about: in XF, which recognises XA and XE.
pub(crate) const PARTY: &str = "rp-conformance";

/// Everything a story needs.
pub(crate) struct World {
    pub(crate) region: Region,
    pub(crate) clock: Clock,
    pub(crate) hub: Running,
    pub(crate) http: reqwest::Client,
    pub(crate) metadata: Hub,
    pub(crate) issuer: String,
    pub(crate) dir: TempDir,
}

/// Where a citizen's journey ended.
pub(crate) struct Login {
    pub(crate) party: RelyingParty,
    pub(crate) request: Request,
    pub(crate) arrival: Arrival,
}

/// A hub's keys, made once for all hubs of a test file: RSA keys take long.
static KEYS: LazyLock<TempDir> = LazyLock::new(|| {
    let dir = tempfile::tempdir().unwrap();
    hub::keys::generate(&dir.path().join("keys")).unwrap();
    dir
});
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static SHARED: LazyLock<World> = LazyLock::new(|| RUNTIME.block_on(World::start()));

/// Runs a story in the world that all such stories of a test file share. They may not move its clock or spoil its
/// providers.
pub(crate) fn shared<F: Future<Output = ()>>(story: impl FnOnce(&'static World) -> F) {
    let world = &*SHARED;
    RUNTIME.block_on(story(world));
}

/// Runs a story that makes its own world.
pub(crate) fn block_on<F: Future<Output = ()>>(story: F) {
    RUNTIME.block_on(story);
}

/// Runs a story in a world of its own.
pub(crate) fn own<F: Future<Output = ()>>(story: impl FnOnce(World) -> F) {
    RUNTIME.block_on(async { story(World::start().await).await });
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|options| options).await
    }

    /// A hub of which every client may ask so often: a minute, and at once.
    pub(crate) async fn start_limited(per_minute: u32, burst: u32) -> Self {
        Self::start_both(|options| options, |hub| HubOptions { client_requests: Some((per_minute, burst)), ..hub })
            .await
    }

    pub(crate) async fn start_with(change: impl FnOnce(Options) -> Options) -> Self {
        Self::start_both(change, |hub| hub).await
    }

    pub(crate) async fn start_both(
        change: impl FnOnce(Options) -> Options,
        change_hub: impl FnOnce(HubOptions) -> HubOptions,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let issuer = hub_process::issuer_on(free_port().unwrap());
        let options =
            Options { hub_issuer: issuer.clone(), ..Options::new(dir.path().join("region"), Clock::standing_now()) };
        let region = Region::start(change(options)).unwrap();
        let clock = region.clock.clone();
        let usual = region.hub_options(dir.path().join("hub"));
        // On a clock that stands no quota fills up again.
        let files = change_hub(HubOptions { client_requests: Some((1_000_000, 1_000_000)), ..usual });
        copy(&KEYS.path().join("keys"), &files.keys_dir());
        region.register_hub(&files.write(&region.pki).unwrap());
        let config = Config::load(&files.config_file()).unwrap();
        let hub = hub::start(Wiring { clock: Arc::new(clock.clone()), ..Wiring::new(config) }).await.unwrap();
        hub.refresh_trust().await;
        let http = region.http().unwrap();
        let metadata = Hub::discover(&http, &issuer).await.unwrap();
        Self { region, clock, hub, http, metadata, issuer, dir }
    }

    /// A client of the hub.
    pub(crate) fn party(&self, client_id: &str) -> RelyingParty {
        let registration = self.region.party(client_id).unwrap().registration();
        RelyingParty::new(&registration, self.metadata.clone(), self.http.clone(), self.clock.clone()).unwrap()
    }

    /// A browser without cookies.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.http.clone())
    }

    /// A citizen's whole way for an honest request.
    pub(crate) async fn login(&self, client_id: &str, country: &str, who: Situation, decision: Decision) -> Login {
        let party = self.party(client_id);
        let request = party.request("openid profile", &[]);
        self.walk(party, request, country, who, decision).await
    }

    /// The usual login: the first citizen of XE, who agrees.
    pub(crate) async fn usual_login(&self) -> Login {
        self.login(PARTY, "XE", Situation::Success, Decision::Allow).await
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
        let mut browser = self.browser();
        let persona = persona::find(country, who).unwrap();
        let citizen = Journey { country, persona: &persona, decision };
        let arrival = citizen.walk(&mut browser, &start, &party.redirect_uri).await.unwrap();
        Login { party, request, arrival }
    }

    /// A citizen of XE up to the address at which the hub is called back, which is not opened yet.
    pub(crate) async fn up_to_callback(
        &self,
        request: &Request,
        party: &RelyingParty,
        country: &str,
    ) -> (Browser, Url) {
        let start = party.push(request).await.unwrap();
        let mut browser = self.browser();
        let persona = persona::find(country, Situation::Success).unwrap();
        let citizen = Journey { country, persona: &persona, decision: Decision::Allow };
        let callback = format!("{}/callback/", self.issuer);
        match citizen.walk(&mut browser, &start, &callback).await.unwrap() {
            Arrival::Address(url) => (browser, url),
            Arrival::Page(page) => panic!("ended at {} ({}): {}", page.url, page.status, page.body),
        }
    }

    /// The state of the operators' listener.
    pub(crate) async fn ready(&self) -> (u16, Value) {
        let url = format!("http://{}/readyz?verbose", self.hub.management_address);
        let answer = self.http.get(url).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// Every record of the audit log, as text.
    pub(crate) fn audit(&self) -> String {
        text_below(&self.dir.path().join("hub/audit"))
    }

    /// How often the audit log says this.
    pub(crate) fn audited(&self, kind: &str) -> usize {
        self.audit().matches(&format!("\"{kind}\"")).count()
    }
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The contents of every file below a folder.
pub(crate) fn text_below(dir: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&text_below(&path));
        } else {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
    text
}

impl Login {
    /// The address at which the relying party is called.
    pub(crate) fn back(&self) -> &Url {
        match &self.arrival {
            Arrival::Address(url) => url,
            Arrival::Page(page) => {
                let text = page.text("main, body").unwrap_or_default();
                panic!("ended at {} ({}): {text}", page.url, page.status)
            }
        }
    }

    /// The page at which it ended.
    pub(crate) fn page(&self) -> &Page {
        match &self.arrival {
            Arrival::Page(page) => page,
            Arrival::Address(url) => panic!("no page, but {url}"),
        }
    }

    /// A parameter of that address.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        journey::parameter(self.back(), name)
    }

    /// The error the relying party is told; it comes with state and iss, and without a code.
    pub(crate) fn error(&self) -> String {
        let back = self.back();
        assert_eq!(self.parameter("state").as_ref(), Some(&self.request.state), "{back}");
        assert_eq!(self.parameter("iss").as_ref(), Some(&self.party.hub.issuer), "{back}");
        assert_eq!(self.parameter("code"), None, "{back}");
        self.parameter("error").unwrap_or_else(|| panic!("no error in {back}"))
    }

    /// The code.
    pub(crate) fn code(&self) -> String {
        self.party.code(&self.request, self.back()).unwrap()
    }

    /// Redeems the code.
    pub(crate) async fn tokens(&self) -> Tokens {
        self.party.finish(&self.request, self.back()).await.unwrap()
    }

    /// Redeems the code; the answer as it came.
    pub(crate) async fn redeem(&self) -> Answer {
        self.party.redeem(&self.code(), &self.request.verifier).await.unwrap()
    }

    /// Asks for userinfo.
    pub(crate) async fn userinfo(&self, tokens: &Tokens) -> Value {
        let answer = self.party.userinfo(access_token(tokens)).await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }
}

pub(crate) fn access_token(tokens: &Tokens) -> &str {
    tokens.answer["access_token"].as_str().unwrap()
}

/// An error answer as RFC 6749 §5.2 wants it: status, code, not to be kept, no redirect.
#[track_caller]
pub(crate) fn assert_error(case: &str, answer: &Answer, status: u16, codes: &[&str]) {
    let context = format!("{case}: {} {}", answer.status, answer.body);
    assert_eq!(answer.status, status, "{context}");
    assert!(codes.contains(&answer.error().as_str()), "{context}");
    assert_eq!(answer.headers.get("cache-control").map(|value| value.to_str().unwrap()), Some("no-store"), "{context}");
    assert!(answer.headers.get("location").is_none(), "{context}");
}

/// A local error page: nothing sends the browser away.
#[track_caller]
pub(crate) fn assert_local_page(case: &str, page: &Page, status: u16) {
    assert_eq!(page.status, status, "{case}: {}", page.body);
    assert!(page.headers.get("location").is_none(), "{case}");
    assert!(page.has("#error-code"), "{case}: {}", page.body);
}

/// Form parameters by name, to change an honest request in one place.
pub(crate) fn changed(form: &[(String, String)], name: &str, value: Option<&str>) -> Vec<(String, String)> {
    let kept = form.iter().filter(|(found, _)| found != name).cloned();
    kept.chain(value.map(|value| (name.to_owned(), value.to_owned()))).collect()
}

/// Pairs as a form.
pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The header fields of an answer, by name.
pub(crate) fn headers(page: &Page) -> BTreeMap<String, String> {
    let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    page.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}
