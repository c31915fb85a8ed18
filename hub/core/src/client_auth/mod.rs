//! Client authentication: `private_key_jwt` (RFC 7523; OpenID Connect Core §9; FAPI 2.0 Security Profile §5.3.2.1).
//!
//! Every endpoint that takes a client's request calls [`Broker::authenticate_client`] first. Whatever fails, the peer
//! reads the same, after the same work: an unknown client's signature is checked against a key of nobody.

mod assertion;
mod dummy;

use std::time::Duration;

use strict_jose::{CompactJws, Limits, Thumbprint};
use trust_list::{Client, TrustedClient};

pub(crate) use assertion::{ALGORITHMS, fuzz};
pub(crate) use dummy::DummyKeys;

use crate::answer::RequestHead;
use crate::broker::{AsOf, Broker, trace_client};
use crate::dpop::{MadeFor, Proof};
use crate::error::{AuthenticationFault, OAuthError, ProofFault, RequestFault};
use crate::form::Parameters;
use crate::handles::{Once, ReplayKind};
use crate::policy;
use crate::ports::StoreError;

/// A client that showed who it is, with an assertion (and perhaps a proof) that is still to be spent.
///
/// Both count once (RFC 7523 §3 rule 7, RFC 9449 §11.1). Where a flow stores or takes something anyway, [`Self::once`]
/// goes into that same atomic step; elsewhere [`Self::spend`] is a step of its own.
#[must_use]
pub(crate) struct Authenticated<'l> {
    trusted: TrustedClient<'l>,
    once: Vec<Once>,
    key: Option<Thumbprint>,
}

impl<'l> Authenticated<'l> {
    pub(crate) fn trusted(&self) -> &TrustedClient<'l> {
        &self.trusted
    }

    pub(crate) fn client(&self) -> &'l Client {
        self.trusted.client()
    }

    /// The key that the request proved to have (RFC 9449): what is issued is bound to it.
    pub(crate) fn key(&self) -> Option<&Thumbprint> {
        self.key.as_ref()
    }

    /// Assertion and proof, for the atomic step of the flow.
    pub(crate) fn once(&self) -> &[Once] {
        &self.once
    }

    /// Spends assertion and proof on their own.
    pub(crate) async fn spend(&self, broker: &Broker) -> Result<(), OAuthError> {
        match broker.spend(&self.once).await? {
            Some(replayed) => Err(seen_before(replayed)),
            None => Ok(()),
        }
    }
}

/// What a client reads whose assertion or proof was used before.
pub(crate) fn seen_before(kind: ReplayKind) -> OAuthError {
    match kind {
        ReplayKind::DpopProof => ProofFault::Replayed.into(),
        ReplayKind::ClientAssertion | ReplayKind::RequestObject | ReplayKind::UpstreamAssertion => {
            AuthenticationFault::Replayed.into()
        }
    }
}

impl Broker {
    /// Spends what counts once, where no other step does so in passing; says what was spent before.
    pub(crate) async fn spend(&self, all: &[Once]) -> Result<Option<ReplayKind>, StoreError> {
        for once in all {
            if !self.stores.replay.first_seen(once).await? {
                return Ok(Some(once.kind()));
            }
        }
        Ok(None)
    }

    /// Who sends this request, may it ask once more, and is its profile served?
    pub(crate) fn authenticate_client<'l>(
        &self,
        as_of: AsOf<'l>,
        head: &RequestHead<'_>,
        parameters: &Parameters<'_>,
    ) -> Result<Authenticated<'l>, OAuthError> {
        let caller = self.identify_client(as_of, head, parameters)?;
        // RFC 9126 §2.3 (attacks B11). Not before it is known who asks: nobody uses up another's quota by naming it.
        self.quota.take(&caller.client().client_id)?;
        // Said to nobody but the client itself: by now it has shown who it is.
        if policy::is_served(caller.client()) { Ok(caller) } else { Err(RequestFault::NotRegistered.into()) }
    }

    /// Who sends this request, and with which key, where tokens are asked for (RFC 9449 §5, §10.1).
    pub(crate) fn authenticate_sender<'l>(
        &self,
        as_of: AsOf<'l>,
        head: &RequestHead<'_>,
        parameters: &Parameters<'_>,
        path: &str,
    ) -> Result<Authenticated<'l>, OAuthError> {
        let mut caller = self.authenticate_client(as_of, head, parameters)?;
        if let Some(Proof { key, once }) = self.proof(head, MadeFor { path, access_token: None }, as_of.now)? {
            caller.once.push(once);
            caller.key = Some(key);
        }
        Ok(caller)
    }

    /// The steps are in an order that tells nobody which clients exist.
    fn identify_client<'l>(
        &self,
        as_of: AsOf<'l>,
        head: &RequestHead<'_>,
        parameters: &Parameters<'_>,
    ) -> Result<Authenticated<'l>, AuthenticationFault> {
        let text = assertion::presented(head, parameters)?;
        let jws = CompactJws::parse(text, &Limits::SMALL).map_err(|_| AuthenticationFault::Malformed)?;
        assertion::header_is_allowed(jws.header())?;
        let client_id = assertion::named_client(&jws)?;
        let (trusted, claims) = self.verify_assertion(as_of, &client_id, jws)?;
        assertion::issuer_and_subject_are(&claims, &client_id)?;
        assertion::audience_is_one(&claims, self.issuer())?;
        assertion::times_fit(&claims, as_of.now)?;
        let jti = assertion::identifier(&claims)?;
        assertion::form_names_the_same(parameters, &client_id)?;
        trace_client(&client_id);
        let once = vec![Once::client_assertion(&client_id, jti, REMEMBERED)];
        Ok(Authenticated { trusted, once, key: None })
    }

    fn verify_assertion<'l>(
        &self,
        as_of: AsOf<'l>,
        client_id: &str,
        jws: CompactJws,
    ) -> Result<(TrustedClient<'l>, strict_jose::Claims), AuthenticationFault> {
        let (kid, alg) = (jws.header().kid().cloned(), jws.header().alg());
        let client = as_of.list.trusted_client(client_id, as_of.now);
        let key = client.as_ref().ok().and_then(|trusted| trusted.verifier(kid.as_ref(), alg));
        match (client, key) {
            (Ok(trusted), Some(verifier)) => {
                let assertion = jws.verify(verifier).map_err(|_| AuthenticationFault::Signature)?;
                Ok((trusted, assertion.claims().map_err(|_| AuthenticationFault::Malformed)?))
            }
            (client, _) => {
                self.dummy_keys.verify_in_vain(jws);
                Err(if client.is_ok() { AuthenticationFault::Key } else { AuthenticationFault::Client })
            }
        }
    }
}

/// `TimePolicy::CLIENT`: 600 s of life, issued at most 10 s ahead of our clock, 10 s of grace at the end; and 10 s more.
const REMEMBERED: Duration = Duration::from_secs(630);
