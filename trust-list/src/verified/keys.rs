//! Entities as a list holds them: with verifiers made at first use and kept as long as the list.

use std::borrow::Cow;
use std::sync::OnceLock;

use strict_jose::{Algorithm, JwkSet, Kid, PublicJwk, Thumbprint, UnixTime, Verifier};

use crate::{Client, Issuer};

/// An entity of a list and its verifiers.
///
/// They live as long as the list that names the keys: a new list without a key has no verifier for it, so nothing has
/// to be evicted.
pub(crate) struct Listed<T> {
    pub(crate) entity: T,
    verifiers: OnceLock<KeyRing>,
}

struct KeyRing {
    keys: JwkSet,
    verifiers: Vec<(Thumbprint, Algorithm, Verifier)>,
}

impl<T: HasKeys> Listed<T> {
    pub(crate) fn new(entity: T) -> Self {
        Self { entity, verifiers: OnceLock::new() }
    }

    /// The verifier for the one key of the entity that `kid` and `alg` select among those good at `at` and not suspended.
    pub(crate) fn verifier(
        &self,
        kid: Option<&Kid>,
        alg: Algorithm,
        at: UnixTime,
        is_suspended: impl Fn(&Thumbprint) -> bool,
    ) -> Option<&Verifier> {
        let ring = self.verifiers.get_or_init(|| KeyRing::new(self.entity.key_set()));
        let good = ring.good(|key| !key.is_expired(at) && !is_suspended(key.thumbprint()));
        let key = good.find(kid, alg).ok()?;
        ring.verifiers.iter().find(|(id, of, _)| id == key.thumbprint() && *of == alg).map(|(.., verifier)| verifier)
    }
}

impl KeyRing {
    /// The keys without those whose `exp` is past (an entry may name a key's end beforehand) and those suspended.
    fn good(&self, is_good: impl Fn(&PublicJwk) -> bool) -> Cow<'_, JwkSet> {
        if self.keys.keys().iter().all(&is_good) {
            return Cow::Borrowed(&self.keys);
        }
        Cow::Owned(JwkSet::from_keys(self.keys.keys().iter().filter(|key| is_good(key)).cloned()))
    }

    fn new(keys: JwkSet) -> Self {
        let fitting = |key| Algorithm::ALL.into_iter().map(move |alg| (key, alg));
        let verifiers = keys
            .keys()
            .iter()
            .flat_map(fitting)
            .filter_map(|(key, alg)| Some((key.thumbprint().clone(), alg, Verifier::new(key, alg).ok()?)));
        Self { verifiers: verifiers.collect(), keys }
    }
}

/// What has keys in a list.
pub(crate) trait HasKeys {
    fn key_set(&self) -> JwkSet;
}

impl HasKeys for Issuer {
    fn key_set(&self) -> JwkSet {
        JwkSet::from_keys(self.keys.iter().cloned())
    }
}

impl HasKeys for Client {
    fn key_set(&self) -> JwkSet {
        self.keys.clone()
    }
}
