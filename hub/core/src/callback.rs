//! The national identity provider sends the browser back.

use std::time::Duration;

use country_adapters::{AuthorizationResponse, VerifiedAssertion};
use strict_jose::UnixTime;
use tracing::field::Empty;
use trust_list::TrustState;

use crate::audit::{AuditEvent, AuditKind, ClaimName};
use crate::auditing;
use crate::broker::{AsOf, Broker, trace_client, trace_transaction};
use crate::browser::{Browser, BrowserOutcome, ConsentClaim, ConsentView, PageReason};
use crate::error::{CountryFault, OAuthError, PersonFault};
use crate::form::{Form, Parameters};
use crate::grant::Grant;
use crate::handles::{GrantId, LoginHandle};
use crate::login::AwaitingPerson;
use crate::policy::{self, Permit, Release, Wish};
use crate::request::{AuthorizationRequest, Importance, OFFLINE_ACCESS, base_name};
use crate::sealed::SealPurpose;
use crate::stop::{Stop, may_go_back};

impl Broker {
    /// `country` is the last segment of the path; `query` is what came with it.
    #[tracing::instrument(name = "hub.flow.callback", skip_all, fields(client_id = Empty, txn = Empty))]
    pub async fn callback(
        &self,
        trust: &TrustState,
        country: &str,
        query: &Form,
        browser: &Browser<'_>,
        now: UnixTime,
    ) -> BrowserOutcome {
        self.come_back(trust, country, query, browser, now).await.unwrap_or_else(BrowserOutcome::from)
    }

    async fn come_back(
        &self,
        trust: &TrustState,
        country: &str,
        query: &Form,
        browser: &Browser<'_>,
        now: UnixTime,
    ) -> Result<BrowserOutcome, Stop> {
        let parameters = query.parameters().map_err(|_| PageReason::BadLink)?;
        let login = self.take_login(&parameters).await?;
        login.course.goes_on(browser, now)?;

        let course = login.course.clone();
        trace_client(&course.request.client_id);
        trace_transaction(&course.request.transaction);
        let as_of = self.in_force_for(trust, &course, now).await?;
        may_go_back(as_of, &course.answer(self.issuer()))?;
        let home = login.country;
        let outcome = match came_back_to(&login, country) {
            Ok(()) => self.identify(as_of, login, &response(&parameters)).await,
            Err(mix_up) => Err(mix_up),
        };
        match outcome {
            Ok(view) => Ok(BrowserOutcome::Consent(Box::new(view))),
            Err(error) => Err(self.refuse(&course, Some(home), error, as_of).await),
        }
    }

    /// Attacks G01, G19: the login that this `state` names, once.
    async fn take_login(&self, parameters: &Parameters<'_>) -> Result<AwaitingPerson, Stop> {
        let state = parameters.optional("state").ok_or(PageReason::LoginExpired)?;
        let handle = LoginHandle::parse(state).ok_or(PageReason::LoginExpired)?;
        let sealed = self.stores.logins.take(&handle).await?.ok_or(PageReason::LoginExpired)?;
        let login = self.keys.sealer.open(SealPurpose::Login, &handle.to_text(), &sealed);
        Ok(login.map_err(|_| PageReason::LoginExpired)?)
    }

    /// The issuer is looked up again, the adapter finishes, policy makes the release, the grant waits for consent.
    async fn identify(
        &self,
        as_of: AsOf<'_>,
        login: AwaitingPerson,
        response: &AuthorizationResponse,
    ) -> Result<ConsentView, OAuthError> {
        let request = login.course.request.clone();
        // Attacks G18: suspended while the citizen was there.
        let permit = self.permit_login(as_of, &request, login.country, &login.service)?;
        let issuer = permit.issuer();
        let adapter = self.adapters.adapter_for(issuer)?;
        let assertion = adapter.complete(issuer, &login.pending, response, &self.context(as_of.now)).await?;
        alive(&assertion)?;
        let release = self.decide(&permit, &assertion, &request, as_of.now)?;
        is_the_one_asked_for(&release, &request)?;
        self.note_overreach(&request, &permit, as_of).await;
        self.await_consent(&permit, login, release, as_of.now).await
    }

