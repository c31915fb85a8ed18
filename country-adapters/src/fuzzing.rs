//! Every reader of what a country or a citizen sends as a function of bytes, for fuzzing. None may panic, hang or grow
//! without limit, whatever it is given.
//!
//! To add one: 1. a function here and its row in [`TARGETS`], 2. a seed in `fuzz/seeds`.

use strict_jose::UnixTime;
use strict_jose::fuzzing::Target;

use crate::kits::claim169;
use crate::kits::normalise::{DateFormat, civil_date};
use crate::openid::metadata::Metadata;
use crate::openid::{answer, exchange, id_token, token, userinfo};
use crate::outbound::OutboundResponse;

/// The readers by name.
pub const TARGETS: &[Target] = &[
    ("claim169_qr", qr),
    ("claim169_cwt", claim169::fuzz_cwt),
    ("discovery", discovery),
    ("token_answer", token_answer),
    ("id_token", id),
    ("userinfo", signed_userinfo),
    ("birthdate", birthdate),
];

/// 2027-01-15T08:00:00Z
const NOW: UnixTime = UnixTime::new(1_800_000_000);

fn qr(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        claim169::fuzz_qr(text);
    }
}

fn answered(body: &[u8], media_type: &str) -> OutboundResponse {
    let headers = vec![("content-type".to_owned(), media_type.to_owned())];
    OutboundResponse { status: 200, headers, body: body.to_vec() }
}

fn discovery(bytes: &[u8]) {
    if let Ok(members) = answer::json_object(&answered(bytes, "application/json")) {
        drop(Metadata::parse(&members));
    }
}

/// An answer of the token endpoint, good or not. What becomes a header is one.
fn token_answer(bytes: &[u8]) {
    let response = answered(bytes, "application/json");
    drop(answer::error_code(&response));
    if let Ok(members) = answer::json_object(&response)
        && let Ok(tokens) = token::tokens(&members)
    {
        assert!(tokens.access_token.bytes().all(|byte| byte.is_ascii_graphic()), "a header");
    }
}

fn id(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        drop(exchange::claimed_issuer(text));
        id_token::fuzz(text, NOW);
    }
}

fn signed_userinfo(bytes: &[u8]) {
    if let Ok(text) = userinfo::compact(&answered(bytes, "application/jwt")) {
        id_token::fuzz(text, NOW);
    }
}

const FORMATS: [DateFormat; 4] =
    [DateFormat::Iso, DateFormat::YearMonthDaySlashes, DateFormat::DayMonthYearSlashes, DateFormat::Compact];

/// A date that is read is one of the calendar, written as ISO 8601 has it.
fn birthdate(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for format in FORMATS {
        if let Some(date) = civil_date(text, format) {
            assert!(civil_date(&date, DateFormat::Iso).as_deref() == Some(&date), "{date:?} reads back");
        }
    }
}
