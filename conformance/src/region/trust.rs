//! What the regulators do: sign, publish, suspend, reinstate.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use anyhow::Context as _;
use strict_jose::{Algorithm, SigningKey, UnixTime};
use trust_list::document::{ListName, MemberEntry, Reinstatement, Role, SuspensionReason, SuspensionTarget};
use trust_list::publish::{NationalBuilder, Proposal, Published, RegionalBuilder, RootBuilder, SuspensionOrder};
use trust_list::testing::TestRegion;
use trust_list::{CountryCode, EntityId, LocalizedText, Organisation, Quorum, ServiceStatus};

use super::{Region, entities, recognition};
use crate::clock::Clock;

/// The region's code: QM to QZ are nobody's.
const REGION: &str = "QM";
/// The members whose regulators hold keys of the root.
const FOUNDERS: [&str; 3] = ["XA", "XE", "XF"];
/// Two signatures, from two countries.
const QUORUM: Quorum = Quorum { threshold: 2, countries: 2 };

/// The keys of the scheme.
pub(super) struct Regulators {
    /// A regulator's own key: roots, regional lists, suspension orders.
    own: BTreeMap<CountryCode, SigningKey>,
    /// A member's key for its national list.
    lists: BTreeMap<CountryCode, SigningKey>,
    /// The online key of the status document.
    online: SigningKey,
}

impl Regulators {
    pub(super) fn generate() -> anyhow::Result<Self> {
        let mut keys = Self {
            own: BTreeMap::new(),
            lists: BTreeMap::new(),
            online: SigningKey::generate(Algorithm::ES256, None)?,
        };
        for country in FOUNDERS {
            let country: CountryCode = country.parse()?;
            keys.own.insert(country, SigningKey::generate(Algorithm::ES256, None)?);
            keys.lists.insert(country, SigningKey::generate(Algorithm::ES256, None)?);
        }
        Ok(keys)
    }

    fn of(&self, country: CountryCode) -> anyhow::Result<&SigningKey> {
        self.own.get(&country).with_context(|| format!("{country} has no regulator with a key"))
    }

    /// Signs with as many regulators as the quorum needs.
    fn sign_by_quorum(&self, proposal: Proposal, at: UnixTime) -> anyhow::Result<Proposal> {
        let mut signers = self.own.values().take(QUORUM.threshold);
        Ok(signers.try_fold(proposal, |signed, key| signed.signed_by(key, at))?)
    }
}

/// When everything in the region began: an hour ago, so that a clock that is a little off changes nothing.
pub(super) fn founded(clock: &Clock) -> UnixTime {
    clock.now().minus(3600)
}

impl Region {
    /// Root, national lists, regional list, status.
    pub(super) fn publish_everything(&mut self) -> anyhow::Result<()> {
        if let Some(extra) = &self.options.extra_member {
            let key = SigningKey::generate(Algorithm::ES256, None)?;
            self.regulators.lists.insert(extra.code, key);
        }
        let mut published = Published::new();
        published.add(&self.root()?)?;
        let location = published.root()?.regional_location();
        published.add(&self.regional(&location)?)?;
        for country in self.regulators.lists.keys() {
            published.add(&self.national(*country)?)?;
        }
        published.restamp(
            std::slice::from_ref(&self.regulators.online),
            &[],
            self.clock.now(),
            self.options.status_life,
        )?;
        published.write_to(self.publisher.dir())?;
        *self.published.lock().unwrap_or_else(PoisonError::into_inner) = published;
        Ok(())
    }

    fn root(&self) -> anyhow::Result<Proposal> {
        let url = self.publisher_server.url();
        let since = founded(&self.clock);
        let mut root = RootBuilder::new(REGION.parse()?, url, since)
            .online("XA".parse()?, "the steering body's publisher", self.regulators.online.public_jwk())
            .quorum(Role::Root, QUORUM)
            .quorum(Role::Regional, QUORUM);
        for (country, key) in &self.regulators.own {
            root = root.regulator(*country, format!("regulator of {country}"), key.public_jwk());
        }
        self.regulators.sign_by_quorum(root.build()?, since)
    }

    fn regional(&self, location: &str) -> anyhow::Result<Proposal> {
        let since = founded(&self.clock);
        let region: CountryCode = REGION.parse()?;
        let operator = Organisation::draft(region, LocalizedText::en("Steering body"), "region.example");
        let mut list = RegionalBuilder::new(region, location, &operator, since)?;
        for (country, key) in &self.regulators.lists {
            let location = self.list_location(*country);
            let mut member = MemberEntry::draft(*country, location, vec![key.public_jwk().clone()], since);
            member.name = self.name_of(*country);
            list = list.member(&member);
        }
        let extra = self.options.extra_member.as_ref().map(|member| member.code);
        for row in recognition::matrix(extra, since)? {
            list = list.recognise(&row);
        }
        self.regulators.sign_by_quorum(list.build()?, since)
    }

    fn national(&self, country: CountryCode) -> anyhow::Result<Proposal> {
        let since = founded(&self.clock);
        let name = LocalizedText::en(format!("Trust authority of {country}"));
        let operator = Organisation::draft(country, name, &format!("trust.{}.example", country.to_lower()));
        let mut list = NationalBuilder::new(country, &self.list_location(country), &operator, since)?;
        if let Some(issuer) = self.issuer_of(country, since)? {
            list = list.issuer(&issuer)?;
        }
        for party in self.parties().filter(|party| party.client.country == country) {
            list = list.client(&party.client)?;
        }
        Ok(list.build()?.signed_by(self.list_key(country)?, since)?)
    }

