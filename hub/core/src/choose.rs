//! The citizen picked a country, or went back.

use strict_jose::UnixTime;
use tracing::field::Empty;
use trust_list::{CountryCode, EntityId, TrustState};

use country_adapters::LoginRequest;

use crate::broker::{AsOf, Broker, trace_client, trace_transaction};
use crate::browser::{Browser, BrowserOutcome, PageReason, Redirect, RedirectReason};
use crate::error::{OAuthError, PersonFault};
use crate::form::{Form, Parameters};
use crate::handles::LoginHandle;
use crate::login::{AwaitingCountry, AwaitingPerson};
use crate::policy::{self, Permit};
use crate::request::{AuthorizationRequest, Prompt};
use crate::sealed::SealPurpose;
use crate::stop::{Stop, may_go_back};

impl Broker {
    /// The picker's form: `state`, `country` and `service`; or `state` and `action=cancel`.
    #[tracing::instrument(name = "hub.flow.choose_country", skip_all, fields(client_id = Empty, txn = Empty))]
    pub async fn choose_country(
        &self,
        trust: &TrustState,
        form: &Form,
        browser: &Browser<'_>,
        now: UnixTime,
    ) -> BrowserOutcome {
        match self.go_to_country(trust, form, browser, now).await {
            Ok(redirect) => redirect.into(),
            Err(stop) => stop.into(),
        }
    }

    async fn go_to_country(
        &self,
        trust: &TrustState,
        form: &Form,
        browser: &Browser<'_>,
        now: UnixTime,
    ) -> Result<Redirect, Stop> {
        let parameters = form.parameters().map_err(|_| PageReason::BadForm)?;
        let login = self.picker_state(&parameters)?;
        login.0.goes_on(browser, now)?;

        trace_client(&login.0.request.client_id);
        trace_transaction(&login.0.request.transaction);
        let as_of = self.in_force_for(trust, &login.0, now).await?;
        may_go_back(as_of, &login.0.answer(self.issuer()))?;
        if parameters.optional("action") == Some("cancel") {
            return Err(self.refuse(&login.0, None, PersonFault::Refused.into(), as_of).await);
        }
        let (country, service) = choice(&parameters)?;
        let redirect = self.send_to_country(as_of, login, country, &service).await?;
        Ok(Redirect { set_cookie: browser.renewed(), ..redirect })
    }

    pub(crate) fn picker_state(&self, parameters: &Parameters<'_>) -> Result<AwaitingCountry, PageReason> {
        let state = parameters.required("state").map_err(|_| PageReason::BadForm)?;
        self.keys.sealer.open_handle(state).map_err(|_| PageReason::BadForm)
    }

    /// Policy, adapter, store; then the browser goes to the national identity provider.
    pub(crate) async fn send_to_country(
        &self,
        as_of: AsOf<'_>,
        login: AwaitingCountry,
        country: CountryCode,
        service: &EntityId,
    ) -> Result<Redirect, Stop> {
        let course = login.0.clone();
        match self.begin_at_country(as_of, login, country, service).await {
            Ok(redirect) => Ok(redirect),
            Err(error) => Err(self.refuse(&course, Some(country), error, as_of).await),
        }
    }

    async fn begin_at_country(
        &self,
        as_of: AsOf<'_>,
        login: AwaitingCountry,
        country: CountryCode,
        service: &EntityId,
    ) -> Result<Redirect, OAuthError> {
        let request = &login.0.request;
        let permit = self.permit_login(as_of, request, country, service)?;
        let handle = LoginHandle::random()?;
        let asked = self.login_request(&handle, request, &permit);
        let issuer = permit.issuer();
        let adapter = self.adapters.adapter_for(issuer)?;
        let begun = adapter.begin(issuer, &asked, &self.context(as_of.now)).await?;
        self.keep_login(&handle, login.sent_to(country, service.clone(), begun.pending), as_of.now).await?;
        let location = begun.redirect_to.into();
        Ok(Redirect { location, reason: RedirectReason::ToIdentityProvider, set_cookie: None })
    }

    /// What is asked of the national identity provider. It does not learn which relying party asks.
    fn login_request(&self, state: &LoginHandle, request: &AuthorizationRequest, permit: &Permit<'_>) -> LoginRequest {
        let names = policy::wanted(&request.scope, &request.claims);
        LoginRequest {
            state: state.to_text(),
            redirect_uri: self.callback_uri(permit.issuer().country()),
            level: request.level.max(permit.purpose().min_level),
            max_age: max_age(request),
            claims: policy::wanted_upstream(&names, permit.purpose()),
            ui_locales: request.ui_locales.clone(),
        }
    }

    /// RFC 9700 §4.4.2.2: a redirect URI for each country, so that an answer cannot be taken for another's.
    pub(crate) fn callback_uri(&self, country: CountryCode) -> String {
        self.config.issuer.endpoint(&format!("/callback/{country}"))
    }

    /// Attacks B05: not if its pushed request was used up in the meantime, by another tab or by this picker before.
    async fn keep_login(&self, handle: &LoginHandle, login: AwaitingPerson, now: UnixTime) -> Result<(), OAuthError> {
        let sealed = self.keys.sealer.seal(SealPurpose::Login, &handle.to_text(), &login)?;
        let ttl = std::time::Duration::from_secs(login.course.seconds_left(now));
        let stands = self.stores.logins.put(handle, &login.course.request_id, sealed, ttl).await?;
        if stands { Ok(()) } else { Err(PersonFault::TooSlow.into()) }
    }
}

/// Which country, and which of its services.
fn choice(parameters: &Parameters<'_>) -> Result<(CountryCode, EntityId), PageReason> {
    let country = parameters.optional("country").and_then(|text| text.parse().ok());
    let service = parameters.optional("service").and_then(|text| text.parse().ok());
    country.zip(service).ok_or(PageReason::BadForm)
}

/// OpenID Connect Core §3.1.2.1: `prompt=login` asks for a fresh login, as `max_age=0` does.
fn max_age(request: &AuthorizationRequest) -> Option<u64> {
    match request.prompt {
        Prompt::Login => Some(0),
        Prompt::Usual | Prompt::None => request.max_age,
    }
}
