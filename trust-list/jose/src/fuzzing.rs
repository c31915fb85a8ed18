//! Every parser as a function of bytes, for fuzzing. None may panic, hang or grow without limit, whatever it is given.
//!
//! To add one: 1. a function here, 2. a fuzz target that calls it, 3. its row in `tests/hostile_input.rs`.

use crate::general::SignedDocument;
use crate::header::Header;
use crate::jwe::CompactJweHeader;
use crate::jwk::PublicJwk;
use crate::jwk_set::{JwkSet, Policy};
use crate::jws::CompactJws;
use crate::limits::Limits;
use crate::rules::TimePolicy;
use crate::time::UnixTime;
use crate::{Claims, json};

/// [`json::parse`]
pub fn json(bytes: &[u8]) {
    drop(json::parse(bytes, &Limits::TOKEN));
}

/// [`Header::parse`] and what can be read from a header.
pub fn header(bytes: &[u8]) {
    if let Ok(header) = Header::parse(bytes, &Limits::TOKEN) {
        drop(header.x5c());
        drop(header.require_typ("JWT"));
    }
}

/// [`CompactJws::parse`]
pub fn compact_jws(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(CompactJws::parse(text, &Limits::TOKEN));
    }
}

/// [`CompactJweHeader::parse`]
pub fn compact_jwe(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(CompactJweHeader::parse(text, &Limits::TOKEN));
    }
}

/// [`Claims::parse`] and the rules about times and parties.
pub fn claims(bytes: &[u8]) {
    if let Ok(claims) = Claims::parse(bytes, &Limits::TOKEN) {
        drop(claims.check_times(UnixTime::new(1_764_000_000), &TimePolicy::CLIENT));
        drop(claims.expect_single_audience("hub"));
        drop(claims.expect_authorized_party("hub"));
    }
}

/// [`PublicJwk::parse`]
pub fn jwk(bytes: &[u8]) {
    if let Ok(value) = json::parse(bytes, &Limits::SMALL) {
        drop(PublicJwk::parse(&value));
    }
}

/// [`JwkSet::parse`]
pub fn jwk_set(bytes: &[u8]) {
    drop(JwkSet::parse(bytes, &Limits::JWKS, Policy::Strict));
    drop(JwkSet::parse(bytes, &Limits::JWKS, Policy::SkipUnusable));
}

/// [`SignedDocument::parse`]
pub fn signed_document(bytes: &[u8]) {
    drop(SignedDocument::parse(bytes, &Limits::LIST));
}

/// [`UnixTime::parse_rfc3339`]
pub fn rfc3339(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = UnixTime::parse_rfc3339(text);
    }
}
