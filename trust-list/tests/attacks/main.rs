//! What an attacker, a broken publisher or a careless signer can try, and what a client makes of it.
//!
//! The publisher is in memory and time is an argument, so a year passes in a line.

#![cfg(test)]

mod defects;
mod deltas;
mod interrupted;
mod lint;
mod lists;
mod log;
mod mirrors;
mod mutation;
mod orders;
mod parts;
mod questions;
mod quorum;
mod roots;
mod states;
mod status;
mod support;
