//! Userinfo (OpenID Connect Core §5.3): what the provider says beside the ID token.

use strict_jose::{Algorithm, Claims, CompactJws, Limits, Presence, TimePolicy, UnixTime};

use super::dpop::Dpop;
use super::id_token::check_typ;
use super::metadata::Metadata;
use super::token::Tokens;
use super::{Provider, answer};
use crate::error::{AdapterError, AssertionProblem, Misconfigured, Unavailable};
use crate::outbound::{Caps, OutboundRequest, OutboundResponse};

/// Userinfo whose form is checked.
pub(crate) struct Userinfo {
    pub(crate) claims: Claims,
    /// The compact JWS, where it is signed.
    pub(crate) signed: Option<String>,
}

impl Provider<'_> {
    /// Asks with our own access token.
    pub(crate) async fn userinfo(
        &self,
        metadata: &Metadata,
        tokens: &Tokens,
        dpop: Option<&mut Dpop<'_>>,
        accept: &'static str,
    ) -> Result<OutboundResponse, AdapterError> {
        let endpoint = metadata.userinfo_endpoint.as_ref().ok_or(Misconfigured::EndpointMissing)?;
        let build = || {
            let authorization = format!("{} {}", tokens.kind.scheme(), tokens.access_token);
            Ok(OutboundRequest::get(endpoint.clone(), Caps::USERINFO)
                .with_header("authorization", authorization)
                .with_header("accept", accept))
        };
        let response = self.send_proved(dpop, Some(&tokens.access_token), build).await?;
        match response.status {
            // The token that was issued a moment ago is refused: the provider has lost it.
            400 | 401 | 403 => Err(Unavailable::Upstream.into()),
            _ => Ok(answer::success(&response).map(|()| response)?),
        }
    }

    /// Userinfo that is signed and of now: `algs` is the profile's list for userinfo.
    pub(crate) async fn verify_userinfo(&self, compact: &str, algs: &[Algorithm]) -> Result<Userinfo, AdapterError> {
        let jws = CompactJws::parse(compact, &USERINFO).map_err(|_| AssertionProblem::UserinfoMalformed)?;
        check_typ(jws.header()).map_err(|_| AssertionProblem::UserinfoMalformed)?;
        let verifier = self.verifier(jws.header(), algs).await?;
        let jws = jws.verify(&verifier).map_err(|_| AssertionProblem::Signature)?;
        let claims = jws.claims().map_err(|_| AssertionProblem::UserinfoMalformed)?;
        check_times(&claims, self.now)?;
        Ok(Userinfo { claims, signed: Some(jws.as_str().to_owned()) })
    }
}

impl Userinfo {
    /// OpenID Connect Core §5.3.2: `sub` must be that of the ID token, or nothing of it may be used.
    pub(crate) fn check_subject(&self, subject: &str) -> Result<(), AssertionProblem> {
        match self.claims.required_str("sub") {
            Ok(sub) if sub == subject => Ok(()),
            _ => Err(AssertionProblem::UserinfoSubject),
        }
    }
}

/// Signed userinfo need not have times (OpenID Connect Core §5.3.2); RFC 7519 §4.1.4 to §4.1.6: what is there is
/// checked.
fn check_times(claims: &Claims, now: UnixTime) -> Result<(), AssertionProblem> {
    let policy = TimePolicy { exp: Presence::Optional, iat: Presence::Optional, ..TimePolicy::UPSTREAM };
    claims.check_times(now, &policy).map_err(|_| AssertionProblem::Expired)
}

/// The text of an answer that says it is a JWT (OpenID Connect Core §5.3.2).
pub(crate) fn compact(response: &OutboundResponse) -> Result<&str, AdapterError> {
    if response.media_type().as_deref() != Some("application/jwt") {
        return Err(Unavailable::Protocol.into());
    }
    let text = std::str::from_utf8(&response.body).map_err(|_| AssertionProblem::UserinfoMalformed)?;
    Ok(text.trim_ascii())
}

/// A token with a portrait in it; the port has the same cap.
pub(crate) const USERINFO: Limits = Limits::TOKEN.with_max_bytes(Caps::USERINFO.max_bytes);
