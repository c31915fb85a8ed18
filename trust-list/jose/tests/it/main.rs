//! What the crate promises, seen from outside.

#[cfg(test)]
mod bad_tokens;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod encrypted;
#[cfg(test)]
mod hostile_input;
#[cfg(test)]
mod josekit_agrees;
#[cfg(test)]
mod json;
#[cfg(test)]
mod key_sets;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod rfc_vectors;
#[cfg(test)]
mod support;
