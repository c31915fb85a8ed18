//! Raw DEFLATE (RFC 1951), inflated to a cap.

use std::io::Read as _;

use flate2::Compression;
use flate2::read::{DeflateDecoder, DeflateEncoder};

/// Compresses.
pub fn deflate(plain: &[u8]) -> Result<Vec<u8>, DeflateError> {
    let mut compressed = Vec::new();
    let read = DeflateEncoder::new(plain, Compression::best()).read_to_end(&mut compressed);
    read.map(|_| compressed).map_err(|_| DeflateError::Form)
}

/// Decompresses to at most `cap` bytes. Reads one byte more than allowed, to know whether there is one.
pub fn inflate(compressed: &[u8], cap: usize) -> Result<Vec<u8>, DeflateError> {
    let mut plain = Vec::new();
    let one_more = u64::try_from(cap).unwrap_or(u64::MAX).saturating_add(1);
    DeflateDecoder::new(compressed).take(one_more).read_to_end(&mut plain).map_err(|_| DeflateError::Form)?;
    if plain.len() > cap { Err(DeflateError::TooLarge { cap }) } else { Ok(plain) }
}

/// Why nothing was inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeflateError {
    /// Not DEFLATE.
    #[error("not compressed with DEFLATE")]
    Form,
    /// More comes out than may.
    #[error("inflates to more than {cap} bytes")]
    TooLarge {
        /// The limit.
        cap: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_deflated_inflates_up_to_the_cap_and_no_further() {
        let small = deflate(&vec![b'a'; 100_000]).unwrap();
        assert!(small.len() < 1000);
        assert_eq!(inflate(&small, 100_000).unwrap().len(), 100_000);
        assert_eq!(inflate(&small, 99_999), Err(DeflateError::TooLarge { cap: 99_999 }));
        assert_eq!(inflate(b"\xff\xff", 10), Err(DeflateError::Form));
    }
}
