//! eSignet, the OpenID provider of MOSIP.
//!
//! OpenID Connect with its own habits: DPoP with a nonce that is always demanded, `acr` of several values, errors that
//! are no OAuth errors, userinfo signed by another key than the ID token and maybe encrypted and compressed, dates
//! with slashes. Each habit is a field of the profile or a file here.
//!
//! A profile with every field there is; those that may be left out have a default in `profile.rs`:
//!
//! ```json
#![doc = include_str!("../../profiles/esignet.json")]
//! ```

mod content;
mod errors;
mod profile;
mod userinfo;

use async_trait::async_trait;
use serde_json::{Value, json};
use trust_list::TrustedIssuer;

use super::login;
use crate::error::{AdapterError, AssertionProblem, Misconfigured, ProfileError, Unsupported};
use crate::openid::acr::{Assurance, MayJoin};
use crate::openid::authorization::Extra;
use crate::openid::dpop::Dpop;
use crate::openid::id_token::{AtHash, Expected, IdToken};
use crate::openid::redirect::{self, ErrorIssuer};
use crate::openid::settings::Demand;
use crate::openid::token::{TokenType, Tokens, check_bound};
use crate::openid::{Fetched, Provider};
use crate::profile::{Profile, ProfileCache};
use crate::{
    AuthorizationResponse, Begun, Capabilities, Context, CountryAdapter, LoginRequest, Pending, Presented,
    VerifiedAssertion,
};
use profile::EsignetProfile;

/// The kit for eSignet.
#[derive(Default)]
pub struct EsignetKit {
    profiles: ProfileCache<EsignetProfile>,
    fetched: Fetched,
}

#[async_trait]
impl CountryAdapter for EsignetKit {
    fn kind(&self) -> &'static str {
        EsignetProfile::KIND
    }

    fn check_profile(&self, profile: &Value) -> Result<(), ProfileError> {
        EsignetProfile::parse(profile).map(|_| ())
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { redirect_login: true, present_credential: false, exchange_assertion: true }
    }

    async fn begin(
        &self,
        issuer: &TrustedIssuer<'_>,
        request: &LoginRequest,
        ctx: &Context<'_>,
    ) -> Result<Begun, AdapterError> {
        let profile = self.profiles.of(issuer)?;
        let provider = Provider::new(issuer, &profile.provider, &self.fetched, ctx)?;
        let extra = extra(&profile, &provider, issuer, request)?;
        provider.begin(EsignetProfile::KIND, request, extra).await
    }

    async fn complete(
        &self,
        issuer: &TrustedIssuer<'_>,
        pending: &Pending,
        response: &AuthorizationResponse,
        ctx: &Context<'_>,
    ) -> Result<VerifiedAssertion, AdapterError> {
        let profile = self.profiles.of(issuer)?;
        redirect::check_pending(EsignetProfile::KIND, issuer, pending)?;
        let provider = Provider::new(issuer, &profile.provider, &self.fetched, ctx)?;
        let code = provider.code(response, ErrorIssuer::MayBeAbsent, errors::meaning).await?;
        let metadata = provider.metadata().await?;
        let mut dpop = dpop(&profile, ctx)?;
        let tokens = provider.redeem(&metadata, code, pending, dpop.as_mut()).await?;
        check_binding(&profile, &tokens, dpop.as_ref())?;
        let expected = Expected {
            audience: &profile.provider.client_id,
            nonce: Some(&pending.nonce),
            authenticated_since: pending.authenticated_since,
            max_token_age: None,
        };
        let token = provider.verify_id_token(&tokens.id_token, &expected).await?;
        token.check_at_hash(&tokens.access_token, AtHash::Required)?;
        let assurance = assurance(&profile, &token)?;
        login::check_level(issuer, assurance.level, pending.level)?;
        // A token that is not bound is used without a proof.
        let dpop = dpop.as_mut().filter(|_| tokens.kind == TokenType::Dpop);
        let answer = provider.userinfo(&metadata, &tokens, dpop, "application/jwt").await?;
        let userinfo = userinfo::verify(&profile, &provider, &answer, ctx).await?;
        userinfo.check_subject(token.subject()?)?;
        let normalised = content::normalise(&profile, issuer, userinfo.claims.as_map());
        login::assertion(issuer, &provider, &token, assurance, normalised, userinfo.signed.as_deref())
    }

    async fn present(
        &self,
        issuer: &TrustedIssuer<'_>,
        presented: &Presented<'_>,
        ctx: &Context<'_>,
    ) -> Result<VerifiedAssertion, AdapterError> {
        let Presented::IdToken { jwt, expected_audience, max_age_secs } = presented else {
            return Err(Unsupported::PresentationKind.into());
        };
        let profile = self.profiles.of(issuer)?;
        let provider = Provider::new(issuer, &profile.provider, &self.fetched, ctx)?;
        let token = provider.verify_presented(jwt, expected_audience, *max_age_secs).await?;
        let assurance = assurance(&profile, &token)?;
        // An eSignet ID token has no claims about the person but `sub`.
        let normalised = content::normalise(&profile, issuer, token.claims.as_map());
        login::assertion(issuer, &provider, &token, assurance, normalised, None)
    }
}

/// eSignet drops an `acr` it does not know without a word and then offers every method, so the values are in `claims`,
/// which goes before `acr_values`; and the answer is checked all the same.
fn extra(
    profile: &EsignetProfile,
    provider: &Provider<'_>,
    issuer: &TrustedIssuer<'_>,
    request: &LoginRequest,
) -> Result<Extra, Misconfigured> {
    let mut wanted = login::wanted_claims(&profile.provider, issuer, request);
    // The number that the person typed: eSignet gives it only to those who ask for it by name.
    wanted.remove("individual_id");
    let acr = json!({"values": provider.acrs_reaching(request.level)?});
    let claims = json!({"userinfo": wanted, "id_token": {"acr": acr}});
    let mut extra = vec![("claims", claims.to_string())];
    if let Some(locales) = profile.claims_locales() {
        extra.push(("claims_locales", locales));
    }
    Ok(extra)
}

fn dpop<'a>(profile: &EsignetProfile, ctx: &Context<'a>) -> Result<Option<Dpop<'a>>, Misconfigured> {
    match profile.own.dpop {
        Demand::Off => Ok(None),
        Demand::Optional | Demand::Required => Ok(Some(Dpop::new(ctx.client_keys.dpop_key(profile.own.dpop_alg)?))),
    }
}

/// Some builds do not enforce DPoP though it is switched on: what comes back has to be bound where the profile says
/// so, and a token that claims to be bound has to be bound to us.
fn check_binding(profile: &EsignetProfile, tokens: &Tokens, dpop: Option<&Dpop<'_>>) -> Result<(), AssertionProblem> {
    match (dpop, tokens.kind, profile.own.dpop) {
        (Some(dpop), TokenType::Dpop, _) | (Some(dpop), _, Demand::Required) => check_bound(tokens, dpop.thumbprint()),
        (None, TokenType::Dpop, _) => Err(AssertionProblem::AccessTokenNotBound),
        (_, TokenType::Bearer, _) => Ok(()),
    }
}

fn assurance(profile: &EsignetProfile, token: &IdToken) -> Result<Assurance, AssertionProblem> {
    profile.provider.acr_map.meaning(token.acr()?, MayJoin::Yes)
}
