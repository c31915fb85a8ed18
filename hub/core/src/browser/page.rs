//! The pages, as values. The edge renders them; it decides nothing.

use serde_json::Value;
use trust_list::{CountryCode, EntityId, Level, LocalizedText};

use super::{BrowserSecret, Redirect};
use crate::policy::DocumentProblem;

/// The country picker.
///
/// The form posts `state` (this `form_state`), `country` and `service`, or `state` and `action=cancel`, to
/// [`Broker::choose_country`](crate::Broker::choose_country).
#[derive(Debug)]
pub struct PickerView {
    /// Goes into the form's hidden field `state`.
    pub form_state: String,
    /// Who asks: the name from the trust list. Always shown beside the legal name (attacks G28).
    pub client_name: LocalizedText,
    /// Who answers for it.
    pub client_legal_name: LocalizedText,
    /// Why, in the words of the registered purpose.
    pub purpose_text: LocalizedText,
    /// The level the service needs.
    pub level: Level,
    /// Every member, in the order of the list.
    pub countries: Vec<PickerCountry>,
    /// The relying party's wishes for the page's language, best first.
    pub ui_locales: Vec<String>,
    /// The binding cookie to set, or to renew for as long as this login may take.
    pub set_cookie: Option<BrowserSecret>,
}

/// A member in the picker.
#[derive(Debug)]
pub struct PickerCountry {
    /// Its code: the form's `country`.
    pub country: CountryCode,
    /// Its name.
    pub name: LocalizedText,
    /// The ways to log in there. Empty when the country is disabled.
    pub services: Vec<PickerService>,
    /// Why it cannot be picked, if it cannot.
    pub disabled: Option<Disabled>,
}

/// A way to log in.
#[derive(Debug)]
pub struct PickerService {
    /// Its id in the national list: the form's `service`.
    pub id: EntityId,
    /// Its name.
    pub name: LocalizedText,
}

/// Why a country cannot be picked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disabled {
    /// It has no login that works through a browser.
    NoOnlineLogin,
    /// The relying party's country does not recognise it for this purpose.
    NotRecognised,
    /// Its logins do not reach the level.
    LevelNotReachable,
    /// It, or its login, is suspended, withdrawn, or its list is unusable.
    Suspended,
    /// It does not answer at the moment.
    Unavailable,
}

impl Disabled {
    /// A stable name for messages and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoOnlineLogin => "no_online_login",
            Self::NotRecognised => "not_recognised",
            Self::LevelNotReachable => "level_not_reachable",
            Self::Suspended => "suspended",
            Self::Unavailable => "unavailable",
        }
    }
}

/// The consent page.
///
/// The form posts `state` (this `form_state`) and `decision=allow` or `decision=deny` to
/// [`Broker::consent`](crate::Broker::consent).
#[derive(Debug)]
pub struct ConsentView {
    /// Goes into the form's hidden field `state`.
    pub form_state: String,
    /// Who asks: the name from the trust list. Always shown beside the legal name (attacks G28).
    pub client_name: LocalizedText,
    /// Who answers for it.
    pub client_legal_name: LocalizedText,
    /// The country of who asks: where the data goes.
    pub client_country: CountryCode,
    /// The country the person logged in with.
    pub country: CountryCode,
    /// Why, in the words of the registered purpose.
    pub purpose_text: LocalizedText,
    /// The law it rests on, as the relying party registered it.
    pub legal_basis: String,
    /// The level that was reached.
    pub level: Level,
    /// Exactly what is given when the citizen allows it.
    pub claims: Vec<ConsentClaim>,
    /// What was asked beyond the purpose, and is not given: names as in [`ClaimName`](crate::audit::ClaimName), so that
    /// nobody writes texts of their own onto the page.
    pub refused: Vec<String>,
    /// Whether the relying party may come back for fresh tokens without asking again.
    pub offline_access: bool,
    /// The relying party's wishes for the page's language, best first.
    pub ui_locales: Vec<String>,
}

/// One thing that is given.
#[derive(Debug)]
pub struct ConsentClaim {
    /// The claim's name.
    pub name: String,
    /// What it says about the person. Shown to the person; never logged.
    pub value: Value,
    /// Whether the relying party says it cannot do without.
    pub essential: bool,
}

/// The login is over because the purpose does not accept the person's document. The relying party learns only that it
/// is over, so the person is told here what to do, and goes back by the page's one link.
#[derive(Debug)]
pub struct DocumentView {
    /// What is wrong with the document.
    pub problem: DocumentProblem,
    /// Who asks: the name from the trust list. Always shown beside the legal name (attacks G28).
    pub client_name: LocalizedText,
    /// Who answers for it.
    pub client_legal_name: LocalizedText,
    /// The way back to the relying party, with `access_denied`.
    pub back: Redirect,
    /// The relying party's wishes for the page's language, best first.
    pub ui_locales: Vec<String>,
}

/// An error that is shown, because there is nowhere safe to send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.code())]
pub struct PageError {
    /// What happened.
    pub reason: PageReason,
}

/// What an error page tells. A clerk who is read the code over the telephone knows what to do.
///
/// To add one: 1. a variant, 2. its code and status below, 3. its text in the edge's languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageReason {
    /// The link to the hub lacks something or says something twice. The service is at fault.
    BadLink,
    /// The service is not, or no longer, registered.
    UnknownClient,
    /// The request is unknown, has expired, was completed, or is another service's: start again at the service.
    RequestExpired,
    /// The login took too long, or was already finished, or never began here: start again at the service.
    LoginExpired,
    /// The login began in another browser, or cookies are off.
    OtherBrowser,
    /// The form was changed on its way.
    BadForm,
    /// The hub cannot work at the moment.
    Unavailable,
    /// The hub failed.
    Internal,
}

impl PageError {
    /// The code the page shows, and that the text catalogue is keyed by.
    pub const fn code(self) -> &'static str {
        match self.reason {
            PageReason::BadLink => "bad_link",
            PageReason::UnknownClient => "unknown_client",
            PageReason::RequestExpired => "request_expired",
            PageReason::LoginExpired => "login_expired",
            PageReason::OtherBrowser => "other_browser",
            PageReason::BadForm => "bad_form",
            PageReason::Unavailable => "unavailable",
            PageReason::Internal => "internal",
        }
    }

    /// The nearest OAuth error, for peers that read JSON or look for one on the page.
    pub const fn oauth_error(self) -> crate::ErrorCode {
        match self.reason {
            PageReason::UnknownClient => crate::ErrorCode::InvalidClient,
            PageReason::RequestExpired => crate::ErrorCode::InvalidRequestUri,
            PageReason::BadLink | PageReason::LoginExpired | PageReason::OtherBrowser | PageReason::BadForm => {
                crate::ErrorCode::InvalidRequest
            }
            PageReason::Unavailable => crate::ErrorCode::TemporarilyUnavailable,
            PageReason::Internal => crate::ErrorCode::ServerError,
        }
    }

    /// The page's HTTP status.
    pub const fn status(self) -> u16 {
        match self.reason {
            PageReason::Unavailable => 503,
            PageReason::Internal => 500,
            PageReason::BadLink
            | PageReason::UnknownClient
            | PageReason::RequestExpired
            | PageReason::LoginExpired
            | PageReason::OtherBrowser
            | PageReason::BadForm => 400,
        }
    }
}

impl From<PageReason> for PageError {
    fn from(reason: PageReason) -> Self {
        Self { reason }
    }
}
