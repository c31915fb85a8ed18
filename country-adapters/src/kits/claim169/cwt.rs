//! The claims of a CWT (RFC 8392 §3.1): who issued it, and from when until when it holds.

use ciborium::Value;
use strict_jose::UnixTime;

use super::cbor::{self, member};
use super::profile::Claim169Profile;
use crate::error::AssertionProblem;

/// A claims set.
pub(super) struct CwtClaims(Vec<(Value, Value)>);

impl CwtClaims {
    pub(super) fn parse(payload: &[u8]) -> Result<Self, AssertionProblem> {
        cbor::parse(payload)?.into_map().map(Self).map_err(|_| AssertionProblem::NotACwt)
    }

    pub(super) fn issuer(&self) -> Option<&str> {
        member(&self.0, ISS)?.as_text()
    }

    pub(super) fn subject(&self) -> Option<&str> {
        member(&self.0, SUB)?.as_text()
    }

    pub(super) fn identity_data(&self) -> Option<&Value> {
        member(&self.0, IDENTITY_DATA)
    }

    /// Exactly one of the names that the profile knows the issuer by. They are not all URLs.
    pub(super) fn check_issuer(&self, profile: &Claim169Profile) -> Result<(), AssertionProblem> {
        let known = self.issuer().is_some_and(|iss| profile.iss.iter().any(|own| own == iss));
        if known { Ok(()) } else { Err(AssertionProblem::Issuer) }
    }

    /// RFC 8392 §3.1.4 to §3.1.6. Gives the end, which is always known afterwards.
    pub(super) fn check_times(&self, profile: &Claim169Profile, now: UnixTime) -> Result<UnixTime, AssertionProblem> {
        let (exp, nbf, iat) = (self.time(EXP)?, self.time(NBF)?, self.time(IAT)?);
        let begins = |time: Option<UnixTime>| time.is_none_or(|time| time <= now.plus(LEEWAY));
        if !begins(nbf) || !begins(iat) {
            return Err(AssertionProblem::NotYetValid);
        }
        let end = match (exp, iat, profile.accepted_without_exp_days) {
            (Some(exp), _, _) => exp,
            // Never "for ever": so many days from its issue as the country's entry says, or not at all.
            (None, Some(iat), Some(days)) => iat.plus(i64::from(days) * DAY),
            (None, _, _) => return Err(AssertionProblem::NoExpiry),
        };
        if now < end.plus(LEEWAY) { Ok(end) } else { Err(AssertionProblem::Expired) }
    }

    /// An integer number of seconds. Off-spec: RFC 8392 §2 allows fractions; no issuer writes them.
    fn time(&self, key: i64) -> Result<Option<UnixTime>, AssertionProblem> {
        let Some(value) = member(&self.0, key) else { return Ok(None) };
        let seconds = value.as_integer().and_then(|integer| i64::try_from(integer).ok());
        let in_range = seconds.filter(|seconds| (0..=strict_jose::time::MAX_SAFE_INTEGER).contains(seconds));
        in_range.map(UnixTime::new).map(Some).ok_or(AssertionProblem::Cbor)
    }
}

const ISS: i64 = 1;
const SUB: i64 = 2;
const EXP: i64 = 4;
const NBF: i64 = 5;
const IAT: i64 = 6;
const IDENTITY_DATA: i64 = 169;

const DAY: i64 = 86_400;
/// For clocks that differ.
const LEEWAY: i64 = 60;
