//! How the provider behaves, shown and changed while it runs.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Esignet;
use crate::sim::client::Client;
use crate::sim::faults::Fault;
use crate::sim::http::{json_answer, oauth_error};

/// The variants that real installations differ in.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Modes {
    /// Which claims stand around the person's.
    pub userinfo: UserinfoStyle,
    /// Signed only, or signed and encrypted.
    pub encryption: Encryption,
    /// `name#fra` instead of `name#fr`.
    pub three_letter_locales: bool,
}

/// Who made the userinfo, which decides what it says about itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserinfoStyle {
    /// IDA up to 1.3: `sub` and the claims, nothing else.
    #[default]
    Ida,
    /// IDA's "ver-claims" branch: `aud` is the partner id, not the client id.
    PartnerId,
    /// The mock identity system: `iss` below `/v1/esignet`, `aud` the client id, a subject of 43 characters.
    Mock,
}

/// How userinfo is wrapped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// A JWS.
    #[default]
    None,
    /// A JWE around the JWS.
    Jwe,
    /// A JWE that compresses the JWS, as IDA's always does.
    JweZip,
}

/// A change: what is absent stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    faults: Option<BTreeSet<Fault>>,
    modes: Option<Modes>,
    #[serde(default)]
    clients: Vec<Client>,
}

pub(super) async fn show(provider: web::Data<Esignet>) -> HttpResponse {
    json_answer(
        StatusCode::OK,
        &json!({"country": provider.country, "issuer": provider.issuer, "faults": provider.behaviour.faults(),
                "modes": provider.modes(), "personas": provider.persons}),
    )
}

pub(super) async fn change(provider: web::Data<Esignet>, body: web::Bytes) -> HttpResponse {
    match serde_json::from_slice::<Change>(&body) {
        Err(error) => oauth_error(StatusCode::BAD_REQUEST, "invalid_request", &error.to_string()),
        Ok(change) => {
            if let Some(faults) = change.faults {
                provider.behaviour.set(faults);
            }
            if let Some(modes) = change.modes {
                provider.set_modes(modes);
            }
            change.clients.into_iter().for_each(|client| provider.clients.register(client));
            show(provider).await
        }
    }
}
