//! The answers that are not "trusted".

use crate::Level;
use crate::document::ListProblem;

/// Why an issuer or a client is not trusted for what was asked, at the time asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTrusted {
    /// The regional list names no such country.
    #[error("the country is not in the regional list")]
    UnknownCountry,
    /// The country is listed, and was not yet a member or is no longer.
    #[error("the country is not a member at that time")]
    MemberNotAdmitted,
    /// The country is a member and its national list cannot be used.
    #[error("the list of the country cannot be used: {0}")]
    MemberListUnusable(ListProblem),
    /// The country's list names no such issuer of that kind.
    #[error("the country's list has no such service")]
    NoSuchService,
    /// No list names such a client.
    #[error("no list has such a client")]
    UnknownClient,
    /// The service was first listed later than the time asked for.
    #[error("the service was not yet listed at that time")]
    NotYetListed,
    /// The service or its country is suspended, by its own list, by the regional list or by an order.
    #[error("suspended")]
    Suspended,
    /// The service is withdrawn.
    #[error("withdrawn")]
    Withdrawn,
    /// No row of the recognition matrix is about this pair and purpose.
    #[error("not recognised for this purpose")]
    NotRecognised,
    /// There is a row, and it is not in force at the time asked for.
    #[error("the recognition is not in force at that time")]
    RecognitionNotInForce,
    /// The level asked for is above what the service and the recognition allow.
    #[error("at most level {max} can be reached")]
    LevelNotReachable {
        /// The highest level that can be.
        max: Level,
    },
}

impl NotTrusted {
    /// A fixed word for logs and metrics.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownCountry => "unknown_country",
            Self::MemberNotAdmitted => "member_not_admitted",
            Self::MemberListUnusable(_) => "member_list_unusable",
            Self::NoSuchService => "no_such_service",
            Self::UnknownClient => "unknown_client",
            Self::NotYetListed => "not_yet_listed",
            Self::Suspended => "suspended",
            Self::Withdrawn => "withdrawn",
            Self::NotRecognised => "not_recognised",
            Self::RecognitionNotInForce => "recognition_not_in_force",
            Self::LevelNotReachable { .. } => "level_not_reachable",
        }
    }
}
