//! The regulators' tool from outside: a ceremony, and what it refuses.

mod bench;
mod ceremony;
mod refusals;
