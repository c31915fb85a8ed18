//! The hub as a process: HTTP edge, configuration, keys, TLS, trust refresh, operators' listener. The rules are in
//! `hub_core`.
//!
//! A tour, in the order of a start:
//!
//! 1. [`config`] reads the TOML file and the environment, and names every key that is wrong.
//! 2. [`keys`] reads the hub's keys, once; `hub keys generate` writes a set.
//! 3. [`wiring`] makes a broker out of configuration, keys, store, audit log and country adapters.
//! 4. [`trust`] refreshes the signed lists on a thread of its own, under a watchdog, and swaps them whole.
//! 5. [`tls`] and `serve` open the listeners; [`http`] serves citizens and relying parties: thin handlers that extract,
//!    call a flow, render; [`pages`] has the words.
//! 6. [`management`] serves operators: probes that tell the truth, metrics.
//! 7. [`start`](start::start) puts it together and returns a [`Running`] hub; `hub serve` and tests use the same.
//! 8. [`check`] goes through all of it without serving, and says what to do about what is wrong.
//!
//! With the feature `test-profile` a configuration may have a `[sandbox]`: loopback peers and invented countries.
//! Without it, the section is an unknown key.

pub mod check;
pub mod clock;
pub mod config;
pub mod http;
pub mod keys;
pub mod logging;
pub mod management;
pub mod pages;
mod serve;
pub mod start;
pub mod tls;
pub mod trust;
pub mod version;
pub mod wiring;

pub use clock::SystemClock;
pub use config::Config;
pub use start::{Running, StartError, start};
pub use wiring::Wiring;
