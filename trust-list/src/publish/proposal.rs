//! A document while its signatures are collected.

use strict_jose::general::Signed;
use strict_jose::{DocumentSigner, Limits, SignedDocument, Thumbprint, UnixTime, b64, sha256};

use super::{DetachedSignature, PublishError};
use crate::document::{ListName, NATIONAL_LIST, REGIONAL_LIST, Typ};
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

    /// A list made elsewhere, as JSON that nobody signed yet.
    pub fn of_list(kind: Typ, payload: Vec<u8>) -> Result<Self, PublishError> {
        let proposal = Self::new(kind, payload);
        match (kind, kind_of(proposal.payload())) {
            (Typ::Regional, Some(Typ::Regional)) => super::checks::regional_list(&proposal).map(drop)?,
            (Typ::National, Some(Typ::National)) => super::checks::national_list(&proposal).map(drop)?,
            _ => return Err(PublishError::UnknownKind),
        }
        Ok(proposal)
    }

    /// What kind of document a payload is, if it is one of ours.
    pub(crate) fn kind_of_payload(payload: &[u8]) -> Option<Typ> {
        kind_of(payload)
    }

    /// Which list it is a release of.
    pub fn list_name(&self) -> Result<ListName, PublishError> {
        match self.kind {
            Typ::Regional => Ok(ListName::Regional),
            Typ::National => Ok(ListName::Member(super::checks::national_list(self)?.country)),
            Typ::Root | Typ::Status | Typ::Suspension => Err(PublishError::UnknownKind),
        }
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

    /// Adds the signature of `signer`, unless it is there.
    pub fn sign(&mut self, signer: &dyn DocumentSigner, at: UnixTime) -> Result<Signed, PublishError> {
        Ok(self.document.sign_with(signer, self.kind.as_str(), at)?)
    }

    /// The same proposal with one more signature.
    pub fn signed_by(mut self, signer: &dyn DocumentSigner, at: UnixTime) -> Result<Self, PublishError> {
        self.sign(signer, at)?;
        Ok(self)
    }

    /// Adds the signatures of a copy that went another way: signers need not pass one file along.
    pub fn merge(&mut self, copy: &Self) -> Result<(), PublishError> {
        if copy.payload() != self.payload() {
            return Err(PublishError::AnotherProposal);
        }
        for signature in copy.document.signatures() {
            let (protected, signature) = signature.parts();
            self.document.attach(protected, &signature)?;
        }
        Ok(())
    }

    /// The signature of `signer` on this proposal, to travel without it.
    pub fn detached(&self, signer: &Thumbprint) -> Option<DetachedSignature> {
        let own = self.document.signatures().iter().find(|signature| signature.claimed_signer() == signer)?;
        Some(DetachedSignature::new(self.payload_digest(), own))
    }

    /// Adds a signature that came without the proposal, if it says that it is over this one; answers whose it says it is.
    /// Whether that is true, [`Proposal::tally`] finds out.
    pub fn attach(&mut self, signature: &DetachedSignature) -> Result<Thumbprint, PublishError> {
        if signature.payload_digest() != self.payload_digest() {
            return Err(PublishError::AnotherProposal);
        }
        Ok(self.document.attach(signature.protected(), signature.signature())?)
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

#[cfg(test)]
mod tests {
    use strict_jose::{Algorithm, SigningKey};

    use super::*;
    use crate::Quorum;

    #[test]
    fn signatures_on_two_copies_come_together_and_another_payload_does_not() {
        let [first, second] = [(); 2].map(|()| SigningKey::generate(Algorithm::ES256, None).unwrap());
        let proposal = |text: &str| Proposal::new(Typ::Root, text.as_bytes().to_owned());
        let at = UnixTime::new(0);
        let mut one = proposal(r#"{"roles":1}"#).signed_by(&first, at).unwrap();
        let two = proposal(r#"{"roles":1}"#).signed_by(&second, at).unwrap();
        one.merge(&two).unwrap();
        one.merge(&two).unwrap();
        let country = "XA".parse().unwrap();
        let keys = [(first.public_jwk(), country), (second.public_jwk(), country)];
        let signers = Signers::new(keys, Quorum { threshold: 2, countries: 1 }).unwrap();
        assert_eq!(one.tally(&signers).missing(), 0);
        assert_eq!(one.document().signatures().len(), 2);
        assert!(matches!(one.merge(&proposal(r#"{"roles":2}"#)), Err(PublishError::AnotherProposal)));
    }

    #[test]
    fn what_is_none_of_our_documents_has_no_kind() {
        for text in
            ["{}", "[]", r#"{"roles":1,"lists":1}"#, r#"{"LoTE":{"ListAndSchemeInformation":{"LoTEType":"x"}}}"#]
        {
            assert_eq!(kind_of(text.as_bytes()), None, "{text}");
        }
    }
}
