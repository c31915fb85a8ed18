//! What an adapter's error is for the relying party: one map without a wildcard.

use country_adapters::{AdapterError, PersonRefusal};

use super::{CountryFault, OAuthError, PersonFault};

impl From<AdapterError> for OAuthError {
    fn from(error: AdapterError) -> Self {
        tracing::info!(%error, "a national provider's answer ends a login");
        match error {
            AdapterError::Person(PersonRefusal::Denied | PersonRefusal::Cancelled) => PersonFault::Refused.into(),
            AdapterError::Person(PersonRefusal::TooSlow) => PersonFault::TooSlow.into(),
            AdapterError::Person(PersonRefusal::Locked) => PersonFault::Locked.into(),
            AdapterError::LoginRequired => PersonFault::LoginRequired.into(),
            AdapterError::Assertion(_) => CountryFault::AssertionInvalid.into(),
            AdapterError::MixUp => CountryFault::MixUp.into(),
            AdapterError::LevelNotMet { .. } => CountryFault::LevelNotReached.into(),
            AdapterError::Unavailable(_) => CountryFault::Unavailable.into(),
            AdapterError::Misconfigured(_) | AdapterError::Unsupported(_) => CountryFault::Misconfigured.into(),
        }
    }
}
