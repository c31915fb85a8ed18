//! What passes between the citizen's browser and the four browser endpoints: `authorize`, `choose_country`, `callback`
//! and `consent`.

mod cookie;
mod page;
mod redirect;

pub(crate) use cookie::BrowserHash;
pub use cookie::{Browser, BrowserSecret};
pub use page::{
    ConsentClaim, ConsentView, Disabled, DocumentView, PageError, PageReason, PickerCountry, PickerService, PickerView,
};
pub(crate) use redirect::Answer;
pub use redirect::{Redirect, RedirectReason};

/// What the browser gets next. Every browser endpoint ends in one of these.
#[derive(Debug)]
pub enum BrowserOutcome {
    /// The page where the citizen picks a country.
    Picker(Box<PickerView>),
    /// The page where the citizen allows or denies.
    Consent(Box<ConsentView>),
    /// The page that says why the person's document is not accepted, before the relying party is told.
    Document(Box<DocumentView>),
    /// 303 to somewhere.
    Redirect(Redirect),
    /// An error page: there is nowhere safe to redirect to.
    ErrorPage(PageError),
}

impl From<PageError> for BrowserOutcome {
    fn from(error: PageError) -> Self {
        Self::ErrorPage(error)
    }
}

impl From<Redirect> for BrowserOutcome {
    fn from(redirect: Redirect) -> Self {
        Self::Redirect(redirect)
    }
}
