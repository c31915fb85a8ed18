//! The ID token: every rule of OpenID Connect Core §3.1.3.7, one function and one error each.

use aws_lc_rs::digest;
use strict_jose::{
    Algorithm, ClaimError, Claims, CompactJws, Header, JwsError, Limits, TimePolicy, UnixTime, b64, ct_eq, sha256,
};

use super::Provider;
use crate::error::{AdapterError, AssertionProblem};

/// What an ID token is held against.
pub(crate) struct Expected<'a> {
    /// For whom it is.
    pub(crate) audience: &'a str,
    /// The nonce that was sent; `None` for a token that was issued to somebody else.
    pub(crate) nonce: Option<&'a str>,
    /// The person must not have authenticated before this.
    pub(crate) authenticated_since: Option<UnixTime>,
    /// How long ago it may have been issued.
    pub(crate) max_token_age: Option<i64>,
}

/// An ID token that passed.
pub(crate) struct IdToken {
    pub(crate) claims: Claims,
    pub(crate) alg: Algorithm,
    pub(crate) compact: String,
}

impl Provider<'_> {
    /// Every rule, in order.
    pub(crate) async fn verify_id_token(&self, jwt: &str, expected: &Expected<'_>) -> Result<IdToken, AdapterError> {
        let jws = CompactJws::parse(jwt, &Limits::TOKEN).map_err(|error| malformed(&error))?;
        check_typ(jws.header())?;
        let verifier = self.verifier(jws.header(), &self.settings.id_token_algs).await?;
        let jws = jws.verify(&verifier).map_err(|_| AssertionProblem::Signature)?;
        let claims = jws.claims().map_err(|_| AssertionProblem::Malformed)?;
        check_issuer(&claims, &self.settings.token_issuer)?;
        check_audience(&claims, expected.audience)?;
        check_authorized_party(&claims, expected.audience)?;
        check_times(&claims, self.now, expected.max_token_age)?;
        check_nonce(&claims, expected.nonce)?;
        check_auth_time(&claims, expected.authenticated_since, self.now)?;
        Ok(IdToken { alg: verifier.alg(), claims, compact: jwt.to_owned() })
    }
}

impl IdToken {
    /// OpenID Connect Core §3.1.3.6: the hash of the access token must fit if it is there.
    pub(crate) fn check_at_hash(&self, access_token: &str, presence: AtHash) -> Result<(), AssertionProblem> {
        match (self.optional_str("at_hash", AssertionProblem::AtHash)?, presence) {
            (Some(hash), _) if ct_eq(hash, left_half(self.alg, access_token)) => Ok(()),
            (None, AtHash::IfPresent) => Ok(()),
            _ => Err(AssertionProblem::AtHash),
        }
    }

    /// OpenID Connect Core §3.3.2.11, should a provider send it in the code flow.
    pub(crate) fn check_c_hash(&self, code: &str) -> Result<(), AssertionProblem> {
        match self.optional_str("c_hash", AssertionProblem::AtHash)? {
            Some(hash) if !ct_eq(hash, left_half(self.alg, code)) => Err(AssertionProblem::AtHash),
            _ => Ok(()),
        }
    }

    pub(crate) fn subject(&self) -> Result<&str, AssertionProblem> {
        self.claims.required_str("sub").map_err(|_| AssertionProblem::Subject)
    }

    pub(crate) fn acr(&self) -> Result<Option<&str>, AssertionProblem> {
        self.optional_str("acr", AssertionProblem::AcrUnknown)
    }

    pub(crate) fn auth_time(&self) -> Result<Option<UnixTime>, AssertionProblem> {
        self.claims.optional_time("auth_time").map_err(|_| AssertionProblem::AuthTime)
    }

    pub(crate) fn expires_at(&self) -> Option<UnixTime> {
        self.claims.optional_time("exp").ok().flatten()
    }

    /// A name of this token: its issuer with its `jti`, or with a hash of what was signed. The signature is left out,
    /// since an ECDSA signature can be rewritten into another one that is also good.
    pub(crate) fn one_time_id(&self) -> String {
        let issuer = self.claims.optional_str("iss").ok().flatten().unwrap_or_default();
        let signed = self.compact.rsplit_once('.').map_or(self.compact.as_str(), |(signed, _)| signed);
        let name = self.claims.optional_str("jti").ok().flatten().unwrap_or(signed);
        b64::encode(sha256(format!("{issuer}\n{name}")))
    }

    fn optional_str(&self, name: &str, problem: AssertionProblem) -> Result<Option<&str>, AssertionProblem> {
        self.claims.optional_str(name).map_err(|_| problem)
    }
}

/// Whether `at_hash` has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtHash {
    /// OpenID Connect Core §3.1.3.6: optional in the code flow.
    IfPresent,
    /// The protocol always has it.
    Required,
}

fn malformed(error: &JwsError) -> AssertionProblem {
    match error {
        // A name for an algorithm that may never be used has no place in any profile either.
        JwsError::Header(strict_jose::HeaderError::Alg(_)) => AssertionProblem::AlgorithmNotAllowed,
        _ => AssertionProblem::Malformed,
    }
}

