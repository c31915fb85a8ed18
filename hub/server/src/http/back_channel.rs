//! What relying parties call themselves: PAR, token, userinfo, revocation.

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use hub_core::{ProofHeader, RequestHead};
use strict_jose::UnixTime;

use super::{Edge, answer, form};

/// RFC 9126 §2.
pub async fn par(edge: web::Data<Edge>, req: HttpRequest, payload: web::Payload) -> HttpResponse {
    let form = match form::read(&req, payload).await {
        Ok(form) => form,
        Err(refusal) => return refusal.json(),
    };
    let (trust, now) = edge.now();
    let pushed = edge.broker.pushed_authorization_request(&trust, &client_head(&req), &form, now).await;
    // RFC 9126 §2.2: 201.
    with_nonce(&edge, &req, now, answer::json(StatusCode::CREATED, pushed))
}

/// RFC 6749 §3.2.
pub async fn token(edge: web::Data<Edge>, req: HttpRequest, payload: web::Payload) -> HttpResponse {
    let form = match form::read(&req, payload).await {
        Ok(form) => form,
        Err(refusal) => return refusal.json(),
    };
    let (trust, now) = edge.now();
    let answer = answer::json(StatusCode::OK, edge.broker.token(&trust, &client_head(&req), &form, now).await);
    with_nonce(&edge, &req, now, answer)
}

/// OpenID Connect Core §5.3. The access token stands in the `Authorization` header; a body is not read.
pub async fn userinfo(edge: web::Data<Edge>, req: HttpRequest) -> HttpResponse {
    let (trust, now) = edge.now();
    let answer = answer::json(StatusCode::OK, edge.broker.userinfo(&trust, &head(&req), now).await);
    with_nonce(&edge, &req, now, answer)
}

/// RFC 7009 §2.
pub async fn revoke(edge: web::Data<Edge>, req: HttpRequest, payload: web::Payload) -> HttpResponse {
    let form = match form::read(&req, payload).await {
        Ok(form) => form,
        Err(refusal) => return refusal.json(),
    };
    let (trust, now) = edge.now();
    match edge.broker.revoke(&trust, &client_head(&req), &form, now).await {
        Ok(()) => HttpResponse::Ok().finish(),
        Err(error) => answer::oauth_error(&error),
    }
}

/// What stands in the head about a client that authenticates itself. RFC 6749 §2.3: one method in a request. An
/// `Authorization` header is another than the assertion, also one that nobody can read or that stands there twice.
fn client_head(req: &HttpRequest) -> RequestHead<'_> {
    let authorization = req.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    RequestHead { authorization, method: req.method().as_str(), dpop: proof(req) }
}

/// What stands in the head about who asks with a token. Two `Authorization` headers are none.
pub(super) fn head(req: &HttpRequest) -> RequestHead<'_> {
    let mut values = req.headers().get_all(AUTHORIZATION);
    let (first, second) = (values.next(), values.next());
    let authorization = first.filter(|_| second.is_none()).and_then(|value| value.to_str().ok());
    RequestHead { authorization, method: req.method().as_str(), dpop: proof(req) }
}

/// RFC 9449 §4.1: the name of the header.
const DPOP: &str = "dpop";

/// RFC 9449 §4.3 item 1: not more than one `DPoP` header.
fn proof(req: &HttpRequest) -> ProofHeader<'_> {
    let mut values = req.headers().get_all(DPOP);
    match (values.next(), values.next()) {
        (None, _) => ProofHeader::Absent,
        (Some(value), None) => value.to_str().map_or(ProofHeader::Unreadable, ProofHeader::One),
        (Some(_), Some(_)) => ProofHeader::Unreadable,
    }
}

/// RFC 9449 §8.2: who proves gets the nonce for the next proof, whatever the answer.
pub(super) fn with_nonce(edge: &Edge, req: &HttpRequest, now: UnixTime, mut answer: HttpResponse) -> HttpResponse {
    let nonce = req.headers().contains_key(DPOP).then(|| edge.broker.dpop_nonce(now)).flatten();
    if let Some(value) = nonce.and_then(|nonce| HeaderValue::try_from(nonce).ok()) {
        answer.headers_mut().insert(HeaderName::from_static("dpop-nonce"), value);
    }
    answer
}
