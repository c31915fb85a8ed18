//! The federation endpoint that checks a credential somebody presents to a country system: a card at a border post.

use serde::Deserialize;
use serde_json::Map;
use strict_jose::{Limits, UnixTime, json};
use tracing::field::Empty;
use trust_list::{
    Client, ClientKind, CountryCode, EntityId, IssuerKind, NotTrusted, Purpose, RegisteredPurpose, TrustState,
};

use country_adapters::{AdapterError, AssertionProblem, CredentialStatus, Presented, VerifiedAssertion};

use crate::access::Resource;
use crate::answer::{CredentialAnswer, CredentialRefusal, RefusedCredential, RequestHead, VerifiedCredential};
use crate::audit::{AuditEvent, AuditKind};
use crate::auditing;
use crate::broker::{AsOf, Broker, in_force, trace_client, trace_transaction};
use crate::error::{OAuthError, ProofFault, RequestFault, TokenFault};
use crate::handles::TransactionId;
use crate::policy::{
    self, DOCUMENT_STATUS, NotReleased, PERSON_STATUS, Permit, Question, Refusal, Release, Wish, may_proceed,
};
use crate::token::FEDERATION;

/// The endpoint, below our issuer.
const VERIFY: &str = "/federation/v1/verify";

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

/// A call that is entitled to an answer.
struct Call<'a> {
    as_of: AsOf<'a>,
    client: &'a Client,
    purpose: &'a RegisteredPurpose,
    body: &'a Body,
    transaction: TransactionId,
}

/// What came of the checks.
type Checked<T> = Result<T, CredentialRefusal>;

impl Broker {
    /// Checks a presented credential. Every check that fails is an answer, not an error; errors are about the caller or us.
    #[tracing::instrument(name = "hub.flow.verify", skip_all, fields(client_id = Empty, txn = Empty))]
    pub async fn verify_credential(
        &self,
        trust: &TrustState,
        head: &RequestHead<'_>,
        body: &[u8],
        now: UnixTime,
    ) -> Result<CredentialAnswer, OAuthError> {
        let as_of = in_force(trust, now)?;
        let client = self.federation_caller(as_of, head, "verify").await?;
        let body = &json::parse_as(body, &Limits::TOKEN).map_err(|_| RequestFault::Malformed)?;
        let purpose = purpose(body, client)?;
        let call = Call { as_of, client, purpose, body, transaction: TransactionId::random()? };
        trace_client(&client.client_id);
        trace_transaction(&call.transaction);
        let checked = self.check_credential(&call).await;
        self.record(call.event(&checked)).await?;
        Ok(match checked {
            Ok((assertion, release)) => CredentialAnswer::Verified(Box::new(verified(&assertion, &release))),
            Err(reason) => {
                let transaction = call.transaction.to_text();
                CredentialAnswer::Refused(RefusedCredential { verified: false, transaction, reason })
            }
        })
    }

    /// A country system of a profile that is served, with a token of its own and this scope, as the list says now.
    async fn federation_caller<'l>(
        &self,
        as_of: AsOf<'l>,
        head: &RequestHead<'_>,
        scope: &str,
    ) -> Result<&'l Client, OAuthError> {
        let token = self.access_token(head, Resource { audience: FEDERATION, path: VERIFY }, as_of.now)?;
        let client = as_of.list.trusted_client(&token.client_id, as_of.now).map_err(|_| TokenFault::Invalid)?.client();
        self.quota.take(&client.client_id)?;
        if !policy::is_served(client) {
            return Err(TokenFault::Invalid.into());
        }
        let granted =
            token.scope.as_ref().is_some_and(|granted| granted.contains(scope)) && client.scopes.contains(scope);
        if !granted || client.kind != ClientKind::CountrySystem {
            return Err(TokenFault::Scope.into());
        }
        // RFC 9449 §11.1: a proof counts once.
        match self.spend(&token.once).await? {
            Some(_) => Err(TokenFault::Proof(ProofFault::Replayed).into()),
            None => Ok(client),
        }
    }

    async fn check_credential(&self, call: &Call<'_>) -> Checked<(VerifiedAssertion, Release)> {
        let permit = may_proceed(call.as_of, &call.question()).map_err(|refusal| not_permitted(&refusal))?;
        let issuer = permit.issuer();
        let adapter = self.adapters.adapter_for(issuer).map_err(|error| refused(&error))?;
        let presented = Presented::Claim169 { qr: &call.body.credential };
        let checked = adapter.present(issuer, &presented, &self.context(call.as_of.now)).await;
        let assertion = checked.map_err(|error| refused(&error))?;
        let released = permit.release(&assertion, call.wish(&permit), &self.keys.pairwise, call.as_of.now);
        Ok((assertion, released.map_err(not_released)?))
    }
}

impl Call<'_> {
    fn question(&self) -> Question<'_> {
        Question {
            client_id: &self.client.client_id,
            country: self.body.country,
            service: self.body.issuer.as_ref(),
            kind: IssuerKind::CredentialIssuer,
            purpose: &self.purpose.purpose,
            level: self.purpose.min_level,
        }
    }

    fn wish<'w>(&self, permit: &'w Permit<'_>) -> Wish<'w> {
        Wish {
            transaction: self.transaction.clone(),
            level: self.purpose.min_level,
            names: self.body.claims.clone().unwrap_or_else(|| self.purpose.claims.clone()),
            recipient: permit.recipient(),
        }
    }

    fn event(&self, checked: &Checked<(VerifiedAssertion, Release)>) -> AuditEvent {
        let kind = match checked {
            Err(CredentialRefusal::Document(problem)) => problem.audit_kind(),
            _ => AuditKind::CredentialVerified,
        };
        match checked {
            Ok((_, release)) => auditing::of_release(kind, release.facts(), self.client, self.as_of.now),
            Err(reason) => AuditEvent {
                transaction: Some(self.transaction.clone()),
                home_country: Some(self.body.country),
                purpose: Some(self.purpose.purpose.clone()),
                level_asked: Some(self.purpose.min_level),
                ..auditing::of_client(kind, reason.as_str(), self.client, self.as_of)
            },
        }
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

fn not_permitted(refusal: &Refusal) -> CredentialRefusal {
    match refusal {
        Refusal::Issuer(NotTrusted::LevelNotReachable { .. }) | Refusal::Level => CredentialRefusal::LevelNotReached,
        Refusal::Document(problem) => CredentialRefusal::Document(*problem),
        Refusal::Issuer(_) | Refusal::Client(_) | Refusal::Profile | Refusal::Purpose => {
            CredentialRefusal::NotRecognised
        }
    }
}

fn not_released(reason: NotReleased) -> CredentialRefusal {
    match reason {
        NotReleased::LevelNotReached => CredentialRefusal::LevelNotReached,
        NotReleased::OtherIssuer => CredentialRefusal::NotAuthentic,
        NotReleased::Document(problem) => CredentialRefusal::Document(problem),
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
