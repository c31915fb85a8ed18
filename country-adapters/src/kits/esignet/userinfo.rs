//! eSignet's userinfo: a JWS, or a JWE around one, signed by eSignet or by the system behind it.
//!
//! What binds it to the login: TLS to a host of the list, our own access token, a key of the provider's set, the `sub`
//! of the ID token, and that it came just now. `iss`, `aud`, `iat` and `exp` are often missing; what is there is
//! checked.

use strict_jose::Claims;
use strict_jose::jwe::{CompactJweHeader, JweError, Zip};

use super::profile::{EsignetProfile, JweZip, UserinfoBinding, UserinfoFormat};
use crate::Context;
use crate::error::{AdapterError, AssertionProblem};
use crate::openid::Provider;
use crate::openid::userinfo::{USERINFO, Userinfo, compact};
use crate::outbound::OutboundResponse;

/// Decrypts if the profile says so, checks the signature, and every claim that binds.
pub(super) async fn verify(
    profile: &EsignetProfile,
    provider: &Provider<'_>,
    answer: &OutboundResponse,
    ctx: &Context<'_>,
) -> Result<Userinfo, AdapterError> {
    let outer = compact(answer)?;
    let userinfo = match (profile.own.userinfo_format, outer.matches('.').count()) {
        (UserinfoFormat::Jws, JWS_DOTS) => provider.verify_userinfo(outer, &profile.own.userinfo_algs).await?,
        (UserinfoFormat::Jwe, JWE_DOTS) => {
            let inner = decrypt(profile, outer, ctx)?;
            provider.verify_userinfo(&inner, &profile.own.userinfo_algs).await?
        }
        _ => return Err(AssertionProblem::UserinfoMalformed.into()),
    };
    check_issuer(profile, &userinfo.claims)?;
    check_audience(profile, &userinfo.claims)?;
    Ok(userinfo)
}

/// RFC 7516 §5.2 with the key that the header names, if the profile knows it.
fn decrypt(profile: &EsignetProfile, compact: &str, ctx: &Context<'_>) -> Result<String, AssertionProblem> {
    let malformed = AssertionProblem::UserinfoMalformed;
    let header = CompactJweHeader::parse(compact, &USERINFO).map_err(|_| malformed)?;
    let expected = &profile.own.jwe_keys;
    if !expected.is_empty() && !header.kid().is_some_and(|kid| expected.contains(kid)) {
        return Err(malformed);
    }
    let key = ctx.client_keys.decryption_key(header.kid()).ok_or(malformed)?;
    let zip = match profile.own.jwe_zip {
        JweZip::Never => Zip::Refuse,
        // The system behind eSignet compresses always.
        JweZip::Def => Zip::Inflate { cap: USERINFO.max_bytes },
    };
    let inner = key.decrypt(compact, &USERINFO, zip).map_err(|error| match error {
        JweError::Inflated { .. } => AssertionProblem::UserinfoTooLarge,
        _ => malformed,
    })?;
    String::from_utf8(inner).map_err(|_| malformed)
}

/// `iss` may be missing; there, it is the one the profile names.
fn check_issuer(profile: &EsignetProfile, claims: &Claims) -> Result<(), AssertionProblem> {
    let expected = profile.own.userinfo_issuer.as_ref().unwrap_or(&profile.provider.token_issuer);
    match claims.optional_str("iss") {
        Ok(None) => Ok(()),
        Ok(Some(iss)) if iss == expected => Ok(()),
        _ => Err(AssertionProblem::UserinfoIssuer),
    }
}

/// `aud` is what the profile says. One that is there although it need not be is us, by one of our two names there.
fn check_audience(profile: &EsignetProfile, claims: &Claims) -> Result<(), AssertionProblem> {
    let client = profile.provider.client_id.as_str();
    let partner = profile.own.partner_id.as_deref();
    let names: Vec<&str> = match profile.own.userinfo_binding {
        UserinfoBinding::Absent if claims.get("aud").is_none() => return Ok(()),
        UserinfoBinding::Absent => std::iter::once(client).chain(partner).collect(),
        UserinfoBinding::ClientId => vec![client],
        UserinfoBinding::PartnerId => partner.into_iter().collect(),
    };
    let means_us = names.iter().any(|name| claims.expect_single_audience(name).is_ok());
    if means_us { Ok(()) } else { Err(AssertionProblem::UserinfoAudience) }
}

const JWS_DOTS: usize = 2;
const JWE_DOTS: usize = 4;
