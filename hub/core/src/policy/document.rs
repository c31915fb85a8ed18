//! Whether the person's document is one that the purpose accepts (attacks L12).

use country_adapters::DocumentStatus;
use trust_list::{AcceptedDocument, DocumentDemand};

use crate::audit::AuditKind;

/// Why a document is not accepted. Each is an outcome of its own: lost is not expired, and unknown is not valid.
///
/// To add one: 1. a variant, 2. the compiler asks for its name and its kind of event, 3. its text in the edge's languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}", self.as_str())]
pub enum DocumentProblem {
    /// Past its end; or extended by law, where the purpose wants the printed end.
    Expired,
    /// Reported lost or stolen.
    Lost,
    /// Taken back.
    Revoked,
    /// The issuer does not say.
    Unknown,
}

impl DocumentProblem {
    /// A stable name for answers and the page's code.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "document_expired",
            Self::Lost => "document_lost",
            Self::Revoked => "document_revoked",
            Self::Unknown => "document_unknown",
        }
    }

    /// What is recorded.
    pub(crate) const fn audit_kind(self) -> AuditKind {
        match self {
            Self::Expired => AuditKind::DocumentExpired,
            Self::Lost => AuditKind::DocumentLost,
            Self::Revoked => AuditKind::DocumentRevoked,
            Self::Unknown => AuditKind::DocumentUnknown,
        }
    }
}

/// Without a demand every document will do.
pub(super) fn is_accepted(status: DocumentStatus, demand: Option<&DocumentDemand>) -> Result<(), DocumentProblem> {
    let Some(demand) = demand else { return Ok(()) };
    let state = match status {
        DocumentStatus::Valid => AcceptedDocument::Valid,
        DocumentStatus::Extended { .. } => AcceptedDocument::Extended,
        DocumentStatus::Expired => AcceptedDocument::Expired,
        DocumentStatus::Lost => return Err(DocumentProblem::Lost),
        DocumentStatus::Revoked => return Err(DocumentProblem::Revoked),
        DocumentStatus::Unknown => return Err(DocumentProblem::Unknown),
    };
    if demand.accept.contains(&state) { Ok(()) } else { Err(DocumentProblem::Expired) }
}
