//! Keys of logs and witnesses: Ed25519, named, as one line of text (C2SP signed-note, Verifier keys).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use aws_lc_rs::encoding::AsBigEndian as _;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, ParsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::hash::sha256;
use crate::note::SignatureLine;

/// The name of a key: a URL without scheme by convention, without spaces and plus signs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

/// A domain name has at most 253 characters; the rest is for a path.
const MAX_NAME: usize = 512;

impl FromStr for KeyName {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        // signed-note, Format: not empty, no Unicode spaces, no plus.
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.len() > MAX_NAME || text.contains(forbidden) {
            return Err(KeyError::Name);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl KeyName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a key's signatures say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// A log signs its checkpoints: Ed25519 over the text of the note.
    Log,
    /// A witness says when it saw that a checkpoint continues all it saw before (C2SP tlog-cosignature).
    Witness,
}

impl KeyKind {
    /// signed-note, Signature types.
    const fn signature_type(self) -> u8 {
        match self {
            Self::Log => 0x01,
            Self::Witness => 0x04,
        }
    }

    const fn of_signature_type(byte: u8) -> Option<Self> {
        match byte {
            0x01 => Some(Self::Log),
            0x04 => Some(Self::Witness),
            _ => None,
        }
    }
}

/// A public key with its name: the text `<name>+<id>+<base64>`.
#[derive(Clone)]
pub struct VerifierKey {
    name: KeyName,
    kind: KeyKind,
    id: [u8; 4],
    public: [u8; 32],
    prepared: Arc<ParsedPublicKey>,
}

impl VerifierKey {
    fn new(name: KeyName, kind: KeyKind, public: [u8; 32]) -> Result<Self, KeyError> {
        let prepared = ParsedPublicKey::new(&ED25519, public).map_err(|_| KeyError::Key)?;
        let id = key_id(&name, kind, &public);
        Ok(Self { name, kind, id, public, prepared: Arc::new(prepared) })
    }

    /// Its name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// What its signatures say.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The number by which signature lines name it. Two keys may have the same.
    pub fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The bytes of the key. Two names for one key have the same: count by these.
    pub fn public_bytes(&self) -> &[u8; 32] {
        &self.public
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Option<()> {
        self.prepared.verify_sig(message, signature).ok()
    }

    /// Whether this is the signature of a note. A witness signs no note as such.
    pub(crate) fn verify_note(&self, text: &str, signature: &[u8]) -> Option<()> {
        if self.kind == KeyKind::Log { self.verify(text.as_bytes(), signature) } else { None }
    }
}

/// signed-note, Signatures: SHA-256 of name, newline, type and key, cut to four bytes.
fn key_id(name: &KeyName, kind: KeyKind, public: &[u8; 32]) -> [u8; 4] {
    let hash = sha256(&[name.0.as_bytes(), b"\n", &[kind.signature_type()], public]);
    let [a, b, c, d, ..] = *hash.as_bytes();
    [a, b, c, d]
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let KeyText { name, id, kind, material } = split_key(text)?;
        let key = Self::new(name, kind, *material)?;
        if encode_id(key.id) == id { Ok(key) } else { Err(KeyError::Id) }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.kind.signature_type()], &self.public[..]].concat();
        write!(f, "{}+{}+{}", self.name, encode_id(self.id), STANDARD.encode(bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.kind, self.public) == (&other.name, other.kind, other.public)
    }
}

impl Eq for VerifierKey {}

fn encode_id(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

/// The parts of a key in text. The id is still to compare.
struct KeyText<'t> {
    name: KeyName,
    id: &'t str,
    kind: KeyKind,
    material: Zeroizing<[u8; 32]>,
}

