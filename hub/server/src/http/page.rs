//! Pages on the wire: language, headers, compression.

use std::io::Write as _;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT_ENCODING, ACCEPT_LANGUAGE, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, VARY};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use askama::Template;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Edge;
use super::cookies::{self, LANGUAGE};
use super::refusal::Refusal;
use crate::pages::{Frame, Language, Wishes, style};

/// The frame for this reader: the language link just pressed, the one pressed before, the relying party's wish, the
/// browser's setting.
pub fn frame(req: &HttpRequest, ui_locales: &[String]) -> Frame {
    let pressed = pressed_language(req).map(Language::tag);
    let accept_language = req.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let chosen = pressed.or_else(|| cookies::value(req, LANGUAGE));
    let test = req.app_data::<web::Data<Edge>>().is_some_and(|edge| edge.test);
    Frame { language: Wishes { chosen, ui_locales, accept_language }.language(), test }
}

/// A language button was pressed: the answer to `req` is in `language`.
pub fn press(req: &HttpRequest, language: Language) {
    req.extensions_mut().insert(language);
}

/// The language button that was pressed, or `lang` in the query: a language link.
pub fn pressed_language(req: &HttpRequest) -> Option<Language> {
    if let Some(language) = req.extensions().get::<Language>() {
        return Some(*language);
    }
    let value = req.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="))?;
    Language::from_tag(value)
}

/// A page in answer to `req`.
pub fn respond(req: &HttpRequest, status: StatusCode, template: &impl Template) -> HttpResponse {
    let Ok(html) = template.render() else { return Refusal::Internal.json() };
    let mut answer = HttpResponse::build(status);
    answer
        .insert_header((CONTENT_SECURITY_POLICY, style::POLICY.as_str()))
        .insert_header((VARY, "accept-encoding, accept-language"))
        .content_type("text/html; charset=utf-8");
    if !accepts_gzip(req) {
        return answer.body(html);
    }
    match gzip(html.as_bytes()) {
        Ok(compressed) => answer.insert_header((CONTENT_ENCODING, "gzip")).body(compressed),
        Err(_) => answer.body(html),
    }
}

/// A page without a request.
pub fn plain(status: StatusCode, template: &impl Template) -> HttpResponse {
    let Ok(html) = template.render() else { return Refusal::Internal.json() };
    HttpResponse::build(status)
        .insert_header((CONTENT_SECURITY_POLICY, style::POLICY.as_str()))
        .content_type("text/html; charset=utf-8")
        .body(html)
}

/// Whether the peer reads gzip (RFC 9110 §12.5.3).
pub fn accepts_gzip(req: &HttpRequest) -> bool {
    let header = req.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    header.split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        parts.next() == Some("gzip") && !parts.any(|part| matches!(part, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// `bytes`, compressed. Every page has a fresh random value in its form, so its length tells nothing about it (BREACH).
pub fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}
