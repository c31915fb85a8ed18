//! "I will not sign this", signed: so that the others know who refused, and why.

use serde::{Deserialize, Serialize};
use strict_jose::{DocumentSigner, Limits, SignedDocument, Thumbprint, UnixTime, json};

use super::{Proposal, PublishError};
use crate::document::rfc3339;
use crate::quorum::Signers;

/// A refusal of one proposal. It is no veto: the quorum decides. It is void for a changed proposal, which has another
/// digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The SHA-256 of the payload of the proposal, in base64url.
    refused_sha256: String,
    /// Why, in the signer's words.
    pub reason: String,
    /// When.
    #[serde(with = "rfc3339")]
    pub at: UnixTime,
}

/// A refusal with its signature; [`SignedRefusal::by`] verifies it.
#[derive(Clone, Debug)]
pub struct SignedRefusal {
    refusal: Refusal,
    document: SignedDocument,
}

/// The `typ` of a refusal (RFC 8725 §3.11): it counts as nothing else, and nothing else counts as one.
pub const REFUSAL_TYP: &str = "passerelle-refusal+json";

/// A reason is a paragraph, not a report.
const MAX_REASON: usize = 1_000;
/// The reason with escapes, in base64url, with one signature.
const LIMITS: Limits = Limits { max_bytes: 16 * 1_024, max_depth: 4 };

impl Refusal {
    /// A refusal of `proposal`.
    pub fn of(proposal: &Proposal, reason: &str, at: UnixTime) -> Result<Self, PublishError> {
        if reason.trim().is_empty() || reason.chars().count() > MAX_REASON {
            return Err(PublishError::Reason(MAX_REASON));
        }
        Ok(Self { refused_sha256: proposal.payload_digest(), reason: reason.to_owned(), at })
    }

    /// The refusal, signed.
    pub fn sign(self, signer: &dyn DocumentSigner) -> Result<SignedRefusal, PublishError> {
        let mut document = SignedDocument::new(serde_json::to_vec(&self)?);
        document.sign_with(signer, REFUSAL_TYP, self.at)?;
        Ok(SignedRefusal { refusal: self, document })
    }
}

impl SignedRefusal {
    /// Reads one. Nothing is verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, PublishError> {
        let document = SignedDocument::parse(bytes, &LIMITS)?;
        let refusal = json::parse_as(document.payload(), &LIMITS).map_err(|_| PublishError::UnknownKind)?;
        Ok(Self { refusal, document })
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.document.to_json_bytes()
    }

    /// What it says.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    /// Whether it is about this proposal, as it is now.
    pub fn is_about(&self, proposal: &Proposal) -> bool {
        self.refusal.refused_sha256 == proposal.payload_digest()
    }

    /// Which of `signers` signed it.
    pub fn by(&self, signers: &Signers) -> Vec<Thumbprint> {
        signers.tally(&self.document, REFUSAL_TYP).signed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Typ;

    #[test]
    fn a_refusal_is_no_signature_of_any_document() {
        assert!(Typ::ALL.iter().all(|typ| typ.as_str() != REFUSAL_TYP));
    }
}
