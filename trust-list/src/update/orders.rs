//! Step 6: suspension orders.

use std::collections::HashMap;

use strict_jose::{Limits, SignedDocument, Thumbprint, UnixTime, json};

use super::open;
use crate::document::{
    MAX_CLOCK_SKEW, MAX_ORDER_BYTES, RegionalList, Role, Root, Status, SuspensionOrder, SuspensionTarget, Typ,
};
use crate::high_water::{HighWaterError, KeptOrder};
use crate::quorum::{Quorum, Signers};
use crate::verified::suspensions::{SuspensionSigner, Suspensions};

/// The orders after one run.
pub(super) struct Collected {
    /// Those that have force.
    pub(super) in_force: Suspensions,
    /// Those to keep: verified once and lifted by nobody.
    pub(super) kept: Vec<KeptOrder>,
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
    /// The suspension orders hold and could not be kept: a restart would have to learn them again.
    #[error("the suspension orders are not kept for the next start: {0}")]
    OrdersNotKept(HighWaterError),
    /// The documents could not be kept for a start without network.
    #[error("the documents are not kept for a start without network: {0}")]
    CacheNotWritten(HighWaterError),
}

const ORDER_LIMITS: Limits = Limits { max_bytes: MAX_ORDER_BYTES, max_depth: 8 };

/// Checks the orders of the status document and adds them to those kept from before.
///
/// An order that is wrong is left out with a notice: whoever holds the online key could otherwise stop everything
/// with a bad one. An order that is missing stays in force: leaving one out would be a reinstatement, and that takes
/// the full quorum. So does the rotation of a key: an order counts for the keys that could sign it when it was first
/// seen, whatever becomes of them. Orders by a key that was stolen are lifted like any other, by a reinstatement.
pub(super) fn collect(
    root: &Root,
    status: &Status,
    regional: &RegionalList,
    kept: &[KeptOrder],
    now: UnixTime,
) -> Collected {
    let reader = Reader { root, regional, now };
    let mut known = kept.to_vec();
    let mut carried = Vec::new();
    let mut notices = Vec::new();
    for raw in &status.suspensions {
        match reader.read(raw.get(), &known) {
            Ok(order) => {
                carried.push(order.order.clone());
                add(&mut known, order);
            }
            Err(why) => notices.push(Notice::OrderRefused(why)),
        }
    }
    known.retain(|kept| !regional.reinstatements.iter().any(|row| row.lifts(&kept.order)));
    let left_out = known.iter().filter(|kept| !carried.contains(&kept.order));
    notices.extend(left_out.map(|kept| Notice::OrderLeftOut(kept.order.target.clone())));
    Collected { in_force: Suspensions::count(&known), kept: that_matter(known), notices }
}

/// Of each signer's orders against one target, the first and the last: the first says since when, the last outlives every
/// reinstatement that the others do not. So nobody fills our disk by ordering the same again and again, and nothing that
/// is suspended is forgotten.
fn that_matter(known: Vec<KeptOrder>) -> Vec<KeptOrder> {
    let mut ends: HashMap<(&SuspensionTarget, &Thumbprint), (UnixTime, UnixTime)> = HashMap::new();
    for KeptOrder { order, signers } in &known {
        for signer in signers {
            let at = ends.entry((&order.target, &signer.key)).or_insert((order.issued, order.issued));
            *at = (at.0.min(order.issued), at.1.max(order.issued));
        }
    }
    let matters = |kept: &KeptOrder| {
        let order = &kept.order;
        let ends = kept.signers.iter().filter_map(|signer| ends.get(&(&order.target, &signer.key)));
        ends.into_iter().any(|(first, last)| order.issued == *first || order.issued == *last)
    };
    let matters: Vec<bool> = known.iter().map(matters).collect();
    known.into_iter().zip(matters).filter_map(|(kept, matters)| matters.then_some(kept)).collect()
}

/// One order has the signers of all its copies.
fn add(known: &mut Vec<KeptOrder>, new: KeptOrder) {
    match known.iter_mut().find(|kept| kept.order == new.order) {
        Some(kept) => {
            let more: Vec<_> = new.signers.into_iter().filter(|signer| !kept.signers.contains(signer)).collect();
            kept.signers.extend(more);
        }
        None => known.push(new),
    }
}

struct Reader<'r> {
    root: &'r Root,
    regional: &'r RegionalList,
    now: UnixTime,
}

impl Reader<'_> {
    /// One order with the keys that signed it and may.
    fn read(&self, text: &str, known: &[KeptOrder]) -> Result<KeptOrder, String> {
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
        // 6.2 By a regulator, or by a signer of the member's own list; or it was so when it was first seen.
        let signers = self.signers(&document, &order);
        if signers.is_empty() && !known.iter().any(|kept| kept.order == order) {
            return Err("nobody who may order it signed it".to_owned());
        }
        Ok(KeptOrder { order, signers })
    }

    fn signers(&self, document: &SignedDocument, order: &SuspensionOrder) -> Vec<SuspensionSigner> {
        let typ = Typ::Suspension.as_str();
        let regulators = self.root.signers(Role::Regional);
        let own = self.own_signers(order);
        let mut signed: Vec<SuspensionSigner> = Vec::new();
        for signers in std::iter::once(regulators).chain(&own) {
            for key in signers.tally(document, typ).signed {
                let Some(country) = signers.country_of(&key) else { continue };
                signed.push(SuspensionSigner { key, country });
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
}