    fn decide(
        &self,
        permit: &Permit<'_>,
        assertion: &VerifiedAssertion,
        request: &AuthorizationRequest,
        now: UnixTime,
    ) -> Result<Release, OAuthError> {
        let wish = Wish {
            transaction: request.transaction.clone(),
            level: request.level,
            names: policy::wanted(&request.scope, &request.claims),
            recipient: permit.recipient(),
        };
        Ok(permit.release(assertion, wish, &self.keys.pairwise, now)?)
    }

    /// Opens the grant and shows the citizen exactly what is in it.
    async fn await_consent(
        &self,
        permit: &Permit<'_>,
        login: AwaitingPerson,
        release: Release,
        now: UnixTime,
    ) -> Result<ConsentView, OAuthError> {
        let request = login.course.request.clone();
        let ttl = Duration::from_secs(login.course.seconds_left(now));
        let id = GrantId::random()?;
        let view = consent_view(permit, &request, &release);
        let sealed = self.seal_grant(&id, &Grant::new(release, &request))?;
        self.stores.grants.open(&id, sealed, ttl).await?;
        let form_state = self.keys.sealer.seal_handle(&login.identified(id))?;
        Ok(ConsentView { form_state, ..view })
    }

    /// Attacks A17: once for each login that asks for more than its purpose.
    async fn note_overreach(&self, request: &AuthorizationRequest, permit: &Permit<'_>, as_of: AsOf<'_>) {
        let beyond = policy::overreach(&request.claims, permit.purpose());
        if beyond.is_empty() {
            return;
        }
        let claims = ClaimName::each(beyond.into_keys());
        let event = auditing::of_request(AuditKind::Overreach, AuditEvent::OK, request, as_of);
        self.note(AuditEvent { claims, ..event }).await;
    }
}

/// RFC 9700 §4.4.2.2: an answer at another country's redirect URI is another country's (attacks G02).
fn came_back_to(login: &AwaitingPerson, country: &str) -> Result<(), OAuthError> {
    if login.country.to_string() == country { Ok(()) } else { Err(CountryFault::MixUp.into()) }
}

fn response(parameters: &Parameters<'_>) -> AuthorizationResponse {
    let owned = |name| parameters.optional(name).map(str::to_owned);
    AuthorizationResponse { code: owned("code"), iss: owned("iss"), error: owned("error") }
}

fn alive(assertion: &VerifiedAssertion) -> Result<(), PersonFault> {
    if policy::may_log_in(assertion) { Ok(()) } else { Err(PersonFault::NotAlive) }
}

/// OpenID Connect Core §5.5.1: a `sub` that was asked for with a value.
fn is_the_one_asked_for(release: &Release, request: &AuthorizationRequest) -> Result<(), PersonFault> {
    match &request.claims.sub {
        Some(sub) if *sub != release.facts().sub => Err(PersonFault::SomebodyElse),
        _ => Ok(()),
    }
}

/// What the citizen reads: the claims of the release, no more and no less.
fn consent_view(permit: &Permit<'_>, request: &AuthorizationRequest, release: &Release) -> ConsentView {
    let (client, purpose, facts) = (permit.client(), permit.purpose(), release.facts());
    // OpenID Connect Core §5.2: who asks for `name` asks for it in every language.
    let essential = |name: &str| {
        let asked_as = |asked: &str| asked == name || asked == base_name(name);
        request.claims.named().any(|(asked, importance)| asked_as(asked) && importance == Importance::Essential)
    };
    let refused = ClaimName::each(policy::overreach(&request.claims, purpose).into_keys());
    let shown = facts.claims.iter().map(|(name, value)| ConsentClaim {
        name: name.clone(),
        value: value.clone(),
        essential: essential(name),
    });
    ConsentView {
        form_state: String::new(),
        client_name: client.name.clone(),
        client_legal_name: client.organisation.legal_name.clone(),
        client_country: client.country,
        country: facts.country,
        purpose_text: purpose.text.clone(),
        legal_basis: purpose.legal_basis.clone(),
        level: facts.level,
        claims: shown.collect(),
        refused: refused.iter().map(|name| name.as_str().to_owned()).collect(),
        offline_access: request.scope.contains(OFFLINE_ACCESS),
        ui_locales: request.ui_locales.clone(),
    }
}
