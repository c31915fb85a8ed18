//! The last steps of every login: the level that was asked for, and the assertion put together.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use strict_jose::sha256;
use trust_list::{Level, TrustedIssuer};

use super::normalise::Normalised;
use crate::assertion::Checked;
use crate::error::AdapterError;
use crate::openid::Provider;
use crate::openid::acr::Assurance;
use crate::openid::id_token::IdToken;
use crate::openid::settings::ProviderSettings;
use crate::{CredentialStatus, LoginRequest, UpstreamSubject, VerifiedAssertion};

/// The level that counts is the list's: a provider may say more than it was notified for (G12 of the threat table).
pub(super) fn check_level(issuer: &TrustedIssuer<'_>, reached: Level, asked: Level) -> Result<(), AdapterError> {
    let got = reached.min(issuer.ceiling());
    if got >= asked { Ok(()) } else { Err(AdapterError::LevelNotMet { got: Some(got) }) }
}

/// An assertion out of an ID token and what came with it. `documents` are the signed ones, for the digest.
pub(super) fn assertion(
    issuer: &TrustedIssuer<'_>,
    provider: &Provider<'_>,
    token: &IdToken,
    assurance: Assurance,
    normalised: Normalised,
    signed_userinfo: Option<&str>,
) -> Result<VerifiedAssertion, AdapterError> {
    let checked = Checked {
        subject: UpstreamSubject::parse(token.subject()?)?,
        level: assurance.level,
        methods: assurance.methods,
        auth_time: token.auth_time()?,
        claims: normalised.claims,
        person_status: normalised.person_status,
        document_status: normalised.document_status,
        credential_status: CredentialStatus::NotApplicable,
        subject_stability: provider.settings.subject_stability,
        assertion_digest: digest(&token.compact, signed_userinfo),
        trust_framework: provider.settings.trust_framework.clone(),
        one_time_id: Some(token.one_time_id()),
        expires_at: token.expires_at(),
        verified_at: provider.now,
    };
    Ok(VerifiedAssertion::new(issuer, checked))
}

fn digest(id_token: &str, signed_userinfo: Option<&str>) -> [u8; 32] {
    match signed_userinfo {
        None => sha256(id_token),
        Some(userinfo) => sha256(format!("{id_token}\n{userinfo}")),
    }
}

/// Two sets of claims in one; what `over` says counts.
pub(super) fn overlay(under: &Map<String, Value>, over: &Map<String, Value>) -> BTreeMap<String, Value> {
    under.iter().chain(over).map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The claims to ask a provider for, by its names: what the caller may have and the list lets the provider assert.
pub(super) fn wanted_claims(
    settings: &ProviderSettings,
    issuer: &TrustedIssuer<'_>,
    request: &LoginRequest,
) -> Map<String, Value> {
    let allowed = &issuer.issuer().claims;
    let upstream_name = |ours: &String| {
        let renamed = settings.claim_map.iter().find(|(_, own)| *own == ours).map(|(upstream, _)| upstream);
        renamed.unwrap_or(ours).clone()
    };
    // `null`: voluntary (OpenID Connect Core §5.5.1). What is essential is the relying party's question, not ours.
    request.claims.intersection(allowed).map(|ours| (upstream_name(ours), Value::Null)).collect()
}
