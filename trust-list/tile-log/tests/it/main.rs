//! The log seen from outside.

#![cfg(test)]

mod crashes;
mod hostile_input;
mod layout;
mod notes;
mod proofs;
mod support;
mod vectors;
mod witnesses;
