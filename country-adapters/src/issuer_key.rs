//! A key of an issuer, whether the signed list pins it or the issuer publishes it.

use strict_jose::{UnixTime, Verifier};

use crate::error::AssertionProblem;

/// A key with an end of its own vouches for nothing after it: MOSIP keeps retired keys in its set and dates them, and a
/// list may date a key that it is going to drop.
pub(crate) fn check_in_force(verifier: &Verifier, now: UnixTime) -> Result<(), AssertionProblem> {
    if verifier.key().is_expired(now) { Err(AssertionProblem::KeyExpired) } else { Ok(()) }
}
