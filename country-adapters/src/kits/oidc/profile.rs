//! The profile of an OpenID provider.

use serde::Deserialize;
use serde_json::Value;
use strict_jose::Algorithm;

use crate::error::ProfileError;
use crate::openid::acr::Assurance;
use crate::openid::settings::ProviderSettings;
use crate::profile::{Profile, read, split};

/// The shared part and the kit's own.
#[derive(Debug)]
pub(super) struct OidcProfile {
    pub(super) provider: ProviderSettings,
    pub(super) own: Own,
}

/// The fields only this kit has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Own {
    /// In which form userinfo comes, if it is asked for.
    #[serde(default)]
    pub(super) userinfo: UserinfoForm,
    /// What may sign userinfo; without it, what may sign ID tokens.
    #[serde(default)]
    userinfo_algs: Option<Vec<Algorithm>>,
    /// Whether the provider understands the `claims` parameter.
    #[serde(default)]
    pub(super) claims_parameter: bool,
    /// What a token without `acr` means. Without it, such a token is refused.
    #[serde(default)]
    pub(super) acr_absent: Option<Assurance>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum UserinfoForm {
    /// Everything is in the ID token.
    #[default]
    None,
    /// Plain JSON: as good as the TLS connection.
    Json,
    /// Signed.
    Jws,
}

impl OidcProfile {
    pub(super) fn userinfo_algs(&self) -> &[Algorithm] {
        self.own.userinfo_algs.as_deref().unwrap_or(&self.provider.id_token_algs)
    }
}

impl Profile for OidcProfile {
    const KIND: &'static str = "oidc";

    fn parse(profile: &Value) -> Result<Self, ProfileError> {
        let (provider, rest) = split::<ProviderSettings>(profile, &ProviderSettings::FIELDS)?;
        let own: Own = read(rest)?;
        provider.check()?;
        if own.userinfo_algs.as_ref().is_some_and(Vec::is_empty) {
            return Err(ProfileError::Empty("userinfo_algs"));
        }
        Ok(Self { provider, own })
    }
}
