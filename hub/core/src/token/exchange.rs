//! Grant token exchange (RFC 8693): a country system turns an ID token of a recognised member's provider into an access
//! token of ours, for one audience that the trust list allows it.
//!
//! Denied by default: client, audience, the client's own id at that provider, country and purpose all stand in the signed
//! list. The new token never outlives the old one and has no refresh token.

use std::time::Duration;

use country_adapters::{AdapterError, Presented, VerifiedAssertion};
use strict_jose::{Claims, CompactJws, Limits, UnixTime, b64};
use trust_list::{Client, CountryCode, EntityId, ExchangePolicy, IssuerKind, NotTrusted, VerifiedList};

use super::is_a_country_system;
use crate::answer::TokenAnswer;
use crate::audit::{AuditEvent, AuditKind};
use crate::auditing;
use crate::broker::{AsOf, Broker, trace_transaction};
use crate::client_auth::Authenticated;
use crate::error::{CountryFault, GrantFault, HubFault, OAuthError, RequestFault};
use crate::form::Parameters;
use crate::handles::{Once, TransactionId};
use crate::mint::{self, ExchangeFor};
use crate::policy::{self, NotReleased, Permit, Question, Refusal, Wish, may_proceed};
use crate::request::{self, MACHINE_SCOPES, Scope};

/// RFC 8693 §3.
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// How old a subject token may be: one that was just issued, handed over and brought here.
const MAX_SUBJECT_TOKEN_AGE: i64 = 300;
/// Its age, the kits' grace for clocks on both sides (60 s each), and a minute more.
const SUBJECT_TOKEN_REMEMBERED: Duration = Duration::from_mins(8);

/// What is asked for, every parameter checked against the client's registration.
struct Asked<'a> {
    subject_token: &'a str,
    issued_token_type: &'static str,
    audience: &'a str,
    scope: Option<Scope>,
    purpose: &'a trust_list::RegisteredPurpose,
    policy: &'a ExchangePolicy,
}

impl Broker {
    pub(super) async fn exchange(
        &self,
        as_of: AsOf<'_>,
        caller: &Authenticated<'_>,
        parameters: &Parameters<'_>,
    ) -> Result<TokenAnswer, OAuthError> {
        is_a_country_system(caller.client())?;
        let asked = asked(parameters, caller.client())?;
        let (country, service, own_id) = presenter_at(as_of.list, &asked)?;
        let question = Question {
            client_id: &caller.client().client_id,
            country,
            service: Some(service),
            kind: IssuerKind::IdentityProvider,
            purpose: &asked.purpose.purpose,
            level: asked.purpose.min_level,
        };
        let permit = may_proceed(as_of, &question).map_err(|_| GrantFault::SubjectToken)?;
        let target = target(as_of, asked.audience, &question)?;
        caller.spend(self).await?;
        let assertion = self.present_subject_token(&permit, asked.subject_token, own_id, as_of.now).await?;
        if !policy::may_log_in(&assertion) {
            return Err(GrantFault::SubjectToken.into());
        }
        let seconds_left = seconds_left(&assertion, as_of.now)?;
        self.seen_for_the_first_time(&assertion).await?;
        let transaction = TransactionId::random()?;
        trace_transaction(&transaction);
        let wish = wish(&transaction, target.as_ref().unwrap_or(&permit), &asked);
        let release = match permit.release(&assertion, wish, &self.keys.pairwise, as_of.now) {
            Ok(release) => release,
            Err(reason) => return Err(self.not_exchanged(reason, transaction, &permit, &asked, as_of).await.into()),
        };
        let event = auditing::of_release(AuditKind::TokenExchanged, release.facts(), permit.client(), as_of.now);
        self.record(AuditEvent { audience: Some(asked.audience.to_owned()), ..event }).await?;
        let context = ExchangeFor {
            audience: asked.audience,
            scope: asked.scope.as_ref(),
            seconds_left,
            issued_token_type: asked.issued_token_type,
            key: caller.key(),
        };
        mint::exchanged_token(self, &release, &context, as_of.now)
    }

