//! Compression inside a JWE (RFC 7516 §4.1.3), where josekit expects it.

use std::io;

use josekit::jwe::JweCompression;

use super::DEF;

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
