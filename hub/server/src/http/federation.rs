//! What country systems call: a presented credential is checked.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::back_channel::{head, with_nonce};
use super::{Edge, answer, form};

/// Checks a credential; 200 whether it is good or not.
pub async fn verify(edge: web::Data<Edge>, req: HttpRequest, payload: web::Payload) -> HttpResponse {
    let body = match form::read_json(&req, payload).await {
        Ok(body) => body,
        Err(refusal) => return refusal.json(),
    };
    let (trust, now) = edge.now();
    let checked = edge.broker.verify_credential(&trust, &head(&req), &body, now).await;
    with_nonce(&edge, &req, now, answer::json(StatusCode::OK, checked))
}
