//! The provider's keys, fetched, kept, and refreshed when a new name turns up.

use strict_jose::{Algorithm, FindKeyError, Header, JwkSet, Policy, Verifier};
use url::Url;

use super::{Provider, REFRESH_PAUSE, answer};
use crate::error::{AdapterError, AssertionProblem, Unavailable};
use crate::issuer_key::check_in_force;
use crate::outbound::{Caps, OutboundRequest, Peer};

/// A provider's keys. A verifier is cheap to bind to an algorithm, since every key was made ready when it was read.
pub(crate) struct KeySet(JwkSet);

impl KeySet {
    /// The one key that may have signed what `header` describes.
    fn verifier(&self, header: &Header) -> Result<Verifier, FindKeyError> {
        let key = self.0.find(header.kid(), header.alg())?;
        Verifier::new(key, header.alg()).map_err(|_| FindKeyError::DoesNotFit)
    }
}

impl Provider<'_> {
    /// What checks a token with this header: `algs` is the profile's list for this kind of token.
    pub(crate) async fn verifier(&self, header: &Header, algs: &[Algorithm]) -> Result<Verifier, AdapterError> {
        check_algorithm(header, algs)?;
        self.check_pinned(header)?;
        let verifier = if self.issuer.issuer().keys.is_empty() {
            self.find(header).await?
        } else {
            // Keys in the signed list are the only ones that count; the provider's own set is not even read.
            let pinned = self.issuer.verifier(header.kid(), header.alg());
            pinned.ok_or(AssertionProblem::KeyUnknown)?.clone()
        };
        // A fetched key too: the list cannot leave out what it does not name, an order can name it.
        if self.issuer.suspends(verifier.key().thumbprint()) {
            return Err(AssertionProblem::KeySuspended.into());
        }
        check_in_force(&verifier, self.now)?;
        Ok(verifier)
    }

    async fn find(&self, header: &Header) -> Result<Verifier, AdapterError> {
        let metadata = self.metadata().await?;
        let url = &metadata.jwks_uri;
        let place = self.place_of(url);
        let max_age = self.settings.jwks_max_age;
        let known = self.fetched.keys.get(&place, self.peer.budget(), max_age, || self.fetch(url)).await?;
        match known.verifier(header) {
            Err(FindKeyError::NotFound) => {}
            found => return found.map_err(problem),
        }
        // A key may be newer than our copy. Whoever sends unknown names must not make us fetch each time.
        let fetch = || self.fetch(url);
        match self.fetched.keys.refresh(&place, &known, self.peer.budget(), REFRESH_PAUSE, fetch).await? {
            Some(newer) => newer.verifier(header).map_err(problem),
            None => Err(AssertionProblem::KeyUnknown.into()),
        }
    }

    async fn fetch(&self, url: &Url) -> Result<KeySet, AdapterError> {
        fetch(&self.peer, url).await
    }

    fn check_pinned(&self, header: &Header) -> Result<(), AssertionProblem> {
        let pins = &self.settings.jwks_pin;
        let pinned = pins.is_empty() || header.kid().is_some_and(|kid| pins.contains(kid));
        if pinned { Ok(()) } else { Err(AssertionProblem::KeyUnknown) }
    }
}

/// RFC 8725 §3.1: the algorithms come from us, never from the token, the key or the metadata.
fn check_algorithm(header: &Header, algs: &[Algorithm]) -> Result<(), AssertionProblem> {
    if algs.contains(&header.alg()) { Ok(()) } else { Err(AssertionProblem::AlgorithmNotAllowed) }
}

fn problem(error: FindKeyError) -> AdapterError {
    match error {
        FindKeyError::NotFound => AssertionProblem::KeyUnknown,
        FindKeyError::Ambiguous => AssertionProblem::KeyAmbiguous,
        FindKeyError::DoesNotFit => AssertionProblem::AlgorithmNotAllowed,
    }
    .into()
}

async fn fetch(peer: &Peer<'_>, url: &Url) -> Result<KeySet, AdapterError> {
    let response =
        peer.send(OutboundRequest::get(url.clone(), Caps::JWKS).with_header("accept", "application/json")).await?;
    answer::success(&response)?;
    let members = answer::json_object(&response)?;
    // RFC 7517 §5: others' sets hold keys that we cannot use; those are skipped, the rest counts.
    let set = JwkSet::from_value(&members.into(), Policy::SkipUnusable).map_err(|_| Unavailable::Protocol)?;
    Ok(KeySet(set))
}