    async fn present_subject_token(
        &self,
        permit: &Permit<'_>,
        jwt: &str,
        expected_audience: &str,
        now: UnixTime,
    ) -> Result<VerifiedAssertion, OAuthError> {
        let issuer = permit.issuer();
        let adapter = self.adapters.adapter_for(issuer)?;
        let presented = Presented::IdToken { jwt, expected_audience, max_age_secs: MAX_SUBJECT_TOKEN_AGE };
        adapter.present(issuer, &presented, &self.context(now)).await.map_err(|error| refused(&error))
    }

    /// Attacks F09: one-time assertions are exchanged once, whichever client brings them.
    async fn seen_for_the_first_time(&self, assertion: &VerifiedAssertion) -> Result<(), OAuthError> {
        let id = assertion.one_time_id().unwrap_or_else(|| b64::encode(assertion.assertion_digest()));
        let once = Once::upstream_assertion(&id, SUBJECT_TOKEN_REMEMBERED);
        if self.stores.replay.first_seen(&once).await? { Ok(()) } else { Err(GrantFault::SubjectTokenReplayed.into()) }
    }

    /// RFC 8693 §2.2.2: what policy does not accept is an unacceptable subject token. A document that the purpose does not
    /// accept is recorded (attacks L12).
    async fn not_exchanged(
        &self,
        reason: NotReleased,
        transaction: TransactionId,
        permit: &Permit<'_>,
        asked: &Asked<'_>,
        as_of: AsOf<'_>,
    ) -> GrantFault {
        let fault = GrantFault::SubjectToken;
        if let NotReleased::Document(problem) = reason {
            let result = OAuthError::from(fault).code().as_str();
            let event = auditing::of_client(problem.audit_kind(), result, permit.client(), as_of);
            self.note(AuditEvent {
                transaction: Some(transaction),
                home_country: Some(permit.issuer().country()),
                purpose: Some(asked.purpose.purpose.clone()),
                audience: Some(asked.audience.to_owned()),
                ..event
            })
            .await;
        }
        fault
    }
}

/// What is asked about the person for who `knows` them in the end.
fn wish<'w>(transaction: &TransactionId, knows: &'w Permit<'_>, asked: &Asked<'_>) -> Wish<'w> {
    Wish {
        transaction: transaction.clone(),
        level: asked.purpose.min_level.max(knows.purpose().min_level),
        // RFC 8693 asks for a token, not for a person's data: attacks R03.
        names: std::collections::BTreeSet::new(),
        recipient: knows.recipient(),
    }
}

/// RFC 8693 §2.1, parameter by parameter.
fn asked<'a>(parameters: &Parameters<'a>, client: &'a Client) -> Result<Asked<'a>, RequestFault> {
    let policy = client.exchange.as_ref().ok_or(RequestFault::NotRegistered)?;
    nobody_acts_for_another(parameters)?;
    let subject_token = subject_token(parameters)?;
    let issued_token_type = requested_type(parameters)?;
    let audience = audience(parameters, policy)?;
    let scope = scope(parameters, client)?;
    let purpose = request::purpose(parameters, client)?;
    Ok(Asked { subject_token, issued_token_type, audience, scope, purpose, policy })
}

/// RFC 8693 §2.1: `actor_token`. Delegation chains are not served, so none can loop (attacks F06, F10).
fn nobody_acts_for_another(parameters: &Parameters<'_>) -> Result<(), RequestFault> {
    match ["actor_token", "actor_token_type"].into_iter().find(|name| parameters.optional(name).is_some()) {
        Some(name) => Err(RequestFault::Unusable(name)),
        None => Ok(()),
    }
}

/// RFC 8693 §2.1: `subject_token_type` is required; an ID token is also a JWT (attacks F02).
fn subject_token<'a>(parameters: &Parameters<'a>) -> Result<&'a str, RequestFault> {
    match parameters.required("subject_token_type")? {
        ID_TOKEN | JWT => parameters.required("subject_token"),
        _ => Err(RequestFault::Unusable("subject_token_type")),
    }
}

