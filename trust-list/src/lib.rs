//! The signed trust lists of a region, their verification, and the regulators' tool `trustctl`.

mod country_code;
pub mod document;
mod entity;
mod high_water;
mod identifiers;
mod level;
mod localized_text;
pub mod publish;
mod publisher;
mod quorum;
mod recognition;
mod state;
#[cfg(feature = "testing")]
pub mod testing;
mod update;
mod verified;

pub use country_code::{CountryCode, CountryCodeError};
pub use entity::{
    Client, ClientKind, ClientProfile, ExchangePolicy, GrantType, Issuer, IssuerKind, Organisation, RegisteredPurpose,
    ServiceStatus, StatusHistory, StatusPeriod,
};
pub use high_water::{HighWater, HighWaterError};
pub use identifiers::{EntityId, NameError, Purpose};
pub use level::Level;
pub use localized_text::{LocalizedText, NoText};
pub use publisher::{FetchError, Publisher};
pub use quorum::{Quorum, QuorumNotMet, Signers, Tally};
pub use recognition::Recognition;
pub use state::{Alarm, NotReady, Staleness, TrustClient, TrustState};
pub use update::{Fault, MAX_ROOT_STEPS, Notice, UpdateError, Updated, update};
pub use verified::{
    Conflict, Explanation, IssuerQuery, ListView, MemberView, NotTrusted, Outcome, Rule, SuspensionInForce,
    SuspensionSigner, TrustedClient, TrustedIssuer, VerifiedList,
};
