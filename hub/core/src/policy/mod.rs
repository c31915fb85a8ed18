//! Policy: may it proceed, and what is released?
//!
//! `may_proceed` is the one function that every endpoint and every grant asks, with the list in force at that moment.
//! [`Release`] is what comes out at the end: only `Permit::release` and `Held::renew` make one, and tokens are minted
//! from nothing else.
//!
//! ```text
//! Question --may_proceed--> Permit --release(assertion)--> Release --> tokens
//!                                                            | seal, store, open
//!                                                          Held --renew--> Release --> tokens
//! ```
//!
//! To add a rule: 1. a step of `may_proceed` or a function of `release.rs`, 2. a variant of `Refusal`, 3. the compiler
//! asks each endpoint how it says so.

mod document;
mod predicate;
mod release;

use trust_list::{
    Client, ClientProfile, CountryCode, EntityId, IssuerKind, IssuerQuery, Level, NotTrusted, Purpose,
    RegisteredPurpose, TrustedClient, TrustedIssuer,
};

pub use document::DocumentProblem;
pub use release::Release;
pub(crate) use release::{
    DOCUMENT_STATUS, Facts, Held, NotReleased, NotRenewed, PERSON_STATUS, Recipient, Wish, is_releasable, may_log_in,
    overreach, registered_name, wanted, wanted_upstream,
};

use crate::broker::AsOf;

/// What is to be allowed: this client, with a person of this country, for this purpose, at this level.
#[derive(Clone, Copy)]
pub(crate) struct Question<'q> {
    pub(crate) client_id: &'q str,
    pub(crate) country: CountryCode,
    /// Which service; without it, the first of the kind that may.
    pub(crate) service: Option<&'q EntityId>,
    pub(crate) kind: IssuerKind,
    pub(crate) purpose: &'q Purpose,
    pub(crate) level: Level,
}

/// Policy's yes: everything it was said of. It borrows the list, so it ends with the request it was given in.
pub(crate) struct Permit<'l> {
    client: TrustedClient<'l>,
    issuer: TrustedIssuer<'l>,
    purpose: &'l RegisteredPurpose,
}

/// Policy's no.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the client: {0}")]
    Client(NotTrusted),
    #[error("the client's profile is not served")]
    Profile,
    #[error("the client has not registered the purpose")]
    Purpose,
    #[error("the issuer: {0}")]
    Issuer(NotTrusted),
    #[error("what was reached is less than the purpose needs now")]
    Level,
    #[error("the purpose does not accept the person's document: {0}")]
    Document(DocumentProblem),
}

/// May it proceed? Asked at every step of a login and by every grant at issue time (attacks G18, D19, F08).
pub(crate) fn may_proceed<'l>(as_of: AsOf<'l>, question: &Question<'_>) -> Result<Permit<'l>, Refusal> {
    let client = as_of.list.trusted_client(question.client_id, as_of.now).map_err(Refusal::Client)?;
    if !is_served(client.client()) {
        return Err(Refusal::Profile);
    }
    let purpose = client.client().purpose(question.purpose).ok_or(Refusal::Purpose)?;
    let query = IssuerQuery {
        country: question.country,
        service: question.service,
        kind: question.kind,
        recogniser: client.country(),
        purpose: question.purpose,
        level: question.level.max(purpose.min_level),
        at: as_of.now,
    };
    let issuer = as_of.list.trusted_issuer(&query).map_err(Refusal::Issuer)?;
    Ok(Permit { client, issuer, purpose })
}

/// Whether every rule of the client's profile is enforced here.
///
/// `fapi2-ms` wants signed requests and `basic` secrets and plain requests: neither is served, so such a client gets
/// nothing rather than less than it registered for.
pub(crate) fn is_served(client: &Client) -> bool {
    match client.profile {
        ClientProfile::Fapi2 => true,
        ClientProfile::Fapi2Ms | ClientProfile::Basic => false,
    }
}

impl<'l> Permit<'l> {
    pub(crate) fn client(&self) -> &'l Client {
        self.client.client()
    }

    pub(crate) fn issuer(&self) -> &TrustedIssuer<'l> {
        &self.issuer
    }

    pub(crate) fn purpose(&self) -> &'l RegisteredPurpose {
        self.purpose
    }
}
