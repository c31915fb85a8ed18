//! What a power cut, a second replica and a lost store do to logins: hubs as processes of their own.
//!
//! Needs `redis-server`.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{PARTY, assert_error, copy};
use conformance::browser::journey::{Decision, Journey, Place};
use conformance::browser::{Arrival, Browser};
use conformance::clock::Clock;
use conformance::hub_process::{self, HubOptions, HubProcess};
use conformance::load::redis::{Redis, url_of};
use conformance::persona::{self, Situation};
use conformance::region::{Options, Region};
use conformance::rp::{Answer, Hub, RelyingParty, Request};
use conformance::serve::{free_port, free_ports};
use tempfile::TempDir;

/// The binary that this build made; `conformance serve` is a hub.
const CONFORMANCE: &str = env!("CARGO_BIN_EXE_conformance");

/// A region, and hubs that can be killed and started again.
struct Site {
    region: Region,
    options: HubOptions,
    program: PathBuf,
    http: reqwest::Client,
    _dir: TempDir,
}

impl Site {
    fn new(store: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let issuer = hub_process::issuer_on(free_port().unwrap());
        let options = Options { hub_issuer: issuer, ..Options::new(dir.path().join("region"), Clock::system()) };
        let region = Region::start(options).unwrap();
        let options = HubOptions {
            store: store.into(),
            management_port: free_port().unwrap(),
            ..region.hub_options(dir.path().join("hub"))
        };
        region.register_hub(&options.write(&region.pki).unwrap());
        let http = region.http().unwrap();
        Self { region, options, program: CONFORMANCE.into(), http, _dir: dir }
    }

    async fn start_hub(&self) -> HubProcess {
        let mut hub = HubProcess::start(&self.program, &self.options).unwrap();
        hub.wait_ready(&self.http).await.unwrap();
        hub
    }

    async fn party(&self) -> RelyingParty {
        let hub = Hub::discover(&self.http, &self.options.issuer()).await.unwrap();
        let registration = self.region.party(PARTY).unwrap().registration();
        RelyingParty::new(&registration, hub, self.http.clone(), self.region.clock.clone()).unwrap()
    }

    /// Connections of before a kill are dead: a new client for what comes after.
    fn browser(&self) -> Browser {
        Browser::new(self.region.http().unwrap())
    }

    /// The audit log, whose chain must hold whatever happened.
    fn audit(&self) -> String {
        let file = self.options.dir.join("audit/audit.log");
        let verified = audit_log::verify(&file).unwrap();
        assert!(verified.records > 0);
        std::fs::read_to_string(file).unwrap()
    }

    async fn login(&self, party: &RelyingParty) -> (Request, String) {
        let request = party.request("openid profile", &[]);
        let persona = persona::find("XE", Situation::Success).unwrap();
        let citizen = Journey { country: "XE", persona: &persona, decision: Decision::Allow };
        let start = party.push(&request).await.unwrap();
        match citizen.walk(&mut self.browser(), &start, &party.redirect_uri).await.unwrap() {
            Arrival::Address(back) => {
                let code = party.code(&request, &back).unwrap();
                (request, code)
            }
            Arrival::Page(page) => panic!("ended at {} ({}): {}", page.url, page.status, page.body),
        }
    }
}

fn run<F: Future<Output = ()>>(story: F) {
    tokio::runtime::Runtime::new().unwrap().block_on(story);
}

