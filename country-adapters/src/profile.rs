//! Profiles: parsed once, until the signed list says something else.

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

/// Parsed profiles by issuer, each with the text it was parsed from: a list may be signed anew every few minutes, and
/// still say the same of an issuer.
pub(crate) struct ProfileCache<P>(Cache<(CountryCode, EntityId), Kept<P>>);

struct Kept<P> {
    text: Arc<Value>,
    parsed: Arc<P>,
}

impl<P> Clone for Kept<P> {
    fn clone(&self) -> Self {
        Self { text: Arc::clone(&self.text), parsed: Arc::clone(&self.parsed) }
    }
}

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
        let key = (issuer.country(), entry.id.clone());
        if let Some(kept) = self.0.get(&key).filter(|kept| *kept.text == entry.profile) {
            return Ok(kept.parsed);
        }
        let parsed = P::parse(&entry.profile).map(Arc::new).map_err(|_| Misconfigured::Profile)?;
        self.0.insert(key, Kept { text: Arc::new(entry.profile.clone()), parsed: Arc::clone(&parsed) });
        Ok(parsed)
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

/// 55 states of nine issuers each.
const MAX_PROFILES: u64 = 512;

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strict_jose::UnixTime;
    use trust_list::testing::TestRegion;
    use trust_list::{IssuerKind, IssuerQuery, Level, VerifiedList};

    use super::*;

    struct Whole(Value);

    impl Profile for Whole {
        const KIND: &'static str = "oidc";

        fn parse(profile: &Value) -> Result<Self, ProfileError> {
            if profile.is_object() { Ok(Self(profile.clone())) } else { Err(ProfileError::Empty("profile")) }
        }
    }

    const NOW: UnixTime = UnixTime::new(1_764_000_000);

    fn list(profile: Value, at: UnixTime) -> Arc<VerifiedList> {
        let country = "XA".parse().unwrap();
        let mut region = TestRegion::new(at).unwrap();
        let mut entry = TestRegion::issuer(country, "main".parse().unwrap(), at);
        entry.profile = profile;
        region.add_issuer(&entry).unwrap();
        region.recognise("XB".parse().unwrap(), country, "pension".parse().unwrap(), Level::High).unwrap();
        region.verified().unwrap()
    }

    fn issuer(list: &VerifiedList) -> TrustedIssuer<'_> {
        let query = IssuerQuery {
            country: "XA".parse().unwrap(),
            service: None,
            kind: IssuerKind::IdentityProvider,
            recogniser: "XB".parse().unwrap(),
            purpose: &"pension".parse().unwrap(),
            level: Level::Low,
            at: NOW.plus(60),
        };
        list.trusted_issuer(&query).unwrap()
    }

    #[test]
    fn a_profile_is_parsed_again_when_it_changes_and_not_when_its_list_is_signed_anew() {
        let cache = ProfileCache::<Whole>::default();
        let (old, new) = (list(json!({"v": 1}), NOW), list(json!({"v": 1}), NOW.plus(60)));
        assert_ne!(old.digest(), new.digest());
        let first = cache.of(&issuer(&old)).unwrap();
        assert!(Arc::ptr_eq(&first, &cache.of(&issuer(&new)).unwrap()));
        let changed = list(json!({"v": 2}), NOW);
        assert_eq!(cache.of(&issuer(&changed)).unwrap().0, json!({"v": 2}));
        let broken = list(json!(7), NOW);
        assert_eq!(cache.of(&issuer(&broken)).err(), Some(Misconfigured::Profile.into()));
        cache.0.run_pending_tasks();
        assert_eq!(cache.0.entry_count(), 1, "one for each issuer");
    }
}
