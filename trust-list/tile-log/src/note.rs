//! Signed notes (C2SP signed-note): a text and signature lines below it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::key::{KeyName, NoteSigner, VerifierKey};

/// The longest note that is read. 16 post-quantum signatures, which must be accepted, are 16 × 5 kB in base64, 107 kB;
/// a checkpoint with a witness of each of 55 countries is 10 kB: 128 KiB.
pub const MAX_NOTE_BYTES: usize = 128 * 1024;

/// The most signature lines that are read: more than any region has witnesses.
const MAX_SIGNATURES: usize = 100;

/// A text and the signatures under it, none of which is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

/// A signature line: by whom it says it is, and the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    pub(crate) name: KeyName,
    pub(crate) id: [u8; 4],
    pub(crate) signature: Vec<u8>,
}

impl Note {
    /// Reads a note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
        // signed-note, Format: no ASCII control characters but the newline.
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::Characters);
        }
        // signed-note, Format: the text is separated from the signatures by the last empty line.
        let (before, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Form)?;
        let signatures = parse_signatures(signatures)?;
        Ok(Self { text: format!("{before}\n"), signatures })
    }

    /// The note of `text`, signed by `key`. `text` ends in a newline and has no control characters.
    pub(crate) fn sign(text: String, key: &NoteSigner) -> Self {
        let signatures = vec![key.sign_note(&text)];
        Self { text, signatures }
    }

    /// The text, with its last newline. To be ignored until a signature is verified.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Refuses unless `key` signed it (signed-note, Signatures): a signature by another key is ignored, one by this
    /// key that is wrong spoils the note.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        let mut signed = Err(NoteError::NotSigned(key.name().clone()));
        for line in self.by(key) {
            key.verify_note(&self.text, &line.signature).ok_or(NoteError::BadSignature(key.name().clone()))?;
            signed = Ok(());
        }
        signed
    }

    /// The signature lines that say they are by `key`.
    pub(crate) fn by<'n>(&'n self, key: &'n VerifierKey) -> impl Iterator<Item = &'n SignatureLine> {
        self.signatures.iter().filter(|line| line.name == *key.name() && line.id == key.id())
    }

    pub(crate) fn add(&mut self, line: SignatureLine) -> Result<(), NoteError> {
        if self.signatures.len() >= MAX_SIGNATURES {
            return Err(NoteError::TooManySignatures);
        }
        self.signatures.push(line);
        Ok(())
    }
}

/// Reads signature lines, each ending in a newline.
pub(crate) fn parse_signatures(text: &str) -> Result<Vec<SignatureLine>, NoteError> {
    let lines: Vec<&str> = text.strip_suffix('\n').ok_or(NoteError::Form)?.split('\n').collect();
    if lines.len() > MAX_SIGNATURES {
        return Err(NoteError::TooManySignatures);
    }
    lines.into_iter().map(SignatureLine::parse).collect()
}

impl SignatureLine {
    fn parse(line: &str) -> Result<Self, NoteError> {
        let (name, encoded) =
            line.strip_prefix("\u{2014} ").and_then(|rest| rest.split_once(' ')).ok_or(NoteError::Form)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| NoteError::Form)?;
        let (id, signature) = bytes.split_first_chunk().ok_or(NoteError::Form)?;
        if signature.is_empty() {
            return Err(NoteError::Form);
        }
        let name = name.parse().map_err(|_| NoteError::Form)?;
        Ok(Self { name, id: *id, signature: signature.to_vec() })
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.id[..], &self.signature].concat();
        writeln!(f, "\u{2014} {} {}", self.name, STANDARD.encode(bytes))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|line| write!(f, "{line}"))
    }
}

/// Why a note is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Longer than any note we read.
    #[error("it is longer than {MAX_NOTE_BYTES} bytes")]
    TooLong,
    /// Not UTF-8, or with control characters.
    #[error("it is not UTF-8 text, or has control characters")]
    Characters,
    /// Not a text, an empty line and signature lines.
    #[error("it is not a signed note: a text, an empty line, and lines \"\u{2014} name base64\"")]
    Form,
    /// More signature lines than we read.
    #[error("it has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// The key did not sign it.
    #[error("{0} did not sign it")]
    NotSigned(KeyName),
    /// A signature that says it is by the key is not.
    #[error("a signature that says it is by {0} is wrong")]
    BadSignature(KeyName),
}
