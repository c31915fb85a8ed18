//! Suspension orders: what one regulator can do alone, at once.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use strict_jose::UnixTime;

use super::{SuspensionTarget, rfc3339};
use crate::CountryCode;

/// "From now on, do not trust this." Each order is a JWS of its own, signed by a regulator's key, and carried in the
/// status document; the online key that signs the status cannot make one.
///
/// An order has no end: it holds until a regional list, signed by the full quorum, reinstates its target. A client that
/// verified it once keeps it until then, whether the status goes on carrying it or not, and whatever becomes of the keys
/// that signed it: nothing in the documents tells a key that was rotated from one that was stolen. Orders by a stolen
/// key are lifted like any other. A client that meets the region after the key has left does not count its orders, so
/// whoever rotates a key signs its orders anew; `trustctl publish` says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionOrder {
    /// The region it is for, so that an order of one region is none in another.
    pub region: CountryCode,
    /// What is suspended.
    #[serde(flatten)]
    pub target: SuspensionTarget,
    /// Why, as a code.
    pub reason: SuspensionReason,
    /// When it was signed, and from when it holds.
    #[serde(with = "rfc3339")]
    pub issued: UnixTime,
}

/// Why something is suspended. The words are RFC 5280 §5.3.1's where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SuspensionReason {
    /// A private key is or may be in other hands.
    KeyCompromise,
    /// It vouched for something untrue.
    Misissuance,
    /// An attack or failure is being looked into.
    SecurityIncident,
    /// A court or authority says so.
    LegalOrder,
    /// The entity asked for it.
    OwnRequest,
    /// An exercise that all members know of.
    Drill,
}

impl SuspensionReason {
    /// Every reason, in the order of the variants.
    pub const ALL: [Self; 6] = [
        Self::KeyCompromise,
        Self::Misissuance,
        Self::SecurityIncident,
        Self::LegalOrder,
        Self::OwnRequest,
        Self::Drill,
    ];

    /// The code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::KeyCompromise => "key-compromise",
            Self::Misissuance => "misissuance",
            Self::SecurityIncident => "security-incident",
            Self::LegalOrder => "legal-order",
            Self::OwnRequest => "own-request",
            Self::Drill => "drill",
        }
    }
}

impl fmt::Display for SuspensionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SuspensionReason {
    type Err = UnknownReason;

    fn from_str(text: &str) -> Result<Self, UnknownReason> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).ok_or(UnknownReason)
    }
}

/// The text is not a reason code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reason is one of key-compromise, misissuance, security-incident, legal-order, own-request, drill")]
pub struct UnknownReason;

/// An order with sixteen signatures: 300 bytes of payload, 400 each for header and signature, 7 KiB; rounded up.
pub(crate) const MAX_ORDER_BYTES: usize = 8 * 1024;
