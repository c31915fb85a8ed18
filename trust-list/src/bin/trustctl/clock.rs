//! The edge where time comes in.

use std::time::{SystemTime, UNIX_EPOCH};

use strict_jose::UnixTime;

/// The time of this machine.
#[expect(
    clippy::disallowed_methods,
    reason = "the edge of a command line: everything below takes the time as an argument"
)]
pub(crate) fn now() -> UnixTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixTime::new(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// A time on the command line.
pub(crate) fn parse(text: &str) -> Result<UnixTime, String> {
    UnixTime::parse_rfc3339(text).map_err(|error| error.to_string())
}
