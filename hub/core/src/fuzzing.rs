//! Every reader of what relying parties and browsers send as a function of bytes, for fuzzing. None may panic, hang or
//! grow without limit, whatever it is given; where there is somebody to compare with, a disagreement is a panic too.
//!
//! To add one: 1. a function here and its row in [`TARGETS`], 2. a seed in `fuzz/seeds`.

use std::collections::BTreeSet;

use strict_jose::fuzzing::Target;
use strict_jose::{JwkSet, UnixTime};
use trust_list::{Client, ClientKind, GrantType, Level, LocalizedText, RegisteredPurpose};

use crate::grant::{AccessTokenId, Code, RefreshToken};
use crate::handles::RequestId;
use crate::login::{AwaitingConsent, AwaitingCountry};
use crate::request::{AuthorizationRequest, ClaimsRequest, Scope};
use crate::sealed::{SealPurpose, Sealed, Sealer, SealingKey};
use crate::{client_auth, dpop, form};

/// The readers by name.
pub const TARGETS: &[Target] = &[
    ("form", form_pairs),
    ("authorize_query", authorize_query),
    ("pushed_request", pushed_request),
    ("token_request", token_request),
    ("claims_parameter", claims_parameter),
    ("scope", scope),
    ("client_assertion", client_assertion),
    ("dpop_proof", dpop_proof),
    ("sealed_handle", sealed_handle),
];

/// 2027-01-15T08:00:00Z
const NOW: UnixTime = UnixTime::new(1_800_000_000);

fn form_pairs(bytes: &[u8]) {
    let form = form::fuzz(bytes);
    let _ = form.parameters();
}

/// `client_id` and `request_uri` of a browser. A handle that is read is the one that was sent.
fn authorize_query(bytes: &[u8]) {
    let form = form::fuzz(bytes);
    let Ok(parameters) = form.parameters() else { return };
    if let Ok(uri) = parameters.required("request_uri")
        && let Some(id) = RequestId::from_request_uri(uri)
    {
        assert!(id.to_request_uri() == uri, "one handle has one spelling");
    }
}

/// A client with a purpose and a place to go back to.
fn client() -> Option<Client> {
    let (country, entity) = ("XB".parse().ok()?, "bank".parse().ok()?);
    let mut client = Client::draft(country, entity, ClientKind::RelyingParty, JwkSet::from_keys([]), NOW);
    client.redirect_uris = vec!["https://bank.xb.example/cb".to_owned()];
    client.scopes = ["openid", "profile"].map(str::to_owned).into();
    client.grant_types = [GrantType::AuthorizationCode, GrantType::RefreshToken].into();
    client.purposes = vec![RegisteredPurpose {
        purpose: "account-opening".parse().ok()?,
        claims: ["given_name", "birthdate"].map(str::to_owned).into(),
        min_level: Level::Low,
        legal_basis: "law".to_owned(),
        text: LocalizedText::en("To open an account"),
        document: None,
    }];
    Some(client)
}

/// The body of a pushed request. Who goes back goes to the registered place, to the letter.
fn pushed_request(bytes: &[u8]) {
    let form = form::fuzz(bytes);
    if let (Ok(parameters), Some(client)) = (form.parameters(), client())
        && let Ok(request) = AuthorizationRequest::parse(&parameters, &client, None)
    {
        assert!(client.redirect_uris.contains(&request.redirect_uri), "an unregistered place");
        assert!(request.level >= Level::Low && request.client_id == client.client_id, "another client");
    }
}

/// The parameters of the token endpoint that are text of a form of their own.
fn token_request(bytes: &[u8]) {
    let form = form::fuzz(bytes);
    let Ok(parameters) = form.parameters() else { return };
    let sealed = parameters.optional("code").or_else(|| parameters.optional("refresh_token"));
    if let Some(text) = sealed {
        sealed_handle(text.as_bytes());
    }
    if let Some(text) = parameters.optional("client_assertion") {
        client_auth::fuzz(text, NOW);
    }
    if let Some(text) = parameters.optional("scope") {
        drop(Scope::parse(text));
    }
}

/// The names asked for are bounded.
fn claims_parameter(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some(request) = ClaimsRequest::parse(text)
    {
        let names: BTreeSet<String> = request.names();
        assert!(names.len() <= 96 && names.iter().all(|name| name.len() <= 64), "unbounded");
    }
}

fn scope(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(Scope::parse(text));
    }
}

fn client_assertion(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        client_auth::fuzz(text, NOW);
    }
}

fn dpop_proof(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        dpop::fuzz(text, NOW);
    }
}

/// What nobody sealed does not open, as text or as bytes of a store.
fn sealed_handle(bytes: &[u8]) {
    let Ok(sealer) = Sealer::new(&SealingKey::from_bytes([7; 32]), &[SealingKey::from_bytes([8; 32])]) else { return };
    let stored = Sealed::from_bytes(bytes.to_vec());
    assert!(sealer.open::<serde_json::Value>(SealPurpose::Grant, "name", &stored).is_err(), "sealed by nobody");
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let opened = [
        sealer.open_handle::<Code>(text).is_ok(),
        sealer.open_handle::<AccessTokenId>(text).is_ok(),
        sealer.open_handle::<RefreshToken>(text).is_ok(),
        sealer.open_handle::<AwaitingCountry>(text).is_ok(),
        sealer.open_handle::<AwaitingConsent>(text).is_ok(),
    ];
    assert!(!opened.contains(&true), "sealed by nobody");
}
