//! A grant: a release and what its tokens need besides, sealed in the store; and the three handles that point at it.

use serde::{Deserialize, Serialize};
use strict_jose::Thumbprint;

use crate::broker::Broker;
use crate::error::{HubFault, OAuthError};
use crate::handles::{GrantId, RefreshHandle};
use crate::policy::{Held, Release};
use crate::request::{AuthorizationRequest, ClaimsRequest, Scope};
use crate::sealed::{NotOpened, SealError, SealPurpose, Sealed, SealedHandle};

/// What the store keeps of a person's consent, from the consent page to the end of the last token.
#[derive(Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) release: Held,
    pub(crate) redirect_uri: String,
    pub(crate) code_challenge: String,
    pub(crate) nonce: Option<String>,
    pub(crate) scope: Scope,
    pub(crate) claims: ClaimsRequest,
    /// RFC 9449 §10: the key that the code is bound to.
    pub(crate) dpop_jkt: Option<Thumbprint>,
}

impl Grant {
    /// The grant that the person is asked to allow.
    pub(crate) fn new(release: Release, request: &AuthorizationRequest) -> Self {
        Self {
            release: release.hold(),
            redirect_uri: request.redirect_uri.clone(),
            code_challenge: request.code_challenge.clone(),
            nonce: request.nonce.clone(),
            scope: request.scope.clone(),
            claims: request.claims.clone(),
            dpop_jkt: request.dpop_jkt.clone(),
        }
    }
}

/// An authorization code. It names its client, so a code in other hands is refused without being used up.
#[derive(Serialize, Deserialize)]
pub(crate) struct Code {
    pub(crate) grant: GrantId,
    pub(crate) client_id: String,
}

/// The `jti` of an access token about a person.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccessTokenId {
    pub(crate) grant: GrantId,
}

/// A refresh token.
#[derive(Serialize, Deserialize)]
pub(crate) struct RefreshToken {
    pub(crate) handle: RefreshHandle,
    pub(crate) grant: GrantId,
    pub(crate) client_id: String,
    /// Whether the tokens it came with were bound to a key: those it gives will be, too.
    pub(crate) bound: bool,
}

impl SealedHandle for Code {
    const PURPOSE: SealPurpose = SealPurpose::AuthorizationCode;
}

impl SealedHandle for AccessTokenId {
    const PURPOSE: SealPurpose = SealPurpose::AccessTokenId;
}

impl SealedHandle for RefreshToken {
    const PURPOSE: SealPurpose = SealPurpose::RefreshTokenText;
}

impl Broker {
    pub(crate) fn seal_grant(&self, id: &GrantId, grant: &Grant) -> Result<Sealed, SealError> {
        self.keys.sealer.seal(SealPurpose::Grant, &id.to_text(), grant)
    }

    pub(crate) fn open_grant(&self, id: &GrantId, sealed: &Sealed) -> Result<Grant, NotOpened> {
        self.keys.sealer.open(SealPurpose::Grant, &id.to_text(), sealed)
    }

    /// Ends a grant and every token of it. What called for it goes on to its own error, unless this fails.
    pub(crate) async fn revoke_grant(&self, id: &GrantId) -> Result<(), OAuthError> {
        self.stores.grants.revoke(id).await.map_err(|_| HubFault::Store.into())
    }
}