/// Reads `<name>+<id>+base64(<type><32 bytes>)`.
fn split_key(text: &str) -> Result<KeyText<'_>, KeyError> {
    let (name, rest) = text.split_once('+').ok_or(KeyError::Form)?;
    let name = name.parse()?;
    let (id, encoded) = rest.split_once('+').ok_or(KeyError::Form)?;
    let bytes = Zeroizing::new(STANDARD.decode(encoded).map_err(|_| KeyError::Form)?);
    let (kind, material) = bytes.split_first().ok_or(KeyError::Form)?;
    let kind = KeyKind::of_signature_type(*kind).ok_or(KeyError::Kind)?;
    let material = material.try_into().map(Zeroizing::new).map_err(|_| KeyError::Form)?;
    Ok(KeyText { name, id, kind, material })
}

/// A private key with its name. `Debug` shows the public half only.
pub struct NoteSigner {
    pair: Ed25519KeyPair,
    verifier: VerifierKey,
}

/// What Go's `golang.org/x/mod/sumdb/note` writes before a private key.
const PRIVATE: &str = "PRIVATE+KEY+";

impl NoteSigner {
    /// A new key.
    pub fn generate(name: KeyName, kind: KeyKind) -> Result<Self, KeyError> {
        Self::new(name, kind, Ed25519KeyPair::generate().map_err(|_| KeyError::Random)?)
    }

    fn new(name: KeyName, kind: KeyKind, pair: Ed25519KeyPair) -> Result<Self, KeyError> {
        let public = pair.public_key().as_ref().try_into().map_err(|_| KeyError::Key)?;
        Ok(Self { pair, verifier: VerifierKey::new(name, kind, public)? })
    }

    /// Reads the line that [`Self::to_private_text`] writes.
    pub fn from_private_text(text: &str) -> Result<Self, KeyError> {
        let text = text.trim_end().strip_prefix(PRIVATE).ok_or(KeyError::NotPrivate)?;
        let KeyText { name, id, kind, material } = split_key(text)?;
        let pair = Ed25519KeyPair::from_seed_unchecked(&material[..]).map_err(|_| KeyError::Key)?;
        let signer = Self::new(name, kind, pair)?;
        if encode_id(signer.verifier.id) == id { Ok(signer) } else { Err(KeyError::Id) }
    }

    /// The private key as one line of text, in the form of Go's `note` package.
    pub fn to_private_text(&self) -> Result<Zeroizing<String>, KeyError> {
        let seed = self.pair.seed().and_then(|seed| seed.as_be_bytes()).map_err(|_| KeyError::Key)?;
        let bytes = Zeroizing::new([&[self.verifier.kind.signature_type()], seed.as_ref()].concat());
        let encoded = Zeroizing::new(STANDARD.encode(&bytes[..]));
        let (name, id) = (&self.verifier.name, encode_id(self.verifier.id));
        Ok(Zeroizing::new(format!("{PRIVATE}{name}+{id}+{}", &encoded[..])))
    }

    /// Its public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The signature line for a note.
    pub(crate) fn sign_note(&self, text: &str) -> SignatureLine {
        self.line(self.sign(text.as_bytes()))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }

    pub(crate) fn line(&self, signature: Vec<u8>) -> SignatureLine {
        SignatureLine { name: self.verifier.name.clone(), id: self.verifier.id, signature }
    }
}

impl fmt::Debug for NoteSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.verifier, f)
    }
}

/// Why a text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty or has a space or a plus.
    #[error("the name of a key is 1 to 512 bytes without spaces and plus signs, a URL without scheme by convention")]
    Name,
    /// Not name, id and key.
    #[error("a key is one line name+id+base64")]
    Form,
    /// A kind of key that is not used here.
    #[error("only Ed25519 keys of logs (type 1) and witnesses (type 4) are used")]
    Kind,
    /// The id is not that of this name and key.
    #[error("the id in the key is not that of its name and bytes: it was edited or cut")]
    Id,
    /// A public key where a private one is needed.
    #[error("it is not a private key: those begin with PRIVATE+KEY+")]
    NotPrivate,
    /// Not a point of the curve.
    #[error("the bytes are no Ed25519 key")]
    Key,
    /// The system gives no randomness.
    #[error("the system's random source failed")]
    Random,
}
