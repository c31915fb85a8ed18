//! The offline bundle: what a country's devices need to check credentials for weeks without a network.
//!
//! A JWS in the general JSON form, like every document of ours, with the `typ` `passerelle-bundle`. Its payload is JSON
//! ([`wire`]) compressed with DEFLATE (RFC 1951). It is made for one country, the *recogniser*, whose devices carry it,
//! and signed by the keys that sign that country's list: so it can say no more than its signers could say anyway, and
//! the online key, which may admit nobody, has no part in it. It holds the keys, levels, statuses and suspensions of the
//! issuers that the country recognises, the rows by which it does, and number and hash of each list it was made from.
//!
//! 1. [`BundleDraft::new`] takes it out of a [`VerifiedList`]; [`BundleDraft::sign`] adds signatures;
//!    [`BundleDraft::finish`] reads it back as a device would.
//! 2. A device is handed [`Pinned`] once. [`Bundle::verify`] checks a bundle against it, in numbered steps.
//! 3. The device keeps [`Bundle::next_pinned`]: the highest bundle seen, so that no older one comes back, and the
//!    signers of the next.
//! 4. [`Bundle::trusted_issuer`] answers as [`VerifiedList::trusted_issuer`] does, by the same code, until the end of the
//!    bundle or of the issuer's list.

mod draft;
mod problem;
mod verify;
mod wire;

pub use draft::BundleDraft;
pub use problem::BundleProblem;

use serde::{Deserialize, Serialize};
use strict_jose::{PublicJwk, UnixTime};

use crate::document::rfc3339;
use crate::{CountryCode, EntityId, IssuerQuery, ListView, MemberView, NotTrusted, TrustedIssuer, VerifiedList};

/// Fifty countries of two issuers with two RSA-4096 keys and a page of names are 300 KiB compressed, 400 KiB in
/// base64url: 512 KiB.
pub const MAX_BUNDLE_BYTES: usize = 512 * 1024;
/// JSON of such entries compresses to a third or more; eight times the file is far from honest.
const MAX_CONTENT_BYTES: usize = 8 * MAX_BUNDLE_BYTES;
/// A quarter: who has not met a network for longer must not be green.
const MAX_LIFE: i64 = 92 * 24 * 3600;

/// A bundle that passed every check of [`Bundle::verify`].
pub struct Bundle {
    recogniser: CountryCode,
    list: VerifiedList,
    next: Pinned,
}

/// What a device trusts before it reads a bundle. Handed over with the device, then kept by it: as JSON, say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pinned {
    /// The region.
    pub region: CountryCode,
    /// The country whose device it is.
    pub recogniser: CountryCode,
    /// The keys that sign the country's list.
    pub signers: Vec<PublicJwk>,
    /// How many of them must sign.
    pub threshold: usize,
    /// The newest bundle the device has accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Seen>,
}

/// A bundle that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The version of the status document it was made from.
    pub sequence: u64,
    /// When it was made.
    #[serde(with = "rfc3339")]
    pub issued: UnixTime,
    /// The SHA-256 of its content in base64url.
    pub sha256: String,
}

impl Bundle {
    /// The issuer asked for, if every rule allows it as of `q.at`; for the bundle's own country only.
    pub fn trusted_issuer(&self, q: &IssuerQuery<'_>) -> Result<TrustedIssuer<'_>, NotTrusted> {
        self.list.trusted_issuer(q)
    }

    /// Country and id of the issuer that signs as `iss`; go on with [`Bundle::trusted_issuer`].
    pub fn issuer_by_identifier(&self, iss: &str) -> Option<(&CountryCode, &EntityId)> {
        self.list.issuer_by_identifier(iss)
    }

    /// The countries whose credentials the bundle is about.
    pub fn members(&self) -> impl Iterator<Item = MemberView<'_>> {
        self.list.members()
    }

    /// The lists it was made from.
    pub fn lists(&self) -> impl Iterator<Item = ListView<'_>> {
        self.list.lists()
    }

    /// Whose devices it is for.
    pub fn recogniser(&self) -> CountryCode {
        self.recogniser
    }

    /// The version of the status document it was made from.
    pub fn sequence(&self) -> u64 {
        self.list.sequence()
    }

    /// When it was made: what a device knows is as old as that, and it should say so.
    pub fn issued_at(&self) -> UnixTime {
        self.list.issued_at()
    }

    /// From when on it says nothing.
    pub fn expires_at(&self) -> UnixTime {
        self.list.expires_at()
    }

    /// What the device keeps in the place of what it was verified with.
    pub fn next_pinned(&self) -> &Pinned {
        &self.next
    }
}

impl std::fmt::Debug for Bundle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bundle").field("recogniser", &self.recogniser).field("list", &self.list).finish_non_exhaustive()
    }
}
