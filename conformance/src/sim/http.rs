//! Requests and answers of the simulated providers.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde_json::{Value, json};
use url::Url;

/// Form or query parameters, in the order in which they came.
#[derive(Clone, Debug, Default)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Parses `application/x-www-form-urlencoded` bytes.
    pub fn parse(bytes: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The query of a request.
    pub fn query(request: &HttpRequest) -> Self {
        Self::parse(request.query_string().as_bytes())
    }

    /// The first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The first value, or "".
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Is one of the words in this space-separated parameter?
    pub fn has_word(&self, name: &str, word: &str) -> bool {
        self.text(name).split(' ').any(|found| found == word)
    }
}

/// JSON that nobody may keep.
pub fn json_answer(status: StatusCode, body: &Value) -> HttpResponse {
    HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).json(body)
}

/// An OAuth error as JSON.
pub fn oauth_error(status: StatusCode, error: &str, description: &str) -> HttpResponse {
    json_answer(status, &json!({"error": error, "error_description": description}))
}

/// A page.
pub fn html(status: StatusCode, page: String) -> HttpResponse {
    HttpResponseBuilder::new(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(page)
}

/// Sends the browser to `target` with these parameters added.
pub fn redirect(target: &str, params: &[(&str, &str)]) -> HttpResponse {
    let Ok(mut url) = Url::parse(target) else {
        return html(StatusCode::BAD_REQUEST, "The redirect URI is not a URL.".into());
    };
    url.query_pairs_mut().extend_pairs(params);
    HttpResponse::Found().insert_header((LOCATION, url.as_str())).finish()
}

/// The one value of a header, if it is there exactly once.
pub fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    let mut values = request.headers().get_all(name);
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}
