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
use url::Url;

use crate::error::{AdapterError, Misconfigured};
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

/// How long after a refetch the next one may follow. A provider rotates keys in days; a minute bounds the damage of
/// one that forgot to announce it.
const REFRESH_PAUSE: i64 = 60;

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
    ) -> Result<Self, Misconfigured> {
        check_names(issuer, settings)?;
        let peer = ctx.outbound.peer(issuer, ctx.now);
        Ok(Self { settings, now: ctx.now, issuer, client_keys: ctx.client_keys, peer, fetched })
    }

    /// The provider's metadata, fetched now or lately.
    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>, AdapterError> {
        let place = self.place_of(&self.settings.discovery_url);
        let fetch = || metadata::fetch(&self.peer, self.settings);
        let known = self.fetched.metadata.get(&place, self.peer.budget(), metadata::MAX_AGE, fetch).await?;
        // On every use and not only when it was fetched: the entry may have changed since.
        let Err(stale) = known.check(&self.peer, self.settings) else { return Ok(known) };
        let newer = self.fetched.metadata.refresh(&place, &known, self.peer.budget(), REFRESH_PAUSE, fetch).await?;
        let newer = newer.ok_or(stale)?;
        newer.check(&self.peer, self.settings).map(|()| newer)
    }

    /// Where a fetched document is kept: no two issuers share one, whatever their entries say.
    fn place_of(&self, url: &Url) -> String {
        format!("{}/{} {url}", self.issuer.country(), self.issuer.issuer().id)
    }
}

/// A profile is its own country's word, and we sign assertions for the issuer it names: with another country's name
/// there, that assertion would be good at the other country's provider (RFC 7523 §3 item 3). The identifiers of an entry
/// are unique in the region, so a name among them is nobody else's.
fn check_names(issuer: &TrustedIssuer<'_>, settings: &ProviderSettings) -> Result<(), Misconfigured> {
    let own = &issuer.issuer().issuer_identifiers;
    let mut names = [&settings.discovery_issuer, &settings.token_issuer].into_iter().chain(&settings.redirect_issuer);
    if names.all(|name| own.contains(name)) { Ok(()) } else { Err(Misconfigured::IssuerNotListed) }
}
