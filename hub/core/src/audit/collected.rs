//! An audit log that keeps its events in memory, for tests.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use strict_jose::sha256;

use super::{AuditError, AuditEvent, AuditLog, AuditReceipt};

/// Collects events. Not durable: for tests and nothing else.
#[derive(Debug, Default)]
pub struct CollectedAuditLog {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    events: Vec<AuditEvent>,
    fails_with: Option<AuditError>,
}

impl CollectedAuditLog {
    /// The events so far.
    pub fn events(&self) -> Vec<AuditEvent> {
        self.lock().events.clone()
    }

    /// From now on every record fails with `error`; `None` mends the log.
    pub fn fail_with(&self, error: Option<AuditError>) {
        self.lock().fails_with = error;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl AuditLog for CollectedAuditLog {
    async fn record(&self, event: AuditEvent) -> Result<AuditReceipt, AuditError> {
        let mut state = self.lock();
        if let Some(error) = state.fails_with {
            return Err(error);
        }
        let index = state.events.len() as u64;
        state.events.push(event);
        Ok(AuditReceipt { index, hash: sha256(index.to_be_bytes()) })
    }

    async fn health(&self) -> Result<(), AuditError> {
        self.lock().fails_with.map_or(Ok(()), Err)
    }
}
