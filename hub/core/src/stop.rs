//! How a browser flow ends early: on a page of ours, or back at the relying party.

use crate::broker::AsOf;
use crate::browser::{Answer, BrowserOutcome, DocumentView, PageReason, Redirect};
use crate::error::{OAuthError, PersonFault};
use crate::ports::StoreError;

/// The early end of a browser flow.
pub(crate) enum Stop {
    /// Nowhere safe to redirect to.
    Page(PageReason),
    /// RFC 6749 §4.1.2.1: the relying party is told.
    Back(Redirect),
    /// The relying party is told when the person, who is told first, goes on.
    Told(Box<DocumentView>),
}

impl Stop {
    /// Tells the relying party, if it still is one.
    ///
    /// With no list in force nobody can tell. Then what the list said at the push decides: the error goes back, and nothing
    /// else does.
    pub(crate) fn back_if_trusted(as_of: Option<AsOf<'_>>, answer: &Answer<'_>, error: &OAuthError) -> Self {
        if let Some(Err(reason)) = as_of.map(|as_of| may_go_back(as_of, answer)) {
            return Self::Page(reason);
        }
        let wire = error.wire();
        Self::Back(answer.error(wire.code, &wire.description))
    }

    /// Tells the person first, where only they can do something about it: a document that is not accepted.
    pub(crate) fn explained(self, as_of: AsOf<'_>, client_id: &str, ui_locales: &[String], error: &OAuthError) -> Self {
        let (Self::Back(back), OAuthError::Person(PersonFault::Document(problem))) = (&self, error) else {
            return self;
        };
        let Ok(trusted) = as_of.list.trusted_client(client_id, as_of.now) else { return self };
        Self::Told(Box::new(DocumentView {
            problem: *problem,
            client_name: trusted.client().name.clone(),
            client_legal_name: trusted.client().organisation.legal_name.clone(),
            back: back.clone(),
            ui_locales: ui_locales.to_vec(),
        }))
    }
}

/// RFC 6749 §4.1.2.1, RFC 9700 §4.11: no browser is sent to a client that is no longer trusted, or to a redirect URI that
/// is no longer registered (attacks A01, D19).
pub(crate) fn may_go_back(as_of: AsOf<'_>, answer: &Answer<'_>) -> Result<(), PageReason> {
    let trusted = as_of.list.trusted_client(answer.client_id, as_of.now);
    let trusted = trusted.map_err(|_| PageReason::UnknownClient)?;
    let registered = trusted.client().redirect_uris.iter().any(|uri| uri == answer.redirect_uri);
    if registered { Ok(()) } else { Err(PageReason::UnknownClient) }
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
            Stop::Told(view) => Self::Document(view),
        }
    }
}
