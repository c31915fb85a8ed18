//! How much a peer may send, each with its arithmetic.

use std::time::Duration;

/// The largest honest body is a token exchange: a 16 KiB subject token, an assertion and a proof of 8 KiB each, and
/// room. RFC 9126 §2.3 names 413 for more.
pub const MAX_BODY: usize = 64 * 1024;

/// A callback carries a code and a state; providers that put a JWT into the code stay under 4 KiB.
pub const MAX_TARGET: usize = 8 * 1024;

/// All header fields together: a DPoP proof and an access token of 4 KiB each, what browsers add, and room.
pub const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Browsers send about 20 fields, proxies add a few. actix-http itself stops at 96.
pub const MAX_HEADERS: usize = 64;

/// A request head at 2G speed takes 2 s; ten are slowloris.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// 64 KiB at 2G speed (70 kbit/s) take 8 s; thirty are slowloris.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// From the first byte of a request to the first byte of its answer: head, body, and 15 s for a slow country. It
/// also ends a later head on an old connection that trickles in, which the head timeout does not see.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(55);

/// An idle connection: longer than a person reads a page on a fast network, shorter than a proxy's patience.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// A peer that does not close its side of a finished connection.
pub const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Requests in flight when a stop is asked for may take this long.
pub const DRAIN: Duration = Duration::from_secs(30);
