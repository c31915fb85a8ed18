//! The form and the header of a compact JWE (RFC 7516 §3 and §4), checked before any work with keys.

use serde_json::{Map, Value};

use super::{ALG, DEF, ENC, JweError, Zip};
use crate::b64;
use crate::header::{HeaderError, string};
use crate::json;
use crate::kid::Kid;
use crate::limits::Limits;

/// The header of a compact JWE: to choose a key by before decrypting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompactJweHeader {
    kid: Option<Kid>,
    cty: Option<String>,
    pub(super) zip: bool,
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

    pub(super) fn check_zip(&self, zip: Zip) -> Result<(), JweError> {
        if self.zip && zip == Zip::Refuse { Err(JweError::Zip) } else { Ok(()) }
    }
}

fn decode(segment: &str, name: &'static str) -> Result<Vec<u8>, JweError> {
    b64::decode(segment).map_err(|_| JweError::Base64(name))
}
