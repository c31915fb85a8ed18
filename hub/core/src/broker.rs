//! The broker: settings, keys and ports, and one method for each endpoint.
//!
//! The methods stand in the module of their endpoint, as `impl Broker` blocks; the list is in the crate's tour. All of
//! them take the state of trust and the time as arguments, and none knows HTTP.

use std::fmt;
use std::sync::Arc;

use country_adapters::{Context, Outbound, Registry, UpstreamKeys};
use strict_jose::{Algorithm, PublicJwk, SigningKey, UnixTime, Verifier};
use trust_list::{TrustState, VerifiedList};

use crate::audit::{AuditEvent, AuditLog};
use crate::client_auth::DummyKeys;
use crate::config::{Config, ConfigError};
use crate::dpop::Nonces;
use crate::error::{HubFault, OAuthError};
use crate::handles::TransactionId;
use crate::metadata::Documents;
use crate::ports::{ClientQuota, Stores};
use crate::sealed::Sealer;
use crate::subject::PairwiseSecret;

/// A regional broker. One value serves every request of a process.
pub struct Broker {
    pub(crate) config: Config,
    pub(crate) keys: Keys,
    pub(crate) stores: Stores,
    pub(crate) audit: Arc<dyn AuditLog>,
    pub(crate) quota: Arc<dyn ClientQuota>,
    pub(crate) adapters: Registry,
    pub(crate) outbound: Outbound,
    pub(crate) upstream_keys: UpstreamKeys,
    pub(crate) dummy_keys: DummyKeys,
    pub(crate) documents: Documents,
    pub(crate) nonces: Nonces,
    /// For tokens that an earlier key of ours signed.
    pub(crate) own_verifiers: Vec<Verifier>,
}

/// What a [`Broker`] is made of.
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The hub's own keys towards relying parties and towards itself.
    pub keys: Keys,
    /// Where things are kept between two requests.
    pub stores: Stores,
    /// Where it is recorded what was issued.
    pub audit: Arc<dyn AuditLog>,
    /// How often each client may ask.
    pub quota: Arc<dyn ClientQuota>,
    /// The protocols of the national identity providers.
    pub adapters: Registry,
    /// The only way out.
    pub outbound: Outbound,
    /// The hub's keys towards national identity providers.
    pub upstream_keys: UpstreamKeys,
}

/// The hub's own keys. Parsed once; none is read while a request is served.
pub struct Keys {
    /// Signs ID tokens and access tokens; ES256 (FAPI 2.0 Security Profile §5.4.1).
    pub signing: SigningKey,
    /// Further keys to publish: earlier ones whose tokens still live, and the next one ahead of its use.
    pub published: Vec<PublicJwk>,
    /// Seals what leaves our memory.
    pub sealer: Sealer,
    /// Derives pairwise subjects.
    pub pairwise: PairwiseSecret,
}

impl Broker {
    /// Checks the settings and prepares everything that is the same for all requests.
    pub fn new(parts: Parts) -> Result<Self, ConfigError> {
        parts.config.check()?;
        let documents = Documents::new(&parts.config, &parts.keys)?;
        let verifier = |key| Verifier::new(key, Algorithm::ES256).map_err(|_| ConfigError::Key);
        let own_verifiers = parts.keys.published.iter().map(verifier).collect::<Result<_, _>>()?;
        Ok(Self {
            own_verifiers,
            dummy_keys: DummyKeys::new()?,
            documents,
            nonces: Nonces::default(),
            config: parts.config,
            keys: parts.keys,
            stores: parts.stores,
            audit: parts.audit,
            quota: parts.quota,
            adapters: parts.adapters,
            outbound: parts.outbound,
            upstream_keys: parts.upstream_keys,
        })
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn issuer(&self) -> &str {
        self.config.issuer.as_str()
    }

    /// What an adapter needs for one call.
    pub(crate) fn context(&self, now: UnixTime) -> Context<'_> {
        Context { outbound: &self.outbound, now, client_keys: &self.upstream_keys }
    }

    /// Records durably, or fails: no audit, no token.
    pub(crate) async fn record(&self, event: AuditEvent) -> Result<(), HubFault> {
        match self.audit.record(event).await {
            Ok(_receipt) => Ok(()),
            Err(error) => {
                tracing::error!(%error, "the audit log does not record");
                Err(HubFault::Audit)
            }
        }
    }
}

/// One request's moment: the list in force and the time. Every decision of the request is taken as of it.
#[derive(Clone, Copy)]
pub(crate) struct AsOf<'l> {
    pub(crate) list: &'l VerifiedList,
    pub(crate) now: UnixTime,
}

/// The list in force, or nothing is issued (attacks H04, H23).
pub(crate) fn in_force(trust: &TrustState, now: UnixTime) -> Result<AsOf<'_>, OAuthError> {
    match trust.in_force(now) {
        Ok(list) => Ok(AsOf { list, now }),
        Err(not_ready) => {
            tracing::warn!(%not_ready, state = trust.name(), "no trust list in force");
            Err(HubFault::NotReady.into())
        }
    }
}

/// Says in the span of the request which client it is about. A span has ids only: no state, no code, no token, nobody.
pub(crate) fn trace_client(client_id: &str) {
    tracing::Span::current().record("client_id", client_id);
}

/// Says in the span of the request which transaction it belongs to.
pub(crate) fn trace_transaction(transaction: &TransactionId) {
    tracing::Span::current().record("txn", transaction.to_text());
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broker").field("issuer", &self.config.issuer).finish_non_exhaustive()
    }
}
