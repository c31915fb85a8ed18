//! [`Release`]: what one relying party may learn about one person, once.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use country_adapters::{DocumentStatus, PersonStatus, REGISTERED_CLAIMS, VerifiedAssertion};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strict_jose::{UnixTime, b64};
use trust_list::{CountryCode, DocumentDemand, EntityId, IssuerKind, Level, Purpose, RegisteredPurpose};

use super::{DocumentProblem, Permit, Question, Refusal, document, may_proceed, predicate};
use crate::audit::ListVersion;
use crate::broker::AsOf;
use crate::handles::TransactionId;
use crate::request::{ClaimsRequest, Scope, base_name};
use crate::subject::PairwiseSecret;

/// What one relying party may learn about one person: a pairwise subject, the minimised claims, the level, and what they
/// rest on. Tokens about a person are minted from a `Release` and from nothing else.
///
/// Only policy makes one, and it cannot be serialised: it lives in the request in which policy said yes. In between it is
/// kept sealed, and policy is asked again before it becomes a `Release` again.
///
/// Nobody outside can write one down:
///
/// ```compile_fail,E0423
/// let forged = hub_core::Release(unimplemented!());
/// ```
///
/// nor read one from a store or a request:
///
/// ```compile_fail,E0277
/// fn read<T: serde::de::DeserializeOwned>(text: &str) -> T { serde_json::from_str(text).unwrap() }
/// let forged: hub_core::Release = read("{}");
/// ```
///
/// nor make one of an assertion that policy has not seen:
///
/// ```compile_fail,E0277
/// fn skip_policy(assertion: country_adapters::VerifiedAssertion) -> hub_core::Release { assertion.into() }
/// ```
pub struct Release(Facts);

/// What a [`Release`] says. As such it proves nothing.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) transaction: TransactionId,
    pub(crate) client_id: String,
    pub(crate) sub: String,
    pub(crate) country: CountryCode,
    pub(crate) service: EntityId,
    pub(crate) kind: Kind,
    pub(crate) purpose: Purpose,
    /// The level that was asked for.
    pub(crate) asked: Level,
    /// The level that was reached.
    pub(crate) level: Level,
    pub(crate) methods: Vec<String>,
    pub(crate) auth_time: Option<UnixTime>,
    pub(crate) claims: BTreeMap<String, Value>,
    /// The state of the document, of which only a claim is told. What was kept before this was kept knows nothing.
    #[serde(default)]
    pub(crate) document: DocumentStatus,
    pub(crate) stability: String,
    pub(crate) trust_framework: String,
    pub(crate) verified_at: UnixTime,
    /// SHA-256 of the national assertion, in base64url: evidence that says nothing by itself.
    pub(crate) assertion_digest: String,
    pub(crate) list_sequence: u64,
    pub(crate) list_digest: String,
}

/// [`IssuerKind`], as it is kept.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    Login,
    Credential,
}

/// What is asked about a person.
pub(crate) struct Wish<'w> {
    pub(crate) transaction: TransactionId,
    pub(crate) level: Level,
    /// The claims asked for, by name.
    pub(crate) names: BTreeSet<String>,
    /// Who gets to know the person.
    pub(crate) recipient: Recipient<'w>,
}

/// Who gets to know the person: in whose words they are named, and how well they may be said to be identified.
#[derive(Clone, Copy)]
pub(crate) struct Recipient<'w> {
    /// The country in whose list the sector stands.
    pub(crate) country: CountryCode,
    /// OpenID Connect Core §8.1: the sector whose name for the person is used.
    pub(crate) sector: &'w str,
    /// The highest level that the recipient's country takes from the issuer.
    pub(crate) ceiling: Level,
    /// What the recipient's purpose demands of the person's document.
    pub(crate) document: Option<&'w DocumentDemand>,
}

/// Why policy makes no release of an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotReleased {
    #[error("the level asked for was not reached")]
    LevelNotReached,
    #[error("the assertion is not from the issuer that was permitted")]
    OtherIssuer,
    #[error("the purpose does not accept the person's document: {0}")]
    Document(#[from] DocumentProblem),
}

