//! Pushed authorization requests.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde_json::json;

use super::state::{PAR_LIFE, Pushed, Timed};
use super::{Esignet, PAR, SIGNING_ALGS, TOKEN, authorize};
use crate::jose;
use crate::sim::http::{Params, json_answer, oauth_error};

pub(super) async fn push(provider: web::Data<Esignet>, body: web::Bytes) -> HttpResponse {
    let (form, now) = (Params::parse(&body), provider.clock.seconds());
    // The PAR endpoint accepts three audiences; each must be one string.
    let (par, token) = (provider.endpoint(PAR), provider.endpoint(TOKEN));
    let audiences = [par.as_str(), token.as_str(), provider.issuer.as_str()];
    let client = match provider.clients.authenticate(&form, &audiences, &SIGNING_ALGS, now) {
        Ok(client) => client,
        Err(error) => return oauth_error(StatusCode::BAD_REQUEST, "invalid_client", &error.to_string()),
    };
    if form.get("request_uri").is_some() || form.get("request").is_some() {
        return oauth_error(StatusCode::BAD_REQUEST, "invalid_request", "invalid_request");
    }
    if let Err(refusal) = authorize::check(&provider, &client, &form) {
        return oauth_error(StatusCode::BAD_REQUEST, "invalid_request", refusal.code());
    }
    let request_uri = format!("urn:ietf:params:oauth:request_uri:{}", jose::random_id());
    let pushed = Timed::new(Pushed { client_id: client.client_id, request: form }, now, PAR_LIFE);
    provider.with_state(|state| state.pushed.insert(request_uri.clone(), pushed));
    json_answer(StatusCode::CREATED, &json!({"request_uri": request_uri, "expires_in": PAR_LIFE}))
}
