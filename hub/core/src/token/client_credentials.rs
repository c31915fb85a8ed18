//! Grant `client_credentials` (RFC 6749 §4.4): a country system for itself, towards the federation endpoints.

use trust_list::Client;

use super::is_a_country_system;
use crate::answer::TokenAnswer;
use crate::audit::AuditKind;
use crate::auditing;
use crate::broker::{AsOf, Broker};
use crate::client_auth::Authenticated;
use crate::error::{OAuthError, RequestFault};
use crate::form::Parameters;
use crate::mint;
use crate::request::{MACHINE_SCOPES, Scope};

/// The audience of such tokens, below our issuer.
pub(crate) const FEDERATION: &str = "/federation/v1";

impl Broker {
    pub(super) async fn client_credentials(
        &self,
        as_of: AsOf<'_>,
        caller: &Authenticated<'_>,
        parameters: &Parameters<'_>,
    ) -> Result<TokenAnswer, OAuthError> {
        is_a_country_system(caller.client())?;
        let scope = machine_scope(parameters, caller.client())?;
        caller.spend(self).await?;
        let event =
            auditing::of_client(AuditKind::ClientTokenIssued, crate::audit::AuditEvent::OK, caller.client(), as_of);
        self.record(event).await?;
        mint::client_token(self, caller.trusted(), &scope, caller.key(), as_of.now)
    }
}

/// RFC 6749 §3.3: what was asked, or all there is for this client.
fn machine_scope(parameters: &Parameters<'_>, client: &Client) -> Result<Scope, RequestFault> {
    let scope = match parameters.optional("scope") {
        Some(text) => Scope::parse(text).filter(|scope| scope.is_within(&MACHINE_SCOPES, &client.scopes)),
        None => Some(Scope::registered(&MACHINE_SCOPES, &client.scopes)).filter(|scope| !scope.is_empty()),
    };
    scope.ok_or(RequestFault::Scope)
}
