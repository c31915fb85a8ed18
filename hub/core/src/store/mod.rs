//! Backends of the storage ports that need nothing from outside.

pub mod memory;
