//! Quorum: enough different keys, of enough different countries.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use strict_jose::{Algorithm, JwkError, PublicJwk, SignedDocument, Thumbprint, Verifier};

use crate::CountryCode;

/// How many signatures a document needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quorum {
    /// Different keys.
    pub threshold: usize,
    /// Different countries those keys belong to.
    pub countries: usize,
}

impl Quorum {
    /// How many more must sign at least, if `signed` different keys of `from` different countries did.
    pub(crate) fn missing(self, signed: usize, from: usize) -> usize {
        self.threshold.saturating_sub(signed).max(self.countries.saturating_sub(from))
    }

    /// Refuses unless that is enough.
    pub(crate) fn require(self, signed: usize, from: usize) -> Result<(), QuorumNotMet> {
        if self.missing(signed, from) == 0 {
            return Ok(());
        }
        Err(QuorumNotMet { signed, threshold: self.threshold, from, countries: self.countries })
    }
}

/// The keys that may sign a kind of document, and how many must.
#[derive(Clone, Debug)]
pub struct Signers {
    keys: Vec<SignerKey>,
    quorum: Quorum,
}

/// A key and the country it belongs to.
#[derive(Clone, Debug)]
struct SignerKey {
    verifier: Verifier,
    country: CountryCode,
}

/// The algorithms a list signer may use, one for each kind of key. RS256 is for national identity providers only.
const SIGNING: [Algorithm; 4] = [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA, Algorithm::PS256];

impl Signers {
    /// Signers of these keys. Without a key of a kind that may sign, nothing is signed by it, so it is refused here.
    pub(crate) fn new<'k>(
        keys: impl IntoIterator<Item = (&'k PublicJwk, CountryCode)>,
        quorum: Quorum,
    ) -> Result<Self, JwkError> {
        let signer = |(key, country)| Ok(SignerKey { verifier: signing_verifier(key)?, country });
        let keys = keys.into_iter().map(signer).collect::<Result<_, JwkError>>()?;
        Ok(Self { keys, quorum })
    }

    /// The same keys with another quorum.
    pub(crate) fn with_quorum(self, quorum: Quorum) -> Self {
        Self { quorum, ..self }
    }

    /// Nobody: what they sign is never signed.
    pub(crate) fn none() -> Self {
        Self { keys: Vec::new(), quorum: Quorum { threshold: 1, countries: 1 } }
    }

    /// How many must sign.
    pub fn quorum(&self) -> Quorum {
        self.quorum
    }

    /// The thumbprints of the keys, sorted.
    pub fn thumbprints(&self) -> BTreeSet<Thumbprint> {
        self.keys.iter().map(|key| key.verifier.thumbprint().clone()).collect()
    }

    /// Who signed `document` as a `typ`, counted.
    ///
    /// Keys count by their thumbprints, which are computed: one key under two names, or signing twice, counts once
    /// (RUSTSEC-2020-0024, CVE-2020-6174). Where the quorum speaks of countries, distinct countries count too, and
    /// every further signature is ignored.
    pub fn tally(&self, document: &SignedDocument, typ: &str) -> Tally {
        let signed = document.valid_signers(self.keys.iter().map(|key| &key.verifier), typ);
        let country_of = |id: &Thumbprint| self.keys.iter().find(|k| k.verifier.thumbprint() == id).map(|k| k.country);
        let countries = signed.iter().filter_map(country_of).collect();
        let open = self.thumbprints().into_iter().filter(|key| !signed.contains(key)).collect();
        Tally { signed, open, countries, quorum: self.quorum }
    }

    /// The country of the key, if it is one of these.
    pub(crate) fn country_of(&self, id: &Thumbprint) -> Option<CountryCode> {
        self.keys.iter().find(|key| key.verifier.thumbprint() == id).map(|key| key.country)
    }

    /// Refuses `document` unless the quorum signed it as a `typ`; answers who did.
    pub(crate) fn require(&self, document: &SignedDocument, typ: &str) -> Result<BTreeSet<Thumbprint>, QuorumNotMet> {
        let tally = self.tally(document, typ);
        tally.require()?;
        Ok(tally.signed.into_iter().collect())
    }

    /// Whether `keys`, which were a quorum once, still speak: none of them was taken away, or those left are a quorum.
    pub(crate) fn still_trust(&self, keys: &BTreeSet<Thumbprint>) -> bool {
        let left: Vec<CountryCode> = keys.iter().filter_map(|key| self.country_of(key)).collect();
        let countries: BTreeSet<&CountryCode> = left.iter().collect();
        let Quorum { threshold, countries: needed } = self.quorum;
        left.len() == keys.len() || (left.len() >= threshold && countries.len() >= needed)
    }
}

/// The verifier of a signer's key, with the one algorithm that fits it.
pub(crate) fn signing_verifier(key: &PublicJwk) -> Result<Verifier, JwkError> {
    let fitting = SIGNING.into_iter().find_map(|alg| Verifier::new(key, alg).ok());
    fitting.ok_or(JwkError::WrongAlgorithm)
}

/// Who signed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// The keys with a good signature.
    pub signed: Vec<Thumbprint>,
    /// The keys that may sign and have not.
    pub open: Vec<Thumbprint>,
    /// The countries of those that signed.
    pub countries: BTreeSet<CountryCode>,
    /// What is needed.
    pub quorum: Quorum,
}

impl Tally {
    /// How many signatures are missing at least.
    pub fn missing(&self) -> usize {
        self.quorum.missing(self.signed.len(), self.countries.len())
    }

    /// Whether the quorum is met.
    pub fn require(&self) -> Result<(), QuorumNotMet> {
        self.quorum.require(self.signed.len(), self.countries.len())
    }
}

/// Too few of the signers signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signed by {signed} of the needed {threshold} keys, from {from} of the needed {countries} countries")]
pub struct QuorumNotMet {
    /// Different keys that signed.
    pub signed: usize,
    /// Needed.
    pub threshold: usize,
    /// Different countries they are from.
    pub from: usize,
    /// Needed.
    pub countries: usize,
}
