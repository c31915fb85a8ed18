//! The rules of the broker: no HTTP server, no Redis, no clock, no sockets.

pub mod audit;
pub mod handles;
pub mod ports;
pub mod sealed;
