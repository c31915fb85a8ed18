//! Attacks of group G: what a national provider, or somebody in its name, sends to the hub.

use crate::support::{Login, PARTY, World, assert_local_page, own, shared};
use conformance::browser::journey::{Decision, parameter};
use conformance::browser::{Arrival, Browser};
use conformance::persona::Situation;
use conformance::sim::faults::Fault;
use url::Url;

async fn login(world: &World, country: &str) -> Login {
    world.login(PARTY, country, Situation::Success, Decision::Allow).await
}

/// Which provider misbehaves, by country.
fn set_faults(world: &World, country: &str, faults: &[Fault]) {
    let behaviour = if country == "XA" { &world.region.esignet.behaviour } else { &world.region.oidc.behaviour };
    behaviour.set(faults.iter().copied());
}

#[test]
fn g07_g08_g10_g11_g12_g13_g17_an_assertion_that_breaks_a_rule_gives_no_token_and_is_audited() {
    use Fault as F;
    let invalid = [
        F::InvalidIss,
        F::InvalidAud,
        F::MissingAud,
        F::AudListWithoutAzp,
        F::InvalidAzp,
        F::InvalidAlgHeader,
        F::AlgNone,
        F::AlgHs256,
        F::InvalidSignature,
        F::UnknownKey,
        F::OtherCountrysKey,
        F::TokenExpired,
        F::TokenNotValidYet,
        F::ExpMissing,
        F::NonceNotMatching,
        F::NonceMissing,
        F::InvalidAtHash,
        F::SubMissing,
        F::SubEmpty,
        F::SubHuge,
        F::SubControl,
        F::UserinfoSubMismatch,
    ];
    own(async |world| {
        for country in ["XA", "XE"] {
            for fault in invalid {
                let before = world.audited("assertion_refused");
                set_faults(&world, country, &[fault]);
                let login = login(&world, country).await;
                assert_eq!(login.error(), "server_error", "{country} {fault:?}");
                assert_eq!(world.audited("assertion_refused"), before + 1, "{country} {fault:?} is audited once");
            }
            set_faults(&world, country, &[]);
            assert_eq!(login(&world, country).await.redeem().await.status, 200, "{country} honest again");
        }
    });
}

#[test]
fn g08_userinfo_that_somebody_else_signed_is_refused() {
    own(async |world| {
        set_faults(&world, "XA", &[Fault::UserinfoUnknownKey]);
        assert_eq!(login(&world, "XA").await.error(), "server_error");
    });
}

#[test]
fn g12_a_level_that_was_not_asked_for_or_that_nobody_knows_is_not_taken_for_a_higher_one() {
    own(async |world| {
        for country in ["XA", "XE"] {
            set_faults(&world, country, &[Fault::AcrDowngrade]);
            let party = world.party("insurer-xf");
            let request = party.request("openid", &[]);
            let refused = world.walk(party, request, country, Situation::Success, Decision::Allow).await;
            assert_eq!(refused.error(), "unmet_authentication_requirements", "{country}");
            // A service that takes level low gets a token that says low.
            let low = login(&world, country).await;
            assert_eq!(low.tokens().await.claims["acr"], "urn:passerelle:loa:low", "{country}");
            set_faults(&world, country, &[Fault::AcrUnknown]);
            let unknown = login(&world, country).await.error();
            assert!(["server_error", "unmet_authentication_requirements"].contains(&unknown.as_str()), "{unknown}");
        }
    });
}

#[test]
fn g13_a_login_older_than_max_age_is_no_login() {
    own(async |world| {
        for country in ["XA", "XE"] {
            set_faults(&world, country, &[Fault::AuthTimeOld]);
            let party = world.party(PARTY);
            let request = party.request("openid", &[("max_age", "300")]);
            let old = world.walk(party, request, country, Situation::Success, Decision::Allow).await;
            assert_eq!(old.error(), "login_required", "{country}");
        }
    });
}

#[test]
fn g21_n12_n14_a_broken_token_endpoint_is_cut_off_and_the_hub_lives() {
    use Fault as F;
    let broken = [
        F::TokenHtml,
        F::TokenGzipBomb,
        F::TokenHuge,
        F::TokenTruncated,
        F::TokenDuplicateKeys,
        F::TokenRedirect,
        F::TokenUnavailable,
        F::JwksUnavailable,
        F::JwksEmpty,
    ];
    for country in ["XA", "XE"] {
        for fault in broken {
            // A world each: what one login learnt of a provider's keys must not help the next.
            own(async |world| {
                set_faults(&world, country, &[fault]);
                let error = login(&world, country).await.error();
                assert!(
                    ["server_error", "temporarily_unavailable"].contains(&error.as_str()),
                    "{country} {fault:?}: {error}"
                );
                assert_eq!(world.ready().await.0, 200, "{country} {fault:?}: alive");
            });
        }
    }
}

