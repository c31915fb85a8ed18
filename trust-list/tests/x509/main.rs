//! X.509 for list signers, against the cases X01 to X14: each test one story.

#![cfg(test)]

mod der;
mod operators;
mod paths;
mod revocation;
mod support;