    fn issuer_of(&self, country: CountryCode, since: UnixTime) -> anyhow::Result<Option<trust_list::Issuer>> {
        Ok(match country.as_str() {
            "XA" => Some(entities::esignet(country, self.esignet.issuer(), since)?),
            "XE" => Some(entities::oidc(country, self.oidc.issuer(), since)?),
            "XF" => Some(entities::cards(country, self.cards.issuer(), &self.cards.key.jwk("EdDSA"), since)?),
            _ => self.options.extra_member.as_ref().map(|member| member.entry(since)).transpose()?,
        })
    }

    fn name_of(&self, country: CountryCode) -> LocalizedText {
        match &self.options.extra_member {
            Some(extra) if extra.code == country => extra.name.clone(),
            _ => LocalizedText::en(format!("State {country}"))
                .with("fr", format!("État {country}"))
                .with("pt", format!("Estado {country}"))
                .with("ar", format!("دولة {country}")),
        }
    }

    fn list_location(&self, country: CountryCode) -> String {
        format!("{}/lists/{country}.json", self.publisher_server.url())
    }

    fn list_key(&self, country: CountryCode) -> anyhow::Result<&SigningKey> {
        self.regulators.lists.get(&country).with_context(|| format!("{country} is no member"))
    }

    /// The regulator of the entity's own country suspends it, alone and at once.
    pub fn suspend(&self, country: &str, entity: &str) -> anyhow::Result<()> {
        let country: CountryCode = country.parse()?;
        self.suspend_by(country, &target(country, entity)?)
    }

    /// The regulator of `by` signs an order against `target`.
    pub fn suspend_by(&self, by: CountryCode, target: &SuspensionTarget) -> anyhow::Result<()> {
        let order = SuspensionOrder {
            region: REGION.parse()?,
            target: target.clone(),
            reason: SuspensionReason::SecurityIncident,
            issued: self.clock.now(),
        };
        let order = order.sign(self.regulators.of(by)?)?;
        self.publish(&[order], |_| Ok(()))
    }

    /// The full quorum lifts the orders against an entity.
    pub fn reinstate(&self, country: &str, entity: &str) -> anyhow::Result<()> {
        let target = target(country.parse()?, entity)?;
        // An order of this very second is lifted too.
        let orders_before = self.clock.now().plus(1);
        self.edit_regional(|list| Ok(list.reinstate(Reinstatement { target, orders_before })))
    }

    /// A member changes its national list, signs and publishes it.
    pub fn edit_national(
        &self,
        country: &str,
        change: impl FnOnce(NationalBuilder) -> anyhow::Result<NationalBuilder>,
    ) -> anyhow::Result<()> {
        let (country, now): (CountryCode, _) = (country.parse()?, self.clock.now());
        self.publish(&[], |published| {
            let (_, current) = published.list(ListName::Member(country))?;
            let list = change(NationalBuilder::revise(current.payload(), now)?)?;
            published.add(&list.build()?.signed_by(self.list_key(country)?, now)?)?;
            Ok(())
        })
    }

    /// The members change the regional list; a quorum signs it.
    pub fn edit_regional(
        &self,
        change: impl FnOnce(RegionalBuilder) -> anyhow::Result<RegionalBuilder>,
    ) -> anyhow::Result<()> {
        let now = self.clock.now();
        self.publish(&[], |published| {
            let (_, current) = published.list(ListName::Regional)?;
            let list = change(RegionalBuilder::revise(current.payload(), now)?)?;
            published.add(&self.regulators.sign_by_quorum(list.build()?, now)?)?;
            Ok(())
        })
    }

    /// A member gives an entry another status in its own list.
    pub fn set_status(&self, country: &str, entity: &str, status: ServiceStatus) -> anyhow::Result<()> {
        let (id, now): (EntityId, _) = (entity.parse()?, self.clock.now());
        self.edit_national(country, |list| Ok(list.status(&id, status, now)?))
    }

    /// The founders' lists grow by so many clients in all, and are published together.
    pub fn enlarge(&self, entries: usize) -> anyhow::Result<()> {
        let now = self.clock.now();
        let key = SigningKey::generate(Algorithm::ES256, None)?;
        self.publish(&[], |published| {
            for country in FOUNDERS {
                let country: CountryCode = country.parse()?;
                let (_, current) = published.list(ListName::Member(country))?;
                let mut list = NationalBuilder::revise(current.payload(), now)?;
                for at in 0..entries / FOUNDERS.len() {
                    list = list.client(&TestRegion::client(country, format!("entry-{at}").parse()?, &key, now))?;
                }
                published.add(&list.build()?.signed_by(self.list_key(country)?, now)?)?;
            }
            Ok(())
        })
    }

    /// The online key signs the status anew: everything is still current.
    pub fn restamp(&self) -> anyhow::Result<()> {
        self.publish(&[], |_| Ok(()))
    }

    fn publish(
        &self,
        orders: &[Proposal],
        change: impl FnOnce(&mut Published) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let mut published = self.published.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = published.clone();
        change(&mut next)?;
        let online = std::slice::from_ref(&self.regulators.online);
        next.restamp(online, orders, self.clock.now(), self.options.status_life)?;
        next.write_to(self.publisher.dir())?;
        *published = next;
        Ok(())
    }
}

/// An entity of a country; "" is the whole member.
fn target(country: CountryCode, entity: &str) -> anyhow::Result<SuspensionTarget> {
    let whole = SuspensionTarget::member(country);
    Ok(if entity.is_empty() { whole } else { format!("{country}/{entity}").parse()? })
}
