//! The hub's audit events, durable before anything leaves.
