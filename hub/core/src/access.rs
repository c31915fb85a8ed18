//! Our own access tokens, coming back (RFC 6750, RFC 9068 §4).

use strict_jose::{Claims, CompactJws, Header, Limits, TimePolicy, UnixTime, Verifier};

use crate::answer::RequestHead;
use crate::broker::Broker;
use crate::error::TokenFault;
use crate::mint::ACCESS_TOKEN_TYP;
use crate::request::Scope;

/// An access token that we signed, for this resource, in time. Whether its grant lives is still to be asked.
///
/// A sender constraint slots in here: `cnf` (RFC 9449 §6, RFC 8705 §3) against what the head of the request proves.
pub(crate) struct AccessToken {
    pub(crate) client_id: String,
    pub(crate) jti: String,
    pub(crate) scope: Option<Scope>,
}

/// RFC 6750 §2.1: the Bearer scheme, compared without regard to case (RFC 9110 §11.1). Tokens in forms or queries
/// (§2.2, §2.3) are not read.
pub(crate) fn bearer<'r>(head: &RequestHead<'r>) -> Result<&'r str, TokenFault> {
    let header = head.authorization.ok_or(TokenFault::Absent)?;
    let (scheme, token) = header.split_once(' ').ok_or(TokenFault::Malformed)?;
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(TokenFault::Absent);
    }
    // RFC 6750 §2.1: b64token; a JWT has no other characters.
    let is_token = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !token.is_empty() && token.bytes().all(is_token) { Ok(token) } else { Err(TokenFault::Malformed) }
}

impl Broker {
    /// RFC 9068 §4: `typ`, signature, `iss`, `aud`, `exp`.
    pub(crate) fn access_token(&self, text: &str, audience: &str, now: UnixTime) -> Result<AccessToken, TokenFault> {
        let claims = self.own_claims(text, ACCESS_TOKEN_TYP).ok_or(TokenFault::Invalid)?;
        let refused = |_| TokenFault::Invalid;
        claims.expect_single_audience(audience).map_err(refused)?;
        claims.check_times(now, &OWN).map_err(refused)?;
        read(&claims).ok_or(TokenFault::Invalid)
    }

    /// What an access token of ours says, whatever its audience and even after its end: to revoke it.
    pub(crate) fn any_access_token(&self, text: &str) -> Option<AccessToken> {
        read(&self.own_claims(text, ACCESS_TOKEN_TYP)?)
    }

    /// The claims of a token that we signed, of the given type.
    fn own_claims(&self, text: &str, typ: &str) -> Option<Claims> {
        let jws = CompactJws::parse(text, &Limits::SMALL).ok()?;
        jws.header().require_typ(typ).ok()?;
        let verifier = self.own_verifier(jws.header())?;
        let claims = jws.verify(verifier).ok()?.claims().ok()?;
        claims.expect_issuer(self.issuer()).ok()?;
        Some(claims)
    }

    fn own_verifier(&self, header: &Header) -> Option<&Verifier> {
        let current = self.keys.signing.verifier();
        let all = std::iter::once(current).chain(&self.own_verifiers);
        all.into_iter().find(|verifier| verifier.kid() == header.kid() && verifier.alg() == header.alg())
    }
}

/// We wrote the times ourselves; replicas may differ by the minute that readiness tolerates.
const OWN: TimePolicy = TimePolicy { leeway: 0, max_ahead: 60, ..TimePolicy::UPSTREAM };

fn read(claims: &Claims) -> Option<AccessToken> {
    let scope = claims.optional_str("scope").ok()?;
    Some(AccessToken {
        client_id: claims.required_str("client_id").ok()?.to_owned(),
        jti: claims.required_str("jti").ok()?.to_owned(),
        scope: scope.and_then(Scope::parse),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_bearer_token_in_the_header_is_read() {
        let read = |header: Option<&str>| bearer(&RequestHead { authorization: header }).map(str::to_owned);
        assert_eq!(read(Some("Bearer a.b.c")), Ok("a.b.c".to_owned()));
        assert_eq!(read(Some("bearer a.b.c")), Ok("a.b.c".to_owned()));
        assert_eq!(read(None), Err(TokenFault::Absent));
        assert_eq!(read(Some("DPoP a.b.c")), Err(TokenFault::Absent));
        for header in ["Bearer", "Bearer ", "Bearer a b", "Bearer  a", "Bearer a,Bearer b", "Bearer a\r\nb"] {
            assert_eq!(read(Some(header)), Err(TokenFault::Malformed), "{header:?}");
        }
    }
}
