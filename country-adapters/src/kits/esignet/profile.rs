//! The profile of an eSignet installation.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use strict_jose::{Algorithm, Kid};

use crate::error::ProfileError;
use crate::kits::normalise::{DateFormat, Languages, alpha3};
use crate::openid::settings::{Demand, ProviderSettings, not_empty};
use crate::profile::{Profile, read, split};

/// The shared part and the kit's own.
#[derive(Debug)]
pub(super) struct EsignetProfile {
    pub(super) provider: ProviderSettings,
    pub(super) own: Own,
    pub(super) languages: Languages,
}

/// The fields only this kit has.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Own {
    /// Which of eSignet's incompatible lines it is.
    dialect: String,
    /// What may sign userinfo: IDA signs with RS256 even where ID tokens have PS256.
    pub(super) userinfo_algs: Vec<Algorithm>,
    /// Signed, or encrypted around signed.
    pub(super) userinfo_format: UserinfoFormat,
    /// Whom `aud` of userinfo names.
    #[serde(default)]
    pub(super) userinfo_binding: UserinfoBinding,
    /// Whom `iss` of userinfo names, where it is there; without it, the token issuer.
    #[serde(default)]
    pub(super) userinfo_issuer: Option<String>,
    /// Our name in MOSIP's partner management.
    #[serde(default)]
    pub(super) partner_id: Option<String>,
    /// Which of our keys userinfo may be encrypted to; empty for any.
    #[serde(default)]
    pub(super) jwe_keys: Vec<Kid>,
    /// Whether encrypted userinfo is compressed.
    #[serde(default)]
    pub(super) jwe_zip: JweZip,
    /// Whether tokens are bound to a key (RFC 9449).
    #[serde(default)]
    pub(super) dpop: Demand,
    /// What signs our proofs.
    #[serde(default = "ps256")]
    pub(super) dpop_alg: Algorithm,
    /// The languages to ask for as BCP 47 tags, the preferred one first.
    #[serde(default)]
    claims_locales: Vec<String>,
    /// How the provider wants them written.
    #[serde(default)]
    claims_locale_style: LocaleStyle,
    /// How it writes them in the names of claims.
    #[serde(default)]
    claims_locale_suffix: LocaleSuffix,
    /// The claims to take at most; empty for whatever the list allows.
    #[serde(default)]
    pub(super) allowed_claims: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum UserinfoFormat {
    #[serde(alias = "JWS")]
    Jws,
    #[serde(alias = "JWE")]
    Jwe,
}

/// What is said about `aud`; one that is there and wrong is refused in every case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum UserinfoBinding {
    /// It need not be there.
    #[default]
    Absent,
    /// It is our client id.
    ClientId,
    /// It is our partner id.
    PartnerId,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum JweZip {
    #[default]
    Never,
    Def,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LocaleStyle {
    /// `fra`
    #[default]
    Alpha3,
    /// `fr`
    Alpha2,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LocaleSuffix {
    /// The first two letters of what was asked for.
    #[default]
    Ida,
    /// What was asked for.
    Mock,
}

impl EsignetProfile {
    /// The value of `claims_locales`, if any language is to be asked for.
    pub(super) fn claims_locales(&self) -> Option<String> {
        let locales: Vec<&str> = self.own.claims_locales.iter().map(|tag| self.own.asked(tag)).collect();
        (!locales.is_empty()).then(|| locales.join(" "))
    }
}

impl Own {
    fn asked<'t>(&self, tag: &'t str) -> &'t str {
        match self.claims_locale_style {
            LocaleStyle::Alpha3 => alpha3(tag),
            LocaleStyle::Alpha2 => tag,
        }
    }

    fn languages(&self) -> Languages {
        let suffix = |tag: &str| match self.claims_locale_suffix {
            LocaleSuffix::Mock => self.asked(tag).to_owned(),
            LocaleSuffix::Ida => self.asked(tag).chars().take(2).collect(),
        };
        let none = Languages::new(self.claims_locales.iter().cloned());
        self.claims_locales.iter().fold(none, |languages, tag| languages.with_suffix(suffix(tag), tag.clone()))
    }

    fn check(&self) -> Result<(), ProfileError> {
        // To add a dialect: 1. its name here, 2. what it does otherwise, as a field above with a default for it,
        // 3. its negative cases in `tests/esignet.rs`.
        if self.dialect != "1.8" {
            return Err(ProfileError::Dialect(self.dialect.clone()));
        }
        not_empty("userinfo_algs", self.userinfo_algs.is_empty())?;
        if self.jwe_zip == JweZip::Def && self.userinfo_format == UserinfoFormat::Jws {
            return Err(ProfileError::Contradiction("jwe_zip is for encrypted userinfo"));
        }
        if self.userinfo_binding == UserinfoBinding::PartnerId && self.partner_id.is_none() {
            return Err(ProfileError::Contradiction("userinfo_binding partner_id needs partner_id"));
        }
        // The proofs that eSignet 1.8 takes, whatever its challenges say.
        match self.dpop_alg {
            Algorithm::PS256 | Algorithm::RS256 => Ok(()),
            _ => Err(ProfileError::Algorithm("dpop_alg")),
        }
    }
}

impl Profile for EsignetProfile {
    const KIND: &'static str = "esignet";

    fn parse(profile: &Value) -> Result<Self, ProfileError> {
        let (mut provider, rest) = split::<ProviderSettings>(profile, &ProviderSettings::FIELDS)?;
        let own: Own = read(rest)?;
        provider.check()?;
        own.check()?;
        // eSignet 1.8 sends `iss` in its redirects (RFC 9207); without its name there, nothing would be compared.
        if provider.redirect_issuer.is_none() {
            return Err(ProfileError::Contradiction("dialect 1.8 needs redirect_issuer"));
        }
        if profile.get("date_format").is_none() {
            provider.date_format = DateFormat::YearMonthDaySlashes;
        }
        let languages = own.languages();
        Ok(Self { provider, own, languages })
    }
}

fn ps256() -> Algorithm {
    Algorithm::PS256
}
