//! Documents that several parties sign: JWS JSON Serialization, general form (RFC 7515 §7.2.1).
//!
//! The profile is narrower than the RFC: no unprotected headers, and every protected header names its key by
//! thumbprint. Signatures come one by one as signers get to it, over bytes that never change.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;
use serde_json::json;

use crate::b64;
use crate::header::{Header, HeaderError};
use crate::json::{self, JsonError};
use crate::kid::Thumbprint;
use crate::limits::Limits;
use crate::signer::{DocumentSigner, SignError};
use crate::time::UnixTime;
use crate::verifier::Verifier;

/// A payload and the signatures collected over it so far. Nothing is verified until [`SignedDocument::valid_signers`].
#[derive(Clone)]
pub struct SignedDocument {
    payload: Vec<u8>,
    /// The payload as it is signed.
    encoded: String,
    signatures: Vec<DocumentSignature>,
}

/// One signature, unverified.
#[derive(Clone, Debug)]
pub struct DocumentSignature {
    header: Header,
    signer: Thumbprint,
    protected: String,
    signature: Vec<u8>,
}

/// Whether [`SignedDocument::sign_with`] had something to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signed {
    /// A signature was added.
    Added,
    /// This key had signed before; nothing changed.
    AlreadyThere,
}

/// Each signature costs a hash of the payload. A scheme of 55 states with one signer each stays below.
pub const MAX_SIGNATURES: usize = 64;

// RFC 7515 §7.2.1 says to ignore unknown members. Off-spec: refused, since "signature" beside "signatures" is the
// flattened form at the same time, and parsers disagree about which one they read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    payload: &'a str,
    #[serde(borrow)]
    signatures: Vec<EnvelopeSignature<'a>>,
}

// RFC 7515 §7.2.1: "header" would be the unprotected header. Nobody signs it, so nobody may use it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeSignature<'a> {
    protected: &'a str,
    signature: &'a str,
}

impl SignedDocument {
    /// A document that nobody has signed yet.
    pub fn new(payload: Vec<u8>) -> Self {
        Self { encoded: b64::encode(&payload), payload, signatures: Vec::new() }
    }

    /// Reads a document. Its payload is kept as the bytes it is.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, DocumentError> {
        let text = json::checked_text(bytes, limits)?;
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(form)?;
        if envelope.signatures.len() > MAX_SIGNATURES {
            return Err(DocumentError::TooManySignatures);
        }
        Ok(Self {
            payload: b64::decode(envelope.payload).map_err(|_| DocumentError::Base64("payload"))?,
            encoded: envelope.payload.to_owned(),
            signatures: envelope.signatures.iter().map(DocumentSignature::parse).collect::<Result<_, _>>()?,
        })
    }

    /// The payload.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The signatures, unverified.
    pub fn signatures(&self) -> &[DocumentSignature] {
        &self.signatures
    }

    /// Adds a signature by `signer`, unless a good one for this `typ` is there. What a token answers is verified before
    /// it is added.
    pub fn sign_with(
        &mut self,
        signer: &dyn DocumentSigner,
        typ: &str,
        iat: UnixTime,
    ) -> Result<Signed, DocumentError> {
        let verifier = signer.verifier();
        let own = |signature: &DocumentSignature| signature.signer == *verifier.thumbprint();
        if self.signatures.iter().any(|s| own(s) && s.is_valid(&self.encoded, verifier, typ)) {
            return Ok(Signed::AlreadyThere);
        }
        let added = DocumentSignature::make(&self.encoded, signer, typ, iat)?;
        if !added.is_valid(&self.encoded, verifier, typ) {
            return Err(SignError::NotVerified.into());
        }
        self.signatures.push(added);
        Ok(Signed::Added)
    }

    /// Adds a signature that travelled apart from the payload: both parts in base64url, unverified like those of a
    /// document that was read. Answers whose it says it is.
    pub fn attach(&mut self, protected: &str, signature: &str) -> Result<Thumbprint, DocumentError> {
        let added = DocumentSignature::parse(&EnvelopeSignature { protected, signature })?;
        let signer = added.signer.clone();
        let same = |known: &DocumentSignature| known.protected == protected && known.signature == added.signature;
        if !self.signatures.iter().any(same) {
            if self.signatures.len() >= MAX_SIGNATURES {
                return Err(DocumentError::TooManySignatures);
            }
            self.signatures.push(added);
        }
        Ok(signer)
    }

    /// The keys among `keys` that signed this payload as a `typ`.
    ///
    /// Keys are counted by their own thumbprints, so that one key counts once, also when it signs twice or is listed
    /// under two names (RUSTSEC-2020-0024). Signatures of other keys, and of these keys for another `typ`, count for
    /// nothing and do no harm.
    pub fn valid_signers<'v>(&self, keys: impl IntoIterator<Item = &'v Verifier>, typ: &str) -> Vec<Thumbprint> {
        let mut valid = BTreeSet::new();
        for key in keys {
            let mut own = self.signatures.iter().filter(|signature| signature.signer == *key.thumbprint());
            if !valid.contains(key.thumbprint()) && own.any(|s| s.is_valid(&self.encoded, key, typ)) {
                valid.insert(key.thumbprint().clone());
            }
        }
        valid.into_iter().collect()
    }

    /// The document as it is published.
    pub fn to_json_bytes(&self) -> Vec<u8> {
        let signatures: Vec<_> = self
            .signatures
            .iter()
            .map(|s| json!({ "protected": s.protected, "signature": b64::encode(&s.signature) }))
            .collect();
        // base64url needs no escapes, so the payload goes in as it is: a copy of 60 MB less.
        format!(r#"{{"payload":"{}","signatures":{}}}"#, self.encoded, serde_json::Value::from(signatures)).into_bytes()
    }
}

