//! Profiles: parsed once for each signed list.

use std::sync::Arc;

use moka::sync::Cache;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use trust_list::{CountryCode, EntityId, TrustedIssuer};

use crate::error::{AdapterError, Misconfigured, ProfileError};

/// A profile that one adapter understands.
pub(crate) trait Profile: Send + Sync + Sized + 'static {
    /// The adapter it belongs to.
    const KIND: &'static str;

    /// Reads and checks it.
    fn parse(profile: &Value) -> Result<Self, ProfileError>;
}

/// Parsed profiles by (list, issuer). A new list has a new digest, so nothing has to be thrown away by hand.
pub(crate) struct ProfileCache<P>(Cache<(String, CountryCode, EntityId), Arc<P>>);

impl<P: Profile> Default for ProfileCache<P> {
    fn default() -> Self {
        Self(Cache::new(MAX_PROFILES))
    }
}

impl<P: Profile> ProfileCache<P> {
    /// The profile of `issuer`, if its entry names this adapter.
    pub(crate) fn of(&self, issuer: &TrustedIssuer<'_>) -> Result<Arc<P>, AdapterError> {
        let entry = issuer.issuer();
        if entry.adapter != P::KIND {
            return Err(Misconfigured::WrongAdapter.into());
        }
        let key = (issuer.list().digest().to_owned(), issuer.country(), entry.id.clone());
        self.0
            .try_get_with(key, || P::parse(&entry.profile).map(Arc::new))
            .map_err(|_: Arc<ProfileError>| Misconfigured::Profile.into())
    }
}

/// The fields `names` of a profile as `T`, and the rest as an object.
///
/// Both halves refuse fields they do not know, so a misspelt one is found before the list is signed and never
/// switches a check off.
pub(crate) fn split<T: DeserializeOwned>(
    profile: &Value,
    names: &[&str],
) -> Result<(T, Map<String, Value>), ProfileError> {
    let members = profile.as_object().ok_or_else(|| ProfileError::Malformed("a profile is an object".to_owned()))?;
    let (known, rest): (Map<_, _>, Map<_, _>) =
        members.clone().into_iter().partition(|(name, _)| names.contains(&name.as_str()));
    Ok((read(known)?, rest))
}

/// An object as `T`.
pub(crate) fn read<T: DeserializeOwned>(members: Map<String, Value>) -> Result<T, ProfileError> {
    serde_json::from_value(Value::Object(members)).map_err(|error| ProfileError::Malformed(error.to_string()))
}

/// Twice the providers of a region, old list and new.
const MAX_PROFILES: u64 = 512;
