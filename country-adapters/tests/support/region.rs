//! A signed region with one issuer in XA, recognised by XB.

use std::sync::Arc;

use serde_json::Value;
use strict_jose::{PublicJwk, UnixTime};
use trust_list::testing::TestRegion;
use trust_list::{Issuer, IssuerKind, IssuerQuery, Level, Purpose, TrustedIssuer, VerifiedList};

use super::NOW;

pub(crate) struct Region {
    pub(crate) test: TestRegion,
    list: Arc<VerifiedList>,
    kind: IssuerKind,
    purpose: Purpose,
}

impl Region {
    pub(crate) fn of_one(adapter: &str, profile: Value, host: &str, keys: &[PublicJwk]) -> Self {
        Self::of(&entry(adapter, profile, host, keys), Level::High)
    }

    /// The region with this entry, recognised up to `ceiling`.
    pub(crate) fn of(issuer: &Issuer, ceiling: Level) -> Self {
        let purpose: Purpose = "account-opening".parse().unwrap();
        let mut test = TestRegion::new(NOW).unwrap();
        test.add_issuer(issuer).unwrap();
        test.recognise("XB".parse().unwrap(), issuer.country, purpose.clone(), ceiling).unwrap();
        let list = test.verified().unwrap();
        Self { test, list, kind: issuer.kind, purpose }
    }

    pub(crate) fn issuer(&self) -> TrustedIssuer<'_> {
        self.issuer_at(NOW).expect("a trusted issuer")
    }

    pub(crate) fn issuer_at(&self, at: UnixTime) -> Result<TrustedIssuer<'_>, trust_list::NotTrusted> {
        self.list.trusted_issuer(&IssuerQuery {
            country: "XA".parse().unwrap(),
            service: None,
            kind: self.kind,
            recogniser: "XB".parse().unwrap(),
            purpose: &self.purpose,
            level: Level::Low,
            at,
        })
    }
}

/// An entry of XA that may say everything at every level: the tests narrow it.
pub(crate) fn entry(adapter: &str, profile: Value, host: &str, keys: &[PublicJwk]) -> Issuer {
    let kind = if adapter == "claim169" { IssuerKind::CredentialIssuer } else { IssuerKind::IdentityProvider };
    let mut issuer = TestRegion::issuer("XA".parse().unwrap(), "main".parse().unwrap(), NOW);
    issuer.kind = kind;
    issuer.adapter = adapter.to_owned();
    issuer.profile = profile;
    issuer.issuer_identifiers = vec![format!("https://{host}")];
    issuer.hosts = if keys.is_empty() { vec![host.to_owned()] } else { issuer.hosts };
    issuer.keys = keys.to_vec();
    issuer.max_level = Level::High;
    issuer.claims = country_adapters::REGISTERED_CLAIMS.map(str::to_owned).into();
    issuer.claims.remove("email");
    issuer
}
