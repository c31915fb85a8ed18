//! The signed trust lists of a region, their verification, and the regulators' tool `trustctl`.
//!
//! A tour, in the order trust takes:
//!
//! 1. Regulators sign a **root** ([`document::Root`]): which keys may sign what, and how many of them, from how many
//!    countries ([`Quorum`]). A hub is started with one pinned root.
//! 2. They sign the **regional list** ([`document::RegionalList`]): the members with the signers of their own lists, and
//!    the recognition matrix ([`Recognition`]). Each member signs its **national list** ([`document::NationalList`]) of
//!    [`Issuer`]s and [`Client`]s. Both are ETSI TS 119 602 LoTE JSON.
//! 3. An online key signs the short-lived **status** ([`document::Status`]): version and hash of each current list, and
//!    the suspension orders ([`document::SuspensionOrder`]) that single regulators signed.
//! 4. A [`Publisher`] serves these files, and [`delta`]s between two releases of a list. Nobody has to trust it. Where
//!    the root names a transparency log ([`document::LogDescription`]), every list is in it, and witnesses of the members
//!    watch that it only grows.
//! 5. [`update`] verifies them in numbered steps and keeps what must not go back in [`HighWater`]. Only it makes a
//!    [`VerifiedList`].
//! 6. [`TrustClient`] repeats that and says how things stand as a [`TrustState`]; [`TrustState::in_force`] is the policy.
//! 7. [`VerifiedList::trusted_issuer`] and [`VerifiedList::trusted_client`] answer as of a time, with
//!    [`TrustedIssuer`] and [`TrustedClient`], which borrow the list and so end with the request. Every "no" is a
//!    [`NotTrusted`]; [`VerifiedList::explain_issuer`] shows each check.
//!
//! The other side, making and signing documents, is [`publish`]; `trustctl` is its command line. [`export`] is what
//! others read: the verified lists in forms that are not ours. Tests of other crates take a region from `testing`.
//!
//! ```
//! use strict_jose::UnixTime;
//! use trust_list::{HighWater, TrustClient, testing::TestRegion};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let now = UnixTime::new(1_800_000_000);
//! let mut region = TestRegion::new(now)?;
//! region.add_issuer(&TestRegion::issuer("XA".parse()?, "idp".parse()?, now))?;
//!
//! let mut client = TrustClient::start(region.pinned_root().to_vec(), HighWater::volatile(), now).await?;
//! assert!(client.state().in_force(now).is_err());
//! client.refresh(&region.publisher(), now).await;
//! assert_eq!(client.state().in_force(now)?.anchor_count(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod country_code;
pub mod delta;
pub mod document;
pub mod drill;
mod entity;
pub mod expiry;
pub mod export;
pub mod fuzzing;
mod high_water;
pub mod history;
mod identifiers;
pub mod jades;
mod language;
mod level;
pub mod lint;
mod localized_text;
mod plain_text;
pub mod publish;
mod publisher;
mod quorum;
mod recognition;
pub mod review;
mod state;
pub mod stats;
#[cfg(feature = "testing")]
pub mod testing;
mod update;
mod verified;
pub mod x509;

pub use country_code::{CountryCode, CountryCodeError};
pub use entity::{
    AcceptedDocument, Client, ClientKind, ClientProfile, DocumentDemand, ExchangePolicy, GrantType, Issuer, IssuerKind,
    Organisation, RegisteredPurpose, ServiceStatus, StatusHistory, StatusPeriod,
};
pub use high_water::{HighWater, HighWaterError, Regression};
pub use identifiers::{EntityId, NameError, Purpose};
pub use language::{Language, UnknownLanguage};
pub use level::Level;
pub use localized_text::{LocalizedText, NoText};
pub use plain_text::plain_text;
pub use publisher::{FetchError, Fetched, Fits, Mirrors, Publisher, Verdict};
pub use quorum::{Quorum, QuorumNotMet, Signers, Tally};
pub use recognition::Recognition;
pub use state::{Alarm, NotReady, Staleness, TrustClient, TrustState};
pub use update::{Fault, MAX_ROOT_STEPS, Notice, UpdateError, Updated, update};
pub use verified::{
    Conflict, Explanation, IssuerQuery, ListView, MemberView, NotTrusted, Outcome, Rule, SuspensionInForce,
    SuspensionSigner, TrustedClient, TrustedIssuer, VerifiedList,
};
