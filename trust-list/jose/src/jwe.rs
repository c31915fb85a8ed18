//! Compact JWE (RFC 7516 §7.1), RSA-OAEP-256 with A256GCM and nothing else, through josekit.
//!
//! josekit decides algorithms by the header and inflates without limit. So the header is checked here first, josekit
//! is left with one content encryption, and inflating is done here, into a buffer with a cap.

mod header;
mod zip;

use std::fmt;
use std::sync::Arc;

use josekit::jwe::alg::rsaes::{RsaesJweAlgorithm, RsaesJweDecrypter, RsaesJweEncrypter};
use josekit::jwe::{JweContext, JweHeader};
use josekit::jwk::Jwk;
use serde_json::Value;
use zeroize::Zeroizing;

pub use self::header::CompactJweHeader;
use self::zip::LeftCompressed;
use crate::deflate::{self, DeflateError};
use crate::header::HeaderError;
use crate::json::JsonError;
use crate::jwk::{JwkError, KeyUse, PublicJwk};
use crate::kid::{Kid, KidError};
use crate::limits::Limits;
use crate::private_jwk::PrivateJwk;

const ALG: &str = "RSA-OAEP-256";
const ENC: &str = "A256GCM";
const DEF: &str = "DEF";

/// What to do with a compressed plaintext.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zip {
    /// Refuse `zip` by the header, before any work.
    Refuse,
    /// Allow `zip: DEF` and inflate to at most `cap` bytes: for MOSIP, whose userinfo is always compressed.
    Inflate {
        /// The most bytes of plaintext.
        cap: usize,
    },
}

/// A private RSA key that decrypts. Cloning is cheap.
#[derive(Clone)]
pub struct Decrypter(Arc<DecrypterInner>);

struct DecrypterInner {
    kid: Kid,
    private: PrivateJwk,
    public: PublicJwk,
    josekit: RsaesJweDecrypter,
    context: JweContext,
}

impl Decrypter {
    /// A new key of 2048 bits. Without a `kid` its name is its RFC 7638 thumbprint.
    pub fn generate(kid: impl Into<Option<Kid>>) -> Result<Self, JwkError> {
        let mut private = PrivateJwk::generate_rsa()?;
        if let Some(kid) = kid.into() {
            private.set("kid", kid.as_str());
        }
        Self::from_private(private)
    }

    /// Reads a private RSA key. Without a `kid` its name is its RFC 7638 thumbprint.
    pub fn from_jwk(value: &Value) -> Result<Self, JwkError> {
        Self::from_private(PrivateJwk::new(value.clone())?)
    }

    fn from_private(mut private: PrivateJwk) -> Result<Self, JwkError> {
        let given = private.to_public()?;
        check_for_encryption(&given)?;
        let kid = given.kid().cloned().unwrap_or_else(|| given.thumbprint().to_kid());
        private.set("kid", kid.as_str());
        private.set("use", "enc");
        private.set("alg", ALG);
        // Proves that the halves belong together, which josekit does not.
        private.rsa_pair()?;
        let jwk = Jwk::from_map(private.members().clone()).map_err(|_| JwkError::Inconsistent)?;
        let mut josekit = RsaesJweAlgorithm::RsaOaep256.decrypter_from_jwk(&jwk).map_err(|_| JwkError::Inconsistent)?;
        // The caller chooses the key; josekit would also insist on a kid in the header.
        josekit.remove_key_id();
        let public = private.to_public()?;
        Ok(Self(Arc::new(DecrypterInner { kid, private, public, josekit, context: context() })))
    }

    /// The public half, with `use: enc` and its `alg`.
    pub fn public_jwk(&self) -> &PublicJwk {
        &self.0.public
    }

    /// Its name.
    pub fn kid(&self) -> &Kid {
        &self.0.kid
    }

    /// The private key as one line of JSON, for a key file.
    pub fn to_private_jwk(&self) -> Zeroizing<String> {
        self.0.private.to_json()
    }

    /// Decrypts. Whatever goes wrong with key or ciphertext is one and the same error (RFC 7516 §11.5).
    pub fn decrypt(&self, compact: &str, limits: &Limits, zip: Zip) -> Result<Vec<u8>, JweError> {
        let header = CompactJweHeader::parse(compact, limits)?;
        header.check_zip(zip)?;
        let (content, _) =
            self.0.context.deserialize_compact(compact, &self.0.josekit).map_err(|_| JweError::Decryption)?;
        match zip {
            Zip::Inflate { cap } if header.zip => Ok(deflate::inflate(&content, cap)?),
            _ => Ok(content),
        }
    }
}

