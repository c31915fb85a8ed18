//! Who is in the region: the clients of the hub, and what a stranger's member file says.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;
use strict_jose::{PublicJwk, UnixTime};
use trust_list::{CountryCode, Issuer, IssuerKind, Level, LocalizedText};

use super::entities::{CountrySystemSpec, Party, RelyingPartySpec, country_system, relying_party};
use super::{BENCH_AUDIENCE, BENCH_PARTY, BENCH_SYSTEM, Options, PENSION_AUDIENCE};

/// A member whose provider somebody else runs: `--extra-member FILE`.
///
/// ```json
/// {"code": "XN", "name": {"en": "State XN"}, "issuer": "https://localhost:21020", "max_level": "substantial",
///  "keys": [], "claims": ["name"], "profile": {"client_id": "hub"}}
/// ```
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtraMember {
    /// Its code, XA to XZ.
    pub code: CountryCode,
    /// Its name by language.
    pub name: LocalizedText,
    /// Its provider's issuer.
    pub issuer: String,
    /// The keys its provider signs with.
    pub keys: Vec<Value>,
    /// The highest level it can vouch for.
    pub max_level: Level,
    /// The claims it may assert.
    pub claims: BTreeSet<String>,
    /// The profile for the `oidc` kit.
    pub profile: Value,
}

impl ExtraMember {
    /// The entry of its provider.
    pub(super) fn entry(&self, since: UnixTime) -> anyhow::Result<Issuer> {
        let mut entry = Issuer::draft(self.code, "eid".parse()?, IssuerKind::IdentityProvider, since);
        entry.name = self.name.clone();
        entry.adapter = "oidc".into();
        entry.profile = self.profile.clone();
        entry.issuer_identifiers = vec![self.issuer.clone()];
        entry.hosts = vec![super::entities::host_of(&self.issuer)];
        entry.max_level = self.max_level;
        entry.claims.clone_from(&self.claims);
        entry.keys = self.keys.iter().map(PublicJwk::parse).collect::<Result<_, _>>()?;
        Ok(entry)
    }

    /// How the hub is registered there.
    pub fn hub_client_id(&self) -> &str {
        self.profile.get("client_id").and_then(Value::as_str).unwrap_or(super::HUB_CLIENT_ID)
    }
}

/// Every client of the hub, with its key.
pub(super) fn parties(options: &Options) -> anyhow::Result<BTreeMap<String, Party>> {
    let since = super::trust::founded(&options.clock);
    let mut all = vec![
        relying_party(&bank(options)?, since)?,
        relying_party(&insurer()?, since)?,
        relying_party(&domestic_bank()?, since)?,
    ];
    for peer in ["rp-openid-client", "rp-oauth4webapi", "rp-authlib", BENCH_PARTY, "rp-conformance"] {
        all.push(relying_party(&service_of_xf(peer)?, since)?);
    }
    all.push(country_system(&pension()?, since)?);
    all.push(country_system(&bench_system()?, since)?);
    Ok(all.into_iter().map(|party| (party.client.client_id.clone(), party)).collect())
}

fn bank(options: &Options) -> anyhow::Result<RelyingPartySpec<'static>> {
    Ok(RelyingPartySpec {
        id: "bank-xe",
        country: "XE".parse()?,
        name: "Bank of the Coast",
        redirect_uri: format!("{}/callback", options.bank_url),
        purpose: "account-opening",
        text: LocalizedText::en("to open an account").with("fr", "pour ouvrir un compte"),
        min_level: Level::Substantial,
    })
}

fn domestic_bank() -> anyhow::Result<RelyingPartySpec<'static>> {
    Ok(RelyingPartySpec {
        id: "bank-xa",
        country: "XA".parse()?,
        name: "Bank of the Hills",
        redirect_uri: "https://bank-xa.example/callback".into(),
        purpose: "account-opening",
        text: LocalizedText::en("to open an account").with("fr", "pour ouvrir un compte"),
        min_level: Level::Substantial,
    })
}

fn insurer() -> anyhow::Result<RelyingPartySpec<'static>> {
    Ok(RelyingPartySpec {
        id: "insurer-xf",
        country: "XF".parse()?,
        name: "Mutual of the River",
        redirect_uri: "https://insurer-xf.example/callback".into(),
        purpose: "insurance",
        text: LocalizedText::en("to insure you").with("fr", "pour vous assurer"),
        min_level: Level::Substantial,
    })
}

/// XF recognises every other state of the region, so its services can be used with any of them.
fn service_of_xf(id: &str) -> anyhow::Result<RelyingPartySpec<'_>> {
    Ok(RelyingPartySpec {
        id,
        country: "XF".parse()?,
        name: id,
        redirect_uri: format!("https://{id}.example/callback"),
        purpose: "account-opening",
        text: LocalizedText::en("to test a service").with("fr", "pour essayer un service"),
        min_level: Level::Low,
    })
}

fn pension() -> anyhow::Result<CountrySystemSpec<'static>> {
    // The fund is a client of XE's provider too, under its own id there.
    Ok(CountrySystemSpec {
        id: "pension-xa",
        country: "XA".parse()?,
        name: "Pension fund of XA",
        purpose: "pension",
        audience: PENSION_AUDIENCE,
        subject_audiences: vec![("XE".parse()?, "pension-xa".into())],
    })
}

fn bench_system() -> anyhow::Result<CountrySystemSpec<'static>> {
    Ok(CountrySystemSpec {
        id: BENCH_SYSTEM,
        country: "XA".parse()?,
        name: "Bench system of XA",
        purpose: "pension",
        audience: BENCH_AUDIENCE,
        subject_audiences: vec![("XE".parse()?, BENCH_SYSTEM.into())],
    })
}
