//! How a token makes a signature that JOSE understands.

use aws_lc_rs::digest::{self, Algorithm as Hash};
use cryptoki::error::Error;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::ObjectHandle;
use cryptoki::session::Session;

use super::TokenError;
use crate::algorithm::Algorithm;

/// A mechanism, and whether we hash before it.
#[derive(Debug)]
pub(super) struct Plan {
    mechanism: Mechanism<'static>,
    hash_first: Option<&'static Hash>,
}

impl Plan {
    /// The way to sign with `alg` among those `offered`. Hashing here comes first: a list of megabytes through a smart
    /// card takes minutes, and every token has the plain mechanism.
    pub(super) fn choose(alg: Algorithm, offered: &[MechanismType]) -> Result<Self, TokenError> {
        let plans = match alg {
            Algorithm::ES256 => {
                vec![Self::hashed(Mechanism::Ecdsa, &digest::SHA256), Self::whole(Mechanism::EcdsaSha256)]
            }
            Algorithm::ES384 => {
                vec![Self::hashed(Mechanism::Ecdsa, &digest::SHA384), Self::whole(Mechanism::EcdsaSha384)]
            }
            Algorithm::PS256 => vec![
                Self::hashed(Mechanism::RsaPkcsPss(pss()), &digest::SHA256),
                Self::whole(Mechanism::Sha256RsaPkcsPss(pss())),
            ],
            // RFC 8037 §3.1: the pure form, which has no hash to make before.
            Algorithm::EdDSA => vec![Self::whole(Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure)))],
            Algorithm::RS256 => return Err(TokenError::KindOfKey),
        };
        let plan = plans.into_iter().find(|plan| offered.contains(&plan.mechanism.mechanism_type()));
        plan.ok_or(TokenError::NoMechanism(match alg {
            Algorithm::ES256 => "CKM_ECDSA or CKM_ECDSA_SHA256",
            Algorithm::ES384 => "CKM_ECDSA or CKM_ECDSA_SHA384",
            Algorithm::PS256 | Algorithm::RS256 => "CKM_RSA_PKCS_PSS or CKM_SHA256_RSA_PKCS_PSS",
            Algorithm::EdDSA => "CKM_EDDSA",
        }))
    }

    fn hashed(mechanism: Mechanism<'static>, hash: &'static Hash) -> Self {
        Self { mechanism, hash_first: Some(hash) }
    }

    fn whole(mechanism: Mechanism<'static>) -> Self {
        Self { mechanism, hash_first: None }
    }

    /// PKCS#11 §6.3.1 gives ECDSA signatures as r and s of full length, which is what RFC 7518 §3.4 wants.
    pub(super) fn sign(&self, session: &Session, key: ObjectHandle, text: &[u8]) -> Result<Vec<u8>, Error> {
        match self.hash_first {
            Some(hash) => session.sign(&self.mechanism, key, digest::digest(hash, text).as_ref()),
            None => session.sign(&self.mechanism, key, text),
        }
    }
}

/// RFC 7518 §3.5: SHA-256 throughout, and a salt as long as the hash.
fn pss() -> PkcsPssParams {
    PkcsPssParams { hash_alg: MechanismType::SHA256, mgf: PkcsMgfType::MGF1_SHA256, s_len: 32.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(alg: Algorithm, offered: &[MechanismType]) -> (MechanismType, bool) {
        let plan = Plan::choose(alg, offered).unwrap();
        (plan.mechanism.mechanism_type(), plan.hash_first.is_some())
    }

    #[test]
    fn the_plain_mechanism_is_used_where_it_is_offered_and_the_hashing_one_elsewhere() {
        let both = [MechanismType::ECDSA_SHA256, MechanismType::ECDSA];
        assert_eq!(chosen(Algorithm::ES256, &both), (MechanismType::ECDSA, true));
        assert_eq!(chosen(Algorithm::ES256, &both[..1]), (MechanismType::ECDSA_SHA256, false));
        assert_eq!(chosen(Algorithm::ES384, &[MechanismType::ECDSA_SHA384]), (MechanismType::ECDSA_SHA384, false));
        let hashing = [MechanismType::SHA256_RSA_PKCS_PSS];
        assert_eq!(chosen(Algorithm::PS256, &hashing), (hashing[0], false));
        assert_eq!(chosen(Algorithm::EdDSA, &[MechanismType::EDDSA]), (MechanismType::EDDSA, false));
    }

    #[test]
    fn a_token_that_cannot_do_it_is_refused_by_the_name_of_what_it_lacks() {
        for alg in [Algorithm::ES256, Algorithm::ES384, Algorithm::PS256, Algorithm::EdDSA] {
            let error = Plan::choose(alg, &[MechanismType::ECDSA_SHA1, MechanismType::RSA_PKCS]).unwrap_err();
            assert!(error.to_string().contains("CKM_"), "{error}");
        }
        assert!(matches!(Plan::choose(Algorithm::RS256, &[MechanismType::RSA_PKCS]), Err(TokenError::KindOfKey)));
    }
}
