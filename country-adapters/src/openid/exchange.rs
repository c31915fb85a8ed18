//! A national ID token that somebody else obtained and presents (RFC 8693).

use strict_jose::{CompactJws, Limits, json};

use super::Provider;
use super::id_token::{Expected, IdToken};
use crate::error::{AdapterError, AssertionProblem};

impl Provider<'_> {
    /// The rules of a login, with the presenter in our place: the token was issued to it, and lately. There is no
    /// nonce of ours in it, so whoever accepts the result must also refuse to accept it twice.
    pub(crate) async fn verify_presented(
        &self,
        jwt: &str,
        audience: &str,
        max_token_age: i64,
    ) -> Result<IdToken, AdapterError> {
        // An empty name would fit an empty audience.
        if audience.is_empty() {
            return Err(AssertionProblem::Audience.into());
        }
        let expected =
            Expected { audience, nonce: None, authenticated_since: None, max_token_age: Some(max_token_age) };
        self.verify_id_token(jwt, &expected).await
    }
}

/// `iss` of a token whose signature nobody has checked.
pub(crate) fn claimed_issuer(jwt: &str) -> Option<String> {
    let jws = CompactJws::parse(jwt, &Limits::TOKEN).ok()?;
    let claims = json::parse_object(jws.payload_unverified(), &Limits::TOKEN).ok()?;
    claims.get("iss")?.as_str().map(str::to_owned)
}
