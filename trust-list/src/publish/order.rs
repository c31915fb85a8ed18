//! Making suspension orders.

use strict_jose::DocumentSigner;

use super::{Proposal, PublishError};
use crate::document::{SuspensionOrder, Typ};

impl SuspensionOrder {
    /// The order as a document to sign. One signature is enough against the signer's own; regulators of other
    /// countries may add theirs to the same order or make their own.
    pub fn propose(&self) -> Result<Proposal, PublishError> {
        Ok(Proposal::new(Typ::Suspension, serde_json::to_vec(self)?))
    }

    /// The order, signed by one signer.
    pub fn sign(&self, signer: &dyn DocumentSigner) -> Result<Proposal, PublishError> {
        self.propose()?.signed_by(signer, self.issued)
    }
}
