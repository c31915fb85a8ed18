//! The rules of a client assertion, one function each.

use strict_jose::{Algorithm, ClaimError, Claims, CompactJws, Header, Limits, TimePolicy, UnixTime};

use crate::answer::RequestHead;
use crate::error::AuthenticationFault;
use crate::form::Parameters;
use crate::handles;

/// FAPI 2.0 Security Profile §5.4.1: of assertions and of proofs.
pub(crate) const ALGORITHMS: [Algorithm; 3] = [Algorithm::ES256, Algorithm::PS256, Algorithm::EdDSA];

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// RFC 7523 §2.2: the assertion. RFC 6749 §2.3: not more than one method in a request.
pub(crate) fn presented<'f>(
    head: &RequestHead<'_>,
    parameters: &Parameters<'f>,
) -> Result<&'f str, AuthenticationFault> {
    if head.authorization.is_some() {
        return Err(AuthenticationFault::HeaderNotServed);
    }
    if parameters.optional("client_secret").is_some() {
        return Err(AuthenticationFault::MethodNotServed);
    }
    match (parameters.optional("client_assertion_type"), parameters.optional("client_assertion")) {
        (Some(ASSERTION_TYPE), Some(assertion)) => Ok(assertion),
        _ => Err(AuthenticationFault::NoAssertion),
    }
}

/// The header names a strong algorithm, no key of its own and no other use.
pub(crate) fn header_is_allowed(header: &Header) -> Result<(), AuthenticationFault> {
    if !ALGORITHMS.contains(&header.alg()) {
        return Err(AuthenticationFault::Algorithm);
    }
    // FAPI 2.0 Security Profile §5.4.1, RFC 8725 §3.10: keys come from the registration, never from the token.
    if ["jku", "x5u", "jwk", "x5c"].iter().any(|name| header.get(name).is_some()) {
        return Err(AuthenticationFault::Malformed);
    }
    // RFC 8725 §3.11: a token made for another use (a DPoP proof, a request object) is no assertion.
    let fits = |expected| header.require_typ(expected).is_ok();
    if header.typ().is_none() || fits("JWT") || fits("client-authentication+jwt") {
        Ok(())
    } else {
        Err(AuthenticationFault::Malformed)
    }
}

/// The client that the assertion names, before anyone vouches for it: to find its keys, and for nothing else.
pub(crate) fn named_client(jws: &CompactJws) -> Result<String, AuthenticationFault> {
    let claims = Claims::parse(jws.payload_unverified(), &Limits::SMALL).map_err(|_| AuthenticationFault::Malformed)?;
    let subject = claims.required_str("sub").map_err(|_| AuthenticationFault::IssuerOrSubject)?;
    Ok(subject.to_owned())
}

/// RFC 7523 §3 rules 1 and 2: `iss` and `sub` are both the client.
pub(crate) fn issuer_and_subject_are(claims: &Claims, client_id: &str) -> Result<(), AuthenticationFault> {
    let both = claims.expect_issuer(client_id).and_then(|()| claims.expect_str("sub", client_id));
    both.map_err(|_| AuthenticationFault::IssuerOrSubject)
}

/// FAPI 2.0 Security Profile §5.3.2.1: `aud` is the issuer as one string; no array, no endpoint URL.
pub(crate) fn audience_is_one(claims: &Claims, issuer: &str) -> Result<(), AuthenticationFault> {
    claims.expect_single_audience(issuer).map_err(|_| AuthenticationFault::Audience)
}

/// RFC 7523 §3 rules 4 to 6.
pub(crate) fn times_fit(claims: &Claims, now: UnixTime) -> Result<(), AuthenticationFault> {
    claims.check_times(now, &TimePolicy::CLIENT).map_err(|error| match error {
        ClaimError::NotYetValid | ClaimError::IssuedInFuture => AuthenticationFault::NotYet,
        _ => AuthenticationFault::Expiry,
    })
}

/// RFC 7523 §3 rule 7; OpenID Connect Core §9 makes `jti` required.
pub(crate) fn identifier(claims: &Claims) -> Result<&str, AuthenticationFault> {
    handles::jti(claims).ok_or(AuthenticationFault::Identifier)
}

/// RFC 7521 §4.2: `client_id` is unnecessary, but if it is there it names the same client.
pub(crate) fn form_names_the_same(parameters: &Parameters<'_>, client_id: &str) -> Result<(), AuthenticationFault> {
    match parameters.optional("client_id") {
        Some(other) if other != client_id => Err(AuthenticationFault::OtherClientId),
        _ => Ok(()),
    }
}

/// Every rule of an assertion but its signature, for [`crate::fuzzing`].
pub(crate) fn fuzz(text: &str, now: UnixTime) {
    let Ok(jws) = CompactJws::parse(text, &Limits::SMALL) else { return };
    let _ = header_is_allowed(jws.header());
    let named = named_client(&jws);
    let Ok(claims) = Claims::parse(jws.payload_unverified(), &Limits::SMALL) else { return };
    if let Ok(client) = named {
        let _ = issuer_and_subject_are(&claims, &client);
    }
    let _ = audience_is_one(&claims, "https://hub.example");
    let _ = times_fit(&claims, now);
    let _ = identifier(&claims).is_ok();
}
