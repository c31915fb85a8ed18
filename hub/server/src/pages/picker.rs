//! The country picker.

use askama::Template;
use hub_core::{Disabled, PickerCountry, PickerService, PickerView};
use trust_list::{Level, LocalizedText};

use super::texts::Texts;
use super::{Frame, Language, plain};

/// The page, ready to render.
#[derive(Debug, Template)]
#[template(path = "picker.html")]
pub struct PickerPage<'v> {
    frame: Frame,
    t: &'static Texts,
    asker: String,
    purpose: String,
    level: &'static str,
    state: &'v str,
    countries: Vec<Country>,
    any_open: bool,
}

#[derive(Debug)]
struct Country {
    code: String,
    name: String,
    ways: Ways,
}

/// How a person logs in there. A button posts `choice`: the country's code, a dot, the service.
#[derive(Debug)]
enum Ways {
    /// Not at all, and why.
    Closed(&'static str),
    /// By the only service: the country is the button.
    One(String),
    /// By one of these: each is a button under the country's name.
    Several(Vec<Service>),
}

#[derive(Debug)]
struct Service {
    id: String,
    name: String,
}

impl<'v> PickerPage<'v> {
    /// The page for `view`. Its form also has a button for each language: a link would need the pushed request, which is
    /// gone after a minute.
    pub fn new(view: &'v PickerView, frame: Frame) -> Self {
        let t = frame.texts();
        let languages = frame.language.preferences();
        Self {
            frame,
            t,
            asker: asker(&view.client_name, &view.client_legal_name, frame),
            purpose: plain(view.purpose_text.pick(&languages)),
            level: level_text(t, view.level),
            state: &view.form_state,
            countries: view.countries.iter().map(|country| row(country, frame)).collect(),
            any_open: view.countries.iter().any(|country| country.disabled.is_none()),
        }
    }
}

/// Who asks: the name people know, and beside it the legal name from the list, where that is another (attacks G28).
pub(super) fn asker(name: &LocalizedText, legal_name: &LocalizedText, frame: Frame) -> String {
    let languages = frame.language.preferences();
    let (name, legal_name) = (plain(name.pick(&languages)), plain(legal_name.pick(&languages)));
    if name == legal_name { name } else { format!("{name} ({legal_name})") }
}

fn row(country: &PickerCountry, frame: Frame) -> Country {
    Country {
        code: country.country.to_string(),
        name: plain(country.name.pick(&frame.language.preferences())),
        ways: ways(country, frame),
    }
}

fn ways(country: &PickerCountry, frame: Frame) -> Ways {
    match (country.disabled, country.services.as_slice()) {
        (Some(reason), _) => Ways::Closed(closed_text(frame.texts(), reason)),
        (None, []) => Ways::Closed(frame.texts().why_no_login),
        (None, [only]) => Ways::One(only.id.to_string()),
        (None, several) => Ways::Several(several.iter().map(|service| named(service, frame)).collect()),
    }
}

fn named(service: &PickerService, frame: Frame) -> Service {
    Service { id: service.id.to_string(), name: plain(service.name.pick(&frame.language.preferences())) }
}

pub(super) fn level_text(t: &Texts, level: Level) -> &'static str {
    match level {
        Level::Low => t.level_low,
        Level::Substantial => t.level_substantial,
        Level::High => t.level_high,
    }
}

fn closed_text(t: &Texts, reason: Disabled) -> &'static str {
    match reason {
        Disabled::NoOnlineLogin => t.why_no_login,
        Disabled::NotRecognised => t.why_not_recognised,
        Disabled::LevelNotReachable => t.why_level,
        Disabled::Suspended => t.why_suspended,
        Disabled::Unavailable => t.why_unreachable,
    }
}
