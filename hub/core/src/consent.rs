//! The citizen allows or denies.

use std::time::Duration;

use strict_jose::UnixTime;
use tracing::field::Empty;
use trust_list::TrustState;

use crate::audit::{AuditEvent, AuditKind};
use crate::auditing;
use crate::broker::{Broker, in_force, trace_client, trace_transaction};
use crate::browser::{Browser, BrowserOutcome, PageReason, Redirect};
use crate::error::{ErrorCode, OAuthError, PersonFault, RequestFault};
use crate::form::{Form, Parameters};
use crate::grant::{Code, Grant};
use crate::login::AwaitingConsent;
use crate::sealed::Sealed;
use crate::stop::{Stop, may_go_back};

/// What the citizen decided.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Allow,
    Deny,
}

impl Broker {
    /// The consent form: `state` and `decision`, which is `allow` or `deny`.
    #[tracing::instrument(name = "hub.flow.consent", skip_all, fields(client_id = Empty, txn = Empty))]
    pub async fn consent(
        &self,
        trust: &TrustState,
        form: &Form,
        browser: &Browser<'_>,
        now: UnixTime,
    ) -> BrowserOutcome {
        match self.finish_login(trust, form, browser, now).await {
            Ok(redirect) => redirect.into(),
            Err(stop) => stop.into(),
        }
    }

    async fn finish_login(
        &self,
        trust: &TrustState,
        form: &Form,
        browser: &Browser<'_>,
        now: UnixTime,
    ) -> Result<Redirect, Stop> {
        let parameters = form.parameters().map_err(|_| PageReason::BadForm)?;
        let login = self.consent_state(&parameters)?;
        let verdict = verdict(&parameters)?;
        login.goes_on(browser, now)?;
        trace_client(&login.client_id);
        match verdict {
            Verdict::Deny => self.deny(trust, &login, now).await,
            Verdict::Allow => self.allow(trust, &login, now).await,
        }
    }

    fn consent_state(&self, parameters: &Parameters<'_>) -> Result<AwaitingConsent, PageReason> {
        let state = parameters.required("state").map_err(|_| PageReason::BadForm)?;
        self.keys.sealer.open_handle(state).map_err(|_| PageReason::BadForm)
    }

    /// The pushed request is used up, the grant is gone, the relying party is told.
    async fn deny(&self, trust: &TrustState, login: &AwaitingConsent, now: UnixTime) -> Result<Redirect, Stop> {
        let denied = self.stores.grants.deny(&login.grant, &login.request_id).await?;
        let grant = self.waiting_grant(login, denied)?;
        let error = OAuthError::from(PersonFault::Refused);
        let facts = grant.release.facts();
        let as_of = in_force(trust, now).ok();
        if let Some(as_of) = as_of
            && let Ok(client) = as_of.list.trusted_client(&login.client_id, now)
        {
            let event = auditing::of_release(AuditKind::ConsentRefused, facts, client.client(), now);
            self.note(AuditEvent { result: error.code().as_str(), ..event }).await;
        }
        Err(Stop::back_if_trusted(as_of, &login.answer(self.issuer()), &error))
    }

    /// The pushed request is used up, the code is issued, the relying party gets it.
    async fn allow(&self, trust: &TrustState, login: &AwaitingConsent, now: UnixTime) -> Result<Redirect, Stop> {
        let life = Duration::from_secs(self.config.lifetimes.code);
        let approved = self.stores.grants.approve(&login.grant, &login.request_id, life).await?;
        let grant = self.waiting_grant(login, approved)?;
        match self.issue_code(trust, login, grant, now).await {
            Ok(code) => Ok(login.answer(self.issuer()).code(&code)),
            Err(error) => {
                // No code leaves, so a grant that cannot be revoked now opens nothing and ends by itself.
                let _ = self.revoke_grant(&login.grant).await;
                let as_of = in_force(trust, now).ok();
                let stop = Stop::back_if_trusted(as_of, &login.answer(self.issuer()), &error);
                Err(match as_of {
                    Some(as_of) => stop.explained(as_of, &login.client_id, &[], &error),
                    None => stop,
                })
            }
        }
    }

    /// Asks policy again, and whether the redirect URI is still the client's: a suspension while the citizen was reading bites.
    async fn issue_code(
        &self,
        trust: &TrustState,
        login: &AwaitingConsent,
        grant: Grant,
        now: UnixTime,
    ) -> Result<String, OAuthError> {
        let as_of = in_force(trust, now)?;
        let (release, permit) = self.renew(grant.release, as_of, ErrorCode::AccessDenied).await?;
        may_go_back(as_of, &login.answer(self.issuer())).map_err(|_| RequestFault::RedirectUri)?;
        trace_transaction(&release.facts().transaction);
        self.record(auditing::of_release(AuditKind::ConsentGiven, release.facts(), permit.client(), now)).await?;
        let code = Code { grant: login.grant.clone(), client_id: login.client_id.clone() };
        Ok(self.keys.sealer.seal_handle(&code)?)
    }

    /// The grant that was waiting; decided before, expired or lost is all the same.
    fn waiting_grant(&self, login: &AwaitingConsent, sealed: Option<Sealed>) -> Result<Grant, PageReason> {
        let sealed = sealed.ok_or(PageReason::LoginExpired)?;
        self.open_grant(&login.grant, &sealed).map_err(|_| PageReason::LoginExpired)
    }
}

fn verdict(parameters: &Parameters<'_>) -> Result<Verdict, PageReason> {
    match parameters.optional("decision") {
        Some("allow") => Ok(Verdict::Allow),
        Some("deny") => Ok(Verdict::Deny),
        _ => Err(PageReason::BadForm),
    }
}
