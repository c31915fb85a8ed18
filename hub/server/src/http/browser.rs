//! What the citizen's browser visits: authorize, the picker's and the consent page's forms, the callback.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use actix_web::{HttpRequest, HttpResponse, web};
use hub_core::{
    Browser, BrowserOutcome, BrowserSecret, ConsentView, DocumentView, Form, PageError, PickerView, Redirect,
};
use trust_list::{CountryCode, TrustState};

use super::cookies::{self, BINDING, LANGUAGE};
use super::refusal::Refusal;
use super::{Edge, form, page};
use crate::pages::consent::ConsentPage;
use crate::pages::document::DocumentPage;
use crate::pages::error::ErrorPage;
use crate::pages::picker::PickerPage;
use crate::pages::signed_out::SignedOutPage;
use crate::pages::{Language, language_links};

/// RFC 6749 §3.1, RFC 9126 §4.
pub async fn authorize(edge: web::Data<Edge>, req: HttpRequest) -> HttpResponse {
    let (trust, now) = edge.now();
    let outcome = edge.broker.authorize(&trust, &form::query(&req), &browser(&req), now).await;
    render(&edge, &req, &trust, outcome)
}

/// The same request in a form.
pub async fn authorize_by_post(edge: web::Data<Edge>, req: HttpRequest, payload: web::Payload) -> HttpResponse {
    let form = match form::read(&req, payload).await {
        Ok(form) => form,
        Err(refusal) => return refusal.page(&req),
    };
    let (trust, now) = edge.now();
    let outcome = edge.broker.authorize(&trust, &form, &browser(&req), now).await;
    render(&edge, &req, &trust, outcome)
}

/// The picker's form: a country, the way back, or a language to read the page in.
pub async fn country(edge: web::Data<Edge>, req: HttpRequest, payload: web::Payload) -> HttpResponse {
    let body = match own_form(&req, payload).await {
        Ok(body) => body,
        Err(refusal) => return refusal.page(&req),
    };
    let form = Form::from_urlencoded(&spell_out_choice(&body));
    let (trust, now) = edge.now();
    let outcome = if let Some(language) = language_button(&body) {
        page::press(&req, language);
        edge.broker.picker_again(&trust, &form, &browser(&req), now).await
    } else {
        edge.broker.choose_country(&trust, &form, &browser(&req), now).await
    };
    render(&edge, &req, &trust, outcome)
}

/// The person comes back from the national identity provider. RFC 9700 §4.4.2.2: one redirect URI for each country.
pub async fn callback(edge: web::Data<Edge>, req: HttpRequest, country: web::Path<String>) -> HttpResponse {
    let (trust, now) = edge.now();
    let outcome = edge.broker.callback(&trust, &country, &form::query(&req), &browser(&req), now).await;
    render(&edge, &req, &trust, outcome)
}

/// The consent page's form.
pub async fn consent(edge: web::Data<Edge>, req: HttpRequest, payload: web::Payload) -> HttpResponse {
    let form = match own_form(&req, payload).await {
        Ok(body) => Form::from_urlencoded(&body),
        Err(refusal) => return refusal.page(&req),
    };
    let (trust, now) = edge.now();
    let outcome = edge.broker.consent(&trust, &form, &browser(&req), now).await;
    render(&edge, &req, &trust, outcome)
}

/// Where a login or logout ends that has nowhere to go back to.
pub async fn signed_out(edge: web::Data<Edge>, req: HttpRequest) -> HttpResponse {
    let frame = page::frame(&req, &[]);
    let template = SignedOutPage::new(frame, language_links("/signed-out", frame.language));
    remember_language(page::respond(&req, StatusCode::OK, &template), &edge, &req)
}

/// A form that only our own pages post.
async fn own_form(req: &HttpRequest, payload: web::Payload) -> Result<Vec<u8>, Refusal> {
    // W3C Fetch Metadata §2.3: browsers that send it cannot be made to lie about it. Old ones do not send it; the
    // sealed state and the Lax cookie hold there too.
    let site = req.headers().get(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| !matches!(site.as_bytes(), b"same-origin" | b"none")) {
        return Err(Refusal::CrossSite);
    }
    form::read_urlencoded(req, payload).await
}

/// A button has one name and one value, the broker's form has two: `choice=XA.idp` is `country=XA&service=idp`. Both
/// parts consist of characters that forms never escape (WHATWG URL §5.2), so this is done on the text as it came.
fn spell_out_choice(body: &[u8]) -> Vec<u8> {
    let spell = |pair: &[u8]| match pair.strip_prefix(b"choice=") {
        Some(choice) => {
            let mut parts = choice.splitn(2, |b| *b == b'.');
            let (country, service) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
            [b"country=", country, b"&service=", service].concat()
        }
        None => pair.to_vec(),
    };
    body.split(|b| *b == b'&').map(spell).collect::<Vec<_>>().join(&b'&')
}

