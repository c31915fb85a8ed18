//! What relying parties call themselves: PAR, token, userinfo, revocation.

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpRequest, HttpResponse, web};
use hub_core::RequestHead;

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
    answer::json(StatusCode::CREATED, pushed)
}

/// RFC 6749 §3.2.
pub async fn token(edge: web::Data<Edge>, req: HttpRequest, payload: web::Payload) -> HttpResponse {
    let form = match form::read(&req, payload).await {
        Ok(form) => form,
        Err(refusal) => return refusal.json(),
    };
    let (trust, now) = edge.now();
    answer::json(StatusCode::OK, edge.broker.token(&trust, &client_head(&req), &form, now).await)
}

/// OpenID Connect Core §5.3. The access token stands in the `Authorization` header; a body is not read.
pub async fn userinfo(edge: web::Data<Edge>, req: HttpRequest) -> HttpResponse {
    let (trust, now) = edge.now();
    answer::json(StatusCode::OK, edge.broker.userinfo(&trust, &head(&req), now).await)
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
    RequestHead { authorization }
}

/// What stands in the head about who asks with a token. Two `Authorization` headers are none.
pub(super) fn head(req: &HttpRequest) -> RequestHead<'_> {
    let mut values = req.headers().get_all(AUTHORIZATION);
    let (first, second) = (values.next(), values.next());
    let authorization = first.filter(|_| second.is_none()).and_then(|value| value.to_str().ok());
    RequestHead { authorization }
}
