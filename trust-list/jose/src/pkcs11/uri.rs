//! Which key: RFC 7512, the `pkcs11` URI.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// A key in a token, as `pkcs11:token=XA;object=root?module-path=/usr/lib/softhsm/libsofthsm2.so`.
///
/// Understood are `token`, `serial`, `manufacturer`, `model`, `object`, `id` and `type=private` in the path, and
/// `module-path` and `pin-source` in the query. Anything else is refused rather than passed over: it would say which
/// key, and be ignored.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TokenUri {
    token: Option<String>,
    serial: Option<String>,
    manufacturer: Option<String>,
    model: Option<String>,
    object: Option<String>,
    id: Option<Vec<u8>>,
    module: Option<PathBuf>,
    pin_source: Option<PathBuf>,
}

const SCHEME: &str = "pkcs11:";

impl TokenUri {
    /// Whether `text` is meant to be one; otherwise it is the name of a file.
    pub fn is_meant_by(text: &str) -> bool {
        text.get(..SCHEME.len()).is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
    }

    /// The label of the key.
    pub fn object(&self) -> Option<&str> {
        self.object.as_deref()
    }

    /// The identifier of the key (CKA_ID).
    pub fn id(&self) -> Option<&[u8]> {
        self.id.as_deref()
    }

    /// The vendor's library.
    pub fn module(&self) -> Option<&Path> {
        self.module.as_deref()
    }

    /// The file with the PIN.
    pub fn pin_source(&self) -> Option<&Path> {
        self.pin_source.as_deref()
    }

    /// The same with a library, if it names none.
    #[must_use]
    pub fn or_module(mut self, module: Option<PathBuf>) -> Self {
        self.module = self.module.or(module);
        self
    }

    /// Whether a token with these names is meant.
    pub(super) fn fits(&self, token: &cryptoki::slot::TokenInfo) -> bool {
        let same = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        same(&self.token, token.label())
            && same(&self.serial, token.serial_number())
            && same(&self.manufacturer, token.manufacturer_id())
            && same(&self.model, token.model())
    }

    fn set_path(&mut self, name: &str, value: &str) -> Result<(), TokenUriError> {
        let slot = match name {
            "token" => &mut self.token,
            "serial" => &mut self.serial,
            "manufacturer" => &mut self.manufacturer,
            "model" => &mut self.model,
            "object" => &mut self.object,
            "id" => return put(&mut self.id, name, percent_decode_str(value).collect()),
            "type" if value == "private" => return Ok(()),
            _ => return Err(TokenUriError::NotUnderstood(name.to_owned())),
        };
        put(slot, name, text(value)?)
    }

    fn set_query(&mut self, name: &str, value: &str) -> Result<(), TokenUriError> {
        match name {
            "module-path" => put(&mut self.module, name, text(value)?.into()),
            "pin-source" => put(&mut self.pin_source, name, pin_file(&text(value)?)?),
            // RFC 7512 §2.4: whoever lists the processes of the machine reads it.
            "pin-value" => Err(TokenUriError::PinInUri),
            _ => Err(TokenUriError::NotUnderstood(name.to_owned())),
        }
    }
}

/// RFC 7512 §2.4: a `file:` URI or a path. A command (`|…`) is not run.
fn pin_file(source: &str) -> Result<PathBuf, TokenUriError> {
    if source.starts_with('|') {
        return Err(TokenUriError::PinCommand);
    }
    Ok(source.strip_prefix("file://").or_else(|| source.strip_prefix("file:")).unwrap_or(source).into())
}

fn text(value: &str) -> Result<String, TokenUriError> {
    let text = percent_decode_str(value).decode_utf8().map_err(|_| TokenUriError::NotText)?;
    Ok(text.into_owned())
}

fn put<T>(slot: &mut Option<T>, name: &str, value: T) -> Result<(), TokenUriError> {
    // RFC 7512 §2.3: an attribute appears once.
    if slot.is_some() {
        return Err(TokenUriError::Twice(name.to_owned()));
    }
    *slot = Some(value);
    Ok(())
}

impl FromStr for TokenUri {
    type Err = TokenUriError;

    fn from_str(uri: &str) -> Result<Self, TokenUriError> {
        if !Self::is_meant_by(uri) {
            return Err(TokenUriError::Scheme);
        }
        let rest = uri.get(SCHEME.len()..).unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut parsed = Self::default();
        for (part, separator, is_path) in [(path, ';', true), (query, '&', false)] {
            for attribute in part.split(separator).filter(|attribute| !attribute.is_empty()) {
                let (name, value) =
                    attribute.split_once('=').ok_or_else(|| TokenUriError::NoValue(attribute.to_owned()))?;
                if is_path { parsed.set_path(name, value)? } else { parsed.set_query(name, value)? }
            }
        }
        Ok(parsed)
    }
}

