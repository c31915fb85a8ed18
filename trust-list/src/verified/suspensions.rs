//! Which suspension orders have force.

use std::collections::{BTreeSet, HashMap};

use strict_jose::{Thumbprint, UnixTime};

use super::NotTrusted;
use crate::document::{MAX_CLOCK_SKEW, Reinstatement, SuspensionOrder, SuspensionReason, SuspensionTarget};
use crate::{CountryCode, EntityId};

/// The orders in force, by target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Suspensions {
    in_force: Vec<SuspensionInForce>,
    by_target: HashMap<SuspensionTarget, usize>,
}

/// A target that is suspended by order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspensionInForce {
    /// What is suspended.
    pub target: SuspensionTarget,
    /// Since when.
    pub since: UnixTime,
    /// Why, as the order says that completed the quorum.
    pub reason: SuspensionReason,
    /// Who ordered it.
    pub signers: Vec<SuspensionSigner>,
}

/// A key that signed an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspensionSigner {
    /// The key.
    pub key: Thumbprint,
    /// The country it belongs to.
    pub country: CountryCode,
}

/// An order whose signature was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SignedOrder {
    pub(crate) order: SuspensionOrder,
    pub(crate) signer: SuspensionSigner,
}

/// Two countries suspend anything.
const FOREIGN_COUNTRIES: usize = 2;

impl Suspensions {
    /// Counts the orders, leaving out those that the regional list has lifted.
    pub(crate) fn count(mut orders: Vec<SignedOrder>, reinstatements: &[Reinstatement]) -> Self {
        orders.retain(|signed| !reinstatements.iter().any(|lifted| lifted.lifts(&signed.order)));
        orders.sort_by_key(|signed| signed.order.issued);
        let mut targets: Vec<SuspensionTarget> = Vec::new();
        for signed in &orders {
            if !targets.contains(&signed.order.target) {
                targets.push(signed.order.target.clone());
            }
        }
        let in_force: Vec<_> = targets.iter().filter_map(|target| in_force(target, &orders)).collect();
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
fn in_force(target: &SuspensionTarget, orders: &[SignedOrder]) -> Option<SuspensionInForce> {
    let mut signers: Vec<SuspensionSigner> = Vec::new();
    for signed in orders.iter().filter(|signed| signed.order.target == *target) {
        if signers.iter().all(|signer| signer.key != signed.signer.key) {
            signers.push(signed.signer.clone());
        }
        // A member suspends its own alone; anything else takes two signers of two countries, so that no country with
        // two keys stops another.
        let own = signed.signer.country == target.country;
        let countries: BTreeSet<CountryCode> = signers.iter().map(|signer| signer.country).collect();
        if own || countries.len() >= FOREIGN_COUNTRIES {
            let SuspensionOrder { reason, issued, .. } = signed.order;
            return Some(SuspensionInForce { target: target.clone(), since: issued, reason, signers });
        }
    }
    None
}
