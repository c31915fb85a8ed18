//! Stories over the broker: a real region, real kits, a provider behind a scripted port, the embedded store.
//!
//! Titles carry the case ids of the threat table where one applies.

mod support;

mod callback;
mod client_authentication;
mod exchange;
mod federation;
mod login;
mod privacy;
mod pushed;
mod token;
mod userinfo;