#[test]
fn n14_a_provider_that_does_not_answer_is_given_up_within_ten_seconds_and_the_other_is_not_touched() {
    own(async |world| {
        set_faults(&world, "XE", &[Fault::TokenHang]);
        let started = std::time::Instant::now();
        let (slow, other) = tokio::join!(login(&world, "XE"), login(&world, "XA"));
        assert_eq!(slow.error(), "temporarily_unavailable");
        assert!(started.elapsed().as_secs() < 12, "{:?}", started.elapsed());
        assert_eq!(other.redeem().await.status, 200);
    });
}

#[test]
fn a_provider_that_asks_for_a_nonce_forever_is_asked_twice() {
    own(async |world| {
        set_faults(&world, "XA", &[Fault::NonceForever]);
        let error = login(&world, "XA").await.error();
        assert!(["server_error", "temporarily_unavailable"].contains(&error.as_str()), "{error}");
    });
}

#[test]
fn g02_an_answer_from_another_issuer_is_a_mix_up_and_its_code_goes_nowhere() {
    own(async |world| {
        for country in ["XA", "XE"] {
            for fault in [Fault::RedirectIssOther, Fault::RedirectIssMissing] {
                let before = world.audited("mix_up");
                set_faults(&world, country, &[fault, Fault::TokenHang]);
                let started = std::time::Instant::now();
                let login = login(&world, country).await;
                assert_eq!(login.error(), "server_error", "{country} {fault:?}");
                assert!(started.elapsed().as_secs() < 5, "the token endpoint, which hangs, was not called");
                assert_eq!(world.audited("mix_up"), before + 1, "{country} {fault:?}");
            }
        }
    });
}

#[test]
fn g06_what_a_provider_says_in_an_error_is_not_passed_on() {
    own(async |world| {
        for country in ["XA", "XE"] {
            let cases = [
                (Fault::AccessDenied, "access_denied"),
                (Fault::TemporarilyUnavailable, "temporarily_unavailable"),
                (Fault::UnknownError, "server_error"),
            ];
            for (fault, expected) in cases {
                set_faults(&world, country, &[fault]);
                let login = login(&world, country).await;
                let error = login.error();
                assert!(error == expected || error == "temporarily_unavailable", "{country} {fault:?}: {error}");
                let back = login.back().as_str();
                assert!(!back.contains("alert") && !back.contains("Set-Cookie"), "{back}");
            }
        }
    });
}

#[test]
fn g06_an_error_with_the_state_null_leads_to_a_page_that_says_how_to_go_on() {
    own(async |world| {
        set_faults(&world, "XA", &[Fault::ErrorStateNull]);
        let login = login(&world, "XA").await;
        assert_local_page("state=null", login.page(), 400);
    });
}

#[test]
fn g01_g04_g19_a_callback_that_did_not_begin_here_is_a_local_page() {
    shared(async |world| {
        let party = world.party(PARTY);
        let (mut browser, callback) = world.up_to_callback(&party.request("openid", &[]), &party, "XE").await;
        let with = |name: &str, value: Option<&str>| {
            let mut url = callback.clone();
            let kept: Vec<_> = callback.query_pairs().filter(|(found, _)| found != name).collect();
            url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(value.map(|value| (name, value)));
            url
        };
        let unsolicited = Url::parse(&format!("{}/callback/XE?code=x&iss=y", world.issuer)).unwrap();
        let cases = [
            ("G01 unknown state", with("state", Some("unknown"))),
            ("G01 empty state", with("state", Some(""))),
            ("G01 no state", with("state", None)),
            ("G19 unsolicited", unsolicited),
        ];
        for (case, url) in cases {
            let page = browser.open(&url).await.unwrap();
            assert!(page.location().is_none() && page.status >= 400, "{case}: {} {}", page.status, page.body);
        }
        let mut twice = callback.clone();
        twice.query_pairs_mut().append_pair("state", "x");
        assert_local_page("G01 twice", &browser.open(&twice).await.unwrap(), 400);

        // The honest callback still works, once.
        assert_eq!(browser.open(&callback).await.unwrap().status, 200);
        assert_local_page("G01 reused", &browser.open(&callback).await.unwrap(), 400);
    });
}

