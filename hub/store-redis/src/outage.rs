//! What an error of the server or the connection means for a step.

use hub_core::ports::{Outage, StoreError};
use redis::{ErrorKind, RedisError};

/// What a step failed with.
pub(crate) struct Failure {
    /// For the caller.
    pub(crate) outage: Outage,
    /// Whether the connection is of no further use.
    pub(crate) ends_connection: bool,
}

impl Failure {
    pub(crate) fn too_slow() -> Self {
        // An answer that comes late belongs to a step that was given up: the connection goes with it.
        Self { outage: Outage::TooSlow, ends_connection: true }
    }

    pub(crate) fn store_error(&self) -> StoreError {
        StoreError::Unavailable(self.outage)
    }
}

impl From<&RedisError> for Failure {
    fn from(error: &RedisError) -> Self {
        let (outage, ends_connection) = match error.code() {
            // A replica: the primary is elsewhere now.
            Some("READONLY") => (Outage::ReadOnly, true),
            // A primary that may not write: its disk fails, or too few replicas follow it.
            Some("MISCONF" | "NOREPLICAS") => (Outage::ReadOnly, false),
            Some("OOM") => (Outage::OutOfMemory, false),
            Some("NOPERM") => (Outage::NotPermitted, false),
            Some("NOAUTH" | "WRONGPASS") => (Outage::NotPermitted, true),
            Some("LOADING" | "MASTERDOWN" | "TRYAGAIN" | "BUSY") => (Outage::NotConnected, false),
            Some(_) => (Outage::Nonsense, false),
            None => of_connection(error),
        };
        Self { outage, ends_connection }
    }
}

fn of_connection(error: &RedisError) -> (Outage, bool) {
    if error.is_timeout() {
        (Outage::TooSlow, true)
    } else if error.is_io_error() {
        (Outage::NotConnected, true)
    } else if error.kind() == ErrorKind::AuthenticationFailed {
        (Outage::NotPermitted, true)
    } else {
        (Outage::Nonsense, true)
    }
}
