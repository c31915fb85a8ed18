//! The way of a citizen through the hub: choose the country, log in at home, decide.

use anyhow::Context as _;
use url::Url;

use super::{Arrival, Browser, Page};
use crate::persona::Persona;

/// A citizen on the way.
pub struct Journey<'p> {
    /// The country picked.
    pub country: &'p str,
    /// Who logs in there.
    pub persona: &'p Persona,
    /// What is answered on the hub's consent page.
    pub decision: Decision,
}

/// The answer on the hub's consent page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allow,
    /// No.
    Deny,
}

/// Which page this is, told by what can be pressed on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The hub's picker.
    Picker,
    /// A national login page.
    NationalLogin,
    /// A national consent page.
    NationalConsent,
    /// The hub's consent page.
    Consent,
    /// A page that leads nowhere.
    End,
}

/// The hub's and the national pages together are fewer than this.
const MOST_PAGES: usize = 8;

impl Journey<'_> {
    /// Walks from `start` until the next address starts with `stop`, or until a page leads nowhere.
    pub async fn walk(&self, browser: &mut Browser, start: &Url, stop: &str) -> anyhow::Result<Arrival> {
        let mut page = browser.open(start).await?;
        for _ in 0..MOST_PAGES {
            let here = match browser.follow(page, stop).await? {
                Arrival::Page(here) if Place::of(&here) != Place::End => here,
                arrival => return Ok(arrival),
            };
            // The national login page again means that it did not accept the person.
            if Place::of(&here) == Place::NationalLogin && here.has("[data-testid=problem]") {
                return Ok(Arrival::Page(here));
            }
            page = self.step(browser, &here).await?;
        }
        anyhow::bail!("the journey has no end")
    }

    /// Does on `page` what the citizen does there.
    pub async fn step(&self, browser: &mut Browser, page: &Page) -> anyhow::Result<Page> {
        let form = match Place::of(page) {
            Place::Picker => page.press(&country_button(self.country))?,
            Place::NationalLogin => self.credentials(page)?,
            Place::NationalConsent => page.press("[data-testid=allow]")?,
            Place::Consent => page.press(&format!("#consent-{}", self.decision.as_str()))?,
            Place::End => anyhow::bail!("{} leads nowhere: {}", page.url, page.text("body").unwrap_or_default()),
        };
        browser.submit(form).await
    }

    fn credentials(&self, page: &Page) -> anyhow::Result<super::Filled> {
        let form = page.press("[data-testid=log-in]")?;
        let (login, secret) = (&self.persona.login, &self.persona.secret);
        Ok(match form.field("individual_id") {
            Some(_) => form.with("individual_id", login).with("otp", secret),
            None => form.with("username", login).with("password", secret),
        })
    }
}

impl Decision {
    fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

impl Place {
    /// Tells where a page stands.
    pub fn of(page: &Page) -> Self {
        let marks = [
            ("#consent-allow", Self::Consent),
            ("button[id^=country-]", Self::Picker),
            ("[data-testid=log-in]", Self::NationalLogin),
            ("[data-testid=allow]", Self::NationalConsent),
        ];
        marks.into_iter().find_map(|(mark, place)| page.has(mark).then_some(place)).unwrap_or(Self::End)
    }
}

/// The picker's button of a country.
pub fn country_button(country: &str) -> String {
    format!("button#country-{country}, button[id^=country-{country}-]")
}

/// A query parameter of an address.
pub fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(found, _)| found == name).map(|(_, value)| value.into_owned())
}

/// The query parameter, or an error that shows the address.
pub fn required_parameter(url: &Url, name: &str) -> anyhow::Result<String> {
    parameter(url, name).with_context(|| format!("no {name} in {url}"))
}
