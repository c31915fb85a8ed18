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
            _ if is_forbidden(error) => (Outage::NotPermitted, false),
            _ if is_stranger(error) => (Outage::NotPermitted, true),
            // A replica: the primary is elsewhere now.
            Some("READONLY") => (Outage::ReadOnly, true),
            // A primary that may not write: its disk fails, or too few replicas follow it.
            Some("MISCONF" | "NOREPLICAS") => (Outage::ReadOnly, false),
            Some("OOM") => (Outage::OutOfMemory, false),
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
    } else {
        (Outage::Nonsense, true)
    }
}

/// Whether the server knows us and forbids a command or a key. Within a script it has no code of its own for that.
pub(crate) fn is_forbidden(error: &RedisError) -> bool {
    let says = |text: &str| error.detail().is_some_and(|detail| detail.contains(text));
    // Redis 7.0 and 7.2 write the first, later ones and Valkey the second.
    error.code() == Some("NOPERM") || says("user executing the script can't") || says("ACL failure in script")
}

/// Whether the server does not accept who we say we are.
pub(crate) fn is_stranger(error: &RedisError) -> bool {
    matches!(error.code(), Some("NOAUTH" | "WRONGPASS")) || error.kind() == ErrorKind::AuthenticationFailed
}
