//! Token revocation (RFC 7009).

use strict_jose::UnixTime;
use tracing::field::Empty;
use trust_list::{Client, TrustState};

use crate::answer::RequestHead;
use crate::audit::{AuditEvent, AuditKind};
use crate::auditing;
use crate::broker::{AsOf, Broker, in_force};
use crate::error::{OAuthError, RequestFault};
use crate::form::Form;
use crate::grant::{AccessTokenId, RefreshToken};
use crate::handles::GrantId;

/// What a token turned out to be.
enum Named {
    /// Of this client: its grant goes, and every token with it.
    Grant(GrantId),
    /// Of this client, with nothing behind it that could be revoked.
    Grantless,
    /// Nothing of this client's.
    Nothing,
}

impl Broker {
    /// RFC 7009 §2: the token's grant ends, and with it access and refresh tokens. A token that is unknown, over or another
    /// client's is already as good as revoked for the caller: no error, and no effect (§2.2). If the store does not answer,
    /// the caller must not believe it done: 503 (attacks C18).
    #[tracing::instrument(name = "hub.flow.revoke", skip_all, fields(client_id = Empty, txn = Empty))]
    pub async fn revoke(
        &self,
        trust: &TrustState,
        head: &RequestHead<'_>,
        form: &Form,
        now: UnixTime,
    ) -> Result<(), OAuthError> {
        let as_of = in_force(trust, now)?;
        let parameters = form.parameters()?;
        let caller = self.authenticate_client(as_of, head, &parameters)?;
        let token = parameters.required("token")?;
        caller.spend(self).await?;
        match self.named_by(token, caller.client()) {
            Named::Grant(grant) => self.end_grant(&grant, caller.client(), as_of).await,
            Named::Grantless => Err(RequestFault::TokenType.into()),
            Named::Nothing => Ok(()),
        }
    }

    async fn end_grant(&self, grant: &GrantId, client: &Client, as_of: AsOf<'_>) -> Result<(), OAuthError> {
        self.revoke_grant(grant).await?;
        self.note(auditing::of_client(AuditKind::GrantRevoked, AuditEvent::OK, client, as_of)).await;
        Ok(())
    }

    /// RFC 7009 §2.1: own tokens only. The hint is not needed: each kind opens under its own purpose only.
    fn named_by(&self, token: &str, client: &Client) -> Named {
        let own = |client_id: &str| client_id == client.client_id;
        if let Ok(refresh) = self.keys.sealer.open_handle::<RefreshToken>(token) {
            return if own(&refresh.client_id) { Named::Grant(refresh.grant) } else { Named::Nothing };
        }
        match self.any_access_token(token) {
            Some(access) if own(&access.client_id) => {
                match self.keys.sealer.open_handle::<AccessTokenId>(&access.jti) {
                    Ok(id) => Named::Grant(id.grant),
                    Err(_) => Named::Grantless,
                }
            }
            _ => Named::Nothing,
        }
    }
}
