//! The management listener's endpoints.

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::{Health, Metrics};
use crate::version;

/// Its routes.
pub fn routes(app: &mut web::ServiceConfig) {
    app.route("/livez", web::get().to(live))
        .route("/readyz", web::get().to(ready))
        .route("/metrics", web::get().to(metrics))
        .route("/version", web::get().to(tell_version))
        .route("/trust/refresh", web::post().to(refresh_trust));
}

/// The process answers. Asks nothing else: restarting a hub mends neither the store nor the lists.
async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "live" }))
}

/// 200 or 503; with `?verbose` also why.
async fn ready(health: web::Data<Health>, req: HttpRequest) -> HttpResponse {
    let readiness = health.readiness().await;
    let ready = readiness.status == "ready";
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let verbose = req.query_string().split('&').any(|part| part.split('=').next() == Some("verbose"));
    if verbose || !ready {
        HttpResponse::build(status).json(readiness)
    } else {
        HttpResponse::build(status).json(json!({ "status": readiness.status }))
    }
}

async fn metrics(metrics: web::Data<Metrics>, health: web::Data<Health>) -> HttpResponse {
    match metrics.render(&health.trust.state(), health.trust.turn_age(), health.clock.now()) {
        Ok(text) => HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8"))
            .body(text),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}

/// Looks for newer trust lists now: who publishes says so, here or at any other replica. It does not wait, says nothing about
/// what is found, and asking often changes nothing (`Trust::look_now`), so whoever reaches this listener may ask.
async fn refresh_trust(health: web::Data<Health>) -> HttpResponse {
    health.trust.look_now();
    HttpResponse::Accepted().json(json!({ "status": "accepted" }))
}

async fn tell_version() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "version": version::VERSION, "build": version::BUILD }))
}
