//! The hub's own keys towards national identity providers.

use std::fmt;

use serde_json::{Value, json};
use strict_jose::jwe::Decrypter;
use strict_jose::{Algorithm, Kid, SigningKey};

use crate::error::Misconfigured;

/// The hub's own keys towards national identity providers, parsed once.
///
/// They are not the keys that sign the hub's tokens: a provider that learns to forge one kind learns nothing about
/// the other.
#[derive(Default)]
pub struct UpstreamKeys {
    assertion: Vec<SigningKey>,
    dpop: Vec<SigningKey>,
    decryption: Vec<(Kid, Decrypter)>,
}

impl UpstreamKeys {
    /// No keys yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a key for client assertions (`private_key_jwt`).
    #[must_use]
    pub fn with_assertion_key(mut self, key: SigningKey) -> Self {
        self.assertion.push(key);
        self
    }

    /// Adds a key for DPoP proofs.
    #[must_use]
    pub fn with_dpop_key(mut self, key: SigningKey) -> Self {
        self.dpop.push(key);
        self
    }

    /// Adds a key for encrypted userinfo. Several may be live at once; the JWE's `kid` chooses.
    #[must_use]
    pub fn with_decryption_key(mut self, kid: Kid, key: Decrypter) -> Self {
        self.decryption.push((kid, key));
        self
    }
}
