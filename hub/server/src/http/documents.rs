//! Public documents: metadata and keys. Serialised by the broker, the same bytes for everybody.

use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, HeaderName};
use actix_web::{HttpResponse, HttpResponseBuilder, web};

use super::Edge;

/// Relying parties may keep them for five minutes: a new key is published at least a day before it signs.
const FOR_EVERYBODY: &str = "public, max-age=300";

/// RFC 8414 §3, OpenID Connect Discovery §4.
pub async fn metadata(edge: web::Data<Edge>) -> HttpResponse {
    let document = edge.broker.metadata(&edge.trust.state());
    public().insert_header((CONTENT_TYPE, "application/json")).body(document.to_vec())
}

/// RFC 7517 §8.5.2.
pub async fn jwks(edge: web::Data<Edge>) -> HttpResponse {
    public().insert_header((CONTENT_TYPE, "application/jwk-set+json")).body(edge.broker.jwks().to_vec())
}

/// Browser applications may read public documents, and nothing else of the hub (attacks J08).
fn public() -> HttpResponseBuilder {
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CACHE_CONTROL, FOR_EVERYBODY))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"));
    answer
}
