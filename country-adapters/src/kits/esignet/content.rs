//! What eSignet says about a person, in the hub's words.

use serde_json::{Map, Value};
use trust_list::TrustedIssuer;

use super::profile::EsignetProfile;
use crate::assertion::claims::base_name;
use crate::kits::normalise::{Normalised, Rules};

/// Everything that can be read, and of that what the profile takes.
pub(super) fn normalise(
    profile: &EsignetProfile,
    issuer: &TrustedIssuer<'_>,
    claims: &Map<String, Value>,
) -> Normalised {
    let settings = &profile.provider;
    let rules = Rules {
        claim_map: &settings.claim_map,
        strip: &settings.strip_claims,
        dates: settings.date_format,
        genders: &settings.gender_map,
        languages: &profile.languages,
        allowed: &issuer.issuer().claims,
    };
    let mut normalised = rules.apply(&claims.clone().into_iter().collect());
    let allowed = &profile.own.allowed_claims;
    normalised.claims.retain(|name, _| allowed.is_empty() || allowed.contains(base_name(name)));
    normalised
}
