//! The region of the stories.
//!
//! XA and XC have identity providers; XA is recognised for account opening up to high, XC up to low only. XD has a provider
//! and no recognition, XE is recognised and has no provider. XB has the clients: a bank, its branch (one sector), a shop
//! (another), and a border post. XC also issues cards.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use strict_jose::{JwkSet, SigningKey, UnixTime};
use trust_list::testing::TestRegion;
use trust_list::{
    Client, ClientKind, CountryCode, EntityId, ExchangePolicy, GrantType, Issuer, IssuerKind, Level, LocalizedText,
    Purpose, RegisteredPurpose,
};

use super::client::TestClient;

pub(crate) fn country(code: &str) -> CountryCode {
    code.parse().unwrap()
}

pub(crate) fn entity(id: &str) -> EntityId {
    id.parse().unwrap()
}

pub(crate) fn purpose(name: &str) -> Purpose {
    name.parse().unwrap()
}

/// The audience that the border post may exchange tokens for.
pub(crate) const REGISTER: &str = "https://register.xb.example/api";

/// The keys and clients that the list names.
pub(crate) struct Clients {
    pub(crate) bank: TestClient,
    pub(crate) branch: TestClient,
    pub(crate) shop: TestClient,
    pub(crate) border: TestClient,
}

impl Clients {
    pub(crate) fn new() -> Self {
        let client = |id: &str| TestClient::new(&format!("{id}.xb.example"));
        Self { bank: client("bank"), branch: client("branch"), shop: client("shop"), border: client("border") }
    }
}

pub(crate) fn build(now: UnixTime, clients: &Clients, card_key: &SigningKey) -> TestRegion {
    let mut region = TestRegion::new(now).unwrap();
    for code in ["XD", "XE"] {
        region.add_member(country(code)).unwrap();
    }
    for code in ["XA", "XC", "XD"] {
        region.add_issuer(&provider(code, now)).unwrap();
    }
    region.add_issuer(&cards(card_key, now)).unwrap();
    region.add_client(&relying_party("bank", "bank.xb.example", &clients.bank, now)).unwrap();
    region.add_client(&relying_party("branch", "bank.xb.example", &clients.branch, now)).unwrap();
    region.add_client(&relying_party("shop", "shop.xb.example", &clients.shop, now)).unwrap();
    region.add_client(&border_post(&clients.border, now)).unwrap();
    for (home, name, level) in [
        ("XA", "account-opening", Level::High),
        ("XC", "account-opening", Level::Low),
        ("XE", "account-opening", Level::High),
        ("XA", "border-check", Level::High),
        ("XC", "border-check", Level::Low),
    ] {
        region.recognise(country("XB"), country(home), purpose(name), level).unwrap();
    }
    region
}

fn provider(code: &str, now: UnixTime) -> Issuer {
    let issuer = TestRegion::issuer(country(code), entity("idp"), now);
    let url = format!("https://idp.{}.example", code.to_lowercase());
    Issuer {
        adapter: "oidc".into(),
        profile: json!({
            "discovery_url": format!("{url}/.well-known/openid-configuration"),
            "discovery_issuer": url,
            "token_issuer": url,
            "redirect_issuer": url,
            "client_id": "hub",
            "id_token_algs": ["ES256"],
            "acr_map": {
                "1": { "level": "low", "methods": ["pwd"] },
                "2": { "level": "substantial", "methods": ["otp"] },
                "3": { "level": "high", "methods": ["face"] },
            },
            "scopes": ["openid", "profile"],
            "assertion_alg": "ES256",
            "assertion_aud": "issuer",
            "trust_framework": format!("{}_eid", code.to_lowercase()),
        }),
        claims: names(&["given_name", "family_name", "birthdate", "email"]),
        ..issuer
    }
}

fn cards(key: &SigningKey, now: UnixTime) -> Issuer {
    Issuer {
        adapter: "claim169".into(),
        profile: json!({ "iss": ["https://cards.xc.example"], "level": "low", "trust_framework": "xc_card" }),
        issuer_identifiers: vec!["https://cards.xc.example".into()],
        keys: vec![key.public_jwk().clone()],
        max_level: Level::Low,
        claims: names(&["name", "birthdate"]),
        ..Issuer::draft(country("XC"), entity("cards"), IssuerKind::CredentialIssuer, now)
    }
}

fn relying_party(id: &str, sector: &str, client: &TestClient, now: UnixTime) -> Client {
    Client {
        sector: sector.into(),
        redirect_uris: vec![client.redirect_uri.clone(), format!("{}?tenant=1", client.redirect_uri)],
        grant_types: [GrantType::AuthorizationCode, GrantType::RefreshToken].into(),
        scopes: names(&["openid", "profile", "email", "offline_access"]),
        purposes: vec![account_opening()],
        ..draft(id, ClientKind::RelyingParty, client, now)
    }
}

fn border_post(client: &TestClient, now: UnixTime) -> Client {
    Client {
        grant_types: [GrantType::ClientCredentials, GrantType::TokenExchange].into(),
        scopes: names(&["verify"]),
        purposes: vec![RegisteredPurpose {
            purpose: purpose("border-check"),
            claims: names(&["name", "person_status"]),
            min_level: Level::Low,
            legal_basis: "Border act".into(),
            text: LocalizedText::en("To let you pass"),
            document: None,
        }],
        exchange: Some(ExchangePolicy {
            audiences: vec![REGISTER.into()],
            subject_audiences: BTreeMap::from([(country("XA"), "border-at-xa".to_owned())]),
        }),
        ..draft("border", ClientKind::CountrySystem, client, now)
    }
}

fn draft(id: &str, kind: ClientKind, client: &TestClient, now: UnixTime) -> Client {
    let keys = JwkSet::from_keys([client.key.public_jwk().clone()]);
    let draft = Client::draft(country("XB"), entity(id), kind, keys, now);
    assert_eq!(draft.client_id, client.client_id);
    draft
}

/// What relying parties may ask: no e-mail address, though the scope is registered.
fn account_opening() -> RegisteredPurpose {
    RegisteredPurpose {
        purpose: purpose("account-opening"),
        claims: names(&["given_name", "family_name", "birthdate", "age_over_18", "person_status", "document_status"]),
        min_level: Level::Substantial,
        legal_basis: "Banking act".into(),
        text: LocalizedText::en("To open an account").with("fr", "Pour ouvrir un compte"),
        document: None,
    }
}

pub(crate) fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}