/// josekit with A256GCM only, and with its inflating replaced by none.
fn context() -> JweContext {
    let mut context = JweContext::new();
    for enc in ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM"] {
        context.remove_content_encryption(enc);
    }
    context.add_compression(Box::new(LeftCompressed));
    context
}

/// Whether to compress before encrypting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compress {
    /// No `zip`.
    No,
    /// `zip: DEF`, as MOSIP does. The length of the ciphertext then tells something of the content (RFC 8725 §3.6).
    Deflate,
}

/// A public RSA key that encrypts: for the simulators and for clients that registered a key.
#[derive(Clone)]
pub struct Encrypter(Arc<EncrypterInner>);

struct EncrypterInner {
    josekit: RsaesJweEncrypter,
    context: JweContext,
}

impl Encrypter {
    /// Binds a public RSA key to encryption.
    pub fn new(key: &PublicJwk) -> Result<Self, JwkError> {
        check_for_encryption(key)?;
        let Value::Object(members) = key.to_value() else { return Err(JwkError::NotAnObject) };
        let jwk = Jwk::from_map(members).map_err(|_| JwkError::Inconsistent)?;
        let josekit = RsaesJweAlgorithm::RsaOaep256.encrypter_from_jwk(&jwk).map_err(|_| JwkError::Inconsistent)?;
        Ok(Self(Arc::new(EncrypterInner { josekit, context: context() })))
    }

    /// Encrypts `plaintext`. `cty` is `JWT` where it is a token.
    pub fn encrypt(&self, plaintext: &[u8], cty: Option<&str>, compress: Compress) -> Result<String, JweError> {
        let mut header = JweHeader::new();
        header.set_content_encryption(ENC);
        if let Some(cty) = cty {
            header.set_content_type(cty);
        }
        let content = match compress {
            Compress::No => plaintext.to_vec(),
            Compress::Deflate => {
                header.set_compression(DEF);
                deflate::deflate(plaintext)?
            }
        };
        self.0.context.serialize_compact(&content, &header, &self.0.josekit).map_err(|_| JweError::Encryption)
    }
}

fn check_for_encryption(key: &PublicJwk) -> Result<(), JwkError> {
    if !key.is_rsa() {
        return Err(JwkError::WrongKind);
    }
    if key.key_use() == Some(KeyUse::Signature) {
        return Err(JwkError::NotForEncryption);
    }
    // RFC 8725 §3.1: one algorithm per key.
    if key.alg().is_some_and(|alg| alg != ALG) { Err(JwkError::WrongAlgorithm) } else { Ok(()) }
}

impl fmt::Debug for Decrypter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decrypter").field("kid", self.kid()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Encrypter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encrypter").finish_non_exhaustive()
    }
}

/// Why a JWE is refused.
#[derive(Debug, thiserror::Error)]
pub enum JweError {
    /// Larger than such a token may be.
    #[error("encrypted token larger than {max} bytes")]
    TooLarge {
        /// The limit.
        max: usize,
    },
    /// Not five segments with a key and a ciphertext.
    #[error("encrypted token is not five segments")]
    NotFiveSegments,
    /// A segment is not canonical base64url.
    #[error("encrypted token {0} is not canonical base64url")]
    Base64(&'static str),
    /// The header is not strict JSON.
    #[error("encrypted token header: {0}")]
    Json(#[from] JsonError),
    /// The header is refused.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// The `kid` cannot be one.
    #[error("encrypted token {0}")]
    Kid(#[from] KidError),
    /// Another algorithm than ours.
    #[error("encrypted token is not {ALG} with {ENC}")]
    Algorithm,
    /// Compressed where that is not expected, or in an unknown way.
    #[error("encrypted token is compressed")]
    Zip,
    /// The initialization vector is not 12 bytes or the tag not 16.
    #[error("encrypted token has an IV or a tag of the wrong length")]
    IvOrTag,
    /// Wrong key or changed ciphertext; deliberately not which.
    #[error("decryption failed")]
    Decryption,
    /// The plaintext would be larger than the cap.
    #[error("encrypted token inflates to more than {cap} bytes")]
    Inflated {
        /// The cap.
        cap: usize,
    },
    /// The plaintext is not DEFLATE.
    #[error("encrypted token does not inflate")]
    Deflate,
    /// Nothing was encrypted.
    #[error("encryption failed")]
    Encryption,
}

impl From<DeflateError> for JweError {
    fn from(error: DeflateError) -> Self {
        match error {
            DeflateError::TooLarge { cap } => Self::Inflated { cap },
            DeflateError::Form => Self::Deflate,
        }
    }
}
