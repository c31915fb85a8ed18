//! Compression inside a JWE (RFC 7516 §4.1.3): raw DEFLATE (RFC 1951), inflated to a cap.

use std::io::{self, Read as _};

use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};
use josekit::jwe::JweCompression;

use super::{DEF, JweError};

/// Reads one byte more than allowed, to know whether there is one.
pub(super) fn inflate(compressed: &[u8], cap: usize) -> Result<Vec<u8>, JweError> {
    let mut plaintext = Vec::new();
    let one_more = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    DeflateDecoder::new(compressed).take(one_more).read_to_end(&mut plaintext).map_err(|_| JweError::Deflate)?;
    if plaintext.len() > cap { Err(JweError::Inflated { cap }) } else { Ok(plaintext) }
}

pub(super) fn deflate(plaintext: &[u8]) -> Result<Vec<u8>, JweError> {
    let mut compressed = Vec::new();
    let read = DeflateEncoder::new(plaintext, Compression::default()).read_to_end(&mut compressed);
    read.map(|_| compressed).map_err(|_| JweError::Deflate)
}

/// Stands in for josekit's DEF, which inflates without limit. The compressed bytes pass as they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeftCompressed;

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