impl Permit<'_> {
    /// The client itself, as who gets to know the person.
    pub(crate) fn recipient(&self) -> Recipient<'_> {
        let client = self.client();
        Recipient {
            country: client.country,
            sector: &client.sector,
            ceiling: self.issuer.ceiling(),
            document: self.purpose.document.as_ref(),
        }
    }

    /// Whether the claim `name` may be given: the purpose has it and the issuer may say it.
    fn allows(&self, name: &str) -> bool {
        let name = base_name(name);
        self.purpose.claims.contains(name) && is_releasable(name, |claim| self.issuer.issuer().claims.contains(claim))
    }

    /// Makes the release: of what was asked, what the purpose allows, of that what the assertion says.
    pub(crate) fn release(
        &self,
        assertion: &VerifiedAssertion,
        wish: Wish<'_>,
        secret: &PairwiseSecret,
        now: UnixTime,
    ) -> Result<Release, NotReleased> {
        let issuer = self.issuer.issuer();
        if assertion.country() != issuer.country || *assertion.issuer_id() != issuer.id {
            return Err(NotReleased::OtherIssuer);
        }
        // A higher level satisfies a lower request; what is reported is what was reached, never more.
        let level = assertion.level().min(wish.recipient.ceiling);
        if level < wish.level.max(self.purpose.min_level) {
            return Err(NotReleased::LevelNotReached);
        }
        // Attacks L12: who asks and who gets to know the person may both demand something of the document.
        let document = assertion.document_status().at(now);
        for demand in [self.purpose.document.as_ref(), wish.recipient.document] {
            document::is_accepted(document, demand)?;
        }
        let list = self.issuer.list();
        Ok(Release(Facts {
            claims: minimised(&wish.names, self.purpose, assertion, now),
            sub: secret.subject(&wish.recipient, issuer.country, &issuer.id, assertion.subject()),
            transaction: wish.transaction,
            client_id: self.client().client_id.clone(),
            country: issuer.country,
            service: issuer.id.clone(),
            kind: issuer.kind.into(),
            purpose: self.purpose.purpose.clone(),
            asked: wish.level,
            level,
            methods: assertion.methods().to_vec(),
            auth_time: assertion.auth_time(),
            document,
            stability: assertion.subject_stability().as_str().to_owned(),
            trust_framework: assertion.trust_framework().to_owned(),
            verified_at: assertion.verified_at(),
            assertion_digest: b64::encode(assertion.assertion_digest()),
            list_sequence: list.sequence(),
            list_digest: list.digest().to_owned(),
        }))
    }
}

/// Requested ∩ purpose ∩ assertion. Person status and document status are claims like others, each for itself; a predicate
/// is derived and its source stays here.
fn minimised(
    names: &BTreeSet<String>,
    purpose: &RegisteredPurpose,
    assertion: &VerifiedAssertion,
    now: UnixTime,
) -> BTreeMap<String, Value> {
    let mut released = BTreeMap::new();
    for name in names.iter().filter(|name| purpose.claims.contains(base_name(name))) {
        match name.as_str() {
            PERSON_STATUS => drop(released.insert(name.clone(), assertion.person_status().as_str().into())),
            DOCUMENT_STATUS => drop(released.insert(name.clone(), assertion.document_status().at(now).as_str().into())),
            name => released.extend(value(name, assertion, now)),
        }
    }
    released
}

/// Whether the person lives, as a claim.
pub(crate) const PERSON_STATUS: &str = "person_status";
/// Whether the document is in force, as a claim.
pub(crate) const DOCUMENT_STATUS: &str = "document_status";
/// Until when an extended document is in force, as a national provider may say it. No relying party is told.
const DOCUMENT_VALID_UNTIL: &str = "document_valid_until";

/// Whether the claim `name` can be released where the claims that `given` says yes to are.
pub(crate) fn is_releasable(name: &str, given: impl Fn(&str) -> bool) -> bool {
    let source = predicate::source(name).unwrap_or(name);
    matches!(name, PERSON_STATUS | DOCUMENT_STATUS) || given(source)
}

/// The base name of a claim that has one here: a registered one, a status or a predicate. Any other name is a text of
/// whoever asks for it.
pub(crate) fn registered_name(name: &str) -> Option<&str> {
    let name = base_name(name);
    is_releasable(name, |claim| REGISTERED_CLAIMS.contains(&claim)).then_some(name)
}

/// Whoever logs in as a person that the register reports dead is somebody else.
pub(crate) fn may_log_in(assertion: &VerifiedAssertion) -> bool {
    match assertion.person_status() {
        PersonStatus::Alive | PersonStatus::Unknown => true,
        PersonStatus::Deceased => false,
    }
}

/// The claim `name`, in every language it has (OpenID Connect Core §5.2), or the predicate of that name.
fn value<'a>(
    name: &'a str,
    assertion: &'a VerifiedAssertion,
    now: UnixTime,
) -> impl Iterator<Item = (String, Value)> + 'a {
    let asserted = assertion.claims();
    let predicate = predicate::source(name).and_then(|source| predicate::derive(name, asserted.get(source)?, now));
    let in_language = move |key: &str| key == name || (base_name(key) == name);
    let plain = asserted.iter().filter(move |(key, _)| in_language(key));
    plain
        .map(|(key, value)| (key.clone(), value.clone()))
        .chain(predicate.map(|yes| (name.to_owned(), Value::Bool(yes))))
}

