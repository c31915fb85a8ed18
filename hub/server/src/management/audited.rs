//! Counts what the audit log records: each login's end is recorded exactly once, so it is counted exactly once.

use std::sync::Arc;

use async_trait::async_trait;
use hub_core::ErrorCode;
use hub_core::audit::{AuditError, AuditEvent, AuditKind, AuditLog, AuditReceipt};

use super::Metrics;
use super::metrics::{Country, LoginLabels};

/// An audit log, counted.
pub struct Audited {
    log: Arc<dyn AuditLog>,
    metrics: Arc<Metrics>,
}

impl Audited {
    /// Counts on the way to `log`.
    pub fn new(log: Arc<dyn AuditLog>, metrics: Arc<Metrics>) -> Self {
        Self { log, metrics }
    }
}

#[async_trait]
impl AuditLog for Audited {
    async fn record(&self, event: AuditEvent) -> Result<AuditReceipt, AuditError> {
        let labels = login(&event);
        let receipt = self.log.record(event).await;
        match (&receipt, labels) {
            (Ok(_), Some(labels)) => {
                self.metrics.logins.get_or_create(&labels).inc();
            }
            (Ok(_), None) => {}
            (Err(_), _) => {
                self.metrics.audit_write_errors.inc();
            }
        }
        receipt
    }

    async fn health(&self) -> Result<(), AuditError> {
        self.log.health().await
    }
}

/// The labels, if the event is the end of a login.
fn login(event: &AuditEvent) -> Option<LoginLabels> {
    let outcome = match event.kind {
        AuditKind::TokenIssued | AuditKind::LoginRefused | AuditKind::AssertionRefused | AuditKind::MixUp => {
            event.result
        }
        AuditKind::ConsentRefused => "access_denied",
        AuditKind::DocumentExpired
        | AuditKind::DocumentLost
        | AuditKind::DocumentRevoked
        | AuditKind::DocumentUnknown
            if event.result == ErrorCode::AccessDenied.as_str() =>
        {
            event.result
        }
        // Otherwise it is the end of an older login's tokens, or of a call without a login.
        AuditKind::DocumentExpired
        | AuditKind::DocumentLost
        | AuditKind::DocumentRevoked
        | AuditKind::DocumentUnknown
        | AuditKind::ConsentGiven
        | AuditKind::TokenRefreshed
        | AuditKind::TokenExchanged
        | AuditKind::ClientTokenIssued
        | AuditKind::UserinfoReleased
        | AuditKind::CredentialVerified
        | AuditKind::GrantRevoked
        | AuditKind::CodeReused
        | AuditKind::RefreshReused
        | AuditKind::Overreach
        | AuditKind::TrustListChanged
        | AuditKind::Started
        | AuditKind::Stopped
        | AuditKind::Recovered { .. }
        | AuditKind::ClockWentBack { .. } => return None,
    };
    let acr = event.level_given.or(event.level_asked).map_or("", |level| level.acr());
    Some(LoginLabels { country: Country(event.home_country), acr, outcome })
}
