//! The regulators' desk: suspends and reinstates on request. Only a demo has such a thing; real orders are signed with
//! `trustctl`.

use std::net::TcpListener;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::region::Region;
use crate::serve::{self, Served};
use crate::sim::http::{json_answer, oauth_error};

/// What is to be suspended or reinstated; no entity means the whole member.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    country: String,
    #[serde(default)]
    entity: String,
}

pub(super) fn serve(region: &Arc<Region>, listener: TcpListener) -> anyhow::Result<Served> {
    let shared = web::Data::from(region.clone());
    serve::serve(&region.pki, listener, move |app| {
        app.app_data(shared.clone())
            .route("/", web::get().to(help))
            .route("/suspend", web::post().to(suspend))
            .route("/reinstate", web::post().to(reinstate));
    })
}

async fn help() -> HttpResponse {
    HttpResponse::Ok().body(
        "POST /suspend or /reinstate with {\"country\": \"XA\", \"entity\": \"esignet\"}.\n\
         A regulator suspends an entity of its own country alone; two of three reinstate it.\n",
    )
}

async fn suspend(region: web::Data<Region>, body: web::Bytes) -> HttpResponse {
    act(&body, |target| region.suspend(&target.country, &target.entity))
}

async fn reinstate(region: web::Data<Region>, body: web::Bytes) -> HttpResponse {
    act(&body, |target| region.reinstate(&target.country, &target.entity))
}

fn act(body: &[u8], change: impl FnOnce(&Target) -> anyhow::Result<()>) -> HttpResponse {
    let done = serde_json::from_slice::<Target>(body).map_err(Into::into).and_then(|target| change(&target));
    match done {
        Ok(()) => json_answer(StatusCode::OK, &json!({"published": true})),
        Err(error) => oauth_error(StatusCode::BAD_REQUEST, "invalid_request", &format!("{error:#}")),
    }
}
