//! Every reader of bytes that nobody signed, as a function of bytes, for fuzzing. None may panic, hang or grow without
//! limit, whatever it is given. (The signed envelopes are `strict_jose`'s.)

use crate::delta;

/// A delta against a small release, which is to become one of 64 bytes.
pub fn delta(bytes: &[u8]) {
    let older = br#"{"payload":"eyJhIjoiYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5eiJ9","signatures":[]}"#;
    let _ = delta::apply(older, bytes, 64);
}
