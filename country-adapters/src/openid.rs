//! OpenID Connect towards one national provider: what the kits `oidc` and `esignet` share.
//!
//! A login is, in order: [`metadata`] (where the endpoints are), [`authorization`] (the request, pushed or not),
//! [`redirect`] (whose answer it is), [`token`] (code for tokens, with [`client_assertion`] and [`dpop`]),
//! [`id_token`] (every rule about it, one function each), [`userinfo`]. A token that somebody presents takes
//! [`exchange`] instead.
//!
//! The `openidconnect` crate writes the authorization request. It knows neither PAR, private_key_jwt nor DPoP, and its
//! ID token check runs on another crypto stack; those parts are here, over `strict_jose` and aws-lc-rs.

pub(crate) mod acr;
pub(crate) mod answer;
pub(crate) mod authorization;
pub(crate) mod cache;
pub(crate) mod client_assertion;
pub(crate) mod dpop;
pub(crate) mod exchange;
pub(crate) mod id_token;
pub(crate) mod keys;
pub(crate) mod metadata;
pub(crate) mod redirect;
pub(crate) mod settings;
pub(crate) mod token;
pub(crate) mod userinfo;

use std::sync::Arc;

use strict_jose::UnixTime;
use trust_list::TrustedIssuer;

use crate::error::AdapterError;
use crate::outbound::Peer;
use crate::{Context, UpstreamKeys};

use cache::FetchCache;
use keys::KeySet;
use metadata::Metadata;
use settings::ProviderSettings;

/// What was fetched from the providers of one kit.
#[derive(Default)]
pub(crate) struct Fetched {
    metadata: FetchCache<Metadata>,
    keys: FetchCache<KeySet>,
}

/// One provider, for one operation.
pub(crate) struct Provider<'a> {
    pub(crate) settings: &'a ProviderSettings,
    pub(crate) now: UnixTime,
    issuer: &'a TrustedIssuer<'a>,
    client_keys: &'a UpstreamKeys,
    peer: Peer<'a>,
    fetched: &'a Fetched,
}

impl<'a> Provider<'a> {
    pub(crate) fn new(
        issuer: &'a TrustedIssuer<'a>,
        settings: &'a ProviderSettings,
        fetched: &'a Fetched,
        ctx: &Context<'a>,
    ) -> Self {
        let peer = ctx.outbound.peer(issuer, ctx.now);
        Self { settings, now: ctx.now, issuer, client_keys: ctx.client_keys, peer, fetched }
    }

    /// The provider's metadata, fetched now or lately.
    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>, AdapterError> {
        let url = self.settings.discovery_url.as_str();
        let fetch = || metadata::fetch(&self.peer, self.settings);
        self.fetched.metadata.get(url, self.now, metadata::MAX_AGE, fetch).await
    }
}
