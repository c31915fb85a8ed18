//! Why something is trusted or not: the checks of one lookup in their order, with their results.

use std::fmt;

use super::NotTrusted;
use crate::Language;

/// A check of a lookup.
///
/// To add one: 1. a variant with its words here, in `text`, 2. its place in `ISSUER` or `CLIENT`, 3. its function in
/// `checks.rs`, 4. its `step` in `VerifiedList::decide_issuer` or `decide_client`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The regional list names the country.
    CountryListed,
    /// Some national list names the client.
    ClientListed,
    /// The regional list admits it at that time.
    MemberAdmitted,
    /// No order suspends the whole member.
    MemberNotSuspendedByOrder,
    /// The national list passed verification.
    MemberListUsable,
    /// The national list's NextUpdate is not past, nor the end of the documents that vouch for it.
    MemberListCurrent,
    /// The national list names a service of that kind.
    ServiceListed,
    /// The service's status is granted at that time.
    ServiceGranted,
    /// No order suspends the service.
    ServiceNotSuspendedByOrder,
    /// The recognition matrix has a row for the pair and the purpose.
    Recognised,
    /// That row is in force at that time.
    RecognitionInForce,
    /// Entry, recognition and orders allow the level.
    LevelReachable,
}

/// The checks of [`crate::VerifiedList::trusted_issuer`], in order.
pub(super) const ISSUER: [Rule; 11] = [
    Rule::CountryListed,
    Rule::MemberAdmitted,
    Rule::MemberNotSuspendedByOrder,
    Rule::MemberListUsable,
    Rule::MemberListCurrent,
    Rule::ServiceListed,
    Rule::ServiceGranted,
    Rule::ServiceNotSuspendedByOrder,
    Rule::Recognised,
    Rule::RecognitionInForce,
    Rule::LevelReachable,
];

/// The checks of [`crate::VerifiedList::trusted_client`], in order.
pub(super) const CLIENT: [Rule; 7] = [
    Rule::ClientListed,
    Rule::MemberAdmitted,
    Rule::MemberNotSuspendedByOrder,
    Rule::MemberListUsable,
    Rule::MemberListCurrent,
    Rule::ServiceGranted,
    Rule::ServiceNotSuspendedByOrder,
];

impl Rule {
    /// The rule in words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::CountryListed => "the regional list names the country",
            Self::ClientListed => "a national list names the client",
            Self::MemberAdmitted => "the regional list admits the country at that time",
            Self::MemberNotSuspendedByOrder => "no order suspends the country",
            Self::MemberListUsable => "the country's list passed verification",
            Self::MemberListCurrent => "the country's list and the region's documents are not past their end",
            Self::ServiceListed => "the country's list names such a service",
            Self::ServiceGranted => "its status is granted at that time",
            Self::ServiceNotSuspendedByOrder => "no order suspends it",
            Self::Recognised => "the recognition matrix has a row for the two countries and the purpose",
            Self::RecognitionInForce => "that row is in force at that time",
            Self::LevelReachable => "its ceiling, the recognition and the orders allow the level",
        }
    }
}

/// What became of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It failed; the checks after it were not made.
    Failed(NotTrusted),
    /// An earlier check failed.
    NotReached,
}

/// Every check of one lookup, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The checks.
    pub checks: Vec<(Rule, Outcome)>,
}

impl Explanation {
    /// Whether every check passed.
    pub fn trusted(&self) -> bool {
        self.checks.iter().all(|(_, outcome)| *outcome == Outcome::Passed)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

/// Sees each check as it is made.
pub(super) trait Trace {
    fn step<T>(&mut self, rule: Rule, result: Result<T, NotTrusted>) -> Result<T, NotTrusted>;
}

/// Sees nothing: what a request pays.
pub(super) struct Silent;

impl Trace for Silent {
    fn step<T>(&mut self, _: Rule, result: Result<T, NotTrusted>) -> Result<T, NotTrusted> {
        result
    }
}

/// Keeps every check.
#[derive(Default)]
pub(super) struct Recorder(Vec<(Rule, Outcome)>);

impl Trace for Recorder {
    fn step<T>(&mut self, rule: Rule, result: Result<T, NotTrusted>) -> Result<T, NotTrusted> {
        let outcome = result.as_ref().err().map_or(Outcome::Passed, |why| Outcome::Failed(why.clone()));
        self.0.push((rule, outcome));
        result
    }
}

impl Recorder {
    /// The checks made, then those of `all` that were not.
    pub(super) fn finish(self, all: &[Rule]) -> Explanation {
        let rest = all.iter().skip(self.0.len()).map(|rule| (*rule, Outcome::NotReached)).collect::<Vec<_>>();
        Explanation { checks: self.0.into_iter().chain(rest).collect() }
    }
}
