//! Any OpenID provider, such as Keycloak.
//!
//! `begin` sends the person with a code request (PKCE, nonce, pushed if possible); `complete` redeems the code, checks
//! the ID token, asks for userinfo if the profile says so; `present` checks an ID token that somebody else obtained.
//!
//! A profile with every field there is; those that may be left out have a default in `profile.rs`:
//!
//! ```json
#![doc = include_str!("../../profiles/oidc.json")]
//! ```

mod profile;

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use trust_list::TrustedIssuer;

use super::login;
use super::normalise::{Languages, Normalised, Rules};
use crate::error::{AdapterError, AssertionProblem, ProfileError, Unsupported};
use crate::openid::acr::{Assurance, MayJoin};
use crate::openid::authorization::Extra;
use crate::openid::id_token::{AtHash, Expected, IdToken};
use crate::openid::metadata::Metadata;
use crate::openid::redirect::{self, ErrorIssuer};
use crate::openid::token::{TokenType, Tokens};
use crate::openid::userinfo::{Userinfo, compact};
use crate::openid::{Fetched, Provider, answer};
use crate::profile::{Profile, ProfileCache};
use crate::{
    AuthorizationResponse, Begun, Capabilities, Context, CountryAdapter, LoginRequest, Pending, Presented,
    VerifiedAssertion,
};
use profile::{OidcProfile, UserinfoForm};

/// The kit for OpenID providers.
#[derive(Default)]
pub struct OidcKit {
    profiles: ProfileCache<OidcProfile>,
    fetched: Fetched,
}

#[async_trait]
impl CountryAdapter for OidcKit {
    fn kind(&self) -> &'static str {
        OidcProfile::KIND
    }

    fn check_profile(&self, profile: &Value) -> Result<(), ProfileError> {
        OidcProfile::parse(profile).map(|_| ())
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
        provider.begin(OidcProfile::KIND, request, extra(&profile, issuer, request)).await
    }

    async fn complete(
        &self,
        issuer: &TrustedIssuer<'_>,
        pending: &Pending,
        response: &AuthorizationResponse,
        ctx: &Context<'_>,
    ) -> Result<VerifiedAssertion, AdapterError> {
        let profile = self.profiles.of(issuer)?;
        redirect::check_pending(OidcProfile::KIND, issuer, pending)?;
        let provider = Provider::new(issuer, &profile.provider, &self.fetched, ctx)?;
        let code = provider.code(response, ErrorIssuer::Required, redirect::oauth_error).await?;
        let metadata = provider.metadata().await?;
        let tokens = provider.redeem(&metadata, code, pending, None).await?;
        // Nobody asked for a bound token, and we could not use one.
        if tokens.kind == TokenType::Dpop {
            return Err(AssertionProblem::AccessTokenNotBound.into());
        }
        let expected = Expected {
            audience: &profile.provider.client_id,
            nonce: Some(&pending.nonce),
            authenticated_since: pending.authenticated_since,
            max_token_age: None,
        };
        let token = provider.verify_id_token(&tokens.id_token, &expected).await?;
        token.check_at_hash(&tokens.access_token, AtHash::IfPresent)?;
        token.check_c_hash(code)?;
        let assurance = assurance(&profile, &token)?;
        login::check_level(issuer, assurance.level, pending.level)?;
        let userinfo = userinfo(&profile, &provider, &metadata, &tokens, &token).await?;
        let none = Map::new();
        let claims = login::overlay(token.claims.as_map(), userinfo.as_ref().map_or(&none, |u| u.claims.as_map()));
        let signed = userinfo.as_ref().and_then(|userinfo| userinfo.signed.as_deref());
        login::assertion(issuer, &provider, &token, assurance, normalise(&profile, issuer, &claims), signed)
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
        let claims = login::overlay(token.claims.as_map(), &Map::new());
        login::assertion(issuer, &provider, &token, assurance, normalise(&profile, issuer, &claims), None)
    }
}

/// OpenID Connect Core §5.5: which claims, for providers that can be asked.
fn extra(profile: &OidcProfile, issuer: &TrustedIssuer<'_>, request: &LoginRequest) -> Extra {
    if !profile.own.claims_parameter {
        return Extra::new();
    }
    let wanted = login::wanted_claims(&profile.provider, issuer, request);
    vec![("claims", json!({"userinfo": wanted, "id_token": wanted}).to_string())]
}

/// What the token's `acr` means; without one, what the list says of such tokens.
fn assurance(profile: &OidcProfile, token: &IdToken) -> Result<Assurance, AssertionProblem> {
    match (token.acr()?, &profile.own.acr_absent) {
        (None, Some(assurance)) => Ok(assurance.clone()),
        (acr, _) => profile.provider.acr_map.meaning(acr, MayJoin::No),
    }
}

async fn userinfo(
    profile: &OidcProfile,
    provider: &Provider<'_>,
    metadata: &Metadata,
    tokens: &Tokens,
    token: &IdToken,
) -> Result<Option<Userinfo>, AdapterError> {
    let userinfo = match profile.own.userinfo {
        UserinfoForm::None => return Ok(None),
        UserinfoForm::Json => {
            let response = provider.userinfo(metadata, tokens, None, "application/json").await?;
            Userinfo { claims: strict_jose::Claims::from_map(answer::json_object(&response)?), signed: None }
        }
        UserinfoForm::Jws => {
            let response = provider.userinfo(metadata, tokens, None, "application/jwt").await?;
            let userinfo = provider.verify_userinfo(compact(&response)?, profile.userinfo_algs()).await?;
            check_binding(&profile.provider.token_issuer, &profile.provider.client_id, &userinfo)?;
            userinfo
        }
    };
    userinfo.check_subject(token.subject()?)?;
    Ok(Some(userinfo))
}

/// OpenID Connect Core §5.3.2: signed userinfo should name its issuer and us; what is there must be right.
fn check_binding(issuer: &str, client_id: &str, userinfo: &Userinfo) -> Result<(), AssertionProblem> {
    let claims = &userinfo.claims;
    if claims.get("iss").is_some() && claims.expect_issuer(issuer).is_err() {
        return Err(AssertionProblem::UserinfoIssuer);
    }
    if claims.get("aud").is_some() && claims.expect_audience_includes(client_id).is_err() {
        return Err(AssertionProblem::UserinfoAudience);
    }
    Ok(())
}

fn normalise(profile: &OidcProfile, issuer: &TrustedIssuer<'_>, claims: &BTreeMap<String, Value>) -> Normalised {
    let settings = &profile.provider;
    let rules = Rules {
        claim_map: &settings.claim_map,
        strip: &settings.strip_claims,
        dates: settings.date_format,
        genders: &settings.gender_map,
        languages: &Languages::default(),
        allowed: &issuer.issuer().claims,
    };
    rules.apply(claims)
}