/// What is asked for by name beyond the purpose (attacks A17). Scopes ask for bundles, so what they bring too much is not
/// held against anybody.
pub(crate) fn overreach<'r>(request: &'r ClaimsRequest, purpose: &RegisteredPurpose) -> BTreeMap<&'r str, bool> {
    let mut beyond = BTreeMap::new();
    for (name, importance) in request.named().filter(|(name, _)| !purpose.claims.contains(base_name(name))) {
        *beyond.entry(name).or_default() |= importance == crate::request::Importance::Essential;
    }
    beyond
}

/// The names that a login asks for: by scope and by name.
pub(crate) fn wanted(scope: &Scope, request: &ClaimsRequest) -> BTreeSet<String> {
    let mut names = request.names();
    names.extend(scope.claims().map(str::to_owned));
    names
}

/// What is asked of the national provider: nothing that the purpose does not need.
pub(crate) fn wanted_upstream(names: &BTreeSet<String>, purpose: &RegisteredPurpose) -> BTreeSet<String> {
    let allowed = names.iter().map(|name| base_name(name)).filter(|name| purpose.claims.contains(*name));
    let demanded = purpose.document.iter().flat_map(|_| [DOCUMENT_STATUS, DOCUMENT_VALID_UNTIL]);
    allowed.map(|name| predicate::source(name).unwrap_or(name)).chain(demanded).map(str::to_owned).collect()
}

impl Release {
    pub(crate) fn facts(&self) -> &Facts {
        &self.0
    }

    /// What is kept of it, to be sealed.
    pub(crate) fn hold(self) -> Held {
        Held(self.0)
    }
}

/// A release that is kept, or was: to become one again, policy is asked again.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Held(Facts);

impl Held {
    pub(crate) fn facts(&self) -> &Facts {
        &self.0
    }

    /// Asks policy again, with the list in force now, and no less than for a new login. What was reached must still be
    /// reachable and enough: a ceiling that came down or a purpose that went up in between ends an older login. Claims that
    /// purpose or issuer lost in between are gone.
    pub(crate) fn renew(self, as_of: AsOf<'_>) -> Result<(Release, Permit<'_>), NotRenewed> {
        let permit = match self.may_renew(as_of) {
            Ok(permit) => permit,
            Err(refusal) => return Err(NotRenewed { refusal, held: Box::new(self) }),
        };
        let mut facts = self.0;
        facts.claims.retain(|name, _| permit.allows(name));
        Ok((Release(facts), permit))
    }

    fn may_renew<'l>(&self, as_of: AsOf<'l>) -> Result<Permit<'l>, Refusal> {
        let question = Question {
            client_id: &self.0.client_id,
            country: self.0.country,
            service: Some(&self.0.service),
            kind: self.0.kind.into(),
            purpose: &self.0.purpose,
            level: self.0.level,
        };
        let permit = may_proceed(as_of, &question)?;
        if self.0.level < permit.purpose.min_level {
            return Err(Refusal::Level);
        }
        let status = self.0.document.at(as_of.now);
        document::is_accepted(status, permit.purpose.document.as_ref()).map_err(Refusal::Document)?;
        Ok(permit)
    }
}

/// What is kept, and why it becomes no release again.
pub(crate) struct NotRenewed {
    pub(crate) refusal: Refusal,
    pub(crate) held: Box<Held>,
}

impl Facts {
    pub(crate) fn list_version(&self) -> ListVersion {
        ListVersion { sequence: self.list_sequence, digest: self.list_digest.clone() }
    }
}

impl From<IssuerKind> for Kind {
    fn from(kind: IssuerKind) -> Self {
        match kind {
            IssuerKind::IdentityProvider => Self::Login,
            IssuerKind::CredentialIssuer => Self::Credential,
        }
    }
}

impl From<Kind> for IssuerKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Login => Self::IdentityProvider,
            Kind::Credential => Self::CredentialIssuer,
        }
    }
}

// About a person: nothing of it prints but the transaction's kind.
impl fmt::Debug for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Release")
            .field("client_id", &self.0.client_id)
            .field("country", &self.0.country)
            .field("level", &self.0.level)
            .field("purpose", &self.0.purpose)
            .finish_non_exhaustive()
    }
}
