//! Making status documents.

use serde_json::value::RawValue;
use strict_jose::{UnixTime, b64, sha256};

use super::{Proposal, PublishError};
use crate::document::{ListEntry, ListName, Root, Status, Typ};

/// Makes a status document.
#[derive(Clone, Debug)]
pub struct StatusBuilder(Status);

/// An hour, where the root allows it: sixty chances to re-sign at one a minute.
const LIFE: i64 = 3_600;

impl StatusBuilder {
    /// A status document of that version under `root`. It lives an hour, or less if the root says so.
    pub fn new(root: &Root, version: u64, issued: UnixTime) -> Self {
        Self(Status {
            version,
            region: root.document().region,
            root_version: root.version(),
            issued,
            expires: issued.plus(LIFE.min(root.document().status_life)),
            lists: Vec::new(),
            suspensions: Vec::new(),
        })
    }

    /// Sets the end.
    #[must_use]
    pub fn expires(mut self, expires: UnixTime) -> Self {
        self.0.expires = expires;
        self
    }

    /// Names `bytes` as the current document of a list, and where the log has it.
    #[must_use]
    pub fn list(mut self, name: ListName, sequence: u64, bytes: &[u8], log_index: Option<u64>) -> Self {
        let sha256 = b64::encode(sha256(bytes));
        self.0.lists.push(ListEntry { name, sequence, length: bytes.len(), sha256, log_index });
        self
    }

    /// Carries a signed suspension order.
    pub fn order(mut self, order: &Proposal) -> Result<Self, PublishError> {
        let text = String::from_utf8(order.to_bytes()).map_err(|_| PublishError::UnknownKind)?;
        self.0.suspensions.push(RawValue::from_string(text)?);
        Ok(self)
    }

    /// The status document to sign.
    pub fn build(self) -> Result<Proposal, PublishError> {
        Ok(Proposal::new(Typ::Status, serde_json::to_vec(&self.0)?))
    }
}
