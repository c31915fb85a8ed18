//! X.509 for list signers, against the cases X01 to X14, and the lists that others publish: each test one story.

#![cfg(test)]

mod der;
mod jades;
mod operators;
mod paths;
mod revocation;
mod support;
