//! Every parser as a function of bytes, for fuzzing. None may panic, hang or grow without limit, whatever it is given;
//! where there is somebody or something to compare with, a disagreement is a panic too.
//!
//! To add one: 1. a function here and its row in [`TARGETS`], 2. a seed in `fuzz/seeds`.

use crate::general::SignedDocument;
use crate::header::Header;
use crate::jwe::CompactJweHeader;
use crate::jwk::PublicJwk;
use crate::jwk_set::{JwkSet, Policy};
use crate::jws::CompactJws;
use crate::limits::Limits;
use crate::rules::TimePolicy;
use crate::time::UnixTime;
use crate::{Claims, b64, json};

/// The name of a parser, and the parser.
pub type Target = (&'static str, fn(&[u8]));

/// The parsers by name.
pub const TARGETS: &[Target] = &[
    ("json", json_text),
    ("jose_header", header),
    ("jws", compact_jws),
    ("jwe", compact_jwe),
    ("jwt_claims", claims),
    ("jwk", jwk),
    ("jwk_set", jwk_set),
    ("signed_document", signed_document),
    ("rfc3339", rfc3339),
    ("base64url", base64url),
];

/// What we read, serde_json reads too, as the same value; and it reads back.
fn json_text(bytes: &[u8]) {
    let Ok(value) = json::parse(bytes, &Limits::TOKEN) else { return };
    assert!(serde_json::from_slice::<serde_json::Value>(bytes).is_ok_and(|other| other == value), "another value");
    let again = json::parse(value.to_string().as_bytes(), &Limits::BULK_LIST);
    assert!(again.is_ok_and(|again| again == value), "it reads back");
}

/// [`Header::parse`] and what can be read from a header.
fn header(bytes: &[u8]) {
    if let Ok(header) = Header::parse(bytes, &Limits::TOKEN) {
        drop(header.x5c());
        drop(header.require_typ("JWT"));
        assert!(!["crit", "b64", "zip"].iter().any(|name| header.get(name).is_some()), "not understood");
    }
}

/// [`CompactJws::parse`]
fn compact_jws(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(jws) = CompactJws::parse(text, &Limits::TOKEN)
    {
        assert!(jws.as_str() == text, "the token as received");
        let payload = text.split('.').nth(1).unwrap_or_default();
        assert!(b64::encode(jws.payload_unverified()) == payload, "one payload has one spelling");
    }
}

/// [`CompactJweHeader::parse`]
fn compact_jwe(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(CompactJweHeader::parse(text, &Limits::TOKEN));
    }
}

/// [`Claims::parse`] and the rules about times and parties.
fn claims(bytes: &[u8]) {
    if let Ok(claims) = Claims::parse(bytes, &Limits::TOKEN) {
        drop(claims.check_times(UnixTime::new(1_764_000_000), &TimePolicy::CLIENT));
        drop(claims.expect_single_audience("hub"));
        drop(claims.expect_authorized_party("hub"));
    }
}

/// [`PublicJwk::parse`]: a key written down again is the same key.
fn jwk(bytes: &[u8]) {
    if let Ok(value) = json::parse(bytes, &Limits::SMALL)
        && let Ok(key) = PublicJwk::parse(&value)
    {
        assert!(PublicJwk::parse(&key.to_value()).is_ok_and(|again| again == key), "it reads back");
    }
}

/// [`JwkSet::parse`]: what is good for the strict is good for the lenient.
fn jwk_set(bytes: &[u8]) {
    let strict = JwkSet::parse(bytes, &Limits::JWKS, Policy::Strict);
    let lenient = JwkSet::parse(bytes, &Limits::JWKS, Policy::SkipUnusable);
    assert!(strict.is_err() || lenient.is_ok(), "lenient refuses what strict accepts");
}

/// [`SignedDocument::parse`]: written again, it says the same.
fn signed_document(bytes: &[u8]) {
    if let Ok(document) = SignedDocument::parse(bytes, &Limits::LIST) {
        let again = SignedDocument::parse(&document.to_json_bytes(), &Limits::BULK_LIST);
        let same = |again: SignedDocument| {
            again.payload() == document.payload() && again.signatures().len() == document.signatures().len()
        };
        assert!(again.is_ok_and(same), "it reads back");
    }
}

/// [`UnixTime::parse_rfc3339`]: one time has one spelling.
fn rfc3339(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(time) = UnixTime::parse_rfc3339(text)
    {
        assert!(time.to_rfc3339() == text, "one time has one spelling");
    }
}

/// [`b64::decode`]: one value has one spelling.
fn base64url(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(decoded) = b64::decode(text)
    {
        assert!(b64::encode(decoded) == text, "one value has one spelling");
    }
}
