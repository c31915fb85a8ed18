//! The userinfo endpoint (OpenID Connect Core §5.3).

use serde_json::{Map, Value};
use strict_jose::UnixTime;
use tracing::field::Empty;
use trust_list::TrustState;

use crate::access::{AccessToken, Resource};
use crate::answer::{RequestHead, UserinfoAnswer};
use crate::assurance;
use crate::audit::AuditKind;
use crate::auditing;
use crate::broker::{AsOf, Broker, in_force, trace_client, trace_transaction};
use crate::error::{ErrorCode, OAuthError, ProofFault, TokenFault};
use crate::grant::{AccessTokenId, Grant};
use crate::mint::{USERINFO, asked_for};
use crate::policy::{Permit, Release};
use crate::ports::Guarded;
use crate::request::{ClaimsRequest, OPENID, Scope};

impl Broker {
    /// What the relying party may know. Token, grant and policy are asked every time; what leaves is recorded first.
    #[tracing::instrument(name = "hub.flow.userinfo", skip_all, fields(client_id = Empty, txn = Empty))]
    pub async fn userinfo(
        &self,
        trust: &TrustState,
        head: &RequestHead<'_>,
        now: UnixTime,
    ) -> Result<UserinfoAnswer, OAuthError> {
        let as_of = in_force(trust, now)?;
        let token = self.access_token(head, Resource { audience: USERINFO, path: USERINFO }, now)?;
        let scope = token.scope.clone().filter(|scope| scope.contains(OPENID)).ok_or(TokenFault::Scope)?;
        let grant = self.grant_behind(&token).await?;
        trace_client(&token.client_id);
        let (release, permit) = self.policy_still_allows(as_of, &grant, &token.client_id).await?;
        let scope = scope.still_registered(&permit.client().scopes);
        if !scope.contains(OPENID) {
            return Err(TokenFault::Scope.into());
        }
        trace_transaction(&release.facts().transaction);
        self.record(auditing::of_release(AuditKind::UserinfoReleased, release.facts(), permit.client(), now)).await?;
        Ok(UserinfoAnswer(claims(&release, &permit, &scope, &grant.claims, now)))
    }

    /// The grant that the token's `jti` points at, if it lives: revocation shows here (attacks C18, C22). The proof is
    /// spent in the same step.
    async fn grant_behind(&self, token: &AccessToken) -> Result<Grant, OAuthError> {
        let id: AccessTokenId = self.keys.sealer.open_handle(&token.jti).map_err(|_| TokenFault::Invalid)?;
        match self.stores.grants.read(&id.grant, &token.once).await? {
            Guarded::Fresh(Some(sealed)) => self.open_grant(&id.grant, &sealed).map_err(|_| TokenFault::Invalid.into()),
            Guarded::Fresh(None) => Err(TokenFault::Invalid.into()),
            // Nothing else is spent here.
            Guarded::Replayed(_) => Err(TokenFault::Proof(ProofFault::Replayed).into()),
        }
    }

    /// Client, issuer and recognition as of now; and the token is the grant's own client's.
    async fn policy_still_allows<'l>(
        &self,
        as_of: AsOf<'l>,
        grant: &Grant,
        client_id: &str,
    ) -> Result<(Release, Permit<'l>), TokenFault> {
        let renewed = self.renew(grant.release.clone(), as_of, ErrorCode::InvalidToken).await;
        let (release, permit) = renewed.map_err(|_| TokenFault::Invalid)?;
        if release.facts().client_id == client_id { Ok((release, permit)) } else { Err(TokenFault::Invalid) }
    }
}

/// What was asked for here: by scope, by name, or verified (OpenID Connect for Identity Assurance §5).
fn claims(
    release: &Release,
    permit: &Permit<'_>,
    scope: &Scope,
    request: &ClaimsRequest,
    now: UnixTime,
) -> Map<String, Value> {
    let facts = release.facts();
    let by_scope: Vec<_> = scope.claims().collect();
    let mut claims: Map<_, _> =
        asked_for(release, |name| by_scope.contains(&name) || request.userinfo.contains_key(name)).collect();
    let verified = assurance::verified_claims(release, permit, &request.verified, now);
    claims.extend(verified.map(|verified| ("verified_claims".to_owned(), verified)));
    // OpenID Connect Core §5.3.2: sub must always be returned. The rest no one else says: will it be the same next time?
    claims.insert("sub".into(), facts.sub.as_str().into());
    claims.insert("subject_stability".into(), facts.stability.as_str().into());
    claims.insert("txn".into(), facts.transaction.to_text().into());
    claims
}
