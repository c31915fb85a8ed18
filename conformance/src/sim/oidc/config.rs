//! How the provider behaves, shown and changed while it runs.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::Oidc;
use crate::sim::client::Client;
use crate::sim::faults::Fault;
use crate::sim::http::{json_answer, oauth_error};

/// A change: what is absent stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    faults: Option<BTreeSet<Fault>>,
    #[serde(default)]
    clients: Vec<Client>,
}

pub(super) async fn show(provider: web::Data<Oidc>) -> HttpResponse {
    json_answer(
        StatusCode::OK,
        &json!({"country": provider.country, "issuer": provider.issuer, "faults": provider.behaviour.faults(),
                "personas": provider.persons}),
    )
}

pub(super) async fn change(provider: web::Data<Oidc>, body: web::Bytes) -> HttpResponse {
    match serde_json::from_slice::<Change>(&body) {
        Err(error) => oauth_error(StatusCode::BAD_REQUEST, "invalid_request", &error.to_string()),
        Ok(change) => {
            if let Some(faults) = change.faults {
                provider.behaviour.set(faults);
            }
            change.clients.into_iter().for_each(|client| provider.clients.register(client));
            show(provider).await
        }
    }
}
