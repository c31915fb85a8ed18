//! Grant `refresh_token` (RFC 6749 §6), without rotation (FAPI 2.0 Security Profile §5.3.2.1): a lost answer can be asked for again.

use super::code::issued_to;
use super::scope_in_force;
use crate::answer::TokenAnswer;
use crate::audit::AuditKind;
use crate::auditing;
use crate::broker::{AsOf, Broker, trace_transaction};
use crate::client_auth::{Authenticated, seen_before};
use crate::error::{ClientFault, ErrorCode, GrantFault, OAuthError, ProofFault, RequestFault};
use crate::form::Parameters;
use crate::grant::{Grant, RefreshToken};
use crate::mint::{self, LoginFor};
use crate::ports::Guarded;
use crate::request::{OFFLINE_ACCESS, Scope};
use crate::sealed::SealPurpose;

impl Broker {
    pub(super) async fn refresh(
        &self,
        as_of: AsOf<'_>,
        caller: &Authenticated<'_>,
        parameters: &Parameters<'_>,
    ) -> Result<TokenAnswer, OAuthError> {
        let text = parameters.required("refresh_token")?;
        let token: RefreshToken = self.keys.sealer.open_handle(text).map_err(|_| GrantFault::Unknown)?;
        bound_stays_bound(&token, caller)?;
        let Grant { release, scope, claims, .. } = match self.present_refresh_token(caller, &token).await {
            Ok(grant) => grant,
            Err(error) => {
                self.note_stale(&error, caller, as_of).await;
                return Err(error);
            }
        };
        let renewed = self.renew(release, as_of, ErrorCode::InvalidGrant).await;
        let (release, permit) = renewed.map_err(|_| GrantFault::Policy)?;
        let granted = scope_in_force(scope, permit.client())?;
        may_still_come_back(&granted)?;
        let scope = narrower(parameters, granted)?;
        trace_transaction(&release.facts().transaction);
        self.record(auditing::of_release(AuditKind::TokenRefreshed, release.facts(), permit.client(), as_of.now))
            .await?;
        // OpenID Connect Core §12.2: the ID token of a refresh should have no nonce.
        let login = LoginFor { grant: &token.grant, scope: &scope, claims: &claims, nonce: None, key: caller.key() };
        mint::login_tokens(self, &release, &login, as_of.now)
    }

    /// A refresh token that is over, revoked or somebody else's is worth a record; a store that does not answer is not.
    async fn note_stale(&self, error: &OAuthError, caller: &Authenticated<'_>, as_of: AsOf<'_>) {
        if let OAuthError::Client(ClientFault::Grant(_)) = error {
            let (kind, result) = (AuditKind::RefreshReused, error.code().as_str());
            self.note(auditing::of_client(kind, result, caller.client(), as_of)).await;
        }
    }

    /// The grant of a refresh token that lives and is this client's. The client assertion is used up in the same step.
    async fn present_refresh_token(
        &self,
        caller: &Authenticated<'_>,
        token: &RefreshToken,
    ) -> Result<Grant, OAuthError> {
        issued_to(&token.client_id, caller.client())?;
        let presented = self.stores.refresh_tokens.present(&token.handle, &token.grant, caller.once()).await?;
        let refreshed = match presented {
            Guarded::Fresh(refreshed) => refreshed.ok_or(GrantFault::Unknown)?,
            Guarded::Replayed(kind) => return Err(seen_before(kind)),
        };
        let name = token.handle.to_text();
        let owner: Result<String, _> = self.keys.sealer.open(SealPurpose::RefreshToken, &name, &refreshed.token);
        issued_to(&owner.map_err(|_| GrantFault::Unknown)?, caller.client())?;
        self.open_grant(&token.grant, &refreshed.grant).map_err(|_| GrantFault::Unknown.into())
    }
}

/// A client that began with bound tokens never gets others (attacks E12). RFC 9449 §5: the refresh token of a client that
/// authenticates is bound to the client, so the key may be a new one.
fn bound_stays_bound(token: &RefreshToken, caller: &Authenticated<'_>) -> Result<(), ProofFault> {
    if token.bound && caller.key().is_none() { Err(ProofFault::Absent) } else { Ok(()) }
}

/// OpenID Connect Core §11: a refresh needs `offline_access`, granted then and registered now.
fn may_still_come_back(granted: &Scope) -> Result<(), GrantFault> {
    if granted.contains(OFFLINE_ACCESS) { Ok(()) } else { Err(GrantFault::Policy) }
}

/// RFC 6749 §6: the scope asked for must not include any that was not granted (attacks C14).
fn narrower(parameters: &Parameters<'_>, granted: Scope) -> Result<Scope, RequestFault> {
    let Some(text) = parameters.optional("scope") else { return Ok(granted) };
    Scope::parse(text).filter(|asked| asked.is_subset_of(&granted)).ok_or(RequestFault::WiderScope)
}
