//! Nonces for proofs (RFC 9449 §8, §9): sealed times, so that no replica has to remember one.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use strict_jose::{Claims, UnixTime};

use crate::broker::Broker;
use crate::error::ProofFault;
use crate::sealed::{SealPurpose, SealedHandle};

/// When the nonce was given out. Every replica opens what another sealed.
#[derive(Serialize, Deserialize)]
struct DpopNonce {
    at: UnixTime,
}

impl SealedHandle for DpopNonce {
    const PURPOSE: SealPurpose = SealPurpose::DpopNonce;
}

/// How long a nonce is good for, in seconds. A client takes the next one from the answer to each of its requests.
const LIFE: i64 = 300;
/// A new one is given out this often, in seconds.
const RENEWED: i64 = 60;
/// Clocks of replicas differ by this much at most (readiness watches it).
const SKEW: i64 = 60;

/// The nonce that is given out now.
#[derive(Default)]
pub(crate) struct Nonces(Mutex<Option<(UnixTime, String)>>);

impl fmt::Debug for Nonces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonces")
    }
}

impl Broker {
    /// The value of the `DPoP-Nonce` header of any answer to a request with a proof. `None` if none could be sealed:
    /// the client then tries the one it has.
    pub fn dpop_nonce(&self, now: UnixTime) -> Option<String> {
        let mut given = self.nonces.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, text)) = &*given
            && (0..RENEWED).contains(&now.since(*at))
        {
            return Some(text.clone());
        }
        let text = self.keys.sealer.seal_handle(&DpopNonce { at: now }).ok()?;
        *given = Some((now, text.clone()));
        Some(text)
    }

    /// RFC 9449 §4.3 item 10: `nonce` is one that we gave out lately.
    pub(super) fn nonce_is_ours(&self, claims: &Claims, now: UnixTime) -> Result<(), ProofFault> {
        let text = claims.required_str("nonce").map_err(|_| ProofFault::Nonce)?;
        let nonce: DpopNonce = self.keys.sealer.open_handle(text).map_err(|_| ProofFault::Nonce)?;
        if (-SKEW..=LIFE).contains(&now.since(nonce.at)) { Ok(()) } else { Err(ProofFault::Nonce) }
    }
}