/// RFC 8693 §2.1: what is issued is an access token, which is a JWT.
fn requested_type(parameters: &Parameters<'_>) -> Result<&'static str, RequestFault> {
    match parameters.optional("requested_token_type") {
        None | Some(ACCESS_TOKEN) => Ok(ACCESS_TOKEN),
        Some(JWT) => Ok(JWT),
        Some(_) => Err(RequestFault::Unusable("requested_token_type")),
    }
}

/// RFC 8693 §2.1, §2.2.2: exactly one audience, one of those that the list allows this client (attacks F04). It is honoured
/// or refused, never passed over; `resource` is not served.
fn audience<'a>(parameters: &Parameters<'a>, policy: &ExchangePolicy) -> Result<&'a str, RequestFault> {
    let mut audiences = parameters.repeated("audience");
    let one = match (audiences.next(), audiences.next(), parameters.optional("resource")) {
        (Some(one), None, None) => Ok(one),
        (None, None, None) => Err(RequestFault::Missing("audience")),
        _ => Err(RequestFault::Target),
    }?;
    if policy.audiences.iter().any(|allowed| allowed == one) { Ok(one) } else { Err(RequestFault::Target) }
}

/// Who gets to know the person, if the audience is a client itself: in the words of its sector, and only if policy says yes
/// to it as to the caller, which its own country's recognition and its own purposes decide. A client that is suspended is no
/// audience (attacks F08). Any other audience is the caller's own affair: the list names it in the caller's policy only.
fn target<'l>(
    as_of: AsOf<'l>,
    audience: &str,
    asked_by_caller: &Question<'_>,
) -> Result<Option<Permit<'l>>, RequestFault> {
    match may_proceed(as_of, &Question { client_id: audience, ..*asked_by_caller }) {
        Ok(permit) => Ok(Some(permit)),
        Err(Refusal::Client(NotTrusted::UnknownClient)) => Ok(None),
        Err(_) => Err(RequestFault::Target),
    }
}

/// Never wider than what is registered (attacks F05); none, if none is asked for.
fn scope(parameters: &Parameters<'_>, client: &Client) -> Result<Option<Scope>, RequestFault> {
    let Some(text) = parameters.optional("scope") else { return Ok(None) };
    let scope = Scope::parse(text).filter(|scope| scope.is_within(&MACHINE_SCOPES, &client.scopes));
    scope.map(Some).ok_or(RequestFault::Scope)
}

/// Whose token it is, by the list and never by the token, and who the caller is there: the only audience that will do.
fn presenter_at<'l>(
    list: &'l VerifiedList,
    asked: &Asked<'l>,
) -> Result<(CountryCode, &'l EntityId, &'l str), GrantFault> {
    let jws = CompactJws::parse(asked.subject_token, &Limits::TOKEN).map_err(|_| GrantFault::SubjectToken)?;
    let claims = Claims::parse(jws.payload_unverified(), &Limits::TOKEN).map_err(|_| GrantFault::SubjectToken)?;
    // RFC 8693 §4.1, attacks F10: a token that already went through an exchange does not go through another.
    if claims.get("act").is_some() {
        return Err(GrantFault::SubjectToken);
    }
    let iss = claims.required_str("iss").map_err(|_| GrantFault::SubjectToken)?;
    let (country, service) = list.issuer_by_identifier(iss).ok_or(GrantFault::SubjectToken)?;
    let own_id = asked.policy.subject_audiences.get(country).ok_or(GrantFault::SubjectToken)?;
    Ok((*country, service, own_id))
}

/// The rest of the subject token's life, which the new one does not outlive. The kits' grace for clocks does not count.
fn seconds_left(assertion: &VerifiedAssertion, now: UnixTime) -> Result<Option<u64>, GrantFault> {
    let Some(end) = assertion.expires_at() else { return Ok(None) };
    match u64::try_from(end.since(now)) {
        Ok(left @ 1..) => Ok(Some(left)),
        _ => Err(GrantFault::SubjectToken),
    }
}

/// RFC 8693 §2.2.2: a token that is invalid for any reason is an invalid_request; a provider that does not answer is not
/// the token's fault.
fn refused(error: &AdapterError) -> OAuthError {
    tracing::info!(%error, "a subject token is refused");
    match error {
        AdapterError::Unavailable(_) => CountryFault::Unavailable.into(),
        AdapterError::Misconfigured(_) => HubFault::Internal.into(),
        AdapterError::Person(_)
        | AdapterError::Assertion(_)
        | AdapterError::MixUp
        | AdapterError::LevelNotMet { .. }
        | AdapterError::LoginRequired
        | AdapterError::Unsupported(_) => GrantFault::SubjectToken.into(),
    }
}
