//! The token endpoint: one module a grant.
//!
//! Every grant reads as prose and calls the same checks: [`Broker::authenticate_client`], [`grant_is_registered`],
//! `may_proceed` (through `Held::renew` or [`Permit`](crate::policy::Permit)) at issue time, then the audit record, then
//! [`crate::mint`]. No audit, no token.
//!
//! To add a grant: 1. a module here, 2. a line in [`Broker::token`], 3. its `grant_type` in the trust list's `GrantType`;
//! discovery and the matrix of tests follow from there.

mod client_credentials;
mod code;
mod exchange;
mod refresh;

use strict_jose::UnixTime;
use tracing::field::Empty;
use trust_list::{Client, ClientKind, GrantType, TrustState};

pub(crate) use client_credentials::FEDERATION;

use crate::answer::{RequestHead, TokenAnswer};
use crate::broker::{Broker, in_force};
use crate::error::{GrantFault, OAuthError, RequestFault};
use crate::form::{Form, Parameters};
use crate::request::{OPENID, Scope};

/// The endpoint, below our issuer.
pub(crate) const TOKEN: &str = "/token";

/// What discovery says in `grant_types_supported`, and what [`Broker::token`] serves.
pub(crate) const GRANT_TYPES: [GrantType; 4] =
    [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials, GrantType::TokenExchange];

impl Broker {
    /// RFC 6749 §3.2.
    #[tracing::instrument(name = "hub.flow.token", skip_all, fields(client_id = Empty, txn = Empty))]
    pub async fn token(
        &self,
        trust: &TrustState,
        head: &RequestHead<'_>,
        form: &Form,
        now: UnixTime,
    ) -> Result<TokenAnswer, OAuthError> {
        let as_of = in_force(trust, now)?;
        let parameters = form.parameters()?;
        let caller = self.authenticate_sender(as_of, head, &parameters, TOKEN)?;
        let grant_type = grant_type(&parameters)?;
        grant_is_registered(caller.client(), grant_type)?;
        match grant_type {
            GrantType::AuthorizationCode => self.redeem_code(as_of, &caller, &parameters).await,
            GrantType::RefreshToken => self.refresh(as_of, &caller, &parameters).await,
            GrantType::ClientCredentials => self.client_credentials(as_of, &caller, &parameters).await,
            GrantType::TokenExchange => self.exchange(as_of, &caller, &parameters).await,
        }
    }
}

/// RFC 6749 §5.2: unsupported_grant_type.
fn grant_type(parameters: &Parameters<'_>) -> Result<GrantType, RequestFault> {
    let name = parameters.required("grant_type")?;
    GRANT_TYPES.into_iter().find(|grant| grant.as_str() == name).ok_or(RequestFault::GrantType)
}

/// RFC 6749 §5.2: unauthorized_client.
fn grant_is_registered(client: &Client, grant: GrantType) -> Result<(), RequestFault> {
    if client.grant_types.contains(&grant) { Ok(()) } else { Err(RequestFault::NotRegistered) }
}

/// Some grants are for country systems only: a relying party has nothing to ask without a person in a browser.
fn is_a_country_system(client: &Client) -> Result<(), RequestFault> {
    match client.kind {
        ClientKind::CountrySystem => Ok(()),
        ClientKind::RelyingParty => Err(RequestFault::NotRegistered),
    }
}

/// What of a granted scope is still registered. Without `openid` nothing is left to give.
fn scope_in_force(granted: Scope, client: &Client) -> Result<Scope, GrantFault> {
    let scope = granted.still_registered(&client.scopes);
    if scope.contains(OPENID) { Ok(scope) } else { Err(GrantFault::Policy) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c10_grants_that_are_not_served_are_not_found() {
        let asked = |name: &str| grant_type(&Form::from_pairs([("grant_type", name)]).parameters().unwrap());
        for name in
            ["password", "implicit", "PASSWORD", "authorization_code ", "urn:ietf:params:oauth:grant-type:jwt-bearer"]
        {
            assert_eq!(asked(name), Err(RequestFault::GrantType), "{name}");
        }
        assert_eq!(asked(""), Err(RequestFault::Missing("grant_type")));
        assert_eq!(asked("authorization_code"), Ok(GrantType::AuthorizationCode));
    }
}
