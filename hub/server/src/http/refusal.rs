//! What the edge itself refuses, before any rule of the broker is asked.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, ALLOW};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::page;
use crate::pages::error::ErrorPage;
use crate::pages::{Frame, Language};

/// Why the edge does not pass a request on.
///
/// To add one: 1. a variant; 2. its row in [`Refusal::row`]; 3. a test in `tests/edge.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No such path.
    NotFound,
    /// The path exists, not by this method; the methods it takes.
    MethodNotAllowed(&'static str),
    /// No path here knows the method.
    UnknownMethod,
    /// The target is longer than [`super::limits::MAX_TARGET`].
    TargetTooLong,
    /// Too many or too large header fields.
    HeadersTooLarge,
    /// Not a form, or compressed.
    NotAForm,
    /// Not JSON, or compressed.
    NotJson,
    /// The body is longer than [`super::limits::MAX_BODY`].
    BodyTooLarge,
    /// The body did not arrive in time, or not whole.
    BodyIncomplete,
    /// A POST with parameters in its query.
    QueryNotAllowed,
    /// A form of ours, posted by another site.
    CrossSite,
    /// Our fault.
    Internal,
}

impl Refusal {
    /// Status, `error` and words.
    const fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found", "there is nothing at this path"),
            Self::MethodNotAllowed(_) => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this path takes other methods")
            }
            Self::UnknownMethod => (StatusCode::NOT_IMPLEMENTED, "method_unknown", "the method is not implemented"),
            Self::TargetTooLong => (StatusCode::URI_TOO_LONG, "invalid_request", "the address is too long"),
            // Off-spec: RFC 6585 §5 has 431. An oversized DPoP proof is an invalid request like any other, and clients
            // know 400.
            Self::HeadersTooLarge => (StatusCode::BAD_REQUEST, "invalid_request", "the header fields are too large"),
            Self::NotAForm => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "invalid_request",
                "the body must be application/x-www-form-urlencoded, not compressed",
            ),
            Self::NotJson => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "invalid_request",
                "the body must be application/json, not compressed",
            ),
            Self::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "the body is too large"),
            Self::BodyIncomplete => (StatusCode::REQUEST_TIMEOUT, "invalid_request", "the body did not arrive"),
            Self::QueryNotAllowed => {
                (StatusCode::BAD_REQUEST, "invalid_request", "parameters belong in the body, not in the address")
            }
            Self::CrossSite => (StatusCode::FORBIDDEN, "cross_site", "the form was posted by another site"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal", "the hub failed"),
        }
    }

    /// As JSON (RFC 6749 §5.2).
    pub fn json(self) -> HttpResponse {
        let (status, error, description) = self.row();
        let mut answer = HttpResponse::build(status);
        if let Self::MethodNotAllowed(methods) = self {
            // RFC 9110 §15.5.6: 405 must have `Allow`.
            answer.insert_header((ALLOW, methods));
        }
        answer.json(json!({ "error": error, "error_description": description }))
    }

    /// As a page for the citizen.
    pub fn page(self, req: &HttpRequest) -> HttpResponse {
        let mut answer = page::respond(req, self.row().0, &self.template(page::frame(req, &[])));
        if let Self::MethodNotAllowed(methods) = self {
            answer.headers_mut().insert(ALLOW, actix_web::http::header::HeaderValue::from_static(methods));
        }
        answer
    }

    /// As a page in English, where no request is at hand.
    pub fn page_without_request(self) -> HttpResponse {
        page::plain(self.row().0, &self.template(Frame { language: Language::En, test: false }))
    }

    /// As a page for a browser, as JSON for everybody else.
    pub fn for_peer(self, req: &HttpRequest) -> HttpResponse {
        let accept = req.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if accept.contains("text/html") { self.page(req) } else { self.json() }
    }

    fn template(self, frame: Frame) -> ErrorPage {
        let code = self.row().1;
        match self {
            Self::NotFound | Self::MethodNotAllowed(_) | Self::UnknownMethod => ErrorPage::not_found(code, frame),
            Self::Internal => ErrorPage::new(hub_core::PageReason::Internal.into(), frame),
            Self::TargetTooLong
            | Self::HeadersTooLarge
            | Self::NotAForm
            | Self::NotJson
            | Self::BodyTooLarge
            | Self::BodyIncomplete
            | Self::QueryNotAllowed
            | Self::CrossSite => ErrorPage::unreadable(code, frame),
        }
    }
}