#[test]
fn g04_another_browser_cannot_finish_a_login() {
    shared(async |world| {
        let party = world.party(PARTY);
        let (_, callback) = world.up_to_callback(&party.request("openid", &[]), &party, "XE").await;
        assert_local_page("G04 no cookie", &world.browser().open(&callback).await.unwrap(), 400);

        let (_, callback) = world.up_to_callback(&party.request("openid", &[]), &party, "XE").await;
        let (mut other, _) = world.up_to_callback(&party.request("openid", &[]), &party, "XE").await;
        assert_local_page("G04 another's cookie", &other.open(&callback).await.unwrap(), 400);
    });
}

#[test]
fn g02_a_callback_of_one_country_is_not_taken_at_anothers_address() {
    shared(async |world| {
        let party = world.party(PARTY);
        for other in ["XA", "XF", "XQ"] {
            let (mut browser, callback) = world.up_to_callback(&party.request("openid", &[]), &party, "XE").await;
            let crossed =
                Url::parse(&callback.as_str().replace("/callback/XE", &format!("/callback/{other}"))).unwrap();
            let page = browser.open(&crossed).await.unwrap();
            match page.location() {
                None => assert!(page.status >= 400, "{other}: {}", page.body),
                Some(back) => assert_eq!(parameter(&back, "error").as_deref(), Some("server_error"), "{other}: {back}"),
            }
            assert_local_page("and it is used up", &browser.open(&callback).await.unwrap(), 400);
        }
    });
}

#[test]
fn g05_a_login_that_took_longer_than_its_life_begins_anew() {
    own(async |world| {
        let party = world.party(PARTY);
        let (mut browser, callback) = world.up_to_callback(&party.request("openid", &[]), &party, "XE").await;
        world.clock.advance(31 * 60);
        world.region.restamp().unwrap();
        world.hub.refresh_trust().await;
        assert_local_page("G05", &browser.open(&callback).await.unwrap(), 400);
    });
}

#[test]
fn g15_equal_subjects_of_two_countries_are_two_persons() {
    // The pairwise subject hashes the country: R01 shows it with different persons; here nothing but the country differs.
    shared(async |world| {
        let sub = async |country: &str| login(world, country).await.tokens().await.claims["sub"].clone();
        assert_ne!(sub("XA").await, sub("XE").await);
    });
}

#[test]
fn the_consent_form_is_good_once_and_only_in_its_browser() {
    shared(async |world| {
        let party = world.party(PARTY);
        let consent_page = async || -> (Browser, conformance::browser::Page) {
            let (mut browser, callback) = world.up_to_callback(&party.request("openid", &[]), &party, "XE").await;
            let page = browser.open(&callback).await.unwrap();
            (browser, page)
        };
        let (mut browser, page) = consent_page().await;
        let form = page.press("#consent-allow").unwrap();
        let stolen = world.browser().submit(form.clone()).await.unwrap();
        assert!(stolen.location().is_none() && stolen.status >= 400, "{}", stolen.body);
        let changed = form.clone().with("state", "x");
        assert!(browser.submit(changed).await.unwrap().location().is_none());
        let first = browser.submit(form.clone()).await.unwrap();
        assert_eq!(first.status, 303, "J12: {}", first.body);
        let second = browser.submit(form).await.unwrap();
        let code = second.location().and_then(|back| parameter(&back, "code"));
        assert_eq!(code, None, "a second code from one consent");
    });
}

#[test]
fn encrypted_and_compressed_userinfo_in_every_dialect_of_the_content_is_read() {
    use conformance::sim::esignet::{Encryption, Modes, UserinfoStyle};
    own(async |world| {
        // The list says `jws`: what comes encrypted is refused rather than guessed.
        world.region.esignet.set_modes(Modes { encryption: Encryption::JweZip, ..Modes::default() });
        assert_eq!(login(&world, "XA").await.error(), "server_error");
        world.region.esignet.set_modes(Modes { userinfo: UserinfoStyle::PartnerId, ..Modes::default() });
        assert_eq!(login(&world, "XA").await.error(), "server_error", "aud is there and not ours");
        world.region.esignet.set_modes(Modes::default());
        let arrival = login(&world, "XA").await.arrival;
        assert!(matches!(arrival, Arrival::Address(url) if parameter(&url, "code").is_some()));
    });
}
