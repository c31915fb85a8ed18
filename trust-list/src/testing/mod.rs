//! A complete small region in memory, for tests of whatever trusts one (feature `testing`).
//!
//! ```
//! use strict_jose::UnixTime;
//! use trust_list::testing::TestRegion;
//! use trust_list::{IssuerKind, IssuerQuery, Level};
//!
//! let now = UnixTime::new(1_800_000_000);
//! let mut region = TestRegion::new(now)?;
//! region.add_issuer(&TestRegion::issuer("XA".parse()?, "idp".parse()?, now))?;
//! region.recognise("XB".parse()?, "XA".parse()?, "account-opening".parse()?, Level::Substantial)?;
//! let list = region.verified()?;
//! let purpose = "account-opening".parse()?;
//! let trusted = list.trusted_issuer(&IssuerQuery {
//!     country: "XA".parse()?,
//!     service: None,
//!     kind: IssuerKind::IdentityProvider,
//!     recogniser: "XB".parse()?,
//!     purpose: &purpose,
//!     level: Level::Low,
//!     at: now,
//! })?;
//! assert_eq!(trusted.ceiling(), Level::Substantial);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod drafts;
mod error;
mod log;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use futures_util::FutureExt as _;
use strict_jose::{Algorithm, JwkError, SigningKey, UnixTime};

pub use error::TestRegionError;
use log::TestLog;

use crate::document::{
    DocumentPath, ListName, MemberEntry, Reinstatement, Role, SuspensionOrder, SuspensionReason, SuspensionTarget,
};
use crate::publish::{
    MemoryPublisher, NationalBuilder, Proposal, PublishError, Published, RegionalBuilder, RootBuilder,
};
use crate::{
    Client, CountryCode, EntityId, HighWater, Issuer, Level, LocalizedText, Organisation, Purpose, Quorum, Recognition,
    Updated, VerifiedList, update,
};

/// Parses a list's payload into the types that [`crate::update`] reads, and does nothing else: the least that reading it
/// costs. The number of its entries.
pub fn parse_list(payload: &[u8]) -> Result<usize, serde_json::Error> {
    let document: crate::document::lote::Document = serde_json::from_slice(payload)?;
    Ok(document.lote.trusted_entities_list.len())
}

/// A region XZ of three members XA, XB, XC, each with a regulator and a national list of its own. Roots and regional
/// lists need two signatures from two countries.
///
/// Every change makes the documents it needs, signs them, and publishes them at once to
/// [`TestRegion::publisher`], with a new status document.
pub struct TestRegion {
    now: UnixTime,
    status_life: Option<i64>,
    regulators: BTreeMap<CountryCode, SigningKey>,
    national: BTreeMap<CountryCode, SigningKey>,
    online: SigningKey,
    orders: Vec<Proposal>,
    log: Option<TestLog>,
    pinned_root: Vec<u8>,
    /// What is published: change it and call [`TestRegion::serve`] to publish what no regulator would.
    pub documents: Published,
    publisher: MemoryPublisher,
}

/// Where the region says it publishes.
pub const DISTRIBUTION: &str = "https://trust.region.example";
/// Signatures, and countries, that roots and regional lists need.
pub const QUORUM: Quorum = Quorum { threshold: 2, countries: 2 };

impl TestRegion {
    /// The region at `now`, without issuers, clients or recognition.
    pub fn new(now: UnixTime) -> Result<Self, TestRegionError> {
        let countries = ["XA", "XB", "XC"].map(str::parse::<CountryCode>);
        let mut region = Self {
            now,
            status_life: None,
            regulators: BTreeMap::new(),
            national: BTreeMap::new(),
            online: key()?,
            orders: Vec::new(),
            log: None,
            pinned_root: Vec::new(),
            documents: Published::new(),
            publisher: MemoryPublisher::default(),
        };
        let mut root = RootBuilder::new("XZ".parse()?, DISTRIBUTION, now).quorum(Role::Root, QUORUM);
        for country in countries {
            let (country, key) = (country?, key()?);
            root = root.regulator(country, format!("Regulator of {country}"), key.public_jwk());
            region.regulators.insert(country, key);
        }
        let online = region.online.public_jwk().clone();
        let root = root.online("XA".parse()?, "Publisher", &online).quorum(Role::Regional, QUORUM);
        let root = region.signed_by_regulators(root.build()?)?;
        region.pinned_root = root.to_bytes();
        region.documents.add(&root)?;
        let location = region.documents.root()?.regional_location();
        let operator = Self::organisation("XZ".parse()?);
        region.publish_regional(RegionalBuilder::new("XZ".parse()?, &location, &operator, now)?)?;
        for country in region.regulators.keys().copied().collect::<Vec<_>>() {
            region.add_member(country)?;
        }
        Ok(region)
    }

