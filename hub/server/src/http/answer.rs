//! JSON answers and OAuth errors on the wire.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use hub_core::OAuthError;
use serde::Serialize;

/// `answer` with `status`, or the error.
pub fn json<T: Serialize>(status: StatusCode, answer: Result<T, OAuthError>) -> HttpResponse {
    match answer {
        Ok(answer) => HttpResponse::build(status).json(answer),
        Err(error) => oauth_error(&error),
    }
}

/// RFC 6749 §5.2, RFC 6750 §3: status, body, challenge, and when to try again.
pub fn oauth_error(error: &OAuthError) -> HttpResponse {
    let wire = error.wire();
    tracing::info!(code = %wire.code, fault = %error, "refused");
    let status = StatusCode::from_u16(wire.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = HttpResponse::build(status);
    if let Some(seconds) = wire.retry_after {
        answer.insert_header((RETRY_AFTER, seconds.to_string()));
    }
    if let Some(challenge) = wire.challenge {
        answer.insert_header((WWW_AUTHENTICATE, challenge.header()));
    }
    answer.json(error.body())
}
