//! Which suspension orders have force.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};
use strict_jose::{Thumbprint, UnixTime};

use super::NotTrusted;
use crate::document::{MAX_CLOCK_SKEW, Scope, SuspensionOrder, SuspensionReason, SuspensionTarget, rfc3339};
use crate::high_water::KeptOrder;
use crate::{CountryCode, EntityId, Level};

/// The orders in force, and since when, by what they are against: a lookup costs the same however many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Suspensions {
    in_force: Vec<SuspensionInForce>,
    members: HashMap<CountryCode, UnixTime>,
    entities: HashMap<(CountryCode, EntityId), OfEntity>,
}

/// What is suspended of one entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct OfEntity {
    whole: Option<UnixTime>,
    keys: HashMap<Thumbprint, UnixTime>,
    levels: HashMap<Level, UnixTime>,
}

/// A target that is suspended by order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionInForce {
    /// What is suspended.
    #[serde(flatten)]
    pub target: SuspensionTarget,
    /// Since when.
    #[serde(with = "rfc3339")]
    pub since: UnixTime,
    /// Why, as the order says that completed the quorum.
    pub reason: SuspensionReason,
    /// Who ordered it.
    pub signers: Vec<SuspensionSigner>,
}

/// A key that signed an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionSigner {
    /// The key.
    pub key: Thumbprint,
    /// The country it belongs to.
    pub country: CountryCode,
}

/// Two countries suspend anything.
const FOREIGN_COUNTRIES: usize = 2;

impl Suspensions {
    /// Counts the orders that nobody lifted.
    pub(crate) fn count(orders: &[KeptOrder]) -> Self {
        let mut orders: Vec<&KeptOrder> = orders.iter().collect();
        orders.sort_by_key(|kept| kept.order.issued);
        let mut targets: Vec<&SuspensionTarget> = Vec::new();
        for kept in &orders {
            if !targets.contains(&&kept.order.target) {
                targets.push(&kept.order.target);
            }
        }
        Self::new(targets.into_iter().filter_map(|target| in_force(target, &orders)).collect())
    }

    /// These and those of `others`: what is suspended in either is suspended.
    pub(crate) fn and(&self, others: &Self) -> Self {
        let known: HashSet<&SuspensionTarget> = self.in_force.iter().map(|found| &found.target).collect();
        let new = others.in_force.iter().filter(|other| !known.contains(&other.target));
        Self::new(self.in_force.iter().chain(new).cloned().collect())
    }

    pub(crate) fn new(in_force: Vec<SuspensionInForce>) -> Self {
        let mut suspensions = Self::default();
        for found in &in_force {
            let country = found.target.country;
            let entity = |id: &EntityId| (country, id.clone());
            match found.target.scope() {
                Scope::Member => since(suspensions.members.entry(country), found.since),
                Scope::Entity(id) => {
                    let whole = &mut suspensions.entities.entry(entity(id)).or_default().whole;
                    *whole = Some(whole.map_or(found.since, |known| known.min(found.since)));
                }
                Scope::Key(id, key) => {
                    let keys = &mut suspensions.entities.entry(entity(id)).or_default().keys;
                    since(keys.entry(key.clone()), found.since);
                }
                Scope::Level(id, level) => {
                    let levels = &mut suspensions.entities.entry(entity(id)).or_default().levels;
                    since(levels.entry(level), found.since);
                }
            }
        }
        Self { in_force, ..suspensions }
    }

    pub(crate) fn all(&self) -> &[SuspensionInForce] {
        &self.in_force
    }

    /// No order suspends the whole member.
    pub(crate) fn check_member(&self, country: CountryCode, at: UnixTime) -> Result<(), NotTrusted> {
        check(self.members.get(&country).copied(), at)
    }

    /// No order suspends the whole entity.
    pub(crate) fn check_entity(&self, country: CountryCode, id: &EntityId, at: UnixTime) -> Result<(), NotTrusted> {
        check(self.of(country, id).and_then(|of| of.whole), at)
    }

    /// Whether an order suspends the key of the entity.
    pub(crate) fn suspends_key(&self, country: CountryCode, id: &EntityId, key: &Thumbprint, at: UnixTime) -> bool {
        check(self.of(country, id).and_then(|of| of.keys.get(key).copied()), at).is_err()
    }

    /// The highest level of the entity that no order suspends.
    pub(crate) fn highest_level(&self, country: CountryCode, id: &EntityId, at: UnixTime) -> Level {
        let Some(of) = self.of(country, id) else { return Level::High };
        let stands = |level: &Level| check(of.levels.get(level).copied(), at).is_ok();
        Level::ALL.into_iter().take_while(stands).last().unwrap_or(Level::Low)
    }

    fn of(&self, country: CountryCode, id: &EntityId) -> Option<&OfEntity> {
        if self.entities.is_empty() { None } else { self.entities.get(&(country, id.clone())) }
    }
}

/// Of two orders against one thing, the one that held first.
fn since<K>(entry: Entry<'_, K, UnixTime>, since: UnixTime) {
    entry.and_modify(|known| *known = (*known).min(since)).or_insert(since);
}

/// The signer's clock may be ahead of ours; an order that is here is meant to hold.
fn check(since: Option<UnixTime>, at: UnixTime) -> Result<(), NotTrusted> {
    match since {
        Some(since) if since <= at.plus(MAX_CLOCK_SKEW) => Err(NotTrusted::Suspended),
        _ => Ok(()),
    }
}

/// The suspension of one target, once enough signers ordered it. `orders` are by date.
fn in_force(target: &SuspensionTarget, orders: &[&KeptOrder]) -> Option<SuspensionInForce> {
    let mut signers: Vec<SuspensionSigner> = Vec::new();
    for KeptOrder { order, signers: of_order } in orders.iter().filter(|kept| kept.order.target == *target) {
        for signer in of_order {
            if signers.iter().all(|known| known.key != signer.key) {
                signers.push(signer.clone());
            }
        }
        // A member suspends its own alone; anything else takes two signers of two countries, so that no country with
        // two keys stops another.
        let countries: BTreeSet<CountryCode> = signers.iter().map(|signer| signer.country).collect();
        if countries.contains(&target.country) || countries.len() >= FOREIGN_COUNTRIES {
            let SuspensionOrder { reason, issued, .. } = *order;
            return Some(SuspensionInForce { target: target.clone(), since: issued, reason, signers });
        }
    }
    None
}
