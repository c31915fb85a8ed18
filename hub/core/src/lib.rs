//! The rules of the broker: no HTTP server, no Redis, no clock, no sockets.
