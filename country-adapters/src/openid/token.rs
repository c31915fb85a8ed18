//! Code for tokens (OpenID Connect Core §3.1.3).

use std::fmt;

use serde_json::{Map, Value};
use strict_jose::{CompactJws, Limits, json};
use url::Url;

use super::dpop::Dpop;
use super::metadata::Metadata;
use super::{Provider, answer};
use crate::Pending;
use crate::error::{AdapterError, AssertionProblem, Misconfigured, PersonRefusal, Unavailable};
use crate::outbound::{Caps, OutboundRequest, OutboundResponse};

/// What the token endpoint gave.
pub(crate) struct Tokens {
    pub(crate) id_token: String,
    pub(crate) access_token: String,
    pub(crate) kind: TokenType,
}

/// How the access token is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenType {
    /// RFC 6750.
    Bearer,
    /// RFC 9449.
    Dpop,
}

impl TokenType {
    /// The word in the Authorization header.
    pub(crate) const fn scheme(self) -> &'static str {
        match self {
            Self::Bearer => "Bearer",
            Self::Dpop => "DPoP",
        }
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Provider<'_> {
    /// Redeems a code. It is asked for once: a code that was sent cannot be sent again.
    pub(crate) async fn redeem(
        &self,
        metadata: &Metadata,
        code: &str,
        pending: &Pending,
        dpop: Option<&mut Dpop<'_>>,
    ) -> Result<Tokens, AdapterError> {
        let endpoint = &metadata.token_endpoint;
        let build = || self.token_request(metadata, endpoint, code, pending);
        let response = self.send_proved(dpop, None, build).await?;
        match response.status {
            200 => Ok(tokens(&answer::json_object(&response)?)?),
            _ => Err(refusal(&response)),
        }
    }

    fn token_request(
        &self,
        metadata: &Metadata,
        endpoint: &Url,
        code: &str,
        pending: &Pending,
    ) -> Result<OutboundRequest, AdapterError> {
        let mut form: Vec<(String, String)> = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &pending.redirect_uri),
            ("code_verifier", &pending.code_verifier),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        form.extend(self.authentication(metadata, endpoint)?);
        Ok(OutboundRequest::post(endpoint.clone(), form, Caps::TOKEN).with_header("accept", "application/json"))
    }
}

/// OpenID Connect Core §3.1.3.3.
pub(crate) fn tokens(members: &Map<String, Value>) -> Result<Tokens, Unavailable> {
    // RFC 6749 §5.1: the type is compared without regard to case.
    let kind = match answer::required(members, "token_type")?.to_ascii_lowercase().as_str() {
        "bearer" => TokenType::Bearer,
        "dpop" => TokenType::Dpop,
        _ => return Err(Unavailable::Protocol),
    };
    let access_token = answer::required(members, "access_token")?.to_owned();
    // RFC 6750 §2.1: it goes into a header.
    if access_token.is_empty() || !access_token.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Unavailable::Protocol);
    }
    Ok(Tokens { id_token: answer::required(members, "id_token")?.to_owned(), access_token, kind })
}

/// RFC 6749 §5.2. MOSIP answers 400 where the RFC wants 401, so the code decides.
fn refusal(response: &OutboundResponse) -> AdapterError {
    match (response.status, answer::error_code(response).as_deref()) {
        // A code that is no longer good: the person took longer than the provider waits.
        (400 | 401, Some("invalid_grant")) => PersonRefusal::TooSlow.into(),
        (400 | 401, Some(_)) => Misconfigured::ClientRefused.into(),
        _ => answer::success(response).err().unwrap_or(Unavailable::Protocol).into(),
    }
}

/// RFC 9449 §5 and §6.1: the token must be bound to our key, whatever the provider's settings are.
pub(crate) fn check_bound(tokens: &Tokens, thumbprint: &str) -> Result<(), AssertionProblem> {
    let bound = tokens.kind == TokenType::Dpop && confirmation(&tokens.access_token).as_deref() == Some(thumbprint);
    if bound { Ok(()) } else { Err(AssertionProblem::AccessTokenNotBound) }
}

/// `cnf.jkt` of an access token that is a JWT. Its signature is the provider's business: we ask only whether it says
/// what it must.
fn confirmation(access_token: &str) -> Option<String> {
    let jws = CompactJws::parse(access_token, &Limits::TOKEN).ok()?;
    let claims = json::parse_object(jws.payload_unverified(), &Limits::TOKEN).ok()?;
    claims.get("cnf")?.get("jkt")?.as_str().map(str::to_owned)
}