    /// Admits a member with an empty national list and a signer of its own.
    pub fn add_member(&mut self, country: CountryCode) -> Result<&mut Self, TestRegionError> {
        let key = key()?;
        let location = format!("{DISTRIBUTION}/lists/{country}.json");
        let member = MemberEntry::draft(country, location.clone(), vec![key.public_jwk().clone()], self.now);
        self.national.insert(country, key);
        self.edit_regional(|list| Ok(list.member(&member)))?;
        self.publish_national(
            country,
            NationalBuilder::new(country, &location, &Self::organisation(country), self.now)?,
        )
    }

    /// Enters an issuer in its country's list, or replaces it.
    pub fn add_issuer(&mut self, issuer: &Issuer) -> Result<&mut Self, TestRegionError> {
        self.edit_national(issuer.country, |list| list.issuer(issuer))
    }

    /// Enters a client in its country's list, or replaces it.
    pub fn add_client(&mut self, client: &Client) -> Result<&mut Self, TestRegionError> {
        self.edit_national(client.country, |list| list.client(client))
    }

    /// Adds a row to the recognition matrix, from now on without end.
    pub fn recognise(
        &mut self,
        recogniser: CountryCode,
        accepted: CountryCode,
        purpose: Purpose,
        max_level: Level,
    ) -> Result<&mut Self, TestRegionError> {
        let row = Recognition {
            recogniser,
            recognised: accepted,
            purpose,
            max_level,
            legal_basis: format!("Agreement {recogniser}-{accepted}"),
            from: self.now,
            until: None,
        };
        self.edit_regional(|list| Ok(list.recognise(&row)))
    }

    /// Publishes the next national list of `country` with any change.
    pub fn edit_national(
        &mut self,
        country: CountryCode,
        change: impl FnOnce(NationalBuilder) -> Result<NationalBuilder, PublishError>,
    ) -> Result<&mut Self, TestRegionError> {
        let (_, current) = self.documents.list(ListName::Member(country))?;
        let next = NationalBuilder::revise(current.payload(), self.now)?;
        self.publish_national(country, change(next)?)
    }

    /// Publishes the next regional list with any change.
    pub fn edit_regional(
        &mut self,
        change: impl FnOnce(RegionalBuilder) -> Result<RegionalBuilder, PublishError>,
    ) -> Result<&mut Self, TestRegionError> {
        let (_, current) = self.documents.list(ListName::Regional)?;
        let next = RegionalBuilder::revise(current.payload(), self.now)?;
        self.publish_regional(change(next)?)
    }

    /// Publishes the next root with any change, signed by the regulators so far.
    pub fn edit_root(&mut self, change: impl FnOnce(RootBuilder) -> RootBuilder) -> Result<&mut Self, TestRegionError> {
        let next = change(RootBuilder::successor_of(&self.documents.root()?, self.now)).build()?;
        let next = self.signed_by_regulators(next)?;
        self.documents.add(&next)?;
        self.republish(self.now)
    }

    /// Suspends a member, or one of its entities, by an order of the member's own list signer.
    pub fn suspend(&mut self, country: CountryCode, entity: Option<EntityId>) -> Result<&mut Self, TestRegionError> {
        let key = self.national_key(country)?.clone();
        let target = SuspensionTarget { entity, ..SuspensionTarget::member(country) };
        self.order_by(&key, target)
    }

    /// Publishes an order by any key. Others than the member's own take two.
    pub fn order_by(&mut self, key: &SigningKey, target: SuspensionTarget) -> Result<&mut Self, TestRegionError> {
        let region = self.documents.root()?.document().region;
        let reason = SuspensionReason::SecurityIncident;
        let order = SuspensionOrder { region, target, reason, issued: self.now };
        self.orders.push(order.sign(key)?);
        self.republish(self.now)
    }

