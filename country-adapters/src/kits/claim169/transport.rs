//! From the text of a QR code to the bytes of a CWT.

use std::io::Read as _;

use flate2::read::ZlibDecoder;

use crate::error::AssertionProblem;

/// The three shapes in the field. Which one a code has decides nothing; it tells who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The specification: claim 169 is a map.
    A,
    /// MOSIP's key manager: claim 169 is a byte string that holds the map.
    B,
    /// Inji: what is compressed is the hexadecimal text of the CWT.
    C,
}

/// How the bytes of the CWT were packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Raw,
    Hex,
}

/// How the map was put into claim 169.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nesting {
    Map,
    ByteString,
}

impl Shape {
    pub(super) const fn of(packing: Packing, nesting: Nesting) -> Self {
        match (packing, nesting) {
            (Packing::Hex, _) => Self::C,
            (Packing::Raw, Nesting::ByteString) => Self::B,
            (Packing::Raw, Nesting::Map) => Self::A,
        }
    }
}

/// Base45 (RFC 9285), zlib (RFC 1950), and hexadecimal if it is nothing but that.
pub(super) fn unpack(qr: &str) -> Result<(Vec<u8>, Packing), AssertionProblem> {
    if qr.len() > MAX_QR_TEXT {
        return Err(AssertionProblem::QrTooLarge);
    }
    let compressed = base45::decode(qr).map_err(|_| AssertionProblem::QrEncoding)?;
    let content = inflate(&compressed)?;
    // Once only: hexadecimal of hexadecimal is nobody's shape.
    match from_hex(&content) {
        Some(bytes) => Ok((bytes, Packing::Hex)),
        None => Ok((content, Packing::Raw)),
    }
}

/// Reads one byte more than allowed, to know whether there is one.
fn inflate(compressed: &[u8]) -> Result<Vec<u8>, AssertionProblem> {
    let mut content = Vec::new();
    let mut decoder = ZlibDecoder::new(compressed);
    let read = decoder.by_ref().take(MAX_CONTENT + 1).read_to_end(&mut content);
    read.map_err(|_| AssertionProblem::QrEncoding)?;
    if content.len() as u64 > MAX_CONTENT {
        return Err(AssertionProblem::QrTooLarge);
    }
    // Bytes behind the stream would be signed by nobody.
    if decoder.total_in() != compressed.len() as u64 {
        return Err(AssertionProblem::QrEncoding);
    }
    Ok(content)
}

fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Vec<u8> = text.iter().map(digit).collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else { return None };
    (!pairs.is_empty()).then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

/// The alphanumeric capacity of a version 40-L code (ISO/IEC 18004).
const MAX_QR_TEXT: usize = 4296;
/// 4,296 characters of Base45 are 2,864 bytes; honest content deflates to a third. Twenty times as much.
const MAX_CONTENT: u64 = 64 * 1024;
