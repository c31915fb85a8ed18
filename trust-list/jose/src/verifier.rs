//! Checking signatures: one key, one algorithm, made ready once.

use std::fmt;

use aws_lc_rs::digest::{self, Context};
use aws_lc_rs::signature::ParsedPublicKey;
use josekit::JoseError;
use josekit::jws::{JwsAlgorithm, JwsVerifier};

use crate::algorithm::Algorithm;
use crate::jwk::{JwkError, PublicJwk};
use crate::kid::{Kid, Thumbprint};

/// A public key together with the one algorithm it is used with. Cloning is cheap.
///
/// Also a josekit `JwsVerifier`, so code written for that seam gets aws-lc-rs.
#[derive(Clone)]
pub struct Verifier {
    key: PublicJwk,
    alg: Algorithm,
    prepared: ParsedPublicKey,
}

impl Verifier {
    /// Binds `key` to `alg`, if the key is of that kind and says nothing against it.
    pub fn new(key: &PublicJwk, alg: Algorithm) -> Result<Self, JwkError> {
        key.fits(alg)?;
        let prepared = key.prepared(alg).ok_or(JwkError::WrongKind)?.clone();
        Ok(Self { key: key.clone(), alg, prepared })
    }

    /// The algorithm.
    pub fn alg(&self) -> Algorithm {
        self.alg
    }

    /// The name of the key.
    pub fn kid(&self) -> Option<&Kid> {
        self.key.kid()
    }

    /// The thumbprint of the key: what to count keys by.
    pub fn thumbprint(&self) -> &Thumbprint {
        self.key.thumbprint()
    }

    /// The key.
    pub fn key(&self) -> &PublicJwk {
        &self.key
    }

    /// Checks `signature` over `signing_input`. ECDSA signatures are r and s of full length (RFC 7518 §3.4).
    pub fn verify(&self, signing_input: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        self.prepared.verify_sig(signing_input, signature).map_err(|_| SignatureError)
    }

    /// Checks `signature` over the parts one after the other, without a copy of them where the algorithm hashes
    /// first: a trust list of 60 MB carries several signatures.
    pub(crate) fn verify_parts(&self, parts: &[&[u8]], signature: &[u8]) -> Result<(), SignatureError> {
        let hash = match self.alg {
            // RFC 8032 §5.1.7 hashes the message twice with different prefixes.
            Algorithm::EdDSA => return self.verify(&parts.concat(), signature),
            Algorithm::ES384 => &digest::SHA384,
            Algorithm::ES256 | Algorithm::PS256 | Algorithm::RS256 => &digest::SHA256,
        };
        let mut context = Context::new(hash);
        for part in parts {
            context.update(part);
        }
        self.prepared.verify_digest_sig(&context.finish(), signature).map_err(|_| SignatureError)
    }
}

impl JwsVerifier for Verifier {
    fn algorithm(&self) -> &dyn JwsAlgorithm {
        &self.alg
    }

    fn key_id(&self) -> Option<&str> {
        self.kid().map(Kid::as_str)
    }

    fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), JoseError> {
        Self::verify(self, message, signature).map_err(|error| JoseError::InvalidSignature(error.into()))
    }

    fn box_clone(&self) -> Box<dyn JwsVerifier> {
        Box::new(self.clone())
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("alg", &self.alg).field("kid", &self.kid()).finish_non_exhaustive()
    }
}

/// The signature is not by this key over this text. There is nothing else to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("signature is not valid")]
pub struct SignatureError;
