//! Stories over the broker: a real region, real kits, a provider behind a scripted port, the embedded store.
//!
//! Titles carry the case ids of the threat table where one applies.

mod support;

mod login;
