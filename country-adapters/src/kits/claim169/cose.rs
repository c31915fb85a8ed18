//! The signed CWT: COSE_Sign1 (RFC 9052 §4.2) with EdDSA or ES256.

use ciborium::Value;
use coset::iana::Algorithm as CoseAlgorithm;
use coset::{AsCborValue as _, CoseSign1, RegisteredLabelWithPrivate};
use strict_jose::{Algorithm, Kid, UnixTime, Verifier, b64};
use trust_list::TrustedIssuer;

use super::cbor;
use super::cwt::CwtClaims;
use super::profile::Claim169Profile;
use crate::error::AssertionProblem;
use crate::issuer_key::check_in_force;

/// A signed CWT of good form. Its payload can be read by whoever looks, but believed only after
/// [`SignedCwt::verify`].
pub(super) struct SignedCwt(CoseSign1);

impl SignedCwt {
    /// One optional tag 61 (RFC 8392 §6), then tag 18 or no tag, then four elements. Encrypted and MACed forms are
    /// refused: nobody here has their keys.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, AssertionProblem> {
        let item = match cbor::parse(bytes)? {
            Value::Tag(TAG_CWT, inner) => *inner,
            other => other,
        };
        let array = match item {
            Value::Tag(TAG_SIGN1, inner) => *inner,
            Value::Array(elements) => Value::Array(elements),
            _ => return Err(AssertionProblem::NotACwt),
        };
        CoseSign1::from_cbor_value(array).map(Self).map_err(|_| AssertionProblem::NotACwt)
    }

    /// Checks the signature with a key that the signed list has for this issuer, over the bytes as they came.
    pub(super) fn verify(
        &self,
        issuer: &TrustedIssuer<'_>,
        profile: &Claim169Profile,
        now: UnixTime,
    ) -> Result<CwtClaims, AssertionProblem> {
        self.check_no_extensions()?;
        let alg = self.algorithm()?;
        let kid = self.kid()?;
        check_kid_is_listed(profile, kid.as_ref())?;
        let verifier = issuer.verifier(kid.as_ref(), alg).ok_or(AssertionProblem::KeyUnknown)?;
        check_in_force(verifier, now)?;
        check_key_is_strong(verifier)?;
        let check = |signature: &[u8], signed: &[u8]| verifier.verify(signed, signature);
        self.0.verify_signature(NO_EXTERNAL_DATA, check).map_err(|_| AssertionProblem::Signature)?;
        self.claims_unverified()
    }

    /// The payload before anyone vouches for it: to find out whose keys to try, and for nothing else.
    pub(super) fn claims_unverified(&self) -> Result<CwtClaims, AssertionProblem> {
        CwtClaims::parse(self.0.payload.as_deref().ok_or(AssertionProblem::NotACwt)?)
    }

    /// RFC 9052 §3.1: what is critical must be understood, and we understand no extension.
    fn check_no_extensions(&self) -> Result<(), AssertionProblem> {
        let none = self.0.protected.header.crit.is_empty() && self.0.unprotected.crit.is_empty();
        if none { Ok(()) } else { Err(AssertionProblem::NotACwt) }
    }

    /// From the protected header only: the other one can be changed by whoever prints the code.
    fn algorithm(&self) -> Result<Algorithm, AssertionProblem> {
        match self.0.protected.header.alg {
            Some(RegisteredLabelWithPrivate::Assigned(CoseAlgorithm::EdDSA)) => Ok(Algorithm::EdDSA),
            Some(RegisteredLabelWithPrivate::Assigned(CoseAlgorithm::ES256)) => Ok(Algorithm::ES256),
            _ => Err(AssertionProblem::AlgorithmNotAllowed),
        }
    }

    /// From either header: issuers differ, and a wrong name only finds a wrong key. Both at once must agree.
    fn kid(&self) -> Result<Option<Kid>, AssertionProblem> {
        match (self.0.protected.header.key_id.as_slice(), self.0.unprotected.key_id.as_slice()) {
            ([], []) => Ok(None),
            (kid, []) | ([], kid) => kid_of(kid).map(Some),
            (a, b) if a == b => kid_of(a).map(Some),
            _ => Err(AssertionProblem::KeyAmbiguous),
        }
    }
}

/// A COSE kid is bytes, a kid of the list is text: the bytes as text where they are one, else in base64url.
fn kid_of(bytes: &[u8]) -> Result<Kid, AssertionProblem> {
    let text = std::str::from_utf8(bytes).ok().and_then(|text| Kid::parse(text).ok());
    text.or_else(|| Kid::parse(b64::encode(bytes)).ok()).ok_or(AssertionProblem::KeyUnknown)
}

fn check_kid_is_listed(profile: &Claim169Profile, kid: Option<&Kid>) -> Result<(), AssertionProblem> {
    match &profile.kids {
        Some(kids) if !kid.is_some_and(|kid| kids.contains(kid)) => Err(AssertionProblem::KeyUnknown),
        _ => Ok(()),
    }
}

/// RFC 8032 §5.1.7 lets points of small order pass: under such a key one signature fits many messages.
fn check_key_is_strong(verifier: &Verifier) -> Result<(), AssertionProblem> {
    if verifier.alg() != Algorithm::EdDSA {
        return Ok(());
    }
    let jwk = verifier.key().to_value();
    let x = jwk.get("x").and_then(serde_json::Value::as_str).and_then(|x| b64::decode(x).ok());
    let weak = x.and_then(|x| <[u8; 32]>::try_from(x).ok()).is_none_or(is_of_small_order);
    if weak { Err(AssertionProblem::KeyUnknown) } else { Ok(()) }
}

/// Every encoding of a point of order 1, 2, 4 or 8 on edwards25519, the sign bit aside.
fn is_of_small_order(mut point: [u8; 32]) -> bool {
    if let Some(last) = point.last_mut() {
        *last &= 0x7f;
    }
    let with = |first: u8, middle: u8, last: u8| {
        let mut encoding = [middle; 32];
        encoding[0] = first;
        encoding[31] = last;
        encoding
    };
    // y = 0, 1, p-1, and p, p+1, which are 0 and 1 again.
    let few = [with(0, 0, 0), with(1, 0, 0), with(0xec, 0xff, 0x7f), with(0xed, 0xff, 0x7f), with(0xee, 0xff, 0x7f)];
    few.contains(&point) || ORDER_8.contains(&point)
}

/// The y coordinates of the points of order 8.
const ORDER_8: [[u8; 32]; 2] = [
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

const TAG_CWT: u64 = 61;
const TAG_SIGN1: u64 = 18;
const NO_EXTERNAL_DATA: &[u8] = &[];

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn keys_of_small_order_are_weak_and_real_ones_are_not() {
        assert!(is_of_small_order([0; 32]));
        assert!(is_of_small_order(ORDER_8[0]));
        let mut negative = ORDER_8[1];
        negative[31] |= 0x80;
        assert!(is_of_small_order(negative));
        let mut base = [0x66; 32];
        base[0] = 0x58;
        assert!(!is_of_small_order(base));
    }

    #[test]
    fn a_kid_is_its_text_or_its_base64url() {
        assert_eq!(kid_of(b"xa-1").unwrap().as_str(), "xa-1");
        assert_eq!(kid_of(&[0xff, 0xfe]).unwrap().as_str(), "__4");
        assert_eq!(kid_of(b"a/b").unwrap().as_str(), "YS9i");
    }
}
