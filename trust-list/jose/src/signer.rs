//! Making signatures: a private key, its algorithm and its name.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256,
    RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use josekit::JoseError;
use josekit::jws::{JwsAlgorithm, JwsSigner, JwsVerifier};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::algorithm::Algorithm;
use crate::b64;
use crate::jwk::{JwkError, PublicJwk};
use crate::kid::Kid;
use crate::private_jwk::PrivateJwk;
use crate::verifier::Verifier;

/// Who signs a document: a [`SigningKey`] in memory, or a key that stays in its token (`pkcs11::TokenKey`).
///
/// To add one: 1. the type, 2. this trait for it. Nothing else asks where a key lives, and no signature is taken before
/// its verifier accepts it.
pub trait DocumentSigner {
    /// What checks its signatures: the public key and its one algorithm.
    fn verifier(&self) -> &Verifier;

    /// Signs a text; the form of the signature is that of RFC 7518 §3 or RFC 8037 §3.1.
    fn sign(&self, signing_input: &[u8]) -> Result<Vec<u8>, SignError>;
}

impl<S: DocumentSigner + ?Sized> DocumentSigner for &S {
    fn verifier(&self) -> &Verifier {
        (**self).verifier()
    }

    fn sign(&self, signing_input: &[u8]) -> Result<Vec<u8>, SignError> {
        (**self).sign(signing_input)
    }
}

impl DocumentSigner for SigningKey {
    fn verifier(&self) -> &Verifier {
        Self::verifier(self)
    }

    fn sign(&self, signing_input: &[u8]) -> Result<Vec<u8>, SignError> {
        Self::sign(self, signing_input)
    }
}

/// A private key that signs with one algorithm. Cloning is cheap, and `Debug` shows the name only.
///
/// Also a josekit `JwsSigner`.
#[derive(Clone)]
pub struct SigningKey(Arc<Inner>);

struct Inner {
    pair: Pair,
    private: PrivateJwk,
    kid: Kid,
    verifier: Verifier,
}

enum Pair {
    Ecdsa(EcdsaKeyPair),
    Rsa(RsaKeyPair, &'static dyn RsaEncoding),
    Ed25519(Ed25519KeyPair),
}

impl SigningKey {
    /// A new key. Without a `kid` its name is its RFC 7638 thumbprint, as the signers of trust lists need it. RSA keys
    /// have 2048 bits.
    pub fn generate(alg: Algorithm, kid: impl Into<Option<Kid>>) -> Result<Self, JwkError> {
        let mut private = match alg {
            Algorithm::ES256 => PrivateJwk::generate_ec(&ECDSA_P256_SHA256_FIXED_SIGNING, "P-256")?,
            Algorithm::ES384 => PrivateJwk::generate_ec(&ECDSA_P384_SHA384_FIXED_SIGNING, "P-384")?,
            Algorithm::PS256 | Algorithm::RS256 => PrivateJwk::generate_rsa()?,
            Algorithm::EdDSA => PrivateJwk::generate_ed25519()?,
        };
        if let Some(kid) = kid.into() {
            private.set("kid", kid.as_str());
        }
        private.set("alg", alg.as_str());
        Self::from_private(private)
    }

    /// Reads a private JWK. RSA keys must name their `alg`; the others have only one. Without a `kid` it is named by
    /// its RFC 7638 thumbprint.
    pub fn from_jwk(value: &Value) -> Result<Self, JwkError> {
        Self::from_private(PrivateJwk::new(value.clone())?)
    }

    fn from_private(mut private: PrivateJwk) -> Result<Self, JwkError> {
        let public = private.to_public()?;
        let alg = algorithm_of(&public)?;
        let kid = public.kid().cloned().unwrap_or_else(|| public.thumbprint().to_kid());
        private.set("kid", kid.as_str());
        private.set("alg", alg.as_str());
        private.set("use", "sig");
        public.fits(alg)?;
        let verifier = Verifier::new(&private.to_public()?, alg)?;
        let pair = match alg {
            Algorithm::ES256 => Pair::Ecdsa(private.ec_pair(&ECDSA_P256_SHA256_FIXED_SIGNING)?),
            Algorithm::ES384 => Pair::Ecdsa(private.ec_pair(&ECDSA_P384_SHA384_FIXED_SIGNING)?),
            Algorithm::PS256 => Pair::Rsa(private.rsa_pair()?, &RSA_PSS_SHA256),
            Algorithm::RS256 => Pair::Rsa(private.rsa_pair()?, &RSA_PKCS1_SHA256),
            Algorithm::EdDSA => Pair::Ed25519(private.ed25519_pair()?),
        };
        Ok(Self(Arc::new(Inner { pair, private, kid, verifier })))
    }

    /// The private key as one line of JSON, for a key file.
    pub fn to_private_jwk(&self) -> Zeroizing<String> {
        self.0.private.to_json()
    }

    /// The public key, with `kid`, `alg` and `use`.
    pub fn public_jwk(&self) -> &PublicJwk {
        self.0.verifier.key()
    }

