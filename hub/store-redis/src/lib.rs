//! hub-core's storage ports on Redis.
