//! Grant `authorization_code` (RFC 6749 §4.1.3).

use std::time::Duration;

use strict_jose::{Thumbprint, b64, ct_eq, sha256};
use trust_list::{Client, GrantType};

use super::scope_in_force;
use crate::answer::TokenAnswer;
use crate::audit::AuditKind;
use crate::auditing;
use crate::broker::{AsOf, Broker, trace_transaction};
use crate::client_auth::{Authenticated, seen_before};
use crate::error::{ErrorCode, GrantFault, OAuthError};
use crate::form::Parameters;
use crate::grant::{Code, Grant, RefreshToken};
use crate::handles::{GrantId, RefreshHandle};
use crate::mint::{self, LoginFor};
use crate::ports::{Guarded, Redeemed};
use crate::request::OFFLINE_ACCESS;
use crate::sealed::SealPurpose;

impl Broker {
    pub(super) async fn redeem_code(
        &self,
        as_of: AsOf<'_>,
        caller: &Authenticated<'_>,
        parameters: &Parameters<'_>,
    ) -> Result<TokenAnswer, OAuthError> {
        let code = self.open_code(parameters)?;
        issued_to(&code.client_id, caller.client())?;
        let grant = self.take_code(as_of, caller, &code.grant).await?;
        match self.tokens_for_code(as_of, caller, parameters, &code.grant, grant).await {
            Ok(answer) => Ok(answer),
            Err(error) => {
                // Attacks C08: the code is burnt. If it cannot be revoked either, nothing was issued from it.
                let _ = self.revoke_grant(&code.grant).await;
                Err(error)
            }
        }
    }

    fn open_code(&self, parameters: &Parameters<'_>) -> Result<Code, OAuthError> {
        let text = parameters.required("code")?;
        self.keys.sealer.open_handle(text).map_err(|_| GrantFault::Unknown.into())
    }

    /// Code and client assertion are used up in one atomic step; a second redemption revokes (RFC 6749 §4.1.2).
    async fn take_code(&self, as_of: AsOf<'_>, caller: &Authenticated<'_>, id: &GrantId) -> Result<Grant, OAuthError> {
        let life = Duration::from_secs(self.config.lifetimes.access_token);
        match self.stores.grants.redeem(id, life, caller.once()).await? {
            Guarded::Replayed(kind) => Err(seen_before(kind)),
            Guarded::Fresh(Redeemed::First(sealed)) => {
                self.open_grant(id, &sealed).map_err(|_| GrantFault::Unknown.into())
            }
            Guarded::Fresh(Redeemed::Unknown) => Err(GrantFault::Unknown.into()),
            Guarded::Fresh(Redeemed::Again) => {
                let error = OAuthError::from(GrantFault::UsedBefore);
                let (kind, result) = (AuditKind::CodeReused, error.code().as_str());
                self.note(auditing::of_client(kind, result, caller.client(), as_of)).await;
                Err(error)
            }
        }
    }

    async fn tokens_for_code(
        &self,
        as_of: AsOf<'_>,
        caller: &Authenticated<'_>,
        parameters: &Parameters<'_>,
        id: &GrantId,
        grant: Grant,
    ) -> Result<TokenAnswer, OAuthError> {
        redirect_uri_is_the_same(parameters, &grant)?;
        verifier_fits(parameters, &grant)?;
        key_is_the_same(caller.key(), &grant)?;
        let Grant { release, scope, claims, nonce, .. } = grant;
        let renewed = self.renew(release, as_of, ErrorCode::InvalidGrant).await;
        let (release, permit) = renewed.map_err(|_| GrantFault::Policy)?;
        let scope = scope_in_force(scope, permit.client())?;
        trace_transaction(&release.facts().transaction);
        self.record(auditing::of_release(AuditKind::TokenIssued, release.facts(), permit.client(), as_of.now)).await?;
        let may_refresh = permit.client().grant_types.contains(&GrantType::RefreshToken);
        let refresh_token = if scope.contains(OFFLINE_ACCESS) && may_refresh {
            Some(self.issue_refresh_token(id, caller).await?)
        } else {
            None
        };
        let login = LoginFor { grant: id, scope: &scope, claims: &claims, nonce: nonce.as_deref(), key: caller.key() };
        let answer = mint::login_tokens(self, &release, &login, as_of.now)?;
        Ok(TokenAnswer { refresh_token, ..answer })
    }

    async fn issue_refresh_token(&self, grant: &GrantId, caller: &Authenticated<'_>) -> Result<String, OAuthError> {
        let (handle, client) = (RefreshHandle::random()?, caller.client());
        let token = RefreshToken {
            handle: handle.clone(),
            grant: grant.clone(),
            client_id: client.client_id.clone(),
            bound: caller.key().is_some(),
        };
        let sealed = self.keys.sealer.seal(SealPurpose::RefreshToken, &handle.to_text(), &client.client_id)?;
        let life = Duration::from_secs(self.config.lifetimes.refresh_token);
        if self.stores.refresh_tokens.issue(&handle, grant, sealed, life).await? {
            Ok(self.keys.sealer.seal_handle(&token)?)
        } else {
            Err(GrantFault::Unknown.into())
        }
    }
}

/// RFC 6749 §5.2: issued to another client (attacks C11). A refresh token is bound the same way.
pub(super) fn issued_to(client_id: &str, client: &Client) -> Result<(), GrantFault> {
    if client_id == client.client_id { Ok(()) } else { Err(GrantFault::OtherClient) }
}

/// RFC 6749 §4.1.3: `redirect_uri` is required and identical to the one of the authorization request.
fn redirect_uri_is_the_same(parameters: &Parameters<'_>, grant: &Grant) -> Result<(), GrantFault> {
    if parameters.optional("redirect_uri") == Some(&grant.redirect_uri) { Ok(()) } else { Err(GrantFault::RedirectUri) }
}

/// RFC 7636 §4.6: SHA-256 of the verifier, in base64url, is the challenge. Every grant here has a challenge, so a missing
/// verifier is a wrong one (attacks C06).
fn verifier_fits(parameters: &Parameters<'_>, grant: &Grant) -> Result<(), GrantFault> {
    let verifier = parameters.optional("code_verifier").filter(|text| is_verifier(text)).ok_or(GrantFault::Verifier)?;
    let fits = ct_eq(b64::encode(sha256(verifier)), &grant.code_challenge);
    if fits { Ok(()) } else { Err(GrantFault::Verifier) }
}

/// RFC 9449 §10: a code bound to a key is redeemed with a proof by that key (attacks B12).
fn key_is_the_same(key: Option<&Thumbprint>, grant: &Grant) -> Result<(), GrantFault> {
    match &grant.dpop_jkt {
        Some(bound) if key != Some(bound) => Err(GrantFault::OtherKey),
        _ => Ok(()),
    }
}

/// RFC 7636 §4.1: 43 to 128 unreserved characters.
fn is_verifier(text: &str) -> bool {
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    (43..=128).contains(&text.len()) && text.bytes().all(unreserved)
}
