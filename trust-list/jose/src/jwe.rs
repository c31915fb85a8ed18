//! Compact JWE (RFC 7516 §7.1), RSA-OAEP-256 with A256GCM and nothing else, through josekit.
//!
//! josekit decides algorithms by the header and inflates without limit. So the header is checked here first, josekit
//! is left with one content encryption, and inflating is done here, into a buffer with a cap.

use std::fmt;
use std::io::{self, Read as _};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use josekit::jwe::alg::rsaes::{RsaesJweAlgorithm, RsaesJweDecrypter, RsaesJweEncrypter};
use josekit::jwe::{JweCompression, JweContext, JweHeader};
use josekit::jwk::Jwk;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::b64;
use crate::header::HeaderError;
use crate::header::string;
use crate::json::{self, JsonError};
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
    private: PrivateJwk,
    public: PublicJwk,
    josekit: RsaesJweDecrypter,
    context: JweContext,
}

impl Decrypter {
    /// A new key of 2048 bits.
    pub fn generate(kid: Kid) -> Result<Self, JwkError> {
        let mut private = PrivateJwk::generate_rsa()?;
        private.set("kid", kid.as_str());
        Self::from_private(private)
    }

    /// Reads a private RSA key.
    pub fn from_jwk(value: &Value) -> Result<Self, JwkError> {
        Self::from_private(PrivateJwk::new(value)?)
    }

    fn from_private(mut private: PrivateJwk) -> Result<Self, JwkError> {
        let given = private.to_public()?;
        check_for_encryption(&given)?;
        private.set("use", "enc");
        private.set("alg", ALG);
        // Proves that the halves belong together, which josekit does not.
        private.rsa_pair()?;
        let jwk = Jwk::from_map(private.members().clone()).map_err(|_| JwkError::Inconsistent)?;
        let mut josekit = RsaesJweAlgorithm::RsaOaep256.decrypter_from_jwk(&jwk).map_err(|_| JwkError::Inconsistent)?;
        // The caller chooses the key; josekit would also insist on a kid in the header.
        josekit.remove_key_id();
        let public = private.to_public()?;
        Ok(Self(Arc::new(DecrypterInner { private, public, josekit, context: context() })))
    }

    /// The public half, with `use: enc` and its `alg`.
    pub fn public_jwk(&self) -> &PublicJwk {
        &self.0.public
    }

    /// Its name.
    pub fn kid(&self) -> Option<&Kid> {
        self.0.public.kid()
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
            Zip::Inflate { cap } if header.zip => inflate(&content, cap),
            _ => Ok(content),
        }
    }
}

/// The header of a compact JWE: to choose a key by before decrypting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactJweHeader {
    kid: Option<Kid>,
    cty: Option<String>,
    zip: bool,
}

impl CompactJweHeader {
    /// Reads the form and the header of a compact JWE and refuses every algorithm but ours, before any work with keys.
    pub fn parse(compact: &str, limits: &Limits) -> Result<Self, JweError> {
        if compact.len() > limits.max_bytes {
            return Err(JweError::TooLarge { max: limits.max_bytes });
        }
        let segments: Vec<&str> = compact.splitn(6, '.').collect();
        let [header, key, iv, ciphertext, tag] = segments[..] else { return Err(JweError::NotFiveSegments) };
        let header = decode(header, "header")?;
        let header = Self::from_members(&json::parse_object(&header, limits)?)?;
        if key.is_empty() || ciphertext.is_empty() {
            return Err(JweError::NotFiveSegments);
        }
        // RFC 7518 §5.3: an IV of 96 and a tag of 128 bits. OpenSSL would accept a tag cut down to one byte.
        if decode(iv, "iv")?.len() != 12 || decode(tag, "tag")?.len() != 16 {
            return Err(JweError::IvOrTag);
        }
        Ok(header)
    }

    /// The name of the key.
    pub fn kid(&self) -> Option<&Kid> {
        self.kid.as_ref()
    }

    /// The media type of the plaintext; `JWT` if it is a token in its turn (RFC 7519 §5.2).
    pub fn cty(&self) -> Option<&str> {
        self.cty.as_deref()
    }

    fn from_members(members: &Map<String, Value>) -> Result<Self, JweError> {
        // RFC 7516 §4.1.13, as in a signature.
        if members.contains_key("crit") {
            return Err(HeaderError::Extension("crit").into());
        }
        // Never `dir`, RSA1_5 or PBES2, whose p2c makes the recipient work for seconds (RFC 8725 §3.2).
        if string(members, "alg")? != Some(ALG) || string(members, "enc")? != Some(ENC) {
            return Err(JweError::Algorithm);
        }
        let zip = match string(members, "zip")? {
            None => false,
            Some(DEF) => true,
            Some(_) => return Err(JweError::Zip),
        };
        let kid = string(members, "kid")?.map(Kid::parse).transpose()?;
        Ok(Self { kid, cty: string(members, "cty")?.map(str::to_owned), zip })
    }

    fn check_zip(&self, zip: Zip) -> Result<(), JweError> {
        if self.zip && zip == Zip::Refuse { Err(JweError::Zip) } else { Ok(()) }
    }
}

fn decode(segment: &str, name: &'static str) -> Result<Vec<u8>, JweError> {
    b64::decode(segment).map_err(|_| JweError::Base64(name))
}

/// RFC 7516 §4.1.3: raw DEFLATE (RFC 1951). Reads one byte more than allowed, to know whether there is one.
fn inflate(compressed: &[u8], cap: usize) -> Result<Vec<u8>, JweError> {
    let mut plaintext = Vec::new();
    let one_more = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    DeflateDecoder::new(compressed).take(one_more).read_to_end(&mut plaintext).map_err(|_| JweError::Deflate)?;
    if plaintext.len() > cap { Err(JweError::Inflated { cap }) } else { Ok(plaintext) }
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

/// Stands in for josekit's DEF, which inflates without limit. The compressed bytes pass as they are.
#[derive(Clone, Copy, Debug)]
struct LeftCompressed;

impl JweCompression for LeftCompressed {
    fn name(&self) -> &str {
        DEF
    }

    fn compress(&self, message: &[u8]) -> io::Result<Vec<u8>> {
        Ok(message.to_vec())
    }

    fn decompress(&self, message: &[u8]) -> io::Result<Vec<u8>> {
        Ok(message.to_vec())
    }

    fn box_clone(&self) -> Box<dyn JweCompression> {
        Box::new(*self)
    }
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
        cty.into_iter().for_each(|cty| header.set_content_type(cty));
        let content = match compress {
            Compress::No => plaintext.to_vec(),
            Compress::Deflate => {
                header.set_compression(DEF);
                deflate(plaintext)?
            }
        };
        self.0.context.serialize_compact(&content, &header, &self.0.josekit).map_err(|_| JweError::Encryption)
    }
}

fn deflate(plaintext: &[u8]) -> Result<Vec<u8>, JweError> {
    let mut compressed = Vec::new();
    let read = DeflateEncoder::new(plaintext, Compression::default()).read_to_end(&mut compressed);
    read.map(|_| compressed).map_err(|_| JweError::Deflate)
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
        f.debug_struct("Decrypter").field("kid", &self.kid()).finish_non_exhaustive()
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
