//! What regulators ask: every command that only looks.

mod diff;