/// Killed before each step of a login; on Redis the citizen goes on as if nothing had been.
#[test]
fn f1_on_redis_a_login_survives_a_power_cut_between_any_two_steps() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let redis = Redis::start(dir.path()).await.unwrap();
        let site = Site::new(&redis.url());
        let mut hub = site.start_hub().await;
        let persona = persona::find("XE", Situation::Success).unwrap();
        let citizen = Journey { country: "XE", persona: &persona, decision: Decision::Allow };
        for cut_before in [Place::Picker, Place::NationalLogin, Place::Consent, Place::End] {
            let party = site.party().await;
            let request = party.request("openid profile", &[]);
            let start = party.push(&request).await.unwrap();
            let mut browser = site.browser();
            let mut page = browser.open(&start).await.unwrap();
            let back = loop {
                match browser.follow(page, &party.redirect_uri).await.unwrap() {
                    Arrival::Address(back) => break back,
                    Arrival::Page(here) => {
                        assert_ne!(Place::of(&here), Place::End, "cut before {cut_before:?}: {}", here.body);
                        if Place::of(&here) == cut_before {
                            hub.kill().unwrap();
                            hub = site.start_hub().await;
                        }
                        page = citizen.step(&mut browser, &here).await.unwrap();
                    }
                }
            };
            if cut_before == Place::End {
                hub.kill().unwrap();
                hub = site.start_hub().await;
            }
            let tokens = party.finish(&request, &back).await.unwrap();
            assert!(site.audit().contains(tokens.claims["txn"].as_str().unwrap()), "no token without its record");
        }
    });
}

/// Killed while tokens are being issued: whatever got out has its record, nothing gets out twice.
#[test]
fn f1_a_power_cut_while_codes_are_redeemed_leaves_no_token_without_its_record_and_no_code_used_twice() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let redis = Redis::start(dir.path()).await.unwrap();
        let site = Site::new(&redis.url());
        let mut given = 0;
        for round in 0..6_u64 {
            let mut hub = site.start_hub().await;
            let party = site.party().await;
            let mut ready = Vec::new();
            for _ in 0..6 {
                ready.push(site.login(&party).await);
            }
            let redemptions = ready.iter().map(|(request, code)| party.redeem(code, &request.verifier));
            let all = futures_util::future::join_all(redemptions);
            let cut = async {
                // A different moment each round, from before the first answer to after the last.
                tokio::time::sleep(Duration::from_millis(round * 4)).await;
                hub.kill().unwrap();
            };
            let (answers, ()) = tokio::join!(all, cut);
            let hub = site.start_hub().await;
            let party = site.party().await;
            let audit = site.audit();
            for ((request, code), first) in ready.iter().zip(answers) {
                let again = party.redeem(code, &request.verifier).await.unwrap();
                let tokens = [first.ok(), Some(again)].into_iter().flatten().filter(|answer| answer.status == 200);
                let txns: Vec<String> = tokens.map(|answer| txn(&answer)).collect();
                assert!(txns.len() <= 1, "round {round}: a code was redeemed twice");
                given += txns.len();
                let audit_now = if txns.is_empty() { String::new() } else { format!("{audit}{}", site.audit()) };
                assert!(txns.iter().all(|txn| audit_now.contains(txn)), "round {round}: a token without its record");
            }
            drop(hub);
        }
        assert!(given > 0, "some tokens came through");
    });
}

#[test]
fn f1_on_the_embedded_store_a_power_cut_ends_logins_cleanly_and_the_next_one_works() {
    run(async {
        let site = Site::new("memory");
        let mut hub = site.start_hub().await;
        let party = site.party().await;
        let (request, code) = site.login(&party).await;
        let mut browser = site.browser();
        let start = party.push(&party.request("openid", &[])).await.unwrap();
        let picker = browser.open(&start).await.unwrap();
        hub.kill().unwrap();
        let started = Instant::now();
        let _hub = site.start_hub().await;
        assert!(started.elapsed() < Duration::from_secs(5), "ready again after {:?}", started.elapsed());

        let party = site.party().await;
        assert_error("code", &party.redeem(&code, &request.verifier).await.unwrap(), 400, &["invalid_grant"]);
        let mut after = site.browser();
        let page = after.open(&start).await.unwrap();
        assert!(page.status == 400 && page.has("#error-code"), "the pushed request is gone: {}", page.body);
        let page = browser.submit(picker.press("#country-XE").unwrap()).await.unwrap();
        assert!(page.status < 500, "the picker's form: {}", page.body);
        let (request, code) = site.login(&party).await;
        assert_eq!(party.redeem(&code, &request.verifier).await.unwrap().status, 200);
    });
}

