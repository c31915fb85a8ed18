//! base64url without padding (RFC 7515 §2, RFC 4648 §5), strictly.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `bytes` in base64url without padding.
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes that `text` encodes. Each byte string has one encoding only.
pub fn decode(text: &str) -> Result<Vec<u8>, Base64Error> {
    // RFC 7515 §2: no padding, no line breaks, whitespace or other characters.
    // RFC 4648 §3.5: unused bits in the last character must be zero, else one value would have several spellings.
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Base64Error)
}

/// The text is not canonical base64url without padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not canonical base64url without padding")]
pub struct Base64Error;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_to_itself() {
        for bytes in [&b""[..], b"f", b"fo", b"foo", &[0xfb, 0xff, 0xfe]] {
            assert_eq!(decode(&encode(bytes)).unwrap(), bytes);
        }
        assert_eq!(encode([0xfb, 0xff]), "-_8");
    }

    #[test]
    fn a_second_spelling_of_the_same_bytes_is_refused() {
        for text in ["Zg==", "Zg=", "Zh", "Zm9=", "Zm9", "+/8", " Zg", "Zg\n", "Z", "Zg Zg", "Zé"] {
            // "Zm9" leaves two bits set behind the last byte, "Zh" four.
            assert_eq!(decode(text), Err(Base64Error), "{text:?}");
        }
    }
}