/// `action=lang-fr`: a language button was pressed.
fn language_button(body: &[u8]) -> Option<Language> {
    let tag = body.split(|b| *b == b'&').find_map(|pair| pair.strip_prefix(b"action=lang-"))?;
    Language::from_tag(std::str::from_utf8(tag).ok()?)
}

fn browser(req: &HttpRequest) -> Browser<'_> {
    Browser { cookie: cookies::value(req, BINDING) }
}

fn render(edge: &Edge, req: &HttpRequest, trust: &TrustState, outcome: BrowserOutcome) -> HttpResponse {
    let answer = match outcome {
        BrowserOutcome::Picker(view) => picker(edge, req, &view),
        BrowserOutcome::Consent(view) => consent_page(edge, req, trust, &view),
        BrowserOutcome::Document(view) => document_page(req, &view),
        BrowserOutcome::Redirect(redirect) => see_other(edge, &redirect),
        BrowserOutcome::ErrorPage(error) => error_page(req, error),
    };
    remember_language(answer, edge, req)
}

fn error_page(req: &HttpRequest, error: PageError) -> HttpResponse {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = page::respond(req, status, &ErrorPage::new(error, page::frame(req, &[])));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, RETRY_SECONDS);
    }
    answer
}

/// What the page's words say: wait some minutes.
const RETRY_SECONDS: HeaderValue = HeaderValue::from_static("60");

fn picker(edge: &Edge, req: &HttpRequest, view: &PickerView) -> HttpResponse {
    let frame = page::frame(req, &view.ui_locales);
    let answer = page::respond(req, StatusCode::OK, &PickerPage::new(view, frame));
    bind(answer, edge, view.set_cookie.as_ref())
}

fn consent_page(edge: &Edge, req: &HttpRequest, trust: &TrustState, view: &ConsentView) -> HttpResponse {
    let frame = page::frame(req, &view.ui_locales);
    let name = |country| country_name(edge, trust, country, frame.language);
    let (home, there) = (name(view.country), name(view.client_country));
    page::respond(req, StatusCode::OK, &ConsentPage::new(view, frame, &home, &there))
}

/// The login is over; the page's link takes the error to the relying party.
fn document_page(req: &HttpRequest, view: &DocumentView) -> HttpResponse {
    page::respond(req, StatusCode::OK, &DocumentPage::new(view, page::frame(req, &view.ui_locales)))
}

/// The country's name in the list in force; its code, should it have left in this very moment.
fn country_name(edge: &Edge, trust: &TrustState, country: CountryCode, language: Language) -> String {
    let list = trust.in_force(edge.clock.now()).ok();
    let member = list.and_then(|list| list.member(country));
    member.map_or_else(|| country.to_string(), |member| member.name().pick(&language.preferences()).to_owned())
}

// RFC 9700 §4.12: 303 makes the next request a GET without the form; 307 would post it again, elsewhere.
fn see_other(edge: &Edge, redirect: &Redirect) -> HttpResponse {
    let answer = HttpResponse::SeeOther().insert_header((LOCATION, redirect.location.as_str())).finish();
    bind(answer, edge, redirect.set_cookie.as_ref())
}

fn bind(mut answer: HttpResponse, edge: &Edge, secret: Option<&BrowserSecret>) -> HttpResponse {
    if let Some(secret) = secret {
        let cookie = cookies::cookie(BINDING, secret.as_str().to_owned(), edge.broker.config().lifetimes.login);
        if answer.add_cookie(&cookie).is_err() {
            return Refusal::Internal.json();
        }
    }
    answer
}

/// A pressed language link or button holds for the rest of the login.
fn remember_language(mut answer: HttpResponse, edge: &Edge, req: &HttpRequest) -> HttpResponse {
    if let Some(language) = page::pressed_language(req) {
        let cookie = cookies::cookie(LANGUAGE, language.tag().to_owned(), edge.broker.config().lifetimes.login);
        if answer.add_cookie(&cookie).is_err() {
            return Refusal::Internal.json();
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_button_is_known_by_its_action() {
        assert_eq!(language_button(b"state=s&action=lang-ar"), Some(Language::Ar));
        for body in ["state=s&action=cancel", "state=s&choice=XA.idp", "action=lang-xx", "state=lang-fr", ""] {
            assert_eq!(language_button(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn a_choice_becomes_country_and_service_and_a_doubled_one_stays_doubled() {
        for (body, expected) in [
            ("state=s&choice=XA.idp.main", "state=s&country=XA&service=idp.main"),
            ("choice=XA", "country=XA&service="),
            ("state=s&action=cancel", "state=s&action=cancel"),
            ("country=XA&service=idp", "country=XA&service=idp"),
            ("choice=XA.a&choice=XB.b", "country=XA&service=a&country=XB&service=b"),
            ("choice=XA.a%26country=XB", "country=XA&service=a%26country=XB"),
            ("", ""),
        ] {
            assert_eq!(spell_out_choice(body.as_bytes()), expected.as_bytes());
        }
    }
}
