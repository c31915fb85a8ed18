//! The authorization endpoint and the login page.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::{CODE_LIFE, Oidc, Session};
use crate::jose;
use crate::persona::{Persona, Situation};
use crate::sim::faults::Fault;
use crate::sim::http::{Params, html, redirect};
use crate::sim::page;

pub(super) async fn page(provider: web::Data<Oidc>, request: HttpRequest) -> HttpResponse {
    let query = Params::query(&request);
    let registered = provider
        .clients
        .find(query.text("client_id"))
        .is_some_and(|client| client.redirect_uris.iter().any(|uri| uri == query.text("redirect_uri")));
    if !registered {
        let text = "Client not found, or invalid parameter: redirect_uri";
        return html(StatusCode::BAD_REQUEST, page::page(&provider.country, text, ""));
    }
    if let Some(error) = refusal(&provider, &query) {
        return back(&provider, &query, &[("error", error), ("error_description", description(error))]);
    }
    let login = jose::random_id();
    provider.with_state(|state| state.logins.insert(login.clone(), query));
    html(StatusCode::OK, login_page(&provider, &login, ""))
}

fn refusal(provider: &Oidc, query: &Params) -> Option<&'static str> {
    if query.text("response_type") != "code" {
        return Some("unsupported_response_type");
    }
    if !query.has_word("scope", "openid") {
        return Some("invalid_scope");
    }
    if query.text("code_challenge").len() != 43 || query.text("code_challenge_method") != "S256" {
        return Some("invalid_request");
    }
    if query.has_word("prompt", "none") {
        return Some("login_required");
    }
    let asked_for = [
        (Fault::AccessDenied, "access_denied"),
        (Fault::TemporarilyUnavailable, "temporarily_unavailable"),
        (Fault::UnknownError, "realm_on_fire"),
    ];
    asked_for.into_iter().find_map(|(fault, error)| provider.behaviour.has(fault).then_some(error))
}

/// An unknown error comes with markup and a line break in its description.
fn description(error: &str) -> &'static str {
    if error == "realm_on_fire" { "<script>alert(1)</script>\r\nSet-Cookie: a=b" } else { "The request was refused." }
}

pub(super) async fn authenticate(provider: web::Data<Oidc>, body: web::Bytes) -> HttpResponse {
    let form = Params::parse(&body);
    let login = form.text("login");
    let Some(request) = provider.with_state(|state| state.logins.remove(login)) else {
        return html(StatusCode::BAD_REQUEST, page::page(&provider.country, "Your login attempt timed out", ""));
    };
    let person = provider.persons.iter().find(|person| {
        person.login == form.text("username")
            && person.secret == form.text("password")
            && person.situation != Situation::NoMatch
    });
    match person.map(|person| (person, person.situation)) {
        None => {
            provider.with_state(|state| state.logins.insert(login.to_owned(), request));
            html(StatusCode::OK, login_page(&provider, login, "Invalid username or password."))
        }
        Some((_, Situation::ConsentRefused)) => {
            back(&provider, &request, &[("error", "access_denied"), ("error_description", "User denied consent")])
        }
        Some((_, Situation::Deceased | Situation::DuplicateMatch)) => {
            back(&provider, &request, &[("error", "server_error"), ("error_description", "Account is disabled")])
        }
        Some((person, _)) => with_code(&provider, &request, person),
    }
}

fn with_code(provider: &Oidc, request: &Params, person: &Persona) -> HttpResponse {
    let (code, now) = (jose::random_id(), provider.clock.seconds());
    let session = Session {
        client_id: request.text("client_id").into(),
        request: request.clone(),
        person: person.clone(),
        auth_time: now,
        ends: now + CODE_LIFE,
    };
    provider.with_state(|state| state.codes.insert(code.clone(), session));
    back(provider, request, &[("code", &code)])
}

/// Back to the client, with `state` and (RFC 9207) `iss`.
fn back(provider: &Oidc, request: &Params, answer: &[(&str, &str)]) -> HttpResponse {
    let mut all = answer.to_vec();
    if let Some(state) = request.get("state") {
        all.push(("state", if provider.behaviour.has(Fault::ErrorStateNull) { "null" } else { state }));
    }
    if provider.behaviour.has(Fault::RedirectIssOther) {
        all.push(("iss", "https://id.evil.example"));
    } else if !provider.behaviour.has(Fault::RedirectIssMissing) {
        all.push(("iss", &provider.issuer));
    }
    redirect(request.text("redirect_uri"), &all)
}

fn login_page(provider: &Oidc, login: &str, problem: &str) -> String {
    let problem = match problem {
        "" => String::new(),
        problem => format!("<p role=\"alert\" data-testid=\"problem\">{}</p>", page::escape(problem)),
    };
    let form = page::form(
        &provider.endpoint("login"),
        &[("login", login)],
        "<p><label>Username<br><input name=\"username\" autocomplete=\"username\" data-testid=\"username\"></label></p>\
         <p><label>Password<br><input name=\"password\" type=\"password\" autocomplete=\"current-password\" \
         data-testid=\"password\"></label></p><button data-testid=\"log-in\">Sign in</button>",
    );
    let body = format!("{problem}{form}{}", page::personas(&provider.persons));
    page::page(&provider.country, "Sign in to your digital identity", &body)
}
