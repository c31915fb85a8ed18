//! Compact JWS (RFC 7515 §7.1): parsed first, then verified, and only then readable as claims.

use std::fmt;
use std::ops::Range;

use crate::b64;
use crate::claims::{ClaimError, Claims};
use crate::header::{Header, HeaderError};
use crate::limits::Limits;
use crate::verifier::{SignatureError, Verifier};

/// A compact JWS of good form whose signature nobody has checked.
///
/// ```text
/// CompactJws --verify--> VerifiedJws --claims--> Claims
/// ```
pub struct CompactJws {
    header: Header,
    payload: Vec<u8>,
    signature: Vec<u8>,
    text: String,
    signing_input: Range<usize>,
}

impl CompactJws {
    /// Reads three segments of base64url and the header. Nothing else is a compact JWS: not the JSON serialization,
    /// not a detached payload (RFC 7515 Appendix F), not the five segments of a JWE.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, JwsError> {
        if text.len() > limits.max_bytes {
            return Err(JwsError::TooLarge { max: limits.max_bytes });
        }
        let [header, payload, signature] = three_segments(text)?;
        let decode = |segment: &str, name| b64::decode(segment).map_err(|_| JwsError::Base64(name));
        Ok(Self {
            header: Header::parse(&decode(header, "header")?, limits)?,
            payload: decode(payload, "payload")?,
            signature: decode(signature, "signature")?,
            // RFC 7515 §5.2: what is signed is the text as received.
            signing_input: 0..header.len() + 1 + payload.len(),
            text: text.to_owned(),
        })
    }

    /// The header, unverified: to choose a key by.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload before anyone vouches for it: to find out whose keys to try, and for nothing else.
    pub fn payload_unverified(&self) -> &[u8] {
        &self.payload
    }

    /// The token as received.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Checks the signature. The key decides the algorithm, the token must agree (RFC 8725 §3.1).
    pub fn verify(self, verifier: &Verifier) -> Result<VerifiedJws, JwsError> {
        if self.header.alg() != verifier.alg() {
            return Err(JwsError::AlgorithmMismatch);
        }
        if let (Some(named), Some(own)) = (self.header.kid(), verifier.kid())
            && named != own
        {
            return Err(JwsError::KidMismatch);
        }
        let signing_input = self.text.get(self.signing_input.clone()).unwrap_or_default();
        verifier.verify(signing_input.as_bytes(), &self.signature)?;
        Ok(VerifiedJws { header: self.header, payload: self.payload, text: self.text })
    }
}

fn three_segments(text: &str) -> Result<[&str; 3], JwsError> {
    let mut segments = text.split('.');
    match [segments.next(), segments.next(), segments.next(), segments.next()] {
        [Some(header), Some(payload), Some(signature), None]
            if !header.is_empty() && !payload.is_empty() && !signature.is_empty() =>
        {
            Ok([header, payload, signature])
        }
        _ => Err(JwsError::NotThreeSegments),
    }
}

/// A compact JWS whose signature is good. Only [`CompactJws::verify`] makes one.
pub struct VerifiedJws {
    header: Header,
    payload: Vec<u8>,
    text: String,
}

impl VerifiedJws {
    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The token as received: what to hash or to keep as evidence.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The payload as a JWT claims set (RFC 7519 §4). The claims are the signer's; their rules are still to check.
    pub fn claims(&self) -> Result<Claims, ClaimError> {
        // The token was within its limits, and a payload is smaller than its token.
        Claims::parse(&self.payload, &Limits::TOKEN.with_max_bytes(self.payload.len()))
    }
}

// Payloads are about persons: neither form of a token shows one.
impl fmt::Debug for CompactJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CompactJws")
            .field("alg", &self.header.alg())
            .field("kid", &self.header.kid())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for VerifiedJws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedJws")
            .field("alg", &self.header.alg())
            .field("kid", &self.header.kid())
            .finish_non_exhaustive()
    }
}

/// Why a JWS is refused.
#[derive(Debug, thiserror::Error)]
pub enum JwsError {
    /// Larger than such a token may be.
    #[error("token larger than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// Not three segments with something in each.
    #[error("token is not three segments")]
    NotThreeSegments,
    /// A segment is not canonical base64url.
    #[error("token {0} is not canonical base64url")]
    Base64(&'static str),
    /// The header is refused.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The header names another algorithm than the key's.
    #[error("token alg is not the algorithm of the key")]
    AlgorithmMismatch,
    /// The header names another key.
    #[error("token kid is not the kid of the key")]
    KidMismatch,
    /// The signature is not good.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}
