//! The federation endpoint that checks a credential somebody presents to a country system: a card at a border post.

use serde::Deserialize;
use serde_json::Map;
use strict_jose::{Limits, UnixTime, json};
use trust_list::{
    Client, CountryCode, EntityId, IssuerKind, NotTrusted, Purpose, RegisteredPurpose, TrustState, VerifiedList,
};

use country_adapters::{AdapterError, AssertionProblem, CredentialStatus, Presented, VerifiedAssertion};

use crate::access::bearer;
use crate::answer::{CredentialAnswer, CredentialRefusal, RefusedCredential, RequestHead, VerifiedCredential};
use crate::audit::{AuditEvent, AuditKind};
use crate::auditing;
use crate::broker::{Broker, in_force};
use crate::error::{OAuthError, RequestFault, TokenFault};
use crate::handles::TransactionId;
use crate::policy::{
    DOCUMENT_STATUS, NotReleased, PERSON_STATUS, Permit, Question, Refusal, Release, Wish, may_proceed,
};
use crate::token::FEDERATION;

/// What the body says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    /// The country whose credential it is said to be.
    country: CountryCode,
    /// Which of its credential issuers; without it, the first that may be used.
    issuer: Option<EntityId>,
    /// The text of the QR code.
    credential: String,
    /// One of the caller's registered purposes; without it, the only one.
    purpose: Option<Purpose>,
    /// The claims wanted; without it, all that the purpose allows.
    claims: Option<std::collections::BTreeSet<String>>,
}

/// What came of the checks.
type Checked<T> = Result<T, CredentialRefusal>;

impl Broker {
    /// Checks a presented credential. Every check that fails is an answer, not an error; errors are about the caller or us.
    pub async fn verify_credential(
        &self,
        trust: &TrustState,
        head: &RequestHead<'_>,
        body: &[u8],
        now: UnixTime,
    ) -> Result<CredentialAnswer, OAuthError> {
        let list = in_force(trust, now)?;
        let client = self.federation_caller(list, head, "verify", now)?;
        let body: Body = json::parse_as(body, &Limits::TOKEN).map_err(|_| RequestFault::Malformed)?;
        let purpose = purpose(&body, client)?;
        let transaction = TransactionId::random()?;
        let checked = self.check_credential(list, client, purpose, &body, &transaction, now).await;
        self.record(event(&checked, &body, client, purpose, list, &transaction, now)).await?;
        Ok(match checked {
            Ok((assertion, release)) => CredentialAnswer::Verified(Box::new(verified(&assertion, &release))),
            Err(reason) => {
                let transaction = transaction.to_text();
                CredentialAnswer::Refused(RefusedCredential { verified: false, transaction, reason })
            }
        })
    }

    /// A country system with a token of its own and this scope, as the list says now.
    fn federation_caller<'l>(
        &self,
        list: &'l VerifiedList,
        head: &RequestHead<'_>,
        scope: &str,
        now: UnixTime,
    ) -> Result<&'l Client, OAuthError> {
        let token = self.access_token(bearer(head)?, &self.config.issuer.endpoint(FEDERATION), now)?;
        let client = list.trusted_client(&token.client_id, now).map_err(|_| TokenFault::Invalid)?.client();
        let granted = token.scope.is_some_and(|granted| granted.contains(scope));
        if granted && client.scopes.contains(scope) { Ok(client) } else { Err(TokenFault::Scope.into()) }
    }

    async fn check_credential(
        &self,
        list: &VerifiedList,
        client: &Client,
        purpose: &RegisteredPurpose,
        body: &Body,
        transaction: &TransactionId,
        now: UnixTime,
    ) -> Checked<(VerifiedAssertion, Release)> {
        let question = Question {
            client_id: &client.client_id,
            country: body.country,
            service: body.issuer.as_ref(),
            kind: IssuerKind::CredentialIssuer,
            purpose: &purpose.purpose,
            level: purpose.min_level,
            at: now,
        };
        let permit = may_proceed(list, &question).map_err(|refusal| not_permitted(&refusal))?;
        let issuer = permit.issuer();
        let adapter = self.adapters.adapter_for(issuer).map_err(|error| refused(&error))?;
        let presented = Presented::Claim169 { qr: &body.credential };
        let assertion = adapter.present(issuer, &presented, &self.context(now)).await.map_err(|e| refused(&e))?;
        let release = self.release_credential(&permit, &assertion, body, transaction, now)?;
        Ok((assertion, release))
    }

    fn release_credential(
        &self,
        permit: &Permit<'_>,
        assertion: &VerifiedAssertion,
        body: &Body,
        transaction: &TransactionId,
        now: UnixTime,
    ) -> Checked<Release> {
        let wish = Wish {
            transaction: transaction.clone(),
            level: permit.purpose().min_level,
            names: body.claims.clone().unwrap_or_else(|| permit.purpose().claims.clone()),
            sector: &permit.client().sector,
        };
        permit.release(assertion, wish, &self.keys.pairwise, now).map_err(|reason| match reason {
            NotReleased::LevelNotReached => CredentialRefusal::LevelNotReached,
            NotReleased::OtherIssuer => CredentialRefusal::NotAuthentic,
        })
    }
}

