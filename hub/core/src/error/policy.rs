//! What policy's no is for the relying party: one map without a wildcard.

use trust_list::NotTrusted;

use super::{CountryFault, OAuthError, PersonFault};
use crate::policy::{NotReleased, Refusal};

/// A refusal of policy, told to the relying party.
impl From<Refusal> for OAuthError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Issuer(NotTrusted::LevelNotReachable { .. }) | Refusal::Level => {
                CountryFault::LevelNotReached.into()
            }
            Refusal::Document(problem) => PersonFault::Document(problem).into(),
            Refusal::Issuer(_) | Refusal::Client(_) | Refusal::Profile | Refusal::Purpose => {
                CountryFault::NotAllowed.into()
            }
        }
    }
}

/// An assertion of which policy makes no release.
impl From<NotReleased> for OAuthError {
    fn from(reason: NotReleased) -> Self {
        match reason {
            NotReleased::LevelNotReached => CountryFault::LevelNotReached.into(),
            NotReleased::OtherIssuer => CountryFault::MixUp.into(),
            NotReleased::Document(problem) => PersonFault::Document(problem).into(),
        }
    }
}