/// RFC 3986 §2.3: what needs no escape, and `/` in paths.
const ESCAPED: &AsciiSet =
    &CONTROLS.add(b' ').add(b'%').add(b';').add(b'?').add(b'&').add(b'#').add(b'=').add(b'"').add(b'\'').add(b'|');

impl fmt::Display for TokenUri {
    /// The URI without `pin-source`: fit to be shown and handed on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            ("token", &self.token),
            ("serial", &self.serial),
            ("manufacturer", &self.manufacturer),
            ("model", &self.model),
            ("object", &self.object),
        ];
        let escaped = |value: &str| utf8_percent_encode(value, ESCAPED).to_string();
        let path = names.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", escaped(value.as_deref()?))));
        let id = self
            .id
            .iter()
            .map(|id| format!("id={}", percent_encoding::percent_encode(id, percent_encoding::NON_ALPHANUMERIC)));
        write!(f, "{SCHEME}{}", path.chain(id).collect::<Vec<_>>().join(";"))?;
        match &self.module {
            Some(module) => write!(f, "?module-path={}", escaped(&module.to_string_lossy())),
            None => Ok(()),
        }
    }
}

/// Why a URI names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenUriError {
    /// Another scheme.
    #[error("a key in a token is named as pkcs11:token=LABEL;object=KEY?module-path=LIBRARY (RFC 7512)")]
    Scheme,
    /// An attribute without `=`.
    #[error("attribute {0:?} has no value; write NAME=VALUE, with ; between those of the path and & behind the ?")]
    NoValue(String),
    /// An attribute that is not among ours.
    #[error(
        "attribute {0:?} is not understood here; use token, serial, manufacturer, model, object, id, module-path, pin-source"
    )]
    NotUnderstood(String),
    /// An attribute twice.
    #[error("attribute {0:?} is there twice")]
    Twice(String),
    /// Not UTF-8.
    #[error("a value is not UTF-8")]
    NotText,
    /// `pin-value`.
    #[error(
        "a PIN on the command line can be read by every user of the machine; put it into a file and use pin-source, or type it"
    )]
    PinInUri,
    /// `pin-source=|command`.
    #[error("pin-source names a file; commands are not run")]
    PinCommand,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(uri: &str) -> Result<TokenUri, TokenUriError> {
        uri.parse()
    }

    #[test]
    fn a_uri_names_module_token_key_and_the_file_with_the_pin() {
        let uri = parse("pkcs11:token=Regulator%20of%20XA;object=root;id=%01%a0?module-path=/usr/lib/p11.so&pin-source=file:///run/pin").unwrap();
        assert_eq!(uri.token.as_deref(), Some("Regulator of XA"));
        assert_eq!((uri.object(), uri.id()), (Some("root"), Some(&[1, 0xa0][..])));
        assert_eq!(uri.module(), Some(Path::new("/usr/lib/p11.so")));
        assert_eq!(uri.pin_source(), Some(Path::new("/run/pin")));
    }

    #[test]
    fn what_is_shown_reads_back_and_keeps_the_pin_file_to_itself() {
        let uri = parse("pkcs11:token=a%3Bb%20%C3%A9;id=%00?module-path=/x&pin-source=/run/pin").unwrap();
        let shown = uri.to_string();
        assert!(!shown.contains("pin"), "{shown}");
        assert_eq!(parse(&shown).unwrap(), TokenUri { pin_source: None, ..uri });
    }

    #[test]
    fn what_would_be_passed_over_is_refused() {
        let refused = |uri: &str| parse(uri).unwrap_err();
        assert_eq!(refused("file:key.jwk"), TokenUriError::Scheme);
        assert_eq!(refused("pkcs11:token"), TokenUriError::NoValue("token".to_owned()));
        assert_eq!(refused("pkcs11:slot-id=1"), TokenUriError::NotUnderstood("slot-id".to_owned()));
        assert_eq!(refused("pkcs11:type=cert"), TokenUriError::NotUnderstood("type".to_owned()));
        assert_eq!(refused("pkcs11:token=a;token=b"), TokenUriError::Twice("token".to_owned()));
        assert_eq!(refused("pkcs11:token=%ff"), TokenUriError::NotText);
        assert_eq!(refused("pkcs11:token=a?pin-value=1234"), TokenUriError::PinInUri);
        assert_eq!(refused("pkcs11:token=a?pin-source=|cat%20pin"), TokenUriError::PinCommand);
    }
}
