//! Step 6: suspension orders.

use strict_jose::{Limits, SignedDocument, UnixTime, json};

use super::open;
use crate::document::{
    MAX_CLOCK_SKEW, MAX_ORDER_BYTES, RegionalList, Role, Root, Status, SuspensionOrder, SuspensionTarget, Typ,
};
use crate::high_water::HighWaterError;
use crate::quorum::{Quorum, Signers};
use crate::verified::suspensions::{SignedOrder, SuspensionSigner, Suspensions};

/// The orders after one run.
pub(super) struct Collected {
    /// Those that have force.
    pub(super) in_force: Suspensions,
    /// The signed documents to keep: good ones that nobody lifted.
    pub(super) kept: Vec<String>,
    pub(super) notices: Vec<Notice>,
}

/// Something an operator should see, although the list is good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Notice {
    /// The status document carries an order that nobody who may signed.
    #[error("a suspension order in the status document is refused: {0}")]
    OrderRefused(String),
    /// The status document leaves out an order seen before that no regional list lifted. It stays in force.
    #[error("the status document leaves out the suspension order against {0}; it stays in force")]
    OrderLeftOut(SuspensionTarget),
    /// The documents could not be kept for a start without network.
    #[error("the documents are not kept for a start without network: {0}")]
    CacheNotWritten(HighWaterError),
}

const ORDER_LIMITS: Limits = Limits { max_bytes: MAX_ORDER_BYTES, max_depth: 8 };

/// Checks the orders of the status document and those kept from before.
///
/// An order that is wrong is left out with a notice: whoever holds the online key could otherwise stop everything
/// with a bad one. An order that is missing stays in force: leaving one out would be a reinstatement, and that takes
/// the full quorum.
pub(super) fn collect(
    root: &Root,
    status: &Status,
    regional: &RegionalList,
    kept: &[String],
    now: UnixTime,
) -> Collected {
    let mut collector = Collector { root, regional, now, orders: Vec::new(), kept: Vec::new(), notices: Vec::new() };
    for raw in &status.suspensions {
        match collector.verify(raw.get()) {
            Ok(signed) => {
                collector.add(raw.get(), signed);
            }
            Err(why) => collector.notices.push(Notice::OrderRefused(why)),
        }
    }
    for text in kept {
        // A kept order that is no longer good was signed by a key that the region has since taken away.
        let Ok(signed) = collector.verify(text) else { continue };
        let target = signed.first().map(|signed| signed.order.target.clone());
        if let (true, Some(target)) = (collector.add(text, signed), target) {
            collector.notices.push(Notice::OrderLeftOut(target));
        }
    }
    let Collector { orders, kept, notices, .. } = collector;
    Collected { in_force: Suspensions::count(orders, &regional.reinstatements), kept, notices }
}

struct Collector<'c> {
    root: &'c Root,
    regional: &'c RegionalList,
    now: UnixTime,
    orders: Vec<SignedOrder>,
    kept: Vec<String>,
    notices: Vec<Notice>,
}

impl Collector<'_> {
    /// One order, once for each key that signed it and may.
    fn verify(&self, text: &str) -> Result<Vec<SignedOrder>, String> {
        let document = open(text.as_bytes(), &ORDER_LIMITS)?;
        // 6.1 It is an order of this region, and not from the future.
        let order: SuspensionOrder =
            json::parse_as(document.payload(), &ORDER_LIMITS).map_err(|error| error.to_string())?;
        if order.region != self.root.document().region {
            return Err(format!("it is for region {}", order.region));
        }
        if order.issued > self.now.plus(MAX_CLOCK_SKEW) {
            return Err("it is issued in the future".to_owned());
        }
        // 6.2 By a regulator, or by a signer of the member's own list.
        let signed = self.signers(&document, &order);
        if signed.is_empty() { Err("nobody who may order it signed it".to_owned()) } else { Ok(signed) }
    }

    fn signers(&self, document: &SignedDocument, order: &SuspensionOrder) -> Vec<SignedOrder> {
        let typ = Typ::Suspension.as_str();
        let regulators = self.root.signers(Role::Regional);
        let own = self.own_signers(order);
        let mut signed: Vec<SignedOrder> = Vec::new();
        for signers in std::iter::once(regulators).chain(&own) {
            for key in signers.tally(document, typ).signed {
                let Some(country) = signers.country_of(&key) else { continue };
                signed.push(SignedOrder { order: order.clone(), signer: SuspensionSigner { key, country } });
            }
        }
        signed
    }

    /// The signers of the list of the member that the order is against.
    fn own_signers(&self, order: &SuspensionOrder) -> Option<Signers> {
        let member = self.regional.members.iter().find(|member| member.country == order.target.country)?;
        let keys = member.signers.iter().filter(|key| !super::is_online_key(self.root, key));
        Signers::new(keys.map(|key| (key, member.country)), Quorum { threshold: 1, countries: 1 }).ok()
    }

    /// Keeps the order, unless a reinstatement lifts it or it is there already. Whether it was new.
    fn add(&mut self, text: &str, signed: Vec<SignedOrder>) -> bool {
        let lifted = |signed: &SignedOrder| self.regional.reinstatements.iter().any(|row| row.lifts(&signed.order));
        let new: Vec<_> = signed.into_iter().filter(|s| !lifted(s) && !self.orders.contains(s)).collect();
        if new.is_empty() {
            return false;
        }
        self.orders.extend(new);
        self.kept.push(text.to_owned());
        true
    }
}