impl DocumentSignature {
    fn parse(envelope: &EnvelopeSignature<'_>) -> Result<Self, DocumentError> {
        let decode = |text, name| b64::decode(text).map_err(|_| DocumentError::Base64(name));
        let header = Header::parse(&decode(envelope.protected, "protected")?, &Limits::SMALL)?;
        if header.typ().is_none() {
            return Err(DocumentError::NoTyp);
        }
        let kid = header.kid().ok_or(DocumentError::KidIsNoThumbprint)?;
        Ok(Self {
            signer: Thumbprint::parse(kid.as_str()).map_err(|_| DocumentError::KidIsNoThumbprint)?,
            header,
            protected: envelope.protected.to_owned(),
            signature: decode(envelope.signature, "signature")?,
        })
    }

    fn make(encoded: &str, signer: &dyn DocumentSigner, typ: &str, iat: UnixTime) -> Result<Self, DocumentError> {
        let verifier = signer.verifier();
        let header = json!({
            "alg": verifier.alg().as_str(), "typ": typ, "kid": verifier.thumbprint().as_str(), "iat": iat.seconds(),
        });
        let protected = b64::encode(header.to_string());
        let signature = signer.sign(format!("{protected}.{encoded}").as_bytes())?;
        Self::parse(&EnvelopeSignature { protected: &protected, signature: &b64::encode(signature) })
    }

    /// Its two parts in base64url, the protected header first: what [`SignedDocument::attach`] takes.
    pub fn parts(&self) -> (&str, String) {
        (&self.protected, b64::encode(&self.signature))
    }

    /// The protected header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The thumbprint of the key that this signature claims to be by.
    pub fn claimed_signer(&self) -> &Thumbprint {
        &self.signer
    }

    /// When it was made, as its header says (`iat` of ETSI TS 119 182-1).
    pub fn iat(&self) -> Option<UnixTime> {
        self.header.get("iat").and_then(|iat| json::numeric_date(iat).ok())
    }

    fn is_valid(&self, encoded: &str, key: &Verifier, typ: &str) -> bool {
        // RFC 7515 §5.2: the signing input is protected header, dot, payload, both as received.
        let parts = [self.protected.as_bytes(), b".", encoded.as_bytes()];
        self.header.alg() == key.alg()
            && self.header.require_typ(typ).is_ok()
            && key.verify_parts(&parts, &self.signature).is_ok()
    }
}

impl fmt::Debug for SignedDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedDocument")
            .field("payload_bytes", &self.payload.len())
            .field("signatures", &self.signatures.len())
            .finish_non_exhaustive()
    }
}

/// The message of serde_json may quote the whole payload, so only its kind is kept.
fn form(error: serde_json::Error) -> DocumentError {
    if error.is_data() { DocumentError::Form } else { JsonError::from_serde(error).into() }
}

/// Why a document is refused.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Not strict JSON.
    #[error("signed document: {0}")]
    Json(#[from] JsonError),
    /// Not exactly `payload` and `signatures`, each of `protected` and `signature`.
    #[error("not a JWS in the general JSON form with protected headers only")]
    Form,
    /// Too many signatures.
    #[error("more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// A part is not canonical base64url.
    #[error("{0} of the document is not canonical base64url")]
    Base64(&'static str),
    /// A protected header is refused.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A protected header does not say what was signed.
    #[error("a protected header has no typ")]
    NoTyp,
    /// A protected header does not name its key by thumbprint.
    #[error("a protected header has no thumbprint as kid")]
    KidIsNoThumbprint,
    /// Nothing was signed.
    #[error(transparent)]
    Sign(#[from] SignError),
}
