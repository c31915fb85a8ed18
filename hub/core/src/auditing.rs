//! How the flows fill in audit events: from what they have, never with anything about the person.

use strict_jose::UnixTime;
use trust_list::{Client, CountryCode, VerifiedList};

use crate::audit::{AuditEvent, AuditKind, AuditedClient, ClaimName, ListVersion};
use crate::broker::{AsOf, Broker};
use crate::error::{CountryFault, OAuthError, PersonFault};
use crate::policy::Facts;
use crate::request::AuthorizationRequest;

impl Broker {
    /// Records what went wrong. The answer is a refusal anyway, so a log that cannot record changes nothing about it.
    pub(crate) async fn note(&self, event: AuditEvent) {
        if self.record(event).await.is_err() {
            tracing::error!("a refusal is missing in the audit log");
        }
    }
}

/// An event of a login that has no release, or not yet.
pub(crate) fn of_request(
    kind: AuditKind,
    result: &'static str,
    request: &AuthorizationRequest,
    as_of: AsOf<'_>,
) -> AuditEvent {
    let client = as_of.list.trusted_client(&request.client_id, as_of.now).ok();
    AuditEvent {
        transaction: Some(request.transaction.clone()),
        client: client.map(|trusted| audited(trusted.client())),
        purpose: Some(request.purpose.clone()),
        level_asked: Some(request.level),
        list: Some(version(as_of.list)),
        ..AuditEvent::new(as_of.now, kind, result)
    }
}

/// The event of a login that ends in `error`, at a country if it got that far.
pub(crate) fn of_refusal(
    error: &OAuthError,
    request: &AuthorizationRequest,
    country: Option<CountryCode>,
    as_of: AsOf<'_>,
) -> AuditEvent {
    let kind = match error {
        // Attacks G02: an answer of another provider.
        OAuthError::Country(CountryFault::MixUp) => AuditKind::MixUp,
        // Attacks G07: an assertion that breaks a rule.
        OAuthError::Country(CountryFault::AssertionInvalid) => AuditKind::AssertionRefused,
        // Attacks L12: a document that the purpose does not accept.
        OAuthError::Person(PersonFault::Document(problem)) => problem.audit_kind(),
        _ => AuditKind::LoginRefused,
    };
    AuditEvent { home_country: country, ..of_request(kind, error.code().as_str(), request, as_of) }
}

/// An event about a release, as of the list it was decided with.
pub(crate) fn of_release(kind: AuditKind, facts: &Facts, client: &Client, now: UnixTime) -> AuditEvent {
    AuditEvent {
        transaction: Some(facts.transaction.clone()),
        home_country: Some(facts.country),
        client: Some(audited(client)),
        purpose: Some(facts.purpose.clone()),
        level_asked: Some(facts.asked),
        level_given: Some(facts.level),
        claims: ClaimName::each(facts.claims.keys().map(String::as_str)),
        list: Some(facts.list_version()),
        ..AuditEvent::new(now, kind, AuditEvent::OK)
    }
}

/// An event about what is kept of a person, of which nothing is given, as of the list that says so.
pub(crate) fn of_held(kind: AuditKind, facts: &Facts, as_of: AsOf<'_>) -> AuditEvent {
    let client = as_of.list.trusted_client(&facts.client_id, as_of.now).ok();
    AuditEvent {
        transaction: Some(facts.transaction.clone()),
        home_country: Some(facts.country),
        client: client.map(|trusted| audited(trusted.client())),
        purpose: Some(facts.purpose.clone()),
        level_asked: Some(facts.asked),
        list: Some(version(as_of.list)),
        ..AuditEvent::new(as_of.now, kind, AuditEvent::OK)
    }
}

/// An event of a client's own.
pub(crate) fn of_client(kind: AuditKind, result: &'static str, client: &Client, as_of: AsOf<'_>) -> AuditEvent {
    AuditEvent {
        client: Some(audited(client)),
        list: Some(version(as_of.list)),
        ..AuditEvent::new(as_of.now, kind, result)
    }
}

fn audited(client: &Client) -> AuditedClient {
    AuditedClient { client_id: client.client_id.clone(), country: client.country, sector: client.sector.clone() }
}

fn version(list: &VerifiedList) -> ListVersion {
    ListVersion { sequence: list.sequence(), digest: list.digest().to_owned() }
}
