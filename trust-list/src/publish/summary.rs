//! What a proposal is about, in one line: what signers see before they sign.

use super::checks::{national_list, regional_list};
use super::{Proposal, PublishError};
use crate::document::{Role, Root, Status, SuspensionOrder, Typ};

impl Proposal {
    /// One line that says what the document is. What it changes, `trustctl diff` says.
    pub fn summary(&self) -> Result<String, PublishError> {
        match self.kind() {
            Typ::Root => self.root_summary(),
            Typ::Regional => {
                let list = regional_list(self)?;
                let (members, rows) = (list.members.len(), list.recognitions.len());
                let lifted = list.reinstatements.len();
                Ok(format!(
                    "regional list {}: {members} members, {rows} rows of recognition, {lifted} reinstatements; next update {}",
                    list.sequence,
                    list.next_update.to_rfc3339()
                ))
            }
            Typ::National => {
                let list = national_list(self)?;
                let (issuers, clients) = (list.issuers.len(), list.clients.len());
                Ok(format!(
                    "list {} of {}: {issuers} issuers, {clients} clients; next update {}",
                    list.sequence,
                    list.country,
                    list.next_update.to_rfc3339()
                ))
            }
            Typ::Status => {
                let status = Status::read(self.payload())?;
                Ok(format!("status document {}, expires {}", status.version, status.expires.to_rfc3339()))
            }
            Typ::Suspension => {
                let order: SuspensionOrder = serde_json::from_slice(self.payload())?;
                Ok(format!("suspend {} in {} ({})", order.target, order.region, order.reason))
            }
        }
    }

    fn root_summary(&self) -> Result<String, PublishError> {
        let root = Root::read(self.document())?;
        let signers = root.signers(Role::Root);
        let (keys, quorum) = (signers.thumbprints().len(), signers.quorum());
        Ok(format!(
            "root {} of {}: {} of {keys} keys from {} countries decide; expires {}",
            root.version(),
            root.document().region,
            quorum.threshold,
            quorum.countries,
            root.document().expires.to_rfc3339()
        ))
    }
}
