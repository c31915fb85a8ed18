//! A signature without its document: what comes back from a signer who has no network.

use serde::{Deserialize, Serialize};
use strict_jose::general::DocumentSignature;
use strict_jose::{Limits, json};

use super::PublishError;

/// One signature and the digest of what it signs: a line of about 370 characters, which a QR code holds
/// (RFC 7515 appendix F calls the form detached).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DetachedSignature {
    /// The SHA-256 of the payload in base64url.
    payload_sha256: String,
    /// The protected header in base64url.
    protected: String,
    /// The signature in base64url.
    signature: String,
}

/// A signature with an RSA key of 8192 bits is 1,366 characters, the rest 400; rounded up.
const LIMITS: Limits = Limits { max_bytes: 4_096, max_depth: 2 };

impl DetachedSignature {
    pub(super) fn new(payload_sha256: String, signature: &DocumentSignature) -> Self {
        let (protected, encoded) = signature.parts();
        Self { payload_sha256, protected: protected.to_owned(), signature: encoded }
    }

    /// Reads one. Nothing is verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, PublishError> {
        json::parse_as(bytes, &LIMITS).map_err(|_| PublishError::UnknownKind)
    }

    /// One line of JSON.
    pub fn to_line(&self) -> Result<String, PublishError> {
        Ok(serde_json::to_string(self)?)
    }

    /// The digest of what it signs, as it says.
    pub fn payload_digest(&self) -> &str {
        &self.payload_sha256
    }

    pub(super) fn protected(&self) -> &str {
        &self.protected
    }

    pub(super) fn signature(&self) -> &str {
        &self.signature
    }
}
