//! Our own access tokens, coming back (RFC 6750, RFC 9068 §4).

use strict_jose::{Claims, CompactJws, Header, Limits, Thumbprint, TimePolicy, UnixTime, Verifier};

use crate::answer::{ProofHeader, RequestHead};
use crate::broker::Broker;
use crate::dpop::MadeFor;
use crate::error::{ProofFault, TokenFault};
use crate::handles::Once;
use crate::mint::ACCESS_TOKEN_TYP;
use crate::request::Scope;

/// An access token that we signed, for this resource, in time, in the hands it is bound to. Whether its grant lives is
/// still to be asked.
pub(crate) struct AccessToken {
    pub(crate) client_id: String,
    pub(crate) jti: String,
    pub(crate) scope: Option<Scope>,
    /// RFC 9449 §6.1: the key it is bound to.
    key: Option<Thumbprint>,
    /// The proof that came with it, still to be spent.
    pub(crate) once: Vec<Once>,
}

/// A protected resource of ours.
#[derive(Clone, Copy)]
pub(crate) struct Resource {
    /// The audience of its tokens, below our issuer.
    pub(crate) audience: &'static str,
    /// The endpoint, below our issuer.
    pub(crate) path: &'static str,
}

/// How an access token is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    /// RFC 6750 §2.1
    Bearer,
    /// RFC 9449 §7.1
    Dpop,
}

/// The token in the header. Schemes are compared without regard to case (RFC 9110 §11.1). Tokens in forms or queries
/// (RFC 6750 §2.2, §2.3) are not read.
fn shown<'r>(head: &RequestHead<'r>) -> Result<(Scheme, &'r str), TokenFault> {
    let header = head.authorization.ok_or(TokenFault::Absent)?;
    let (scheme, token) = header.split_once(' ').ok_or(TokenFault::Malformed)?;
    let schemes = [("Bearer", Scheme::Bearer), ("DPoP", Scheme::Dpop)];
    let known = schemes.into_iter().find(|(name, _)| scheme.eq_ignore_ascii_case(name));
    let (_, scheme) = known.ok_or(TokenFault::Absent)?;
    // RFC 6750 §2.1: b64token; a JWT has no other characters.
    let is_token = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !token.is_empty() && token.bytes().all(is_token) { Ok((scheme, token)) } else { Err(TokenFault::Malformed) }
}

impl Broker {
    /// The access token of a request to `resource`. RFC 9068 §4: `typ`, signature, `iss`, `aud`, `exp`; then the sender.
    pub(crate) fn access_token(
        &self,
        head: &RequestHead<'_>,
        resource: Resource,
        now: UnixTime,
    ) -> Result<AccessToken, TokenFault> {
        let (scheme, text) = shown(head)?;
        let claims = self.own_claims(text, ACCESS_TOKEN_TYP).ok_or(TokenFault::Invalid)?;
        let refused = |_| TokenFault::Invalid;
        claims.expect_single_audience(&self.config.issuer.endpoint(resource.audience)).map_err(refused)?;
        claims.check_times(now, &OWN).map_err(refused)?;
        let token = read(&claims).ok_or(TokenFault::Invalid)?;
        let once = self.sender_is_the_one(
            &token,
            scheme,
            head,
            MadeFor { path: resource.path, access_token: Some(text) },
            now,
        )?;
        Ok(AccessToken { once, ..token })
    }

    /// RFC 9449 §7.1 and §7.2: a bound token comes with a proof by its key and as DPoP, any other as Bearer and without
    /// (attacks E07, E08).
    fn sender_is_the_one(
        &self,
        token: &AccessToken,
        scheme: Scheme,
        head: &RequestHead<'_>,
        made_for: MadeFor<'_>,
        now: UnixTime,
    ) -> Result<Vec<Once>, TokenFault> {
        match (scheme, &token.key, head.dpop) {
            (Scheme::Bearer, None, ProofHeader::Absent) => Ok(Vec::new()),
            (Scheme::Dpop, Some(key), _) => {
                let proof = self.proof(head, made_for, now)?.ok_or(ProofFault::Absent)?;
                if proof.key == *key { Ok(vec![proof.once]) } else { Err(ProofFault::OtherKey.into()) }
            }
            (Scheme::Bearer, ..) | (Scheme::Dpop, None, _) => Err(TokenFault::Invalid),
        }
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
    // A `cnf` that cannot be read binds to nobody, so the token is nobody's.
    let key = match claims.get("cnf") {
        None => None,
        Some(cnf) => Some(Thumbprint::parse(cnf.get("jkt")?.as_str()?).ok()?),
    };
    Some(AccessToken {
        key,
        once: Vec::new(),
        client_id: claims.required_str("client_id").ok()?.to_owned(),
        jti: claims.required_str("jti").ok()?.to_owned(),
        scope: scope.and_then(Scope::parse),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_token_in_the_header_is_read() {
        let read =
            |header: Option<&'static str>| shown(&RequestHead { authorization: header, ..RequestHead::default() });
        assert_eq!(read(Some("Bearer a.b.c")), Ok((Scheme::Bearer, "a.b.c")));
        assert_eq!(read(Some("bearer a.b.c")), Ok((Scheme::Bearer, "a.b.c")));
        assert_eq!(read(Some("dpop a.b.c")), Ok((Scheme::Dpop, "a.b.c")));
        assert_eq!(read(None), Err(TokenFault::Absent));
        assert_eq!(read(Some("Basic a.b.c")), Err(TokenFault::Absent));
        for header in ["Bearer", "Bearer ", "Bearer a b", "Bearer  a", "Bearer a,Bearer b", "Bearer a\r\nb"] {
            assert_eq!(read(Some(header)), Err(TokenFault::Malformed), "{header:?}");
        }
    }
}