    /// Lifts the orders against a target so far, by the quorum.
    pub fn reinstate(&mut self, target: SuspensionTarget) -> Result<&mut Self, TestRegionError> {
        let orders_before = self.now.plus(1);
        self.orders.clear();
        self.edit_regional(|list| Ok(list.reinstate(Reinstatement { target, orders_before })))
    }

    /// Sets the time and publishes a new status document.
    pub fn republish(&mut self, now: UnixTime) -> Result<&mut Self, TestRegionError> {
        self.now = now;
        self.log_documents()?;
        let orders = std::mem::take(&mut self.orders);
        self.documents.restamp(std::slice::from_ref(&self.online), &orders, now, self.status_life)?;
        self.serve();
        Ok(self)
    }

    /// Sets how long status documents live from now on, in seconds; an hour without this.
    pub fn set_status_life(&mut self, seconds: i64) -> &mut Self {
        self.status_life = Some(seconds);
        self
    }

    /// Gives [`TestRegion::documents`] to the publisher as they are.
    pub fn serve(&self) {
        self.publisher.publish(self.documents.clone());
    }

    /// What a client fetches from. It follows every later change.
    pub fn publisher(&self) -> MemoryPublisher {
        self.publisher.clone()
    }

    /// The first root: what a client pins.
    pub fn pinned_root(&self) -> &[u8] {
        &self.pinned_root
    }

    /// The time of the last change.
    pub fn now(&self) -> UnixTime {
        self.now
    }

    /// What a client that has never seen this region makes of it at the time of the last change.
    pub fn verified(&self) -> Result<Arc<VerifiedList>, TestRegionError> {
        self.verified_at(self.now)
    }

    /// The same at another time.
    pub fn verified_at(&self, now: UnixTime) -> Result<Arc<VerifiedList>, TestRegionError> {
        let mut memory = HighWater::volatile();
        let run = update(&self.pinned_root, &self.publisher, &mut memory, None, now);
        // The publisher is in memory, so there is nothing to wait for.
        match run.now_or_never().ok_or(TestRegionError::Pending)?? {
            Updated::Changed(list) => Ok(list),
            Updated::Unchanged => Err(TestRegionError::Pending),
            Updated::Narrowed { why, .. } => Err(why.into()),
        }
    }

    /// Writes the documents to a directory that a web server or a `DirectoryPublisher` can serve.
    pub fn write_to(&self, dir: &Path) -> Result<(), TestRegionError> {
        Ok(self.documents.write_to(dir)?)
    }

    /// The key of a country's regulator.
    pub fn regulator_key(&self, country: CountryCode) -> Result<&SigningKey, TestRegionError> {
        self.regulators.get(&country).ok_or(TestRegionError::NoKey(country))
    }

    /// The key that signs a country's list.
    pub fn national_key(&self, country: CountryCode) -> Result<&SigningKey, TestRegionError> {
        self.national.get(&country).ok_or(TestRegionError::NoKey(country))
    }

    /// The key that signs status documents.
    pub fn online_key(&self) -> &SigningKey {
        &self.online
    }

    /// Signs status documents with another key from now on.
    pub fn set_online_key(&mut self, key: SigningKey) -> &mut Self {
        self.online = key;
        self
    }

    /// Signs a proposal as every regulator.
    pub fn signed_by_regulators(&self, mut proposal: Proposal) -> Result<Proposal, TestRegionError> {
        for key in self.regulators.values() {
            proposal.sign(key, self.now)?;
        }
        Ok(proposal)
    }

    fn organisation(country: CountryCode) -> Organisation {
        let name = LocalizedText::en(format!("Trust authority of {country}"));
        Organisation::draft(country, name, &format!("trust.{}.example", country.to_lower()))
    }

    fn publish_regional(&mut self, list: RegionalBuilder) -> Result<&mut Self, TestRegionError> {
        let signed = self.signed_by_regulators(list.build()?)?;
        self.documents.add(&signed)?;
        self.republish(self.now)
    }

    fn publish_national(&mut self, country: CountryCode, list: NationalBuilder) -> Result<&mut Self, TestRegionError> {
        let signed = list.build()?.signed_by(self.national_key(country)?, self.now)?;
        self.documents.add(&signed)?;
        self.republish(self.now)
    }

    /// The bytes that are published as the status document.
    pub fn status_bytes(&self) -> Option<&[u8]> {
        self.documents.get(DocumentPath::Status)
    }
}

fn key() -> Result<SigningKey, JwkError> {
    SigningKey::generate(Algorithm::ES256, None)
}
