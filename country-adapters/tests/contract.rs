//! The contract of every adapter: whatever the protocol, these hold.
//!
//! A new adapter gets a profile in [`profile_of`]; everything else runs by itself.

#![cfg(test)]
#![expect(clippy::needless_pass_by_value, reason = "`json!(..)` reads better without a reference in front")]

mod support;

use std::sync::Arc;

use async_trait::async_trait;
use country_adapters::outbound::{OutboundError, OutboundRequest, OutboundResponse};
use country_adapters::{
    AdapterError, AuthorizationResponse, Context, HttpPort, Misconfigured, Outbound, Pending, Presented, Registry,
    Unsupported,
};
use serde_json::{Value, json};
use support::region::{Region, entry};
use support::{ES256, KEYS, NOW, request};
use trust_list::{Level, NotTrusted};

const HOST: &str = "idp.xa.example";

/// A profile that the adapter of this kind accepts.
fn profile_of(kind: &str) -> Value {
    let openid = json!({
        "discovery_url": format!("https://{HOST}/.well-known/openid-configuration"), "discovery_issuer": format!("https://{HOST}"),
        "token_issuer": format!("https://{HOST}"), "client_id": "hub-01", "id_token_algs": ["ES256"],
        "acr_map": {"2": {"level": "substantial"}}, "assertion_alg": "ES256", "assertion_aud": "issuer", "trust_framework": "x",
    });
    let and = |own: Value| {
        let mut profile = openid.clone();
        for (name, value) in own.as_object().unwrap() {
            profile[name] = value.clone();
        }
        profile
    };
    match kind {
        "oidc" => openid,
        "esignet" => and(json!({
            "dialect": "1.8", "userinfo_algs": ["RS256"], "userinfo_format": "jws", "redirect_issuer": format!("https://{HOST}"),
        })),
        "claim169" => json!({"iss": [format!("https://{HOST}")], "level": "low"}),
        other => panic!("no profile for {other}"),
    }
}

/// Counts the calls and answers none.
#[derive(Default)]
struct NoNetwork(std::sync::atomic::AtomicUsize);

#[async_trait]
impl HttpPort for NoNetwork {
    async fn send(&self, _request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Err(OutboundError::Connect)
    }
}

