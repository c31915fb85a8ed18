//! How a browser flow ends early: on a page of ours, or back at the relying party.

use crate::browser::{Answer, BrowserOutcome, PageReason, Redirect};
use crate::error::OAuthError;
use crate::ports::StoreError;

/// The early end of a browser flow.
pub(crate) enum Stop {
    /// Nowhere safe to redirect to.
    Page(PageReason),
    /// RFC 6749 §4.1.2.1: the relying party is told.
    Back(Redirect),
}

impl Stop {
    /// Tells the relying party.
    pub(crate) fn back(answer: &Answer<'_>, error: &OAuthError) -> Self {
        let wire = error.wire();
        Self::Back(answer.error(wire.code, &wire.description))
    }
}

impl From<PageReason> for Stop {
    fn from(reason: PageReason) -> Self {
        Self::Page(reason)
    }
}

/// Before the redirect URI is known there is no other place for it.
impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed");
        Self::Page(PageReason::Unavailable)
    }
}

impl From<Stop> for BrowserOutcome {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Page(reason) => Self::ErrorPage(reason.into()),
            Stop::Back(redirect) => Self::Redirect(redirect),
        }
    }
}
