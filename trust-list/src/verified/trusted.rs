//! The two results of a lookup: an issuer and a client that are trusted *now*, in *this* list.

use std::fmt;

use strict_jose::{Algorithm, Kid, Thumbprint, UnixTime, Verifier};

use super::VerifiedList;
use super::keys::Listed;
use crate::{Client, CountryCode, EntityId, Issuer, IssuerKind, Level, Purpose, Recognition};

/// What is asked about an issuer.
#[derive(Clone, Copy, Debug)]
pub struct IssuerQuery<'q> {
    /// The country whose issuer it is.
    pub country: CountryCode,
    /// Which service; without it, the first of that kind in the country's list that passes every check.
    pub service: Option<&'q EntityId>,
    /// What kind of service.
    pub kind: IssuerKind,
    /// The country that would accept the person: that of the relying party.
    pub recogniser: CountryCode,
    /// For which purpose.
    pub purpose: &'q Purpose,
    /// At which level at least.
    pub level: Level,
    /// As of when.
    pub at: UnixTime,
}

/// An issuer that passed every check of one [`IssuerQuery`] in one [`VerifiedList`].
///
/// Only [`VerifiedList::trusted_issuer`] makes one. It borrows the list, so it cannot be kept from one request to the
/// next: the next request asks the list that is then in force, and a suspension in between bites.
#[derive(Clone, Copy)]
pub struct TrustedIssuer<'l> {
    pub(super) list: &'l VerifiedList,
    pub(super) listed: &'l Listed<Issuer>,
    pub(super) recognition: &'l Recognition,
    pub(super) ceiling: Level,
    pub(super) at: UnixTime,
}

impl<'l> TrustedIssuer<'l> {
    /// The entry of the national list.
    pub fn issuer(&self) -> &'l Issuer {
        &self.listed.entity
    }

    /// Its country; comes from the list, never from what an assertion says.
    pub fn country(&self) -> CountryCode {
        self.issuer().country
    }

    /// The highest level an assertion of it may have here: the lower of the entry's and the recognition's.
    pub fn ceiling(&self) -> Level {
        self.ceiling
    }

    /// The agreement or law the recognition rests on.
    pub fn legal_basis(&self) -> &'l str {
        &self.recognition.legal_basis
    }

    /// The row of the recognition matrix that was applied.
    pub fn recognition(&self) -> &'l Recognition {
        self.recognition
    }

    /// The list that says so.
    pub fn list(&self) -> &'l VerifiedList {
        self.list
    }

    /// The verifier for the one pinned key that `kid` and `alg` select, made once per list. A key past its `exp` at the
    /// time asked for has none, nor has one that an order suspends.
    pub fn verifier(&self, kid: Option<&Kid>, alg: Algorithm) -> Option<&'l Verifier> {
        self.listed.verifier(kid, alg, self.at, |key| self.suspends(key))
    }

    /// Whether an order suspends that key of the issuer, wherever the key was read.
    pub fn suspends(&self, key: &Thumbprint) -> bool {
        self.list.suspensions.suspends_key(self.country(), &self.issuer().id, key, self.at)
    }
}

impl fmt::Debug for TrustedIssuer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustedIssuer({}/{} up to {})", self.country(), self.issuer().id, self.ceiling)
    }
}

/// A client that passed every check at one time in one [`VerifiedList`]; only [`VerifiedList::trusted_client`] makes
/// one.
#[derive(Clone, Copy)]
pub struct TrustedClient<'l> {
    pub(super) list: &'l VerifiedList,
    pub(super) listed: &'l Listed<Client>,
    pub(super) at: UnixTime,
}

impl<'l> TrustedClient<'l> {
    /// The entry of the national list.
    pub fn client(&self) -> &'l Client {
        &self.listed.entity
    }

    /// Its country.
    pub fn country(&self) -> CountryCode {
        self.client().country
    }

    /// The list that says so.
    pub fn list(&self) -> &'l VerifiedList {
        self.list
    }

    /// The verifier for the one registered key that `kid` and `alg` select, made once per list. A key past its `exp` at
    /// the time asked for has none, nor has one that an order suspends.
    pub fn verifier(&self, kid: Option<&Kid>, alg: Algorithm) -> Option<&'l Verifier> {
        let client = self.client();
        let is_suspended =
            |key: &Thumbprint| self.list.suspensions.suspends_key(client.country, &client.entity, key, self.at);
        self.listed.verifier(kid, alg, self.at, is_suspended)
    }
}

impl fmt::Debug for TrustedClient<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustedClient({})", self.client().client_id)
    }
}
