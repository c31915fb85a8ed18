//! Token revocation (RFC 7009).

use strict_jose::UnixTime;
use trust_list::{Client, TrustState, VerifiedList};

use crate::answer::RequestHead;
use crate::audit::{AuditEvent, AuditKind};
use crate::auditing;
use crate::broker::{Broker, in_force};
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
    pub async fn revoke(
        &self,
        trust: &TrustState,
        head: &RequestHead<'_>,
        form: &Form,
        now: UnixTime,
    ) -> Result<(), OAuthError> {
        let list = in_force(trust, now)?;
        let parameters = form.parameters()?;
        let caller = self.authenticate_client(list, head, &parameters, now)?;
        let token = parameters.required("token")?;
        caller.spend(self).await?;
        match self.named_by(token, caller.client()) {
            Named::Grant(grant) => self.end_grant(&grant, caller.client(), list, now).await,
            Named::Grantless => Err(RequestFault::TokenType.into()),
            Named::Nothing => Ok(()),
        }
    }

    async fn end_grant(
        &self,
        grant: &GrantId,
        client: &Client,
        list: &VerifiedList,
        now: UnixTime,
    ) -> Result<(), OAuthError> {
        self.revoke_grant(grant).await?;
        self.note(auditing::of_client(AuditKind::GrantRevoked, AuditEvent::OK, client, list, now)).await;
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
