//! A release that was kept is used once more: policy is asked again, by every grant.

use crate::audit::AuditEvent;
use crate::auditing;
use crate::broker::{AsOf, Broker};
use crate::error::ErrorCode;
use crate::policy::{Held, NotRenewed, Permit, Refusal, Release};

impl Broker {
    /// Asks policy again. That the document is no longer accepted is recorded, with what the peer is `told`.
    pub(crate) async fn renew<'l>(
        &self,
        held: Held,
        as_of: AsOf<'l>,
        told: ErrorCode,
    ) -> Result<(Release, Permit<'l>), Refusal> {
        match held.renew(as_of) {
            Ok(renewed) => Ok(renewed),
            Err(NotRenewed { refusal, held }) => {
                if let Refusal::Document(problem) = refusal {
                    let event = auditing::of_held(problem.audit_kind(), held.facts(), as_of);
                    self.note(AuditEvent { result: told.as_str(), ..event }).await;
                }
                Err(refusal)
            }
        }
    }
}
