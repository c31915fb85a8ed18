//! A document while its signatures are collected.

use strict_jose::general::Signed;
use strict_jose::{Limits, SignedDocument, SigningKey, UnixTime, b64, sha256};

use super::PublishError;
use crate::document::{NATIONAL_LIST, REGIONAL_LIST, Typ};
use crate::quorum::{Signers, Tally};

/// A document that signers sign one after the other. Its file is the document itself, with the signatures so far.
#[derive(Clone, Debug)]
pub struct Proposal {
    kind: Typ,
    document: SignedDocument,
}

impl Proposal {
    /// A proposal that nobody signed yet.
    pub(crate) fn new(kind: Typ, payload: Vec<u8>) -> Self {
        Self { kind, document: SignedDocument::new(payload) }
    }

    /// Reads a proposal or a published document. What kind it is follows from its content; nothing is verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, PublishError> {
        let document = SignedDocument::parse(bytes, &Limits::BULK_LIST)?;
        let kind = kind_of(document.payload()).ok_or(PublishError::UnknownKind)?;
        Ok(Self { kind, document })
    }

    /// What kind of document it is.
    pub fn kind(&self) -> Typ {
        self.kind
    }

    /// What is signed.
    pub fn payload(&self) -> &[u8] {
        self.document.payload()
    }

    /// The SHA-256 of what is signed, in base64url: what signers read to one another.
    pub fn payload_digest(&self) -> String {
        b64::encode(sha256(self.payload()))
    }

    /// Adds the signature of `key`, unless it is there.
    pub fn sign(&mut self, key: &SigningKey, at: UnixTime) -> Result<Signed, PublishError> {
        Ok(self.document.sign_with(key, self.kind.as_str(), at)?)
    }

    /// The same proposal with one more signature.
    pub fn signed_by(mut self, key: &SigningKey, at: UnixTime) -> Result<Self, PublishError> {
        self.sign(key, at)?;
        Ok(self)
    }

    /// Who of `signers` signed so far.
    pub fn tally(&self, signers: &Signers) -> Tally {
        signers.tally(&self.document, self.kind.as_str())
    }

    /// The signed document.
    pub fn document(&self) -> &SignedDocument {
        &self.document
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.document.to_json_bytes()
    }
}

/// The kinds differ in the members they must have.
fn kind_of(payload: &[u8]) -> Option<Typ> {
    let value = strict_jose::json::parse(payload, &Limits::BULK_LIST).ok()?;
    if let Some(lote_type) = value.pointer("/LoTE/ListAndSchemeInformation/LoTEType") {
        return match lote_type.as_str()? {
            REGIONAL_LIST => Some(Typ::Regional),
            NATIONAL_LIST => Some(Typ::National),
            _ => None,
        };
    }
    let has = |name| value.get(name).is_some();
    match (has("roles"), has("lists"), has("reason")) {
        (true, false, false) => Some(Typ::Root),
        (false, true, false) => Some(Typ::Status),
        (false, false, true) => Some(Typ::Suspension),
        _ => None,
    }
}
