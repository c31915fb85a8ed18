//! The HTTP edge: extract, call a flow of the broker, render. No rule of the protocol stands here.
//!
//! 1. [`guard`] sees every request first: target, sizes, methods; a net under panics; security headers last.
//! 2. [`routes`] lists the endpoints; each group has a file: [`documents`], [`back_channel`], [`browser`],
//!    [`federation`].
//! 3. [`form`] and [`cookies`] read what came, strictly; [`refusal`] is what the edge itself says no to.
//! 4. [`answer`] and [`page`] write what goes out.
//!
//! `X-Forwarded-*` is read nowhere: every address the hub writes starts with the configured issuer.
//!
//! To add an endpoint: 1. a handler in its group's file; 2. a line in [`routes`]; 3. a row in the header matrix of
//! `tests/edge.rs`.

pub mod answer;
pub mod back_channel;
pub mod browser;
pub mod cookies;
pub mod documents;
pub mod federation;
pub mod form;
pub mod guard;
pub mod headers;
pub mod limits;
pub mod page;
pub mod refusal;

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::http::header::ALLOW;
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use hub_core::Broker;
use hub_core::ports::Clock;
use strict_jose::UnixTime;
use trust_list::TrustState;

use crate::trust::Trust;
use refusal::Refusal;

/// What every handler works with.
pub struct Edge {
    /// The rules.
    pub broker: Broker,
    /// The state of trust.
    pub trust: Arc<Trust>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whether pages carry the test banner.
    pub test: bool,
}

impl Edge {
    /// The state of trust and the time, for one request.
    fn now(&self) -> (Arc<TrustState>, UnixTime) {
        (self.trust.state(), self.clock.now())
    }
}

/// The endpoints.
pub fn routes(app: &mut web::ServiceConfig) {
    const READ: &str = "GET, HEAD, OPTIONS";
    const GET: &str = "GET, OPTIONS";
    const POST: &str = "POST, OPTIONS";
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let metadata = resource(path, READ);
        app.service(metadata.route(web::get().to(documents::metadata)).route(web::head().to(documents::metadata)));
    }
    let jwks = resource("/jwks", READ);
    let signed_out = resource("/signed-out", READ);
    app.service(jwks.route(web::get().to(documents::jwks)).route(web::head().to(documents::jwks)))
        .service(resource("/par", POST).route(web::post().to(back_channel::par)))
        .service(resource("/token", POST).route(web::post().to(back_channel::token)))
        .service(resource("/revoke", POST).route(web::post().to(back_channel::revoke)))
        .service(
            // OpenID Connect Core §5.3: GET and POST.
            resource("/userinfo", "GET, POST, OPTIONS")
                .route(web::get().to(back_channel::userinfo))
                .route(web::post().to(back_channel::userinfo)),
        )
        .service(resource("/federation/v1/verify", POST).route(web::post().to(federation::verify)))
        // No HEAD where a GET takes something: a link preview must not use up a login.
        .service(
            // OpenID Connect Core §3.1.2.1: GET and POST.
            resource("/authorize", "GET, POST, OPTIONS")
                .route(web::get().to(browser::authorize))
                .route(web::post().to(browser::authorize_by_post)),
        )
        .service(resource("/country", POST).route(web::post().to(browser::country)))
        .service(resource("/callback/{country}", GET).route(web::get().to(browser::callback)))
        .service(resource("/consent", POST).route(web::post().to(browser::consent)))
        .service(signed_out.route(web::get().to(browser::signed_out)).route(web::head().to(browser::signed_out)))
        .default_service(web::to(not_found));
}

/// A path, and what it says to methods it does not take.
fn resource(path: &'static str, methods: &'static str) -> Resource {
    web::resource(path).default_service(web::to(move |req: HttpRequest| async move { other_method(&req, methods) }))
}

fn other_method(req: &HttpRequest, methods: &'static str) -> HttpResponse {
    if req.method() == Method::OPTIONS {
        return HttpResponse::NoContent().insert_header((ALLOW, methods)).finish();
    }
    Refusal::MethodNotAllowed(methods).for_peer(req)
}

async fn not_found(req: HttpRequest) -> HttpResponse {
    Refusal::NotFound.for_peer(&req)
}
