//! The authorization endpoint: a `request_uri` comes in, the country picker goes out.

use strict_jose::UnixTime;
use tracing::field::Empty;
use trust_list::{Client, TrustState};

use crate::audit::{AuditEvent, AuditKind, ClaimName};
use crate::auditing;
use crate::broker::{AsOf, Broker, trace_client, trace_transaction};
use crate::browser::{Browser, BrowserOutcome, BrowserSecret, PageReason, Redirect};
use crate::error::{CountryFault, OAuthError, PersonFault, RequestFault};
use crate::form::{Form, Parameters};
use crate::handles::RequestId;
use crate::login::{AwaitingCountry, Course};
use crate::picker;
use crate::policy;
use crate::request::{AuthorizationRequest, Prompt};
use crate::stop::{Stop, may_go_back};

impl Broker {
    /// RFC 9126 §4: takes `client_id` and `request_uri`, and ignores the rest.
    #[tracing::instrument(name = "hub.flow.authorize", skip_all, fields(client_id = Empty, txn = Empty))]
    pub async fn authorize(
        &self,
        trust: &TrustState,
        query: &Form,
        browser: &Browser<'_>,
        now: UnixTime,
    ) -> BrowserOutcome {
        self.begin_login(trust, query, browser, now).await.unwrap_or_else(BrowserOutcome::from)
    }

    async fn begin_login(
        &self,
        trust: &TrustState,
        query: &Form,
        browser: &Browser<'_>,
        now: UnixTime,
    ) -> Result<BrowserOutcome, Stop> {
        let parameters = query.parameters().map_err(|_| PageReason::BadLink)?;
        let client_id = parameters.required("client_id").map_err(|_| PageReason::BadLink)?;
        client_is_known(trust, client_id, now)?;
        let id = request_id(&parameters)?;
        let request = self.begin_request(&id, now).await?.ok_or(PageReason::RequestExpired)?;
        request_is_of(&request, client_id)?;

        trace_client(client_id);
        trace_transaction(&request.transaction);
        let recognised = browser.recognise().map_err(|_| PageReason::Internal)?;
        let ends_at = now.plus(i64::try_from(self.config.lifetimes.login).unwrap_or(i64::MAX));
        let course = Course { request, request_id: id, browser: recognised.hash, ends_at };
        // From here on the relying party can be told.
        let as_of = self.in_force_for(trust, &course, now).await?;
        may_go_back(as_of, &course.answer(self.issuer()))?;
        if let Err(error) = self.may_begin(&course.request, as_of).await {
            return Err(self.end(Some(as_of), &course, &error).await);
        }
        self.pick_or_go(as_of, AwaitingCountry(course), recognised.set_cookie).await
    }

    async fn may_begin(&self, request: &AuthorizationRequest, as_of: AsOf<'_>) -> Result<(), OAuthError> {
        let client = as_of.list.trusted_client(&request.client_id, as_of.now).map_err(|_| CountryFault::NotAllowed)?;
        profile_is_served(client.client())?;
        prompt_allows_pages(request)?;
        self.no_essential_overreach(request, client.client(), as_of).await
    }

    /// The picker; or straight to the country, if the relying party named one and there is one way to log in there.
    async fn pick_or_go(
        &self,
        as_of: AsOf<'_>,
        login: AwaitingCountry,
        set_cookie: BrowserSecret,
    ) -> Result<BrowserOutcome, Stop> {
        let countries = picker::countries(self, as_of, &login.0.request);
        match picker::hinted(&countries, login.0.request.country_hint) {
            picker::Hint::Go(country, service) => {
                let redirect = self.send_to_country(as_of, login, country, &service).await?;
                Ok(Redirect { set_cookie: Some(set_cookie), ..redirect }.into())
            }
            picker::Hint::Refuse(fault) => Err(self.end(Some(as_of), &login.0, &fault.into()).await),
            picker::Hint::Pick => match self.picker_view(as_of, &login, countries, set_cookie) {
                Ok(view) => Ok(BrowserOutcome::Picker(Box::new(view))),
                Err(error) => Err(self.end(Some(as_of), &login.0, &error).await),
            },
        }
    }

    /// Attacks A17: what the relying party calls essential and may not have ends the login before it begins.
    async fn no_essential_overreach(
        &self,
        request: &AuthorizationRequest,
        client: &Client,
        as_of: AsOf<'_>,
    ) -> Result<(), OAuthError> {
        let purpose = client.purpose(&request.purpose).ok_or(CountryFault::NotAllowed)?;
        let beyond = policy::overreach(&request.claims, purpose);
        if !beyond.values().any(|essential| *essential) {
            return Ok(());
        }
        let error = OAuthError::from(CountryFault::NotAllowed);
        let claims = ClaimName::each(beyond.into_keys());
        let event = auditing::of_request(AuditKind::Overreach, error.code().as_str(), request, as_of);
        self.note(AuditEvent { claims, ..event }).await;
        Err(error)
    }
}

/// Attacks A01: an unknown or suspended client gets no redirect, whatever else the link says. Without a list nobody can
/// tell yet; then the pushed request decides, which only a known client could push.
fn client_is_known(trust: &TrustState, client_id: &str, now: UnixTime) -> Result<(), PageReason> {
    match trust.in_force(now) {
        Ok(list) if list.trusted_client(client_id, now).is_err() => Err(PageReason::UnknownClient),
        _ => Ok(()),
    }
}

/// FAPI 2.0 Security Profile §5.3.2.2: only pushed requests. Any other `request_uri` is not looked at.
fn request_id(parameters: &Parameters<'_>) -> Result<RequestId, PageReason> {
    let uri = parameters.required("request_uri").map_err(|_| PageReason::BadLink)?;
    RequestId::from_request_uri(uri).ok_or(PageReason::RequestExpired)
}

/// RFC 9126 §4: the request must have been pushed by this client (attacks B04).
fn request_is_of(request: &AuthorizationRequest, client_id: &str) -> Result<(), PageReason> {
    if request.client_id == client_id { Ok(()) } else { Err(PageReason::RequestExpired) }
}

/// RFC 6749 §4.1.2.1: unauthorized_client. The profile may have changed since the push.
fn profile_is_served(client: &Client) -> Result<(), RequestFault> {
    if policy::is_served(client) { Ok(()) } else { Err(RequestFault::NotRegistered) }
}

/// OpenID Connect Core §3.1.2.1: with `prompt=none` no page may be shown, and nobody is ever logged in here.
fn prompt_allows_pages(request: &AuthorizationRequest) -> Result<(), OAuthError> {
    match request.prompt {
        Prompt::None => Err(PersonFault::LoginRequired.into()),
        Prompt::Usual | Prompt::Login => Ok(()),
    }
}