#[test]
fn s01_without_redis_there_is_503_and_with_it_again_service_within_five_seconds() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let port = free_port().unwrap();
        let redis = Redis::start_on(port, dir.path()).await.unwrap();
        let site = Site::new(&url_of(port));
        let _hub = site.start_hub().await;
        let party = site.party().await;
        let (request, code) = site.login(&party).await;
        drop(redis);

        let unavailable = &["temporarily_unavailable"];
        let started = Instant::now();
        let pushed = party.push_raw(&party.request("openid", &[])).await.unwrap();
        assert_error("PAR", &pushed, 503, unavailable);
        assert!(pushed.headers.contains_key("retry-after"));
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        assert_error("token", &party.redeem(&code, &request.verifier).await.unwrap(), 503, unavailable);
        let ready = site.http.get(format!("{}/readyz", site.options.management())).send().await.unwrap();
        assert_eq!(ready.status(), 503);

        let _redis = Redis::start_on(port, dir.path()).await.unwrap();
        let back = Instant::now();
        while party.push_raw(&party.request("openid", &[])).await.unwrap().status != 201 {
            assert!(back.elapsed() < Duration::from_secs(5), "not back after {:?}", back.elapsed());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // The new store knows nothing: the old code is unknown, a new login works.
        assert_error("old code", &party.redeem(&code, &request.verifier).await.unwrap(), 400, &["invalid_grant"]);
        let (request, code) = site.login(&party).await;
        assert_eq!(party.redeem(&code, &request.verifier).await.unwrap().status, 200);
    });
}

#[test]
fn r02_s12_neither_redis_nor_a_debug_log_nor_the_audit_log_holds_a_person_or_a_token() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let redis = Redis::start(dir.path()).await.unwrap();
        let mut site = Site::new(&redis.url());
        site.options.log = "debug".into();
        let hub = site.start_hub().await;
        let party = site.party().await;
        let person = persona::find("XE", Situation::Success).unwrap();
        let number = person.national_number.clone().unwrap();
        let mut secrets = vec![person.name, number, person.phone, person.email, person.birthdate, person.login];

        // One login left with the citizen, one with a code, one with tokens.
        let request = party.request("openid profile", &[]);
        let mut browser = site.browser();
        let picker = browser.open(&party.push(&request).await.unwrap()).await.unwrap();
        browser.submit(picker.press("#country-XE").unwrap()).await.unwrap();
        let (_, code) = site.login(&party).await;
        let (done, redeemed) = site.login(&party).await;
        let tokens = party.redeem(&redeemed, &done.verifier).await.unwrap().json();
        let access_token = tokens["access_token"].as_str().unwrap().to_owned();
        party.userinfo(&access_token).await.unwrap();
        let sub = conformance::jose::Parsed::new(&access_token).unwrap().claim_str("sub").to_owned();
        secrets.extend([request.state, code, redeemed, done.verifier, access_token, sub]);

        let dump = String::from_utf8_lossy(&redis.dump().await.unwrap()).into_owned();
        assert!(dump.len() > 1000, "the dump holds the logins");
        let log = hub.log();
        assert!(log.contains("DEBUG"), "the log is a debug log");
        for (place, text) in [("Redis", &dump), ("the log", &log), ("the audit log", &site.audit())] {
            for secret in &secrets {
                assert!(!text.contains(secret.as_str()), "{place} holds {secret}");
            }
        }
    });
}

#[test]
fn the_demo_does_its_tour_and_writes_down_what_programs_need() {
    let dir = tempfile::tempdir().unwrap();
    let base = free_ports(9).unwrap().to_string();
    let options = ["demo", "--check", "--hub", CONFORMANCE, "--port-base", &base, "--dir"];
    let output = Command::new(CONFORMANCE).args(options).arg(dir.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    for step in ["1. ", "2. ", "3. ", "4. ", "5. "] {
        assert!(said.lines().any(|line| line.starts_with(step)), "{said}");
    }
    let file = dir.path().join("demo.json");
    let demo: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    for name in ["issuer", "management", "ca_file", "trust", "bank"] {
        assert!(!demo[name].is_null(), "{name}");
    }
    assert!(demo["relying_parties"].as_array().unwrap().iter().all(|party| party["jwks"]["keys"][0]["d"].is_string()));
    assert_eq!(demo["countries"].as_array().unwrap().len(), 3);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions());
    assert_eq!(mode & 0o077, 0, "it holds private keys");
}

