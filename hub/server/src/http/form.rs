//! The body of a POST: one content type, one size, one deadline.

use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use actix_web::{HttpRequest, web};
use futures_util::StreamExt as _;
use hub_core::Form;

use super::limits::{BODY_TIMEOUT, MAX_BODY};
use super::refusal::Refusal;

/// Reads the form in the body of `req`. What stands in it is judged by the endpoint.
pub async fn read(req: &HttpRequest, payload: web::Payload) -> Result<Form, Refusal> {
    Ok(Form::from_urlencoded(&read_urlencoded(req, payload).await?))
}

/// The same, not yet decoded.
pub async fn read_urlencoded(req: &HttpRequest, payload: web::Payload) -> Result<Vec<u8>, Refusal> {
    // RFC 6749 §2.3.1: parameters must not be in the request URI.
    if req.uri().query().is_some() {
        return Err(Refusal::QueryNotAllowed);
    }
    if !is_type(req, "application/x-www-form-urlencoded") {
        return Err(Refusal::NotAForm);
    }
    read_body(payload).await
}

/// Reads the JSON text in the body of `req`. What stands in it is judged by the endpoint.
pub async fn read_json(req: &HttpRequest, payload: web::Payload) -> Result<Vec<u8>, Refusal> {
    if req.uri().query().is_some() {
        return Err(Refusal::QueryNotAllowed);
    }
    if !is_type(req, "application/json") {
        return Err(Refusal::NotJson);
    }
    read_body(payload).await
}

/// The parameters in the query of `req`.
pub fn query(req: &HttpRequest) -> Form {
    Form::from_urlencoded(req.query_string().as_bytes())
}

/// One `Content-Type`, this one, and no compression: nothing is ever inflated here (attacks Q04).
fn is_type(req: &HttpRequest, wanted: &str) -> bool {
    let mut types = req.headers().get_all(CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let essence = types.next().and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case(wanted) && types.next().is_none() && !req.headers().contains_key(CONTENT_ENCODING)
}

async fn read_body(payload: web::Payload) -> Result<Vec<u8>, Refusal> {
    tokio::time::timeout(BODY_TIMEOUT, collect(payload)).await.map_err(|_| Refusal::BodyIncomplete)?
}

async fn collect(mut payload: web::Payload) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Refusal::BodyIncomplete)?;
        if body.len() + chunk.len() > MAX_BODY {
            return Err(Refusal::BodyTooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
