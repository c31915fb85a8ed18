//! What others read of a region: it is what the verified list says, in forms that are not ours.

#![cfg(test)]

mod bundle;
mod bundle_agrees;
mod lote;
mod support;
mod tables;
