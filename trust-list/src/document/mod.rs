//! The signed documents: what they say on the wire, and what that means.
//!
//! Each is a JWS in the general JSON form with a `typ` of its own, so a signature under one kind of document counts
//! for no other. The bytes that were signed are kept and verified as received; nothing is serialised again to be
//! checked.
//!
//! To add one: 1. a [`Typ`], 2. its wire form and checks in a file here, 3. its place in the numbered steps of
//! `update`, 4. its builder in `publish`.

pub(crate) mod clauses;
pub(crate) mod extension;
mod log;
pub(crate) mod lote;
mod national;
mod path;
mod problem;
mod regional;
pub(crate) mod rfc3339;
mod root;
mod status;
mod suspension;
mod target;
pub mod vocabulary;

pub use log::{LogDescription, LogDescriptionProblem, LogProblem, LogWitness, LoggedDocument};
pub use national::NationalList;
pub use path::{DocumentPath, ListName, LogPath, NotADocument};
pub use problem::ListProblem;
pub use regional::{MemberEntry, RegionalList, Reinstatement};
pub use root::{Role, RoleQuorums, Root, RootDocument, RootKey, RootProblem};
pub use status::{ListEntry, Status, StatusProblem};
pub use suspension::{SuspensionOrder, SuspensionReason, UnknownReason};
pub use target::{SuspensionTarget, TargetError};

pub(crate) use clauses::{MAX_LIFE, Requested};
pub(crate) use log::TrustedLog;
pub(crate) use national::redirect_problem;
pub(crate) use national::{ClientExtension, IssuerExtension};
pub(crate) use regional::MemberExtension;
pub(crate) use root::LIMITS as ROOT_LIMITS;
pub(crate) use status::LIMITS as STATUS_LIMITS;
pub(crate) use suspension::MAX_ORDER_BYTES;
pub(crate) use target::Scope;
pub(crate) use vocabulary::{NATIONAL_LIST, REGIONAL_LIST};

/// How far ahead of ours a signer's clock may be, in seconds.
pub(crate) const MAX_CLOCK_SKEW: i64 = 60;

/// The `typ` of each kind of document (RFC 8725 §3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typ {
    /// Who may sign what.
    Root,
    /// The regional list.
    Regional,
    /// A national list.
    National,
    /// Version and hash of every current list.
    Status,
    /// A suspension order.
    Suspension,
}

impl Typ {
    /// Every kind, in the order of the variants.
    pub const ALL: [Self; 5] = [Self::Root, Self::Regional, Self::National, Self::Status, Self::Suspension];

    /// The value of the header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Root => "passerelle-root+json",
            Self::Regional => "passerelle-regional+json",
            Self::National => "passerelle-national+json",
            Self::Status => "passerelle-status+json",
            Self::Suspension => "passerelle-suspension+json",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_kinds_of_document_share_a_typ() {
        let typs = Typ::ALL.iter().map(|typ| typ.as_str()).chain([vocabulary::BUNDLE_TYP]);
        let names: std::collections::BTreeSet<_> = typs.collect();
        assert_eq!(names.len(), Typ::ALL.len() + 1);
    }
}