impl NoNetwork {
    fn calls(&self) -> usize {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

fn region(adapter: &str, profile: Value) -> Region {
    Region::of(&entry(adapter, profile, HOST, std::slice::from_ref(ES256.public_jwk())), Level::High)
}

fn pending(kind: &str) -> Pending {
    let kept = json!({
        "adapter": kind, "country": "XA", "issuer": "main", "nonce": "n", "code_verifier": "v".repeat(43),
        "redirect_uri": "https://hub.example/callback/xa", "level": "low", "authenticated_since": null,
    });
    serde_json::from_value(kept).unwrap()
}

fn answer() -> AuthorizationResponse {
    AuthorizationResponse { code: Some("code".to_owned()), ..AuthorizationResponse::default() }
}

const PRESENTED: [Presented<'static>; 2] =
    [Presented::IdToken { jwt: "a.b.c", expected_audience: "x", max_age_secs: 60 }, Presented::Claim169 { qr: "6BF" }];

#[test]
fn every_adapter_is_found_by_its_own_name() {
    let registry = Registry::standard();
    assert_eq!(registry.kinds().collect::<Vec<_>>(), ["claim169", "esignet", "oidc"]);
    for kind in registry.kinds() {
        assert_eq!(registry.adapter(kind).unwrap().kind(), kind);
        assert_eq!(registry.adapter_for(&region(kind, profile_of(kind)).issuer()).unwrap().kind(), kind);
    }
    let unknown = region("saml", json!({}));
    let error = registry.adapter_for(&unknown.issuer()).err();
    assert_eq!(error, Some(Misconfigured::NoSuchAdapter.into()));
}

#[test]
fn every_adapter_can_do_something() {
    let registry = Registry::standard();
    for kind in registry.kinds() {
        let can = registry.capabilities(kind).unwrap();
        assert!(can.redirect_login || can.present_credential || can.exchange_assertion, "{kind}");
    }
}

#[test]
fn every_adapter_accepts_its_own_profile_and_no_other() {
    let registry = Registry::standard();
    for kind in registry.kinds() {
        let adapter = registry.adapter(kind).unwrap();
        assert_eq!(adapter.check_profile(&profile_of(kind)), Ok(()), "{kind}");
        for other in registry.kinds().filter(|other| *other != kind) {
            assert!(adapter.check_profile(&profile_of(other)).is_err(), "{kind} took the profile of {other}");
        }
        for nonsense in [json!(null), json!([]), json!({}), json!("oidc"), json!({"unknown": 1})] {
            assert!(adapter.check_profile(&nonsense).is_err(), "{kind} took {nonsense}");
        }
    }
}

/// The profile in the adapter's documentation, with every field there is.
fn documented_profile_of(kind: &str) -> Value {
    let text = std::fs::read_to_string(format!("{}/profiles/{kind}.json", env!("CARGO_MANIFEST_DIR"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_adapter_accepts_the_profile_in_its_documentation() {
    let registry = Registry::standard();
    for kind in registry.kinds() {
        let documented = documented_profile_of(kind);
        assert_eq!(registry.adapter(kind).unwrap().check_profile(&documented), Ok(()), "{kind}");
        for name in profile_of(kind).as_object().unwrap().keys() {
            assert!(documented.get(name).is_some(), "{kind} does not document {name}");
        }
    }
}

#[test]
fn every_adapter_refuses_a_field_that_it_does_not_know_and_does_without_none_that_it_needs() {
    let registry = Registry::standard();
    for kind in registry.kinds() {
        let adapter = registry.adapter(kind).unwrap();
        let mut longer = profile_of(kind);
        longer["userinfo_alg"] = json!(["ES256"]);
        assert!(adapter.check_profile(&longer).is_err(), "{kind} took a misspelt field");
        for name in profile_of(kind).as_object().unwrap().keys() {
            let mut shorter = profile_of(kind);
            shorter.as_object_mut().unwrap().remove(name);
            assert!(adapter.check_profile(&shorter).is_err(), "{kind} does without {name}");
        }
    }
}

#[tokio::test]
async fn every_adapter_refuses_what_it_cannot_do_without_a_call() {
    let registry = Registry::standard();
    for kind in registry.kinds() {
        let (adapter, can) = (registry.adapter(kind).unwrap(), registry.capabilities(kind).unwrap());
        let (region, network) = (region(kind, profile_of(kind)), Arc::new(NoNetwork::default()));
        let outbound = Outbound::over(Arc::clone(&network) as _);
        let ctx = Context { outbound: &outbound, now: NOW, client_keys: &KEYS };
        if !can.redirect_login {
            let refused = AdapterError::from(Unsupported::RedirectLogin);
            assert_eq!(adapter.begin(&region.issuer(), &request(), &ctx).await.unwrap_err(), refused);
            let completed = adapter.complete(&region.issuer(), &pending(kind), &answer(), &ctx).await;
            assert_eq!(completed.unwrap_err(), refused);
        }
        for presented in PRESENTED {
            let possible = match presented {
                Presented::IdToken { .. } => can.exchange_assertion,
                Presented::Claim169 { .. } => can.present_credential,
            };
            let error = adapter.present(&region.issuer(), &presented, &ctx).await.unwrap_err();
            assert_eq!(matches!(error, AdapterError::Unsupported(_)), !possible, "{kind} {presented:?}: {error:?}");
        }
        assert_eq!(network.calls(), 0, "{kind}");
    }
}

#[tokio::test]
async fn every_adapter_refuses_an_entry_that_names_another_one_or_has_a_broken_profile() {
    let registry = Registry::standard();
    for kind in registry.kinds() {
        let (adapter, can) = (registry.adapter(kind).unwrap(), registry.capabilities(kind).unwrap());
        let network = Arc::new(NoNetwork::default());
        let outbound = Outbound::over(Arc::clone(&network) as _);
        let ctx = Context { outbound: &outbound, now: NOW, client_keys: &KEYS };
        let entries = [
            (region("another", profile_of(kind)), Misconfigured::WrongAdapter),
            (region(kind, json!({"unknown": true})), Misconfigured::Profile),
        ];
        for (region, expected) in entries {
            let expected = AdapterError::from(expected);
            if can.redirect_login {
                assert_eq!(adapter.begin(&region.issuer(), &request(), &ctx).await.unwrap_err(), expected, "{kind}");
                let completed = adapter.complete(&region.issuer(), &pending(kind), &answer(), &ctx).await;
                assert_eq!(completed.unwrap_err(), expected, "{kind}");
            }
            for presented in PRESENTED {
                let error = adapter.present(&region.issuer(), &presented, &ctx).await.unwrap_err();
                assert!(error == expected || matches!(error, AdapterError::Unsupported(_)), "{kind}: {error:?}");
            }
        }
        assert_eq!(network.calls(), 0, "{kind}");
    }
}

#[tokio::test]
async fn every_adapter_calls_a_country_that_does_not_answer_unavailable() {
    let registry = Registry::standard();
    for kind in registry.kinds().filter(|kind| registry.capabilities(kind).unwrap().redirect_login) {
        let network = Arc::new(NoNetwork::default());
        let reachable = Region::of_one(kind, profile_of(kind), HOST, &[]);
        let outbound = Outbound::over(Arc::clone(&network) as _);
        let ctx = Context { outbound: &outbound, now: NOW, client_keys: &KEYS };
        let error = registry.adapter(kind).unwrap().begin(&reachable.issuer(), &request(), &ctx).await.unwrap_err();
        assert!(matches!(error, AdapterError::Unavailable(_)), "{kind}: {error:?}");
    }
}

#[test]
fn g18_a_suspended_issuer_cannot_even_be_named() {
    // Everything in this crate starts from a `TrustedIssuer`, and there is none to be had.
    for kind in Registry::standard().kinds() {
        let mut suspended = entry(kind, profile_of(kind), HOST, std::slice::from_ref(ES256.public_jwk()));
        suspended.status = trust_list::ServiceStatus::Suspended;
        let region = Region::of(&suspended, Level::High);
        assert!(matches!(region.issuer_at(NOW), Err(NotTrusted::Suspended)), "{kind}");
    }
}

#[test]
fn a_layer_may_be_put_around_every_adapter_and_the_names_stay() {
    let layered = Registry::standard().map(|adapter| adapter);
    assert_eq!(layered.kinds().collect::<Vec<_>>(), Registry::standard().kinds().collect::<Vec<_>>());
}
