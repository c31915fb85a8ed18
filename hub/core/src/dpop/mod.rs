//! Sender constraint by proof of possession: DPoP (RFC 9449).
//!
//! A client that sends a proof with its request gets tokens bound to the key of that proof (`cnf.jkt`, §6.1), and they
//! open nothing without a fresh proof by the same key. [`Broker::proof`] is the list of checks, for every endpoint; the
//! rules are in `proof.rs`, one function each. The nonces of §8 and §9 are in `nonce.rs`.
//!
//! A proof counts once (§11.1). It is spent in the same atomic step of the store that takes the code or reads the grant,
//! as a client assertion is.

mod nonce;
mod proof;

pub(crate) use nonce::Nonces;

use std::time::Duration;

use strict_jose::{Claims, CompactJws, Limits, Thumbprint, UnixTime, Verifier};

use crate::answer::{ProofHeader, RequestHead};
use crate::broker::Broker;
use crate::error::ProofFault;
use crate::handles::Once;

/// A proof that passed every check but one: whether it was seen before. That is asked where [`Proof::once`] is spent.
#[must_use]
pub(crate) struct Proof {
    pub(crate) key: Thumbprint,
    pub(crate) once: Once,
}

/// What a proof is to be made for.
#[derive(Clone, Copy)]
pub(crate) struct MadeFor<'a> {
    /// The endpoint, below our issuer.
    pub(crate) path: &'a str,
    /// The access token it comes with, at a protected resource.
    pub(crate) access_token: Option<&'a str>,
}

impl Broker {
    /// RFC 9449 §4.3: the checks of a proof, if there is one.
    pub(crate) fn proof(
        &self,
        head: &RequestHead<'_>,
        made_for: MadeFor<'_>,
        now: UnixTime,
    ) -> Result<Option<Proof>, ProofFault> {
        let text = match head.dpop {
            ProofHeader::Absent => return Ok(None),
            ProofHeader::Unreadable => return Err(ProofFault::Malformed),
            ProofHeader::One(text) => text,
        };
        let jws = CompactJws::parse(text, &Limits::SMALL).map_err(|_| ProofFault::Malformed)?;
        let key = proof::own_key(jws.header())?;
        let verifier = Verifier::new(&key, jws.header().alg()).map_err(|_| ProofFault::Key)?;
        let proven = jws.verify(&verifier).map_err(|_| ProofFault::Signature)?;
        let claims = proven.claims().map_err(|_| ProofFault::Malformed)?;
        proof::method_is(&claims, head.method)?;
        let url = self.config.issuer.endpoint(made_for.path);
        proof::url_is(&claims, &url)?;
        proof::times_fit(&claims, now)?;
        proof::access_token_is(&claims, made_for.access_token)?;
        let once = Once::dpop_proof(key.thumbprint().as_str(), &url, proof::identifier(&claims)?, REMEMBERED);
        self.nonce_is_ours(&claims, now)?;
        Ok(Some(Proof { key: key.thumbprint().clone(), once }))
    }
}

/// `TimePolicy::PROOF`: issued at most 60 s ago and at most 10 s ahead of our clock; and 10 s more.
const REMEMBERED: Duration = Duration::from_secs(80);

/// Every rule of a proof but its signature, for [`crate::fuzzing`].
pub(crate) fn fuzz(text: &str, now: UnixTime) {
    let Ok(jws) = CompactJws::parse(text, &Limits::SMALL) else { return };
    let _ = proof::own_key(jws.header());
    let Ok(claims) = Claims::parse(jws.payload_unverified(), &Limits::SMALL) else { return };
    let _ = proof::method_is(&claims, "POST");
    let _ = proof::url_is(&claims, "https://hub.example/token");
    let _ = proof::times_fit(&claims, now);
    let _ = proof::access_token_is(&claims, Some("token"));
    let _ = proof::identifier(&claims);
}
