//! Which adapter serves which list entry.

use std::collections::BTreeMap;
use std::sync::Arc;

use trust_list::TrustedIssuer;

use crate::error::{AdapterError, Misconfigured};
use crate::kits::{claim169::Claim169Kit, esignet::EsignetKit, oidc::OidcKit};
use crate::{Capabilities, CountryAdapter};

/// The adapters of this hub, by kind.
///
/// To add a protocol: 1. a kit under `kits/` that implements [`CountryAdapter`] and ends in a `VerifiedAssertion`;
/// 2. one line in [`Registry::standard`]; 3. a profile for it in `tests/contract.rs`, which runs the contract suite
/// over every registered adapter. To add a country that speaks a known protocol, change no code: write its profile
/// into the signed list.
#[derive(Clone, Default)]
pub struct Registry {
    adapters: BTreeMap<&'static str, Arc<dyn CountryAdapter>>,
}

impl Registry {
    /// Every adapter that this crate has.
    pub fn standard() -> Self {
        Self::default()
            .with(Arc::new(OidcKit::default()))
            .with(Arc::new(EsignetKit::default()))
            .with(Arc::new(Claim169Kit::default()))
    }

    /// The registry with one adapter more; an adapter of the same kind is replaced.
    #[must_use]
    pub fn with(mut self, adapter: Arc<dyn CountryAdapter>) -> Self {
        self.adapters.insert(adapter.kind(), adapter);
        self
    }

    /// The registry with a layer around every adapter: for timing and tracing. The kinds stay.
    #[must_use]
    pub fn map(self, layer: impl Fn(Arc<dyn CountryAdapter>) -> Arc<dyn CountryAdapter>) -> Self {
        Self { adapters: self.adapters.into_iter().map(|(kind, adapter)| (kind, layer(adapter))).collect() }
    }

    /// The adapter of a kind.
    pub fn adapter(&self, kind: &str) -> Option<&dyn CountryAdapter> {
        self.adapters.get(kind).map(AsRef::as_ref)
    }

    /// The adapter that a list entry names.
    pub fn adapter_for(&self, issuer: &TrustedIssuer<'_>) -> Result<&dyn CountryAdapter, AdapterError> {
        self.adapter(&issuer.issuer().adapter).ok_or(AdapterError::Misconfigured(Misconfigured::NoSuchAdapter))
    }

    /// What the adapter of a kind can do; `None` if there is no such adapter.
    pub fn capabilities(&self, kind: &str) -> Option<Capabilities> {
        self.adapter(kind).map(CountryAdapter::capabilities)
    }

    /// The kinds there are, in alphabetical order.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.adapters.keys().copied()
    }
}
