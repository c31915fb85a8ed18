//! The authorization request (OpenID Connect Core §3.1.2.1), pushed (RFC 9126) or in the URL.

use std::time::Duration;

use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreJsonWebKeySet};
use openidconnect::{
    AuthUrl, AuthenticationContextClass, ClientId, CsrfToken, IssuerUrl, LanguageTag, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, Scope,
};
use strict_jose::{UnixTime, random_token};
use trust_list::Level;
use url::Url;

use super::Provider;
use super::answer;
use super::metadata::Metadata;
use super::settings::Demand;
use crate::error::{AdapterError, Misconfigured, Unavailable};
use crate::outbound::{Caps, OutboundRequest, OutboundResponse};
use crate::{Begun, LoginRequest, Pending};

/// What a kit adds to the request: names and values of its own.
pub(crate) type Extra = Vec<(&'static str, String)>;

impl Provider<'_> {
    /// Starts a login: the request is pushed if it can or must be, and what has to be remembered is put together.
    pub(crate) async fn begin(
        &self,
        adapter: &str,
        request: &LoginRequest,
        extra: Extra,
    ) -> Result<Begun, AdapterError> {
        let metadata = self.metadata().await?;
        let pending = self.pending(adapter, request)?;
        let long = self.authorization_url(&metadata, request, &pending, extra)?;
        let redirect_to = match self.push_to(&metadata)? {
            Some(endpoint) => self.push(&metadata, endpoint, &long).await?,
            None => long,
        };
        Ok(Begun { redirect_to, pending })
    }

    fn pending(&self, adapter: &str, request: &LoginRequest) -> Result<Pending, AdapterError> {
        Ok(Pending {
            adapter: adapter.to_owned(),
            country: self.issuer.country(),
            issuer: self.issuer.issuer().id.clone(),
            // Fresh for every request: eSignet remembers a nonce for a day and refuses it the second time.
            nonce: random_token().map_err(|_| Misconfigured::Random)?,
            // RFC 7636 §4.1: 43 characters of 32 random bytes.
            code_verifier: random_token().map_err(|_| Misconfigured::Random)?,
            redirect_uri: request.redirect_uri.clone(),
            level: request.level,
            authenticated_since: request.max_age.map(|seconds| self.authenticated_since(seconds)),
        })
    }

    /// OpenID Connect Core §3.1.2.1: `max_age` is the time that may have passed when the provider was asked. How long the
    /// person then takes is not counted: a late SMS is no old login.
    fn authenticated_since(&self, max_age: u64) -> UnixTime {
        self.now.minus(i64::try_from(max_age).unwrap_or(i64::MAX))
    }

    /// The whole request as a URL.
    fn authorization_url(
        &self,
        metadata: &Metadata,
        request: &LoginRequest,
        pending: &Pending,
        extra: Extra,
    ) -> Result<Url, AdapterError> {
        let settings = self.settings;
        let issuer = IssuerUrl::new(settings.discovery_issuer.clone()).map_err(|_| Misconfigured::Profile)?;
        let redirect = RedirectUrl::new(request.redirect_uri.clone()).map_err(|_| Misconfigured::Profile)?;
        let client = CoreClient::new(ClientId::new(settings.client_id.clone()), issuer, CoreJsonWebKeySet::default())
            .set_auth_uri(AuthUrl::from_url(metadata.authorization_endpoint.clone()))
            .set_redirect_uri(redirect);
        let (state, nonce) = (request.state.clone(), pending.nonce.clone());
        let verifier = PkceCodeVerifier::new(pending.code_verifier.clone());
        let mut builder = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), || Nonce::new(nonce))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            // The crate adds `openid` itself.
            .add_scopes(settings.scopes.iter().filter(|s| *s != "openid").map(|s| Scope::new(s.clone())));
        for acr in self.acrs_reaching(request.level)? {
            builder = builder.add_auth_context_value(AuthenticationContextClass::new(acr.to_owned()));
        }
        for locale in &request.ui_locales {
            builder = builder.add_ui_locale(LanguageTag::new(locale.clone()));
        }
        if let Some(max_age) = request.max_age {
            builder = builder.set_max_age(Duration::from_secs(max_age));
        }
        for (name, value) in extra {
            builder = builder.add_extra_param(name, value);
        }
        Ok(builder.url().0)
    }

    /// The provider's values for `level` and above.
    pub(crate) fn acrs_reaching(&self, level: Level) -> Result<Vec<&str>, Misconfigured> {
        let acrs = self.settings.acr_map.reaching(level);
        if acrs.is_empty() { Err(Misconfigured::LevelOutOfReach) } else { Ok(acrs) }
    }

    /// Where to push, if the request is pushed at all.
    fn push_to<'b>(&self, metadata: &'b Metadata) -> Result<Option<&'b Url>, Misconfigured> {
        let offered = metadata.pushed_authorization_request_endpoint.as_ref();
        match self.settings.par {
            Demand::Off => Ok(None),
            Demand::Optional => Ok(offered),
            Demand::Required => offered.map(Some).ok_or(Misconfigured::EndpointMissing),
        }
    }

    /// RFC 9126 §2.1: the same parameters, in a form, with our authentication.
    async fn push(&self, metadata: &Metadata, endpoint: &Url, long: &Url) -> Result<Url, AdapterError> {
        let mut form: Vec<(String, String)> =
            long.query_pairs().filter(|(name, _)| name != "client_id").map(|(n, v)| (n.into(), v.into())).collect();
        form.extend(self.authentication(metadata, endpoint)?);
        let response = self.peer.send(OutboundRequest::post(endpoint.clone(), form, Caps::PAR)).await?;
        let request_uri = request_uri(&response)?;
        // RFC 9126 §4: with client_id and request_uri only.
        let mut short = metadata.authorization_endpoint.clone();
        short
            .query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("request_uri", &request_uri);
        Ok(short)
    }
}

/// RFC 9126 §2.2: 201. Off-spec: 200 too, which deployed servers answer.
fn request_uri(response: &OutboundResponse) -> Result<String, AdapterError> {
    match response.status {
        200 | 201 => {
            let members = answer::json_object(response)?;
            let request_uri = answer::required(&members, "request_uri")?;
            let sound = !request_uri.is_empty() && request_uri.len() <= MAX_REQUEST_URI;
            if sound { Ok(request_uri.to_owned()) } else { Err(Unavailable::Protocol.into()) }
        }
        // RFC 9126 §2.3: what is wrong with a request is our doing: client, key, redirect URI or parameters.
        400 | 401 | 403 if answer::error_code(response).is_some() => Err(Misconfigured::ClientRefused.into()),
        _ => Err(answer::success(response).err().unwrap_or(Unavailable::Protocol).into()),
    }
}

/// `urn:ietf:params:oauth:request_uri:` and a handle; it has to fit into a URL.
const MAX_REQUEST_URI: usize = 512;