fn purpose<'c>(body: &Body, client: &'c Client) -> Result<&'c RegisteredPurpose, RequestFault> {
    match (&body.purpose, client.purposes.as_slice()) {
        (Some(name), _) => client.purpose(name).ok_or(RequestFault::Purpose),
        (None, [only]) => Ok(only),
        (None, _) => Err(RequestFault::Purpose),
    }
}

fn verified(assertion: &VerifiedAssertion, release: &Release) -> VerifiedCredential {
    let facts = release.facts();
    let status = |name: &str| facts.claims.get(name).and_then(|value| value.as_str()).unwrap_or("unknown").to_owned();
    let is_status = |name: &str| matches!(name, PERSON_STATUS | DOCUMENT_STATUS);
    let others = facts.claims.iter().filter(|(name, _)| !is_status(name));
    VerifiedCredential {
        verified: true,
        transaction: facts.transaction.to_text(),
        country: facts.country,
        issuer: facts.service.to_string(),
        trust_framework: facts.trust_framework.clone(),
        level: facts.level,
        person_status: status(PERSON_STATUS),
        document_status: status(DOCUMENT_STATUS),
        status_checked: match assertion.credential_status() {
            CredentialStatus::NotApplicable => true,
            CredentialStatus::NotChecked => false,
        },
        sub: facts.sub.clone(),
        claims: others.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>(),
        list_sequence: facts.list_sequence,
    }
}

fn event(
    checked: &Checked<(VerifiedAssertion, Release)>,
    body: &Body,
    client: &Client,
    purpose: &RegisteredPurpose,
    list: &VerifiedList,
    transaction: &TransactionId,
    now: UnixTime,
) -> AuditEvent {
    let kind = AuditKind::CredentialVerified;
    match checked {
        Ok((_, release)) => auditing::of_release(kind, release.facts(), client, now),
        Err(reason) => AuditEvent {
            transaction: Some(transaction.clone()),
            home_country: Some(body.country),
            purpose: Some(purpose.purpose.clone()),
            level_asked: Some(purpose.min_level),
            ..auditing::of_client(kind, reason.as_str(), client, list, now)
        },
    }
}

fn not_permitted(refusal: &Refusal) -> CredentialRefusal {
    match refusal {
        Refusal::Issuer(NotTrusted::LevelNotReachable { .. }) => CredentialRefusal::LevelNotReached,
        Refusal::Issuer(_) | Refusal::Client(_) | Refusal::Purpose => CredentialRefusal::NotRecognised,
    }
}

/// One map without a wildcard from what an adapter found.
fn refused(error: &AdapterError) -> CredentialRefusal {
    tracing::info!(%error, "a credential is refused");
    match error {
        AdapterError::Assertion(problem) => problem_of(*problem),
        AdapterError::LevelNotMet { .. } => CredentialRefusal::LevelNotReached,
        AdapterError::Unavailable(_) => CredentialRefusal::Unavailable,
        AdapterError::MixUp => CredentialRefusal::NotAuthentic,
        AdapterError::Misconfigured(_)
        | AdapterError::Unsupported(_)
        | AdapterError::Person(_)
        | AdapterError::LoginRequired => CredentialRefusal::Unsupported,
    }
}

/// What the clerk can do something about, told apart.
fn problem_of(problem: AssertionProblem) -> CredentialRefusal {
    match problem {
        AssertionProblem::Malformed
        | AssertionProblem::QrEncoding
        | AssertionProblem::QrTooLarge
        | AssertionProblem::NotACwt
        | AssertionProblem::Cbor
        | AssertionProblem::IdentityDataMissing => CredentialRefusal::Malformed,
        AssertionProblem::Expired
        | AssertionProblem::NoExpiry
        | AssertionProblem::TooOld
        | AssertionProblem::KeyExpired
        | AssertionProblem::TimeMissing => CredentialRefusal::Expired,
        AssertionProblem::NotYetValid => CredentialRefusal::NotYetValid,
        _ => CredentialRefusal::NotAuthentic,
    }
}
