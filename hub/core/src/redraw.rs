//! The picker once more: the citizen wants to read it in another language.

use strict_jose::UnixTime;
use trust_list::TrustState;

use crate::broker::Broker;
use crate::browser::{Browser, BrowserOutcome, PageReason};
use crate::form::Form;
use crate::picker;
use crate::stop::{Stop, may_go_back};

impl Broker {
    /// The page that the picker's form came from, with the countries as they are now. Takes `state`; the login stays as it
    /// is, and its pushed request is not asked for again.
    pub async fn picker_again(
        &self,
        trust: &TrustState,
        form: &Form,
        browser: &Browser<'_>,
        now: UnixTime,
    ) -> BrowserOutcome {
        self.draw_again(trust, form, browser, now).await.unwrap_or_else(BrowserOutcome::from)
    }

    async fn draw_again(
        &self,
        trust: &TrustState,
        form: &Form,
        browser: &Browser<'_>,
        now: UnixTime,
    ) -> Result<BrowserOutcome, Stop> {
        let parameters = form.parameters().map_err(|_| PageReason::BadForm)?;
        let login = self.picker_state(&parameters)?;
        login.0.goes_on(browser, now)?;
        let set_cookie = browser.renewed().ok_or(PageReason::OtherBrowser)?;
        let as_of = self.in_force_for(trust, &login.0, now).await?;
        may_go_back(as_of, &login.0.answer(self.issuer()))?;
        let countries = picker::countries(self, as_of, &login.0.request);
        match self.picker_view(as_of, &login, countries, set_cookie) {
            Ok(view) => Ok(BrowserOutcome::Picker(Box::new(view))),
            Err(error) => Err(self.end(Some(as_of), &login.0, &error).await),
        }
    }
}
