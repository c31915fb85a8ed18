//! The one trait every protocol kit implements.

use async_trait::async_trait;
use serde_json::Value;
use strict_jose::UnixTime;
use trust_list::TrustedIssuer;

use crate::error::{AdapterError, ProfileError, Unsupported};
use crate::{
    AuthorizationResponse, Begun, LoginRequest, Outbound, Pending, Presented, UpstreamKeys, VerifiedAssertion,
};

/// How to speak with the identity providers, or read the credentials, of one protocol.
///
/// An adapter is shared by all countries of its protocol and by all requests. What differs from country to country
/// is the profile in the signed list.
#[async_trait]
pub trait CountryAdapter: Send + Sync {
    /// The name a list entry calls this adapter by, e.g. `"oidc"`.
    fn kind(&self) -> &'static str;

    /// Whether `profile` is one this adapter could work with: for whoever edits a list, before it is signed. Nothing
    /// rests on its having been asked: every call reads the profile of its entry and refuses one that does not pass.
    fn check_profile(&self, profile: &Value) -> Result<(), ProfileError>;

    /// What this protocol can do at all.
    fn capabilities(&self) -> Capabilities;

    /// Starts a login: where to send the person, and what to remember until they come back.
    async fn begin(
        &self,
        issuer: &TrustedIssuer<'_>,
        request: &LoginRequest,
        ctx: &Context<'_>,
    ) -> Result<Begun, AdapterError> {
        let _ = (issuer, request, ctx);
        Err(AdapterError::Unsupported(Unsupported::RedirectLogin))
    }

    /// Finishes a login with the provider's answer. `issuer` must be looked up again for this call, so that a
    /// suspension while the person was away bites here.
    async fn complete(
        &self,
        issuer: &TrustedIssuer<'_>,
        pending: &Pending,
        response: &AuthorizationResponse,
        ctx: &Context<'_>,
    ) -> Result<VerifiedAssertion, AdapterError> {
        let _ = (issuer, pending, response, ctx);
        Err(AdapterError::Unsupported(Unsupported::RedirectLogin))
    }

    /// Checks an assertion or a credential that somebody else obtained.
    async fn present(
        &self,
        issuer: &TrustedIssuer<'_>,
        presented: &Presented<'_>,
        ctx: &Context<'_>,
    ) -> Result<VerifiedAssertion, AdapterError> {
        let _ = (issuer, presented, ctx);
        Err(AdapterError::Unsupported(Unsupported::Presentation))
    }
}

/// What a protocol can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// A person can be sent to log in: `begin` and `complete`.
    pub redirect_login: bool,
    /// A credential can be shown: `present` with a card or a QR code.
    pub present_credential: bool,
    /// A national ID token can be exchanged: `present` with a token.
    pub exchange_assertion: bool,
}

/// What an adapter needs from outside for one call.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The only way out.
    pub outbound: &'a Outbound,
    /// The time of this call.
    pub now: UnixTime,
    /// The hub's own keys towards national identity providers.
    pub client_keys: &'a UpstreamKeys,
}