    /// What checks its signatures.
    pub fn verifier(&self) -> &Verifier {
        &self.0.verifier
    }

    /// The algorithm.
    pub fn alg(&self) -> Algorithm {
        self.0.verifier.alg()
    }

    /// The name.
    pub fn kid(&self) -> &Kid {
        &self.0.kid
    }

    /// Signs a text.
    pub fn sign(&self, signing_input: &[u8]) -> Result<Vec<u8>, SignError> {
        let random = SystemRandom::new();
        match &self.0.pair {
            Pair::Ecdsa(pair) => pair.sign(&random, signing_input).map(|s| s.as_ref().to_vec()),
            Pair::Ed25519(pair) => pair.try_sign(signing_input).map(|s| s.as_ref().to_vec()),
            Pair::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(*encoding, &random, signing_input, &mut signature).map(|()| signature)
            }
        }
        .map_err(|_| SignError::Refused)
    }

    /// A compact JWS with the header `alg`, `typ`, `kid`.
    pub fn sign_compact(&self, typ: &str, payload: &[u8]) -> Result<String, SignError> {
        self.sign_compact_with(Map::from_iter([("typ".to_owned(), typ.into())]), payload)
    }

    /// A compact JWS with more in its header: `jwk` for DPoP, `x5c` for certificates.
    ///
    /// `alg` is always the key's. `kid` is the key's too, but left out beside `jwk`, which already says which key.
    pub fn sign_compact_with(&self, extra_header: Map<String, Value>, payload: &[u8]) -> Result<String, SignError> {
        let mut header = Map::from_iter([("alg".to_owned(), self.alg().as_str().into())]);
        if !extra_header.contains_key("jwk") {
            header.insert("kid".to_owned(), self.kid().as_str().into());
        }
        header.extend(extra_header.into_iter().filter(|(name, _)| name != "alg" && name != "kid"));
        Ok(compact(&header, payload, |signing_input| self.sign(signing_input))?.0)
    }
}

/// A compact JWS whose header is `header` and the `alg` of the signer, and nothing else: for formats that say by
/// certificate whose key it is. What a token answers is verified before it is taken.
pub fn sign_compact_exactly(
    signer: &dyn DocumentSigner,
    mut header: Map<String, Value>,
    payload: &[u8],
) -> Result<String, SignError> {
    let verifier = signer.verifier();
    header.insert("alg".to_owned(), verifier.alg().as_str().into());
    let (token, signature) = compact(&header, payload, |signing_input| signer.sign(signing_input))?;
    let signing_input = token.rsplit_once('.').map_or("", |(signing_input, _)| signing_input);
    verifier.verify(signing_input.as_bytes(), &signature).map_err(|_| SignError::NotVerified)?;
    Ok(token)
}

/// RFC 7515 §7.1: the token, and the signature at its end.
fn compact(
    header: &Map<String, Value>,
    payload: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, SignError>,
) -> Result<(String, Vec<u8>), SignError> {
    let header = serde_json::to_vec(header).map_err(|_| SignError::Header)?;
    let mut token = format!("{}.{}", b64::encode(header), b64::encode(payload));
    let signature = sign(token.as_bytes())?;
    token.push('.');
    token.push_str(&b64::encode(&signature));
    Ok((token, signature))
}

fn algorithm_of(public: &PublicJwk) -> Result<Algorithm, JwkError> {
    match public.alg() {
        Some(alg) => alg.parse().map_err(|_| JwkError::NotForSignatures),
        None if public.is_rsa() => Err(JwkError::AlgMissing),
        None => Algorithm::ALL.into_iter().find(|alg| public.prepared(*alg).is_some()).ok_or(JwkError::WrongKind),
    }
}

impl JwsSigner for SigningKey {
    fn algorithm(&self) -> &dyn JwsAlgorithm {
        JwsVerifier::algorithm(self.verifier())
    }

    fn key_id(&self) -> Option<&str> {
        Some(self.kid().as_str())
    }

    fn signature_len(&self) -> usize {
        match &self.0.pair {
            Pair::Ecdsa(_) if self.alg() == Algorithm::ES384 => 96,
            Pair::Ecdsa(_) | Pair::Ed25519(_) => 64,
            Pair::Rsa(pair, _) => pair.public_modulus_len(),
        }
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, JoseError> {
        Self::sign(self, message).map_err(|error| JoseError::InvalidSignature(error.into()))
    }

    fn box_clone(&self) -> Box<dyn JwsSigner> {
        Box::new(self.clone())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("alg", &self.alg()).field("kid", self.kid()).finish_non_exhaustive()
    }
}

/// Why nothing was signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The key did not sign.
    #[error("the key refused to sign")]
    Refused,
    /// The token did not sign; the text is what it said.
    #[error("the token refused to sign: {0}")]
    Token(String),
    /// What came back is no signature by this key. Nothing was added.
    #[error("what the key answered does not verify with its public half; do not use it before you know why")]
    NotVerified,
    /// The header cannot be written as JSON.
    #[error("the header cannot be written")]
    Header,
}
