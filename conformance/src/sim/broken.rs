//! Token endpoints that answer something else than a token.

use std::io::Write as _;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_ENCODING, LOCATION};

use super::faults::{Behaviour, Fault};

/// Ten mebibytes: far beyond any token reply.
const HUGE: usize = 10 << 20;

/// The wrong answer that is asked for, if any.
pub async fn token_answer(behaviour: &Behaviour) -> Option<HttpResponse> {
    let json = |body: String| HttpResponse::Ok().content_type("application/json").body(body);
    if behaviour.has(Fault::TokenHang) {
        // A minute is longer than any caller's patience.
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    if behaviour.has(Fault::TokenHtml) {
        return Some(HttpResponse::Ok().content_type("text/html").body("<html><body>Please log in</body></html>"));
    }
    if behaviour.has(Fault::TokenGzipBomb) {
        let bomb = gzip_of_zeros(200 << 20).unwrap_or_default();
        return Some(
            HttpResponse::Ok().content_type("application/json").insert_header((CONTENT_ENCODING, "gzip")).body(bomb),
        );
    }
    if behaviour.has(Fault::TokenHuge) {
        return Some(json(format!("{{\"id_token\":\"{}\"}}", "A".repeat(HUGE))));
    }
    if behaviour.has(Fault::TokenTruncated) {
        return Some(json("{\"access_token\":\"abc\",\"id_tok".into()));
    }
    if behaviour.has(Fault::TokenDuplicateKeys) {
        return Some(json("{\"access_token\":\"a\",\"access_token\":\"b\",\"token_type\":\"Bearer\"}".into()));
    }
    if behaviour.has(Fault::TokenRedirect) {
        return Some(HttpResponse::Found().insert_header((LOCATION, "http://169.254.169.254/latest/")).finish());
    }
    (behaviour.has(Fault::TokenUnavailable) || behaviour.has(Fault::TokenHang))
        .then(|| HttpResponse::ServiceUnavailable().finish())
}

fn gzip_of_zeros(bytes: usize) -> std::io::Result<Vec<u8>> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let block = vec![0; 1 << 16];
    for _ in 0..bytes / block.len() {
        gzip.write_all(&block)?;
    }
    gzip.finish()
}