/// RFC 8725 §3.11: not a token made for another use. An ID token has no `typ`, or the general one.
pub(crate) fn check_typ(header: &Header) -> Result<(), AssertionProblem> {
    match header.typ() {
        None => Ok(()),
        Some(_) => header.require_typ("JWT").map_err(|_| AssertionProblem::Malformed),
    }
}

/// §3.1.3.7 item 2: exactly the issuer of the profile.
fn check_issuer(claims: &Claims, issuer: &str) -> Result<(), AssertionProblem> {
    claims.expect_issuer(issuer).map_err(|_| AssertionProblem::Issuer)
}

/// §3.1.3.7 item 3.
fn check_audience(claims: &Claims, audience: &str) -> Result<(), AssertionProblem> {
    claims.expect_audience_includes(audience).map_err(|_| AssertionProblem::Audience)
}

/// §3.1.3.7 items 4 and 5.
fn check_authorized_party(claims: &Claims, audience: &str) -> Result<(), AssertionProblem> {
    claims.expect_authorized_party(audience).map_err(|_| AssertionProblem::AuthorizedParty)
}

/// §3.1.3.7 items 9 and 10: `exp` and `iat` are required (§2), a minute for clocks that differ.
fn check_times(claims: &Claims, now: UnixTime, max_age: Option<i64>) -> Result<(), AssertionProblem> {
    let policy = TimePolicy { max_age, ..TimePolicy::UPSTREAM };
    claims.check_times(now, &policy).map_err(|error| match error {
        ClaimError::Expired => AssertionProblem::Expired,
        ClaimError::NotYetValid | ClaimError::IssuedInFuture => AssertionProblem::NotYetValid,
        ClaimError::TooOld | ClaimError::LifeTooLong => AssertionProblem::TooOld,
        _ => AssertionProblem::TimeMissing,
    })
}

/// §3.1.3.7 item 11: the nonce that was sent, and no other. Without one sent, a token may carry its own client's.
fn check_nonce(claims: &Claims, expected: Option<&str>) -> Result<(), AssertionProblem> {
    let Some(expected) = expected else { return Ok(()) };
    match claims.required_str("nonce") {
        Ok(nonce) if ct_eq(nonce, expected) => Ok(()),
        _ => Err(AssertionProblem::Nonce),
    }
}

/// §3.1.3.7 item 13, §2: with `max_age`, `auth_time` is required, and it must not be too long before the request.
fn check_auth_time(claims: &Claims, since: Option<UnixTime>, now: UnixTime) -> Result<(), AdapterError> {
    let auth_time = claims.optional_time("auth_time").map_err(|_| AssertionProblem::AuthTime)?;
    if auth_time.is_some_and(|time| time.since(now) > LEEWAY) {
        return Err(AssertionProblem::AuthTime.into());
    }
    let Some(since) = since else { return Ok(()) };
    let auth_time = auth_time.ok_or(AssertionProblem::AuthTime)?;
    if since.since(auth_time) > LEEWAY { Err(AdapterError::LoginRequired) } else { Ok(()) }
}

/// The left half of the hash that the token's own algorithm uses (§3.1.3.6), in base64url.
fn left_half(alg: Algorithm, text: &str) -> String {
    let algorithm = match alg {
        Algorithm::ES256 | Algorithm::PS256 | Algorithm::RS256 => &digest::SHA256,
        Algorithm::ES384 => &digest::SHA384,
        // RFC 8037 names no hash; Ed25519 itself uses SHA-512, and so do the providers that send it.
        Algorithm::EdDSA => &digest::SHA512,
    };
    let hash = digest::digest(algorithm, text.as_bytes());
    let half = hash.as_ref().len() / 2;
    b64::encode(hash.as_ref().get(..half).unwrap_or_default())
}

/// As in [`TimePolicy::UPSTREAM`].
const LEEWAY: i64 = 60;

/// Every rule about what stands in a token, its signature aside, for [`crate::fuzzing`].
pub(crate) fn fuzz(text: &str, now: UnixTime) {
    let Ok(jws) = CompactJws::parse(text, &Limits::TOKEN) else { return };
    let Ok(claims) = Claims::parse(jws.payload_unverified(), &Limits::TOKEN) else { return };
    let _ = check_typ(jws.header());
    let _ = check_audience(&claims, "hub");
    let _ = check_authorized_party(&claims, "hub");
    let _ = check_times(&claims, now, Some(LEEWAY));
    let _ = check_nonce(&claims, Some("nonce"));
    let _ = check_auth_time(&claims, Some(now), now);
    let token = IdToken { alg: jws.header().alg(), claims, compact: text.to_owned() };
    let _ = token.check_at_hash("token", AtHash::IfPresent);
    drop((token.subject().is_ok(), token.acr().is_ok(), token.auth_time().is_ok(), token.one_time_id()));
}
