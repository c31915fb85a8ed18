//! The person logs in and answers the national consent page; the browser goes back to the client.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use super::Esignet;
use super::state::{CODE_LIFE, CONSENT_LIFE, LOGIN_LIFE, Login, Timed};
use crate::jose;
use crate::persona::{Persona, Situation};
use crate::sim::faults::Fault;
use crate::sim::http::{Params, html, redirect};
use crate::sim::page;

/// The constant one-time code of MOSIP's test installations.
const OTP: &str = "111111";
/// Wrong codes until the person is locked out.
const ATTEMPTS: u8 = 3;

pub(super) async fn authenticate(provider: web::Data<Esignet>, body: web::Bytes) -> HttpResponse {
    let (form, now) = (Params::parse(&body), provider.clock.seconds());
    let transaction = form.text("transaction");
    let Some(mut login) = provider.with_state(|state| state.logins.remove(transaction)).and_then(|it| it.live(now))
    else {
        return html(StatusCode::BAD_REQUEST, page::page(&provider.country, "transaction_timeout", ""));
    };
    let typed = form.text("individual_id").replace([' ', '-'], "");
    if form.text("otp").trim() != OTP {
        login.attempts += 1;
        if login.attempts >= ATTEMPTS {
            return refuse(&login, "no_attempts_left");
        }
        provider.with_state(|state| state.logins.insert(transaction.to_owned(), Timed::new(login, now, LOGIN_LIFE)));
        return html(StatusCode::OK, login_form(&provider, transaction, "The code is wrong. Please try again."));
    }
    let person = provider.persons.iter().find(|person| person.login == typed);
    match person {
        None => refuse(&login, "auth_failed"),
        Some(person) => match register_refusal(person.situation) {
            Some(code) => refuse(&login, code),
            None => ask_consent(&provider, login, person, now),
        },
    }
}

/// What IDA says about a person who cannot log in.
fn register_refusal(situation: Situation) -> Option<&'static str> {
    match situation {
        Situation::NoMatch => Some("auth_failed"),
        // A UIN that the register has deactivated.
        Situation::Deceased => Some("IDA-MLC-003"),
        Situation::DuplicateMatch => Some("ekyc_failed"),
        _ => None,
    }
}

fn ask_consent(provider: &Esignet, mut login: Login, person: &Persona, now: i64) -> HttpResponse {
    login.person = Some(person.clone());
    login.auth_time = now;
    let transaction = jose::random_id();
    let asks = page::escape(&login.client_id);
    let body = page::form(
        "/consent",
        &[("transaction", &transaction)],
        &format!(
            "<p>{} will be shared with <b>{asks}</b>.</p>\
             <button name=\"decision\" value=\"allow\" data-testid=\"allow\">Allow</button> \
             <button name=\"decision\" value=\"deny\" data-testid=\"deny\">Deny</button>",
            page::escape(&person.name)
        ),
    );
    provider.with_state(|state| state.consents.insert(transaction, Timed::new(login, now, CONSENT_LIFE)));
    html(StatusCode::OK, page::page(&provider.country, "Do you agree?", &body))
}

pub(super) async fn consent(provider: web::Data<Esignet>, body: web::Bytes) -> HttpResponse {
    let (form, now) = (Params::parse(&body), provider.clock.seconds());
    let login =
        provider.with_state(|state| state.consents.remove(form.text("transaction"))).and_then(|it| it.live(now));
    let Some(login) = login else {
        return html(StatusCode::BAD_REQUEST, page::page(&provider.country, "consent_details_timeout", ""));
    };
    let refuses = login.person.as_ref().is_some_and(|person| person.situation == Situation::ConsentRefused);
    if refuses || form.text("decision") != "allow" {
        return refuse(&login, "consent_details_rejected");
    }
    let code = jose::random_id();
    let (target, state) = (login.redirect_uri.clone(), login.state.clone());
    provider.with_state(|state| state.codes.insert(code.clone(), Timed::new(login, now, CODE_LIFE)));
    let other = "https://id.evil.example";
    let iss = if provider.behaviour.has(Fault::RedirectIssOther) { other } else { provider.issuer.as_str() };
    let mut back = vec![("code", code.as_str())];
    if let Some(state) = &state {
        back.push(("state", state));
    }
    if !provider.behaviour.has(Fault::RedirectIssMissing) {
        back.push(("iss", iss));
    }
    redirect(&target, &back)
}

pub(super) fn login_form(provider: &Esignet, transaction: &str, problem: &str) -> String {
    let problem = if problem.is_empty() {
        String::new()
    } else {
        format!("<p role=\"alert\" data-testid=\"problem\">{}</p>", page::escape(problem))
    };
    let form = page::form(
        "/login",
        &[("transaction", transaction)],
        "<p><label>UIN or VID<br><input name=\"individual_id\" inputmode=\"numeric\" autocomplete=\"off\" \
         data-testid=\"individual-id\"></label></p>\
         <p><label>Code sent by SMS (here always 111111)<br><input name=\"otp\" inputmode=\"numeric\" \
         autocomplete=\"one-time-code\" data-testid=\"otp\"></label></p>\
         <button data-testid=\"log-in\">Log in</button>",
    );
    let body = format!("{problem}{form}{}", page::personas(&provider.persons));
    page::page(&provider.country, "Log in with e-ID", &body)
}

fn refuse(login: &Login, code: &str) -> HttpResponse {
    back_with(&login.redirect_uri, login.state.as_deref(), code)
}

pub(super) fn error_redirect(asked: &Params, code: &str) -> HttpResponse {
    back_with(asked.text("redirect_uri"), asked.get("state"), code)
}

/// Errors are raw MOSIP codes, without `iss`; a missing state becomes the word `null`.
fn back_with(redirect_uri: &str, state: Option<&str>, code: &str) -> HttpResponse {
    let text = "The request could not be completed.";
    redirect(redirect_uri, &[("error", code), ("error_description", text), ("state", state.unwrap_or("null"))])
}