/// C09 with two replicas on one Redis.
#[test]
fn c09_of_many_redemptions_at_two_replicas_exactly_one_gets_tokens() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let redis = Redis::start(dir.path()).await.unwrap();
        let site = Site::new(&redis.url());
        let _first = site.start_hub().await;
        let second = replica(&site);
        let mut process = HubProcess::start(&site.program, &second).unwrap();
        process.wait_ready(&site.http).await.unwrap();

        let party = site.party().await;
        let other = elsewhere(&party, &site.options.issuer(), second.port);
        for round in 0..10 {
            let (request, code) = site.login(&party).await;
            let at = |place: &RelyingParty| {
                let (place, code, verifier) = (place.clone(), code.clone(), request.verifier.clone());
                async move { place.redeem(&code, &verifier).await.unwrap().status }
            };
            let tries = (0..20).map(|index| at(if index % 2 == 0 { &party } else { &other }));
            let won = futures_util::future::join_all(tries).await.into_iter().filter(|status| *status == 200).count();
            assert_eq!(won, 1, "round {round}");
        }
        // A token of one replica is good at the other.
        let (request, code) = site.login(&party).await;
        let tokens = party.redeem(&code, &request.verifier).await.unwrap().json();
        let userinfo = other.userinfo(tokens["access_token"].as_str().unwrap()).await.unwrap();
        assert_eq!(userinfo.status, 200, "{}", userinfo.body);
    });
}

#[test]
fn h17_a_suspension_bites_at_both_replicas_within_seconds() {
    run(async {
        let dir = tempfile::tempdir().unwrap();
        let redis = Redis::start(dir.path()).await.unwrap();
        let site = Site::new(&redis.url());
        let _first = site.start_hub().await;
        let second = replica(&site);
        let mut process = HubProcess::start(&site.program, &second).unwrap();
        process.wait_ready(&site.http).await.unwrap();
        let party = site.party().await;
        let other = elsewhere(&party, &site.options.issuer(), second.port);
        let at_first = site.login(&party).await;
        let at_second = site.login(&party).await;

        site.region.suspend("XE", "eid").unwrap();
        let suspended = Instant::now();
        for place in [&party, &other] {
            loop {
                let start = place.push(&place.request("openid", &[])).await.unwrap();
                let picker = site.browser().open(&start).await.unwrap();
                if picker.press("#country-XE").is_err() {
                    break;
                }
                assert!(suspended.elapsed() < Duration::from_secs(10), "the hub looks every two seconds");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        for (place, (request, code)) in [(&party, at_first), (&other, at_second)] {
            let answer = place.redeem(&code, &request.verifier).await.unwrap();
            assert_error("a code from before", &answer, 400, &["invalid_grant", "access_denied"]);
        }
    });
}

/// A second hub of the same issuer: the same keys, its own port, its own audit log and trust state.
fn replica(site: &Site) -> HubOptions {
    let dir = site.options.dir.with_file_name("hub-2");
    copy(&site.options.keys_dir(), &dir.join("keys"));
    let (port, front_port) = (free_port().unwrap(), Some(site.options.port));
    let second = HubOptions { dir, port, front_port, management_port: free_port().unwrap(), ..site.options.clone() };
    second.write(&site.region.pki).unwrap();
    second
}

/// The same client, talking to another port.
fn elsewhere(party: &RelyingParty, issuer: &str, port: u16) -> RelyingParty {
    let mut other = party.clone();
    for (name, value) in other.hub.metadata.as_object_mut().unwrap() {
        if let Some(url) = value.as_str().filter(|url| name.ends_with("_endpoint") && url.starts_with(issuer)) {
            *value = url.replace(issuer, &hub_process::issuer_on(port)).into();
        }
    }
    other
}

/// The transaction that an ID token names.
fn txn(answer: &Answer) -> String {
    let id_token = answer.json()["id_token"].as_str().unwrap().to_owned();
    let claims = conformance::jose::Parsed::new(&id_token).unwrap().claims;
    claims["txn"].as_str().unwrap().to_owned()
}
