//! A login on its way: three states, each with what exists then, and transitions that consume.
//!
//! ```text
//! AwaitingCountry --sent_to--> AwaitingPerson --identified--> AwaitingConsent
//!  in the picker's form         in the store, taken once       in the consent page's form, beside its grant
//! ```
//!
//! Each is sealed for a purpose of its own, so none can be handed in as another.

use country_adapters::Pending;
use serde::{Deserialize, Serialize};
use strict_jose::UnixTime;
use trust_list::{CountryCode, EntityId};

use crate::browser::{Answer, Browser, BrowserHash, PageReason};
use crate::handles::{GrantId, RequestId};
use crate::request::AuthorizationRequest;
use crate::sealed::{SealPurpose, SealedHandle};

/// What stays the same from the picker to the callback.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Course {
    pub(crate) request: AuthorizationRequest,
    pub(crate) request_id: RequestId,
    pub(crate) browser: BrowserHash,
    pub(crate) ends_at: UnixTime,
}

/// The citizen is to pick a country.
#[derive(Serialize, Deserialize)]
pub(crate) struct AwaitingCountry(pub(crate) Course);

/// The citizen is at the national identity provider.
#[derive(Serialize, Deserialize)]
pub(crate) struct AwaitingPerson {
    pub(crate) course: Course,
    pub(crate) country: CountryCode,
    pub(crate) service: EntityId,
    pub(crate) pending: Pending,
}

/// The citizen is to allow or deny.
#[derive(Serialize, Deserialize)]
pub(crate) struct AwaitingConsent {
    pub(crate) grant: GrantId,
    pub(crate) request_id: RequestId,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    browser: BrowserHash,
    ends_at: UnixTime,
}

impl AwaitingCountry {
    /// The citizen picked; the adapter knows where to send them.
    pub(crate) fn sent_to(self, country: CountryCode, service: EntityId, pending: Pending) -> AwaitingPerson {
        AwaitingPerson { course: self.0, country, service, pending }
    }
}

impl AwaitingPerson {
    /// The citizen is back, and policy made a release, which waits in the grant.
    pub(crate) fn identified(self, grant: GrantId) -> AwaitingConsent {
        let Course { request, request_id, browser, ends_at } = self.course;
        AwaitingConsent {
            grant,
            request_id,
            client_id: request.client_id.clone(),
            redirect_uri: request.redirect_uri.clone(),
            state: request.state.clone(),
            browser,
            ends_at,
        }
    }
}

impl Course {
    /// In the browser where it began, and in time.
    pub(crate) fn goes_on(&self, browser: &Browser<'_>, now: UnixTime) -> Result<(), PageReason> {
        goes_on(&self.browser, self.ends_at, browser, now)
    }

    /// Where its end is told.
    pub(crate) fn answer<'a>(&'a self, issuer: &'a str) -> Answer<'a> {
        let (client_id, redirect_uri) = (&self.request.client_id, &self.request.redirect_uri);
        Answer { client_id, redirect_uri, state: self.request.state.as_deref(), issuer }
    }

    /// For how many seconds it may still go on.
    pub(crate) fn seconds_left(&self, now: UnixTime) -> u64 {
        u64::try_from(self.ends_at.since(now)).unwrap_or(0)
    }
}

impl AwaitingConsent {
    /// In the browser where it began, and in time.
    pub(crate) fn goes_on(&self, browser: &Browser<'_>, now: UnixTime) -> Result<(), PageReason> {
        goes_on(&self.browser, self.ends_at, browser, now)
    }

    /// Where its end is told.
    pub(crate) fn answer<'a>(&'a self, issuer: &'a str) -> Answer<'a> {
        let (client_id, redirect_uri) = (&self.client_id, &self.redirect_uri);
        Answer { client_id, redirect_uri, state: self.state.as_deref(), issuer }
    }
}

/// RFC 9700 §4.7, attacks G04: the browser that began. Attacks G05: not after the transaction's life.
fn goes_on(began: &BrowserHash, ends_at: UnixTime, browser: &Browser<'_>, now: UnixTime) -> Result<(), PageReason> {
    if !browser.is(began) {
        Err(PageReason::OtherBrowser)
    } else if now >= ends_at {
        Err(PageReason::LoginExpired)
    } else {
        Ok(())
    }
}

impl SealedHandle for AwaitingCountry {
    const PURPOSE: SealPurpose = SealPurpose::PickerForm;
}

impl SealedHandle for AwaitingConsent {
    const PURPOSE: SealPurpose = SealPurpose::ConsentForm;
}
