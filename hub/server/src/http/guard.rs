//! What every request passes first and every answer passes last: target, size and method checks, a net under panics,
//! security headers.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError, web};
use futures_util::FutureExt as _;

use super::headers::secure;
use super::limits::{MAX_HEADER_BYTES, MAX_HEADERS, MAX_TARGET};
use super::refusal::Refusal;
use crate::management::Metrics;

/// The outermost middleware.
pub async fn guard<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let started = Instant::now();
    let metrics = req.app_data::<web::Data<Metrics>>().map(|metrics| Arc::clone(metrics));
    let _in_flight = metrics.as_deref().map(Metrics::one_in_flight);
    let method = req.method().clone();
    if let Err(refusal) = check(&req) {
        let answer = refusal.for_peer(req.request());
        return Ok(observed(req.into_response(answer).map_into_right_body(), &method, started, metrics.as_deref()));
    }
    match AssertUnwindSafe(next.call(req)).catch_unwind().await {
        Ok(Ok(response)) => Ok(observed(response.map_into_left_body(), &method, started, metrics.as_deref())),
        Ok(Err(error)) => Err(error),
        Err(_) => {
            if let Some(metrics) = &metrics {
                metrics.panics.inc();
            }
            Err(Panicked.into())
        }
    }
}

fn observed<B>(
    mut response: ServiceResponse<B>,
    method: &Method,
    started: Instant,
    metrics: Option<&Metrics>,
) -> ServiceResponse<B> {
    secure(response.headers_mut());
    if let Some(metrics) = metrics {
        let route = response.request().match_pattern();
        metrics.observe_request(route, method, response.status(), started.elapsed());
    }
    response
}

/// One small check after the other; the first that fails answers.
fn check(req: &ServiceRequest) -> Result<(), Refusal> {
    check_target(req)?;
    check_headers(req)?;
    check_method(req.method())
}

// Our paths are plain: an escape, a doubled slash or a parameter in one is another spelling, and other spellings have
// no page. The router would decode `%61` and match. RFC 3986 §6.2.2.2 allows to treat them alike; a proxy in front that
// does not would be bypassed.
fn check_target(req: &ServiceRequest) -> Result<(), Refusal> {
    let target = req.uri();
    let length = target.path_and_query().map_or(0, |target| target.as_str().len());
    if length > MAX_TARGET {
        return Err(Refusal::TargetTooLong);
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.');
    let path = target.path();
    if path.bytes().all(plain) && !path.contains("//") && !path.contains("..") {
        Ok(())
    } else {
        Err(Refusal::NotFound)
    }
}

fn check_headers(req: &ServiceRequest) -> Result<(), Refusal> {
    let headers = req.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > MAX_HEADERS || bytes > MAX_HEADER_BYTES { Err(Refusal::HeadersTooLarge) } else { Ok(()) }
}

// RFC 9110 §9.1: 501 for a method that is not implemented at all; each resource answers 405 for one it does not take.
fn check_method(method: &Method) -> Result<(), Refusal> {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::OPTIONS, Method::PUT, Method::DELETE, Method::PATCH];
    if known.contains(method) { Ok(()) } else { Err(Refusal::UnknownMethod) }
}

/// A handler panicked: the peer learns nothing but that it was our fault.
#[derive(Debug)]
struct Panicked;

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a handler panicked")
    }
}

impl ResponseError for Panicked {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = Refusal::Internal.page_without_request();
        secure(response.headers_mut());
        response
    }
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::{App, http::header::CACHE_CONTROL};

    use super::*;

    async fn panics() -> HttpResponse {
        panic!("secret-canary")
    }

    #[actix_web::test]
    async fn j14_a_panic_is_a_500_without_a_word_of_it_and_the_next_request_is_served() {
        let metrics = web::Data::new(Metrics::new());
        let app = App::new()
            .app_data(metrics.clone())
            .wrap(from_fn(guard))
            .route("/panics", web::get().to(panics))
            .route("/works", web::get().to(HttpResponse::Ok));
        let app = init_service(app).await;
        let error = actix_web::test::try_call_service(&app, TestRequest::get().uri("/panics").to_request()).await;
        let answer = error.unwrap_err().error_response();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(answer.headers().get(CACHE_CONTROL).unwrap(), "no-store");
        let body = actix_web::body::to_bytes(answer.into_body()).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("id=\"error-code\">internal<") && !body.contains("canary"), "{body}");
        assert_eq!(metrics.panics.get(), 1);

        let next = call_service(&app, TestRequest::get().uri("/works").to_request()).await;
        assert_eq!(next.status(), StatusCode::OK);
        assert!(read_body(next).await.is_empty());
    }
}
