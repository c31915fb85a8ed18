//! The operators' listener: probes, metrics, version. Plain HTTP on an address of its own.
//!
//! 1. [`metrics`] counts; [`audited`], [`limited`] and [`adapters`] are thin layers that count what passes through a port.
//! 2. [`health`] says whether this replica can work, and why not.
//! 3. [`endpoints`] answers.

pub mod adapters;
pub mod audited;
pub mod endpoints;
pub mod health;
pub mod limited;
pub mod metrics;

pub use health::Health;
pub use metrics::Metrics;
