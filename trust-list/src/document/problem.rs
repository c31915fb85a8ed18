//! Why a list is refused.

use super::LogProblem;
use crate::{CountryCode, EntityId, Purpose, Regression};

/// Why one list cannot be used. A national list with a problem disables its member, not the others.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListProblem {
    /// The status document does not name the list.
    #[error("the status document names no current list")]
    NotInStatus,
    /// The publisher has no such document.
    #[error("the publisher does not have it")]
    Missing,
    /// The publisher did not give it.
    #[error("it could not be fetched: {0}")]
    Unreachable(String),
    /// It is longer than any list may be.
    #[error("it is longer than {max} bytes")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// It has another length than the status document says.
    #[error("its length is not the one in the status document")]
    WrongLength,
    /// It has another hash than the status document says.
    #[error("its SHA-256 is not the one in the status document")]
    WrongHash,
    /// It is not a signed document, or not of this type.
    #[error("it is not a signed document of this type: {0}")]
    NotSigned(String),
    /// Too few of the signers it must have signed it.
    #[error("{0}")]
    Quorum(#[from] crate::quorum::QuorumNotMet),
    /// The regional list lets an online key sign it.
    #[error("key {0} signs the status document and must not sign a list")]
    OnlineSigner(strict_jose::Thumbprint),
    /// The log does not show that it has it.
    #[error("{0}")]
    Log(#[from] LogProblem),
    /// It is not strict JSON, or not LoTE, or lacks what an explicit list must have.
    #[error("it is not of the form that TS 119 602 prescribes: {0}")]
    WrongForm(String),
    /// A clause of TS 119 602 is not kept.
    #[error("{clause}: {what}")]
    Clause {
        /// Which clause.
        clause: &'static str,
        /// What is wrong.
        what: String,
    },
    /// An extension must be understood and is not.
    #[error("the critical extension {0:?} is not understood")]
    UnknownCriticalExtension(String),
    /// It is a list of another type.
    #[error("its LoTEType is not the one asked for")]
    WrongType,
    /// It is the list of another territory.
    #[error("its SchemeTerritory is {0}, not the one asked for")]
    WrongTerritory(String),
    /// It is published elsewhere.
    #[error("its DistributionPoints do not name the place it is published at")]
    WrongDistributionPoint,
    /// Its sequence number is not the one in the status document.
    #[error("its sequence number {found} is not the {expected} of the status document")]
    WrongSequence {
        /// In the list.
        found: u64,
        /// In the status document.
        expected: u64,
    },
    /// It contradicts the highest one seen before.
    #[error("{0}")]
    Regressed(Regression),
    /// It says it is issued in the future.
    #[error("it is issued in the future")]
    IssuedInFuture,
    /// Its NextUpdate is past.
    #[error("its NextUpdate is past")]
    Expired,
    /// An entry is of another country.
    #[error("entry {0} is of another country")]
    ForeignEntry(String),
    /// Two entries have the same id.
    #[error("two entries have the id {0}")]
    DuplicateEntity(EntityId),
    /// Two entries claim one issuer identifier or client identifier, and neither is withdrawn.
    #[error("two of its entries claim {0:?}")]
    DuplicateIdentifier(String),
    /// A host that the regional list does not permit this member.
    #[error("host {0} is outside what the regional list permits this member")]
    HostNotPermitted(String),
    /// A host that another member's entries have too, and that the regional list permits to none of the two alone.
    #[error("host {host} is claimed by {other} too; the regional list can permit it to one of them")]
    HostOfAnother {
        /// The host, with its port.
        host: String,
        /// Another country that claims it.
        other: CountryCode,
    },
    /// A member appears twice in the regional list.
    #[error("{0} appears twice")]
    DuplicateCountry(CountryCode),
    /// Two rows of the recognition matrix about one pair and purpose are in force at one time.
    #[error("two rows by which {recogniser} recognises {recognised} for {purpose} overlap; end the earlier one first")]
    OverlappingRecognitions {
        /// The country that accepts.
        recogniser: CountryCode,
        /// The country whose identities are accepted.
        recognised: CountryCode,
        /// For which purpose.
        purpose: Purpose,
    },
}

impl ListProblem {
    /// A clause of TS 119 602 that is not kept.
    pub(crate) fn clause(clause: &'static str, what: impl Into<String>) -> Self {
        Self::Clause { clause, what: what.into() }
    }

    /// Whether the same status document may lead to a usable list a moment later.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Missing | Self::Unreachable(_) | Self::WrongLength | Self::WrongHash => true,
            Self::Log(problem) => problem.may_pass(),
            _ => false,
        }
    }
}
