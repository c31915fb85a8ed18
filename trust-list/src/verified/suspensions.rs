//! Which suspension orders have force.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use strict_jose::{Thumbprint, UnixTime};

use super::NotTrusted;
use crate::document::{MAX_CLOCK_SKEW, SuspensionOrder, SuspensionReason, SuspensionTarget, rfc3339};
use crate::high_water::KeptOrder;
use crate::{CountryCode, EntityId};

/// The orders in force, by target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Suspensions {
    in_force: Vec<SuspensionInForce>,
    by_target: HashMap<SuspensionTarget, usize>,
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
        let new = others.in_force.iter().filter(|other| !self.by_target.contains_key(&other.target));
        Self::new(self.in_force.iter().chain(new).cloned().collect())
    }

    pub(crate) fn new(in_force: Vec<SuspensionInForce>) -> Self {
        let by_target = in_force.iter().enumerate().map(|(at, found)| (found.target.clone(), at)).collect();
        Self { in_force, by_target }
    }

    pub(crate) fn all(&self) -> &[SuspensionInForce] {
        &self.in_force
    }

    /// No order suspends the whole member.
    pub(crate) fn check_member(&self, country: CountryCode, at: UnixTime) -> Result<(), NotTrusted> {
        self.check(&SuspensionTarget { country, entity: None }, at)
    }

    /// No order suspends the entity.
    pub(crate) fn check_entity(&self, country: CountryCode, id: &EntityId, at: UnixTime) -> Result<(), NotTrusted> {
        if self.in_force.is_empty() {
            return Ok(());
        }
        self.check(&SuspensionTarget { country, entity: Some(id.clone()) }, at)
    }

    fn check(&self, target: &SuspensionTarget, at: UnixTime) -> Result<(), NotTrusted> {
        let order = self.by_target.get(target).and_then(|at| self.in_force.get(*at));
        match order {
            // The signer's clock may be ahead of ours; an order that is here is meant to hold.
            Some(order) if order.since <= at.plus(MAX_CLOCK_SKEW) => Err(NotTrusted::Suspended),
            _ => Ok(()),
        }
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
